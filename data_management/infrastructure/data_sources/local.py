"""Landings in local folders. Names are bytes to the system and data to us: no name breaks a listing."""

import errno
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from data_management.application.ports import FoundFile, ListedPage
from data_management.application.views import LastArrival
from data_management.domain.models import DataLocation, Landing, ObjectStore, VersionToken
from data_management.errors import Unavailable
from data_management.infrastructure.data_sources.folders import holds, parts_of, token_of
from data_management.infrastructure.data_sources.landing import is_ignored, lies_in, may_hold, paged, pattern_regex

_GONE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class LocalDataLocationService:
    """Reads folder after folder, each whole, as the listing is consumed.

    Links are followed within the landing's root alone, and not in circles. What vanishes meanwhile is left out.
    """

    def list(self, landing: Landing) -> Iterator[FoundFile]:
        root = os.fsencode(landing.root.path)
        if landing.is_of_folders:
            for folder in _files(root, landing.pattern):
                if landing.marker is None or holds(folder, os.fsencode(landing.marker)):
                    found = _found_folder(folder)
                    if found is not None:
                        yield found
            return
        matches = pattern_regex(landing.pattern).fullmatch
        for path in _files(root, landing.pattern):
            if matches(_relative(path, root)):
                found = _found(path)
                if found is not None:
                    yield found

    def pages(
        self,
        landing: Landing,
        *,
        after: str | None = None,
        last: LastArrival | None = None,  # noqa: ARG002  all is seen
    ) -> Iterator[ListedPage]:
        return paged(self.list(landing), after)

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


def _files(root: bytes, pattern: str) -> Iterator[bytes]:
    """The paths below `root` that are no folders, in the order of their URIs, but for what `pattern` cannot reach; the
    folders that match it, and nothing in them, where it is one of folders.
    """
    of_folders = pattern.endswith("/")
    matches = pattern_regex(pattern[:-1]).fullmatch if of_folders else None
    real_root = os.path.realpath(root)
    # a stack, the next one on top; a folder comes with its real ancestors, a file with none
    waiting: list[tuple[bytes, tuple[bytes, ...]]] = [(root, (real_root,))]
    while waiting:
        path, ancestors = waiting.pop()
        if not ancestors:
            yield path
            continue
        found: list[tuple[str, bytes, tuple[bytes, ...]]] = []
        for entry in _entries(path, is_root=path == root):
            if is_ignored(os.fsdecode(entry.name)) or (entry.is_symlink() and not _is_within(entry.path, real_root)):
                continue
            if not _is_folder(entry):
                if not of_folders:
                    found.append((quote(entry.name), entry.path, ()))
                continue
            if matches and matches(_relative(entry.path, root)):
                found.append((quote(entry.name) + "/", entry.path, ()))
                continue
            real = os.path.realpath(entry.path)
            if real not in ancestors and may_hold(pattern, _relative(entry.path, root)):
                found.append((quote(entry.name) + "/", entry.path, (*ancestors, real)))
        found.sort(reverse=True)
        waiting += [(below, its_ancestors) for _, below, its_ancestors in found]


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


def _found(path: bytes) -> FoundFile | None:
    try:
        status = os.stat(path)  # noqa: PTH116  bytes, of which there is no Path
    except OSError as error:
        if error.errno in _GONE:
            return None
        raise Unavailable(
            f"file {_shown(path)} cannot be looked at ({error.strerror}); check the permissions of its folder"
        ) from error
    if not stat.S_ISREG(status.st_mode):
        return None
    return FoundFile(
        location=DataLocation("file://" + quote(path)),
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
