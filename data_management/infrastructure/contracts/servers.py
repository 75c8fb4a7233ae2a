"""Where a dataset's files land, from the contract's `servers`."""

import codecs
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import urlsplit

import open_data_contract_standard.model as odcs

from data_management.domain.models import (
    DataLocation,
    FileFormat,
    Landing,
    NewObjects,
    ObjectStore,
    ReadOptions,
)
from data_management.domain.services.spelling import did_you_mean
from data_management.infrastructure.contracts.custom_properties import (
    OF_S3_SERVERS,
    OF_SERVERS,
    Properties,
    bad_rows_of,
    count_of,
    flag_of,
    header_of,
    max_bad_rows_of,
    text_of,
)
from data_management.infrastructure.contracts.problems import Place, quoted
from data_management.infrastructure.contracts.windows import time_window_of

_FORMATS: Final = {
    "csv": FileFormat.CSV,
    "parquet": FileFormat.PARQUET,
    "json": FileFormat.JSON,
    "jsonl": FileFormat.JSONL,
    "ndjson": FileFormat.JSONL,
    "arrow": FileFormat.ARROW,
    "feather": FileFormat.ARROW,
    "excel": FileFormat.EXCEL,
    "xlsx": FileFormat.EXCEL,
    "xls": FileFormat.EXCEL,
    "ods": FileFormat.EXCEL,
}
_LOCAL: Final = "local"
_S3: Final = "s3"
_LINES: Final = (FileFormat.JSON, FileFormat.JSONL)
_BUCKET: Final = re.compile(r"s3://(?P<bucket>[A-Za-z0-9][A-Za-z0-9._-]{0,254})(?:/(?P<key>.*))?", re.DOTALL)
_DATE_PARTS: Final = ("Y", "m", "d", "H", "j", "y")
_FILE_ENDINGS: Final = (".txt", ".dat", ".gz", ".zst")
"""Endings of files beside those that say a format; any other last segment without a wildcard is a folder."""


@dataclass(frozen=True)
class _Server:
    """A server whose files we can reach, and the object that it says it belongs to."""

    type: str

    place: Place
    server: odcs.Server
    properties: Properties
    belongs_to: str | None


def read_landings(
    place: Place, servers: Sequence[odcs.Server], objects: Sequence[str], folder: Path
) -> dict[str, Landing]:
    """The landings by name of schema object. Relative paths are taken from `folder`, the contract's own."""
    found = [_server(place.at("servers", index), server, objects) for index, server in enumerate(servers)]
    ours = [server for server in found if server is not None]
    by_object: dict[str, _Server] = {}
    for server in _assigned(ours, objects):
        first = by_object.setdefault(server.belongs_to or "", server)
        if first is not server:
            server.place.wrong(
                f"two {_kinds(first, server)} servers could be the landing of {quoted(server.belongs_to)}",
                "keep one, or name the right one's server like the object, or set its custom property 'dataset'",
            )
    landings = {
        name: _bucket_landing(server) if server.type == _S3 else _landing(server, folder)
        for name, server in by_object.items()
    }
    _report_shared_queues(by_object, landings)
    return {name: landing for name, landing in landings.items() if landing is not None}


def _kinds(first: _Server, second: _Server) -> str:
    return first.type if first.type == second.type else f"{first.type} and {second.type}"


def _report_shared_queues(servers: dict[str, _Server], landings: dict[str, Landing | None]) -> None:
    """A message is taken once: a queue is of one dataset."""
    seen: dict[str, str] = {}
    for name, landing in landings.items():
        queue = landing.new_objects.event_queue if landing and landing.new_objects else None
        if queue is not None and seen.setdefault(queue, name) != name:
            servers[name].place.wrong(
                f"its eventQueue is that of dataset {quoted(seen[queue])} too", "give each dataset a queue of its own"
            )


def _server(place: Place, server: odcs.Server, objects: Sequence[str]) -> _Server | None:
    properties = Properties(place, server.customProperties, OF_SERVERS)
    dataset = properties.get("dataset")
    if server.type is None:
        place.at("type").wrong(
            "the server has no type", "add 'type: local' for a folder of files, 'type: s3' for a bucket"
        )
    if dataset is not None and dataset[1] not in objects:
        at, name = dataset
        otherwise = f"use one of {', '.join(objects)}"
        at.wrong(
            f"the server is for the dataset {quoted(name)}, which is not declared",
            did_you_mean(str(name), objects, otherwise),
        )
        return None
    kind = (server.type or "").strip().lower()
    if kind not in (_LOCAL, _S3):
        return None
    if kind == _LOCAL:
        _report_meant_for_s3(properties)
    named = server.server if server.server in objects else None
    return _Server(kind, place, server, properties, dataset[1] if dataset else named)


def _assigned(servers: list[_Server], objects: Sequence[str]) -> list[_Server]:
    """Each server with its object. That of a single object needs no name, where no other server bears the object's."""
    marked = [server for server in servers if server.belongs_to is not None]
    if len(objects) == 1:
        return marked or [replace(server, belongs_to=objects[0]) for server in servers]
    for server in servers:
        if server.belongs_to is None and objects:
            name = server.server.server or ""
            otherwise = "name it like its object, or set its custom property 'dataset'"
            server.place.wrong(
                f"the {server.type} server {quoted(name)} belongs to no dataset", did_you_mean(name, objects, otherwise)
            )
    return marked


def _landing(local: _Server, folder: Path) -> Landing | None:
    place, server = local.place, local.server
    options = _options(local)
    path = (server.path or "").strip()
    if not path:
        place.at("path").wrong("the local server has no path", "add 'path: ../landing/orders/*.csv'")
        return None
    if "://" in path:
        place.at("path").wrong(
            f"the path {quoted(path)} is a URI", "write a path, relative to the contract or absolute"
        )
        return None
    parts = PurePosixPath(path).parts
    wild = _first_wild(parts)
    if ".." in parts[wild:]:
        place.at("path").wrong(f"the path {quoted(path)} goes back up behind a wildcard", "write it without '..' there")
        return None
    if wild == len(parts) and not path.endswith("/") and _is_file(parts[-1] if parts else ""):
        wild -= 1
    root = os.path.abspath(folder.joinpath(*parts[:wild]))  # noqa: PTH100  a link stays a link
    of_folders = path.endswith("/") and wild < len(parts)
    pattern = "/".join(parts[wild:]) + "/" if of_folders else "/".join(parts[wild:]) or "*"
    marker = _marker(local, of_folders=of_folders)
    window = time_window_of(local.properties)
    return Landing(DataLocation.from_path(root), pattern, options, marker, time_window=window)


def _first_wild(parts: Sequence[str]) -> int:
    return next((index for index, part in enumerate(parts) if "*" in part or "?" in part), len(parts))


def _report_meant_for_s3(properties: Properties) -> None:
    for name in OF_S3_SERVERS:
        if (found := properties.get(name)) is not None:
            found[0].wrong(
                f"{name} is for buckets, and this server is a local folder", "remove it, or write 'type: s3'"
            )


def _bucket_landing(server: _Server) -> Landing | None:
    """Its location is taken as it is written: a key may hold anything, ``..`` and ``%`` too."""
    place, options = server.place, _options(server)
    store = ObjectStore(
        endpoint_url=_endpoint(place.at("endpointUrl"), server.server.endpointUrl),
        profile=text_of(server.properties, "profile"),
        versioned=flag_of(server.properties, "versioned"),
    )
    location = (server.server.location or "").strip()
    if not location:
        place.at("location").wrong("the s3 server has no location", "add 'location: s3://bucket/orders/*.csv'")
        return None
    found = _BUCKET.fullmatch(location)
    if found is None:
        place.at("location").wrong(
            f"the location {quoted(location)} is not in a bucket", "write it as 's3://bucket/folder/*.csv'"
        )
        return None
    of_folder = location.endswith("/")
    parts = (found["key"] or "").removesuffix("/").split("/") if found["key"] else []
    wild = _first_wild(parts)
    if wild == len(parts) and not of_folder and _is_file(parts[-1] if parts else ""):
        wild -= 1
    of_folders = of_folder and wild < len(parts)
    pattern = "/".join(parts[wild:]) + "/" if of_folders else "/".join(parts[wild:]) or "*"
    root = DataLocation.of_object(found["bucket"], "/".join(parts[:wild]))
    marker = _marker(server, of_folders=of_folders)
    new_objects, window = _new_objects(server, of_folders=of_folders), time_window_of(server.properties)
    return Landing(root, pattern, options, marker, store, new_objects, window)


def _endpoint(place: Place, url: str | None) -> str | None:
    if url is None:
        return None
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        place.wrong(f"the endpoint {quoted(url)} is no URL of a server", "write it as 'https://minio.example.org:9000'")
        return None
    if parts.username is not None or parts.password is not None:
        place.wrong("the endpoint's URL holds credentials", "remove them, and set AWS_ACCESS_KEY_ID or a profile")
        return None
    return url.strip()


def _new_objects(server: _Server, *, of_folders: bool) -> NewObjects | None:
    """Where new objects are looked for: at most one of three ways."""
    properties = server.properties
    ways = [name for name in ("monotonicKeys", "datePrefix", "eventQueue") if properties.get(name) is not None]
    monotonic, days = flag_of(properties, "monotonicKeys"), count_of(properties, "overlapDays")
    dates = _date_prefix(properties)
    queue = _queue(properties, of_folders=of_folders)
    if len(ways) > 1:
        server.place.wrong(f"{' and '.join(ways)} are two ways to find new objects", "keep one of them")
        return None
    if days is not None and dates is None:
        properties_place = (properties.get("overlapDays") or (server.place, None))[0]
        properties_place.wrong("overlapDays is for date prefixes", "add the custom property 'datePrefix', or remove it")
    if not monotonic and dates is None and queue is None:
        return None
    return NewObjects(
        monotonic=monotonic, date_prefix=dates, overlap_days=1 if days is None else days, event_queue=queue
    )


def _date_prefix(properties: Properties) -> str | None:
    pattern = text_of(properties, "datePrefix")
    if pattern is None:
        return None
    place = (properties.get("datePrefix") or (None, None))[0]
    assert place is not None
    used = set(re.findall(r"%(.)", pattern))
    if not used or used - set(_DATE_PARTS) or pattern.endswith("%"):
        place.wrong(
            f"the date prefix {quoted(pattern)} is not made of dates",
            f"write strftime's {', '.join(f'%{part}' for part in _DATE_PARTS)}, for instance '%Y/%m/%d/'",
        )
        return None
    return pattern


def _queue(properties: Properties, *, of_folders: bool) -> str | None:
    url = text_of(properties, "eventQueue")
    if url is None:
        return None
    place = (properties.get("eventQueue") or (None, None))[0]
    assert place is not None
    if _endpoint(place, url) is None:
        return None
    if of_folders:
        place.wrong("a bucket announces objects, and no folders", "remove it; folders are found by listing")
        return None
    return url


def _marker(local: _Server, *, of_folders: bool) -> str | None:
    """The name of the file that says that a folder is whole; ``true`` stands for Spark's."""
    found = Properties(local.place, local.server.customProperties, OF_SERVERS).get("successMarker")
    if found is None or found[1] is False:
        return None
    place, given = found
    name = "_SUCCESS" if given is True else given
    if not isinstance(name, str) or not name or "/" in name or "\0" in name:
        place.wrong(f"{quoted(given)} is no name of a file", "write 'true' for _SUCCESS, or the marker's name")
        return None
    if not of_folders:
        place.wrong("only folders have a success marker", "let the path end in a slash behind a wildcard: 'orders/*/'")
        return None
    return name


def _sheet(local: _Server, format_: FileFormat | None) -> str | None:
    found = Properties(local.place, local.server.customProperties, OF_SERVERS).get("sheet")
    if found is None:
        return None
    place, name = found
    if not isinstance(name, str) or not name:
        place.wrong(f"{quoted(name)} is no name of a sheet", "write the sheet's name, in quotes")
        return None
    if format_ not in (None, FileFormat.EXCEL):
        place.wrong(f"files of format {format_} have no sheets", "remove it")
        return None
    return name


def _is_file(name: str) -> bool:
    return FileFormat.of_name(name) is not None or name.lower().endswith(_FILE_ENDINGS)


def _options(local: _Server) -> ReadOptions:
    place, server, properties = local.place, local.server, local.properties
    format_ = None
    if server.format is not None:
        format_ = _FORMATS.get(server.format.strip().lower())
        if format_ is None:
            otherwise = f"use one of {', '.join(_FORMATS)}"
            place.at("format").wrong(
                f"the format {quoted(server.format)} is not supported",
                did_you_mean(server.format, tuple(_FORMATS), otherwise),
            )
    bad_rows = bad_rows_of(properties)
    return ReadOptions(
        format=format_,
        delimiter=_delimiter(place.at("delimiter"), server.delimiter, format_),
        encoding=_encoding(place.at("encoding"), server.encoding),
        header=header_of(properties),
        bad_rows=bad_rows,
        max_bad_rows=max_bad_rows_of(properties, bad_rows),
        sheet=_sheet(local, format_),
    )


def _delimiter(place: Place, given: str | None, format_: FileFormat | None) -> str | None:
    if given is None or (format_ in _LINES and given == "new_line"):  # ODCS's word for JSON lines
        return None
    if format_ not in (None, FileFormat.CSV):
        place.wrong(f"files of format {format_} have no delimiter", "remove it")
        return None
    delimiter = "\t" if given in ("\\t", "tab") else given
    if len(delimiter) != 1 or delimiter in '\r\n"':
        place.wrong(f"the delimiter {quoted(given)} is not one character", "write one, for instance ';', or 'tab'")
        return None
    return delimiter


def _encoding(place: Place, given: str | None) -> str | None:
    if given is None:
        return None
    try:
        "".encode(codecs.lookup(given).name)
    except (LookupError, ValueError):
        place.wrong(
            f"the encoding {quoted(given)} is not known",
            "use a name that Python knows, for instance 'utf-8' or 'cp1252'",
        )
        return None
    return given
