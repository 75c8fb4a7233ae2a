"""Listings of buckets, page by page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from data_management.application.ports import FoundFile, ListedPage
from data_management.domain.models import DataLocation, Landing
from data_management.infrastructure.data_sources.landing import is_ignored
from data_management.infrastructure.data_sources.s3.names import behind, behind_all, folder_of, relative
from data_management.infrastructure.data_sources.s3.objects import ObjectPart, ObjectVersion, found_folder

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_FOLDERS_AT_ONCE = 100


@dataclass(frozen=True)
class Listed:
    """An object, current and not deleted."""

    key: str
    version: ObjectVersion


@dataclass(frozen=True)
class Scope:
    """What is listed: keys that begin with `prefix` and are greater than `after`, flat or with all folders below."""

    bucket: str
    prefix: str
    after: str | None = None
    flat: bool = False
    versioned: bool = False
    page_keys: int = 1000


def object_pages(client: "S3Client", scope: Scope) -> Iterator[tuple[list[Listed], str | None]]:
    """Objects in the order of their keys' UTF-8, and the last key that the page got to; None with the last page.

    Some stores give back more than was asked for, and objects at the start again: such are left out.
    """
    pages = _versions(client, scope) if scope.versioned else _current(client, scope)
    for listed, reached in pages:
        wanted = [one for one in listed if _is_wanted(one.key, scope)]
        yield wanted, reached


def _is_wanted(key: str, scope: Scope) -> bool:
    if not key.startswith(scope.prefix):
        return False
    return scope.after is None or key.encode() > scope.after.encode()


def _current(client: "S3Client", scope: Scope) -> Iterator[tuple[list[Listed], str | None]]:
    arguments: dict[str, Any] = {"Bucket": scope.bucket, "Prefix": scope.prefix}
    if scope.after is not None:
        arguments["StartAfter"] = scope.after
    if scope.flat:
        arguments["Delimiter"] = "/"
    for page in client.get_paginator("list_objects_v2").paginate(
        **arguments, PaginationConfig={"PageSize": scope.page_keys}
    ):
        contents = page.get("Contents", [])
        listed = [Listed(one["Key"], ObjectVersion.of_listing(one, versioned=False)) for one in contents]
        yield listed, _reached(page, contents, page.get("CommonPrefixes", []))


def _versions(client: "S3Client", scope: Scope) -> Iterator[tuple[list[Listed], str | None]]:
    arguments: dict[str, Any] = {"Bucket": scope.bucket, "Prefix": scope.prefix}
    if scope.after is not None:
        arguments["KeyMarker"] = scope.after
    if scope.flat:
        arguments["Delimiter"] = "/"
    for page in client.get_paginator("list_object_versions").paginate(
        **arguments, PaginationConfig={"PageSize": scope.page_keys}
    ):
        versions, markers = page.get("Versions", []), page.get("DeleteMarkers", [])
        listed = [
            Listed(one["Key"], ObjectVersion.of_listing(one, versioned=True)) for one in versions if one["IsLatest"]
        ]
        yield listed, _reached(page, [*versions, *markers], page.get("CommonPrefixes", []))


def _reached(page: Any, contents: Iterable[Any], folders: Iterable[Any]) -> str | None:
    """None for the last page, and for one that names nothing to go on from."""
    if not page.get("IsTruncated"):
        return None
    keys = [*(one["Key"] for one in contents), *(behind(one["Prefix"]) for one in folders)]
    return max(keys, key=str.encode, default=None)


def file_pages(client: "S3Client", landing: Landing, prefix: str, scopes: Iterable[Scope]) -> Iterator[ListedPage]:
    """The files of a landing; each page's position is the URI of the key that it got to, whatever stands there."""
    for scope, is_last in _with_last(scopes):
        for listed, reached in object_pages(client, scope):
            files = tuple(
                one.version.found_at(scope.bucket, one.key)
                for one in listed
                if relative(one.key, prefix, landing.pattern) is not None
            )
            yield ListedPage(files, _position(scope, listed, reached, is_last=is_last))


def _position(scope: Scope, listed: list[Listed], reached: str | None, *, is_last: bool) -> str | None:
    if reached is not None:
        return DataLocation.of_object(scope.bucket, reached).uri
    if is_last:
        return None
    last = listed[-1].key if listed else behind_all(scope.prefix)
    return DataLocation.of_object(scope.bucket, last).uri


def _with_last(scopes: Iterable[Scope]) -> Iterator[tuple[Scope, bool]]:
    known = list(scopes)
    yield from ((scope, place == len(known) - 1) for place, scope in enumerate(known))


def folder_pages(client: "S3Client", landing: Landing, prefix: str, scopes: Iterable[Scope]) -> Iterator[ListedPage]:
    """The folders of a landing that hold parts, and its marker where there must be one."""
    waiting: list[FoundFile] = []
    for scope in scopes:
        objects = (one for listed, _ in object_pages(client, scope) for one in listed)
        for folder, inside in groupby(objects, key=lambda one: folder_of(one.key, prefix, landing.pattern)):
            held = list(inside) if folder is not None else []
            parts = parts_in(held, folder) if folder is not None else []
            names = {one.key.removeprefix(folder) for one in held} if folder is not None else set()
            if folder is not None and parts and (landing.marker is None or landing.marker in names):
                waiting.append(found_folder(scope.bucket, folder, parts))
            if len(waiting) > _FOLDERS_AT_ONCE:
                page, waiting = waiting[:_FOLDERS_AT_ONCE], waiting[_FOLDERS_AT_ONCE:]
                yield ListedPage(tuple(page), page[-1].location.uri)
    yield ListedPage(tuple(waiting))


def parts_in(objects: Iterable[Listed], folder: str) -> list[ObjectPart]:
    """The parts of a folder: objects directly in it, but for hidden ones and a job's own."""
    named = ((one.key.removeprefix(folder), one.version) for one in objects)
    return [ObjectPart(name, version) for name, version in named if name and "/" not in name and not is_ignored(name)]
