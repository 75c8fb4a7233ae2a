"""Where a dataset's files land, from the contract's `servers`."""

import codecs
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

import open_data_contract_standard.model as odcs

from data_management.domain.models import DataLocation, FileFormat, Landing, ReadOptions
from data_management.infrastructure.contracts.custom_properties import (
    OF_SERVERS,
    Properties,
    bad_rows_of,
    header_of,
    max_bad_rows_of,
)
from data_management.infrastructure.contracts.problems import Place, did_you_mean, quoted

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
_LINES: Final = (FileFormat.JSON, FileFormat.JSONL)
_FILE_ENDINGS: Final = (".txt", ".dat", ".gz", ".zst")
"""Endings of files beside those that say a format; any other last segment without a wildcard is a folder."""


@dataclass(frozen=True)
class _Local:
    """A server of type local, and the object that it says it belongs to."""

    place: Place
    server: odcs.Server
    properties: Properties
    belongs_to: str | None


def read_landings(
    place: Place, servers: Sequence[odcs.Server], objects: Sequence[str], folder: Path
) -> dict[str, Landing]:
    """The landings by name of schema object. Relative paths are taken from `folder`, the contract's own."""
    found = [_local(place.at("servers", index), server, objects) for index, server in enumerate(servers)]
    locals_ = [local for local in found if local is not None]
    by_object: dict[str, _Local] = {}
    for local in _assigned(locals_, objects):
        first = by_object.setdefault(local.belongs_to or "", local)
        if first is not local:
            local.place.wrong(
                f"two local servers could be the landing of {quoted(local.belongs_to)}",
                "keep one, or name the right one's server like the object, or set its custom property 'dataset'",
            )
    landings = {name: _landing(local, folder) for name, local in by_object.items()}
    return {name: landing for name, landing in landings.items() if landing is not None}


def _local(place: Place, server: odcs.Server, objects: Sequence[str]) -> _Local | None:
    properties = Properties(place, server.customProperties, OF_SERVERS)
    dataset = properties.get("dataset")
    if server.type is None:
        place.at("type").wrong("the server has no type", "add 'type: local' for a folder of files")
    if dataset is not None and dataset[1] not in objects:
        at, name = dataset
        otherwise = f"use one of {', '.join(objects)}"
        at.wrong(
            f"the server is for the dataset {quoted(name)}, which is not declared",
            did_you_mean(str(name), objects, otherwise),
        )
        return None
    if server.type is None or server.type.strip().lower() != "local":
        return None
    named = server.server if server.server in objects else None
    return _Local(place, server, properties, dataset[1] if dataset else named)


def _assigned(locals_: list[_Local], objects: Sequence[str]) -> list[_Local]:
    """Each local server with its object. That of a single object needs no name, where no other server bears the object's."""
    marked = [local for local in locals_ if local.belongs_to is not None]
    if len(objects) == 1:
        return marked or [replace(local, belongs_to=objects[0]) for local in locals_]
    for local in locals_:
        if local.belongs_to is None and objects:
            name = local.server.server or ""
            otherwise = "name it like its object, or set its custom property 'dataset'"
            local.place.wrong(
                f"the local server {quoted(name)} belongs to no dataset", did_you_mean(name, objects, otherwise)
            )
    return marked


def _landing(local: _Local, folder: Path) -> Landing | None:
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
    wild = next((index for index, part in enumerate(parts) if "*" in part or "?" in part), len(parts))
    if ".." in parts[wild:]:
        place.at("path").wrong(f"the path {quoted(path)} goes back up behind a wildcard", "write it without '..' there")
        return None
    if wild == len(parts) and not path.endswith("/") and _is_file(parts[-1] if parts else ""):
        wild -= 1
    root = os.path.abspath(folder.joinpath(*parts[:wild]))  # noqa: PTH100  a link stays a link
    of_folders = path.endswith("/") and wild < len(parts)
    pattern = "/".join(parts[wild:]) + "/" if of_folders else "/".join(parts[wild:]) or "*"
    return Landing(DataLocation.from_path(root), pattern, options, _marker(local, of_folders=of_folders))


def _marker(local: _Local, *, of_folders: bool) -> str | None:
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


def _sheet(local: _Local, format_: FileFormat | None) -> str | None:
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


def _options(local: _Local) -> ReadOptions:
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
