"""Landings in local folders. Names are bytes to the system and data to us: no name breaks a listing."""

import errno
import os
import re
import stat
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from operator import itemgetter
from urllib.parse import quote

from data_management.application.ports import FoundFile, ListedPage, StandingVersions
from data_management.application.views import LastArrival
from data_management.domain.models import DataLocation, Landing, ObjectStore, VersionToken, version_at
from data_management.errors import Unavailable
from data_management.infrastructure.data_sources.folders import holds, parts_of, token_of
from data_management.infrastructure.data_sources.landing import (
    is_ignored,
    lies_in,
    may_be_ignored,
    may_hold,
    paged,
    pattern_regex,
)

_GONE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG)
_PLAIN = re.compile(rb"[A-Za-z0-9_.~/-]+").fullmatch
_COMPARED = 5000
"""How many files are compared with the catalog at once."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class LocalDataLocationService:
    """Reads folder after folder, each whole, as the listing is consumed.

    Links are followed within the landing's root alone, and not in circles. What vanishes meanwhile is left out.
    """

    def list(self, landing: Landing) -> Iterator[FoundFile]:
        for uri, path, _ in chain.from_iterable(_matching(landing)):
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
        if known is None or landing.is_of_folders:
            return paged(self.list(landing), after)
        return _unknown_pages(landing, after, known)

    def is_reachable(self, landing: Landing) -> bool:
        try:
            with os.scandir(landing.root.path):
                return True
        except OSError:
            return False

    def has(self, landing: Landing, location: DataLocation) -> bool:
        return lies_in(landing, location) and _is_within(
            os.fsencode(location.path), os.path.realpath(os.fsencode(landing.root.path))
        )

    def find(self, location: DataLocation, store: ObjectStore | None = None) -> FoundFile | None:  # noqa: ARG002
        path = os.fsencode(location.path)
        if b"\0" in path:
            return None
        return _found_folder(path) if location.is_folder else _found(path)


_Entry = tuple[str, bytes, tuple[bytes, ...]]
"""URI, path, and of a folder that is looked into its real ancestors and itself; of what is found, none."""


def _matching(landing: Landing) -> Iterator[list[_Entry]]:
    """What the landing's pattern matches below its root, in the order of URIs, in stretches: what is no folder; where it is one
    of folders, those, and nothing in them.
    """
    root = os.fsencode(landing.root.path)
    real_root = os.path.realpath(root)
    waiting: list[_Entry] = [(f"file://{quote(root)}".rstrip("/") + "/", root, (real_root,))]  # a stack
    stretch: list[_Entry] = []
    while waiting:
        entry = waiting.pop()
        if not entry[2]:
            stretch.append(entry)
            continue
        if stretch:
            yield stretch
            stretch = []
        below = _below(entry, landing, root, real_root)
        below.sort(key=itemgetter(0), reverse=True)
        waiting += below
    if stretch:
        yield stretch


def _below(folder: _Entry, landing: Landing, root: bytes, real_root: bytes) -> list[_Entry]:
    """What matches in a folder, and the folders in it that may hold more."""
    uri, path, ancestors = folder
    matches = pattern_regex(landing.pattern.removesuffix("/")).fullmatch
    relative = _relative(path, root)
    prefix, of_folders = f"{relative}/" if relative else "", landing.is_of_folders
    entries = _entries(path, is_root=path == root)
    names, quoted = _names(entries)
    look = may_be_ignored(names)
    found: list[_Entry] = []
    for entry, name, part in zip(entries, names, quoted, strict=True):
        if look and is_ignored(name):
            continue
        is_plain = entry.is_file(follow_symlinks=False)
        if not is_plain and entry.is_symlink() and not _is_within(entry.path, real_root):
            continue
        is_match = matches(prefix + name) is not None
        if is_plain or not _is_folder(entry):
            if is_match and not of_folders:
                found.append((uri + part, entry.path, ()))
        elif is_match and of_folders:
            found.append((f"{uri}{part}/", entry.path, ()))
        else:
            real = os.path.realpath(entry.path)
            if real not in ancestors and may_hold(landing.pattern, prefix + name):
                found.append((f"{uri}{part}/", entry.path, (*ancestors, real)))
    return found


def _names(entries: "Sequence[os.DirEntry[bytes]]") -> tuple[list[str], list[str]]:
    """As text, and as parts of URIs. Most folders have plain names alone, which are both, and are told by one look at them all."""
    names = [entry.name for entry in entries]
    joined = b"/".join(names)
    if names and _PLAIN(joined):
        plain = joined.decode("ascii").split("/")
        return plain, plain
    return [os.fsdecode(name) for name in names], [quote(name) for name in names]


def _unknown_pages(landing: Landing, after: str | None, known: StandingVersions) -> Iterator[ListedPage]:
    """Without what stands as it is known: of that no more is made than a line to compare."""
    entries: Iterator[_Entry] = chain.from_iterable(_matching(landing))
    if after is not None:
        entries = (entry for entry in entries if entry[0] > after)
    page = [*islice(entries, _COMPARED)]
    while page:
        following = [*islice(entries, _COMPARED)]
        stand, files, count = known(page[0][0], page[-1][0]), [], 0
        for uri, path, _ in page:
            status = _status(path)
            if status is None:
                continue
            if version_at(uri, f"{status.st_size}-{status.st_mtime_ns}") in stand:
                count += 1
            else:
                files.append(_file(uri, status))
        yield ListedPage(tuple(files), page[-1][0] if following else None, known=count)
        page = following


def _entries(folder: bytes, *, is_root: bool) -> "list[os.DirEntry[bytes]]":
    try:
        with os.scandir(folder) as entries:
            return [*entries]
    except OSError as error:
        gone = (errno.ENOENT,) if is_root else _GONE
        if error.errno in gone:
            return []
        raise Unavailable(
            f"folder {_shown(folder)} cannot be listed ({error.strerror}); check that it is a folder and may be read"
        ) from error


def _found(path: bytes, uri: str | None = None) -> FoundFile | None:
    status = _status(path)
    return None if status is None else _file(uri or "file://" + quote(path), status)


def _status(path: bytes) -> os.stat_result | None:
    """Of a regular file; None for anything else, and where there is nothing any more."""
    try:
        status = os.stat(path)  # noqa: PTH116  bytes, of which there is no Path
    except OSError as error:
        if error.errno in _GONE:
            return None
        raise Unavailable(
            f"file {_shown(path)} cannot be looked at ({error.strerror}); check the permissions of its folder"
        ) from error
    return status if stat.S_ISREG(status.st_mode) else None


def _file(uri: str, status: os.stat_result) -> FoundFile:
    return FoundFile(
        location=DataLocation(uri),
        version_token=VersionToken.of_file(status.st_size, status.st_mtime_ns),
        size_bytes=status.st_size,
        changed_at=_moment(max(status.st_mtime_ns, status.st_ctime_ns)),
    )


def _found_folder(path: bytes) -> FoundFile | None:
    """None for a folder without parts, or that is gone."""
    try:
        changed_ns, parts = parts_of(path)
    except OSError as error:
        if error.errno in _GONE:
            return None
        raise Unavailable(
            f"folder {_shown(path)} cannot be listed ({error.strerror}); check that it may be read"
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


def _is_folder(entry: "os.DirEntry[bytes]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle, or the type is unknown: looking at the file itself will tell
        return False


def _is_within(path: bytes, real_root: bytes) -> bool:
    return os.path.realpath(path).startswith(real_root.rstrip(b"/") + b"/")


def _relative(path: bytes, root: bytes) -> str:
    return os.fsdecode(path[len(root.rstrip(b"/")) + 1 :])


def _shown(path: bytes) -> str:
    return repr(path.decode("utf-8", "backslashreplace"))
