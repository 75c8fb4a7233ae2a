"""Landings in local folders. Names are bytes to the system and data to us: no name breaks a listing."""

import os
import stat
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote_to_bytes

from data_management.application.ports import FoundFile, ListedPage, StandingVersions
from data_management.application.views import LastArrival
from data_management.domain.models import DataLocation, Landing, ObjectStore, VersionToken, version_at
from data_management.errors import Unavailable
from data_management.infrastructure.data_sources.folders import holds, parts_of, token_of
from data_management.infrastructure.data_sources.landing import Known, compared, lies_in, missing, nothing_listed, paged
from data_management.infrastructure.data_sources.walking import GONE, is_within, shown, stretches

_COMPARED = 5000
"""How many files are compared with the catalog at once."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class LocalDataLocationService:
    """Reads folder after folder, each whole, as the listing is consumed.

    Links are followed within the landing's root alone, and not in circles. What vanishes meanwhile is left out.
    """

    def list(self, landing: Landing) -> Iterator[FoundFile]:
        for stretch in stretches(landing, _COMPARED):
            for uri, path in zip(stretch.uris(), stretch.paths(), strict=True):
                if not landing.is_of_folders:
                    found = _found(path, uri)
                elif landing.marker is None or holds(path, os.fsencode(landing.marker)):
                    found = _found_folder(path)
                else:
                    found = None
                if found is not None:
                    yield found

    def pages(
        self,
        landing: Landing,
        *,
        after: str | None = None,
        last: LastArrival | None = None,  # noqa: ARG002  all is seen
        known: StandingVersions | None = None,
    ) -> Iterator[ListedPage]:
        if known is None:
            return paged(self.list(landing), after)
        if landing.is_of_folders:
            return compared(paged(self.list(landing), after), landing, after, known)
        return _unknown_pages(landing, after, known)

    def is_reachable(self, landing: Landing) -> bool:
        try:
            with os.scandir(landing.root.path):
                return True
        except OSError:
            return False

    def has(self, landing: Landing, location: DataLocation) -> bool:
        return lies_in(landing, location) and is_within(
            os.fsencode(location.path), os.path.realpath(os.fsencode(landing.root.path))
        )

    def find(self, location: DataLocation, store: ObjectStore | None = None) -> FoundFile | None:  # noqa: ARG002
        path = os.fsencode(location.path)
        if b"\0" in path:
            return None
        return _found_folder(path) if location.is_folder else _found(path)


def _unknown_pages(landing: Landing, after: str | None, known: StandingVersions) -> Iterator[ListedPage]:
    """Without what stands as it is known: of that no more is made than a line to compare."""
    stands, pages = Known(landing, after, known), _compared(landing, after)
    page = next(pages, None)
    if page is None:
        yield from nothing_listed(stands)
    while page is not None:
        following = next(pages, None)
        uris, paths = page
        position = uris[-1] if following else None
        lines, stand = _lines(uris, paths), stands.until(position)
        differs = "\n".join(lines) != stand
        unknown = _unknown(lines, stand) if differs else []
        files = (_found(unquote_to_bytes(uri.removeprefix("file://")), uri) for uri in unknown)
        yield ListedPage(
            tuple(file for file in files if file is not None),
            position,
            known=len(lines) - len(unknown),
            missing=missing(lines, stand.split("\n")) if differs else (),
        )
        page = following


def _lines(uris: Sequence[str], paths: Sequence[bytes]) -> list[str]:
    """`version_at` of those that are regular files."""
    try:
        statuses = map(os.stat, paths)  # none is kept: that many objects would keep the garbage collector busy
        return [
            f"{uri} {status.st_size}-{status.st_mtime_ns}"
            for uri, status in zip(uris, statuses, strict=True)
            if stat.S_ISREG(status.st_mode)
        ]
    except OSError:
        looked_at = ((uri, _status(path)) for uri, path in zip(uris, paths, strict=True))
        return [version_at(uri, _token(status).value) for uri, status in looked_at if status is not None]


def _unknown(lines: Sequence[str], known: str) -> list[str]:
    """The URIs of those that do not stand so."""
    stand = set(known.split("\n"))
    return [line.rpartition(" ")[0] for line in lines if line not in stand]


def _compared(landing: Landing, after: str | None) -> Iterator[tuple[list[str], list[bytes]]]:
    """URIs and paths of what lies behind `after`, about as many as are compared at once."""
    uris: list[str] = []
    paths: list[bytes] = []
    for stretch in stretches(landing, _COMPARED):
        behind = stretch if after is None else stretch.behind(after)
        uris += behind.uris()
        paths += behind.paths()
        if len(uris) >= _COMPARED:
            yield uris, paths
            uris, paths = [], []
    if uris:
        yield uris, paths


def _found(path: bytes, uri: str | None = None) -> FoundFile | None:
    status = _status(path)
    return None if status is None else _file(uri or "file://" + quote(path), status)


def _status(path: bytes) -> os.stat_result | None:
    """Of a regular file; None for anything else, and where there is nothing any more."""
    try:
        status = os.stat(path)  # noqa: PTH116  bytes, of which there is no Path
    except OSError as error:
        if error.errno in GONE:
            return None
        raise Unavailable(
            f"file {shown(path)} cannot be looked at ({error.strerror}); check the permissions of its folder"
        ) from error
    return status if stat.S_ISREG(status.st_mode) else None


def _token(status: os.stat_result) -> VersionToken:
    return VersionToken.of_file(status.st_size, status.st_mtime_ns)


def _file(uri: str, status: os.stat_result) -> FoundFile:
    return FoundFile(
        location=DataLocation(uri),
        version_token=_token(status),
        size_bytes=status.st_size,
        changed_at=_moment(max(status.st_mtime_ns, status.st_ctime_ns)),
    )


def _found_folder(path: bytes) -> FoundFile | None:
    """None for a folder without parts, or that is gone."""
    try:
        changed_ns, parts = parts_of(path)
    except OSError as error:
        if error.errno in GONE:
            return None
        raise Unavailable(
            f"folder {shown(path)} cannot be listed ({error.strerror}); check that it may be read"
        ) from error
    if not parts:
        return None
    return FoundFile(
        location=DataLocation("file://" + quote(path) + "/"),
        version_token=token_of(parts),
        size_bytes=sum(part.size for part in parts),
        changed_at=_moment(changed_ns),
    )


def _moment(nanoseconds: int) -> datetime:
    """A file may claim any time at all; one beyond the calendar is the calendar's end."""
    try:
        return _EPOCH + timedelta(microseconds=nanoseconds // 1000)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)
