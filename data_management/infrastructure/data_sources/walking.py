"""What of a landing lies in local folders, in the order of its URIs: by names alone, of which there may be a million."""

import errno
import os
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import compress
from operator import not_
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

from data_management.domain.models import Landing
from data_management.errors import Unavailable
from data_management.infrastructure.data_sources.landing import (
    is_ignored,
    may_be_ignored,
    may_hold,
    name_matcher,
    pattern_regex,
)

GONE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG)
_PLAIN = re.compile(rb"[A-Za-z0-9_.~/-]+").fullmatch


class Folder(NamedTuple):
    """One to look into."""

    uri: str
    """With its slash."""
    path: bytes
    ancestors: tuple[bytes, ...]
    """The real ones, and itself."""


class Stretch(NamedTuple):
    """What matches in one folder, as far as nothing of its subfolders comes between."""

    folder: Folder
    parts: Sequence[str]
    """Of URIs, in their order; of folders with their slashes."""

    def behind(self, uri: str) -> "Stretch":
        """What of it comes after this URI."""
        return self._replace(parts=self.parts[bisect_right(self.uris(), uri) :])

    def uris(self) -> list[str]:
        uri = self.folder.uri
        return [uri + part for part in self.parts]

    def paths(self) -> list[bytes]:
        path = self.folder.path.rstrip(b"/") + b"/"
        return [path + name for name in self._bytes()]

    def _bytes(self) -> list[bytes]:
        if not self.parts:
            return []
        joined = "/".join(self.parts)
        if "%" in joined or joined.endswith("/"):
            return [unquote_to_bytes(part.removesuffix("/")) for part in self.parts]
        return joined.encode("ascii").split(b"/")


def stretches(landing: Landing, longest: int) -> Iterator[Stretch]:
    """What the landing's pattern matches below its root: what is no folder; where it is one of folders, those, and nothing in them.

    Links are followed within the root alone, and not in circles.
    """
    root = os.fsencode(landing.root.path)
    real_root = os.path.realpath(root)
    waiting: list[Folder | Stretch] = [Folder(f"file://{quote(root)}".rstrip("/") + "/", root, (real_root,))]
    while waiting:  # a stack
        item = waiting.pop()
        if isinstance(item, Folder):
            waiting += reversed(_below(item, landing, root, real_root))
        else:
            for start in range(0, len(item.parts), longest):
                yield Stretch(item.folder, item.parts[start : start + longest])


def is_within(path: bytes, real_root: bytes) -> bool:
    return os.path.realpath(path).startswith(real_root.rstrip(b"/") + b"/")


def shown(path: bytes) -> str:
    return repr(path.decode("utf-8", "backslashreplace"))


def _below(folder: Folder, landing: Landing, root: bytes, real_root: bytes) -> list[Folder | Stretch]:
    """What matches in a folder, and the folders in it that may hold more."""
    relative = os.fsdecode(folder.path[len(root.rstrip(b"/")) + 1 :])
    prefix, of_folders = f"{relative}/" if relative else "", landing.is_of_folders
    matches = _matcher(landing.pattern.removesuffix("/"), prefix)
    entries = _entries(folder.path, is_root=folder.path == root)
    names, quoted = _names(entries)
    if may_be_ignored(names):
        kept = [not is_ignored(name) for name in names]
        entries, names, quoted = [*compress(entries, kept)], [*compress(names, kept)], [*compress(quoted, kept)]
    plain = [entry.is_file(follow_symlinks=False) for entry in entries]
    found: list[str] = []
    if not of_folders:
        found = [part for name, part in compress(zip(names, quoted, strict=True), plain) if matches(name)]
    inner: dict[str, Folder] = {}
    for entry, name, part in compress(zip(entries, names, quoted, strict=True), map(not_, plain)):
        if entry.is_symlink() and not is_within(entry.path, real_root):
            continue
        if not _is_folder(entry):
            if matches(name) and not of_folders:
                found.append(part)
        elif of_folders and matches(name):
            found.append(f"{part}/")
        else:
            real = os.path.realpath(entry.path)
            if real not in folder.ancestors and may_hold(landing.pattern, prefix + name):
                inner[f"{part}/"] = Folder(f"{folder.uri}{part}/", entry.path, (*folder.ancestors, real))
    return _in_order(folder, found, inner)


def _in_order(folder: Folder, found: list[str], inner: dict[str, Folder]) -> list[Folder | Stretch]:
    found.sort()
    ordered: list[Folder | Stretch] = []
    start = 0
    for part in sorted(inner):
        end = bisect_left(found, part, start)
        ordered += [Stretch(folder, found[start:end]), inner[part]]
        start = end
    return [*ordered, Stretch(folder, found[start:])]


def _matcher(pattern: str, prefix: str) -> Callable[[str], object]:
    """Tells whether a name in the folder `prefix` does."""
    if not prefix:
        return name_matcher(pattern)
    matches = pattern_regex(pattern).fullmatch
    return lambda name: matches(prefix + name)


def _names(entries: "Sequence[os.DirEntry[bytes]]") -> tuple[list[str], list[str]]:
    """As text, and as parts of URIs. Most folders have plain names alone, which are both, and are told by one look at them all."""
    names = [entry.name for entry in entries]
    joined = b"/".join(names)
    if names and _PLAIN(joined):
        plain = joined.decode("ascii").split("/")
        return plain, plain
    return [os.fsdecode(name) for name in names], [quote(name) for name in names]


def _entries(folder: bytes, *, is_root: bool) -> "list[os.DirEntry[bytes]]":
    try:
        with os.scandir(folder) as entries:
            return [*entries]
    except OSError as error:
        gone = (errno.ENOENT,) if is_root else GONE
        if error.errno in gone:
            return []
        raise Unavailable(
            f"folder {shown(folder)} cannot be listed ({error.strerror}); check that it is a folder and may be read"
        ) from error


def _is_folder(entry: "os.DirEntry[bytes]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle, or the type is unknown: looking at the file itself will tell
        return False
