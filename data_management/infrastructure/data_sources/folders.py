"""Folders of part files that are one data asset: what Spark, Polars and others write."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data_management.domain.models import VersionToken
from data_management.infrastructure.data_sources.landing import is_ignored


@dataclass(frozen=True)
class Part:
    """A file of the folder; hidden ones, a job's own and half written ones are no parts."""

    name: str
    size: int
    mtime_ns: int

    @property
    def token(self) -> VersionToken:
        return VersionToken.of_file(self.size, self.mtime_ns)


def parts_of(folder: bytes | Path) -> tuple[int, tuple[Part, ...]]:
    """The last change of the folder or anything that it holds (nanoseconds), and its parts by name. Raises `OSError`."""
    path = os.fsencode(folder)
    status = os.stat(path)  # noqa: PTH116  bytes, of which there is no Path
    changed, parts = max(status.st_mtime_ns, status.st_ctime_ns), []
    with os.scandir(path) as entries:
        for entry in entries:
            try:
                found = entry.stat()
            except FileNotFoundError:
                continue
            changed = max(changed, found.st_mtime_ns, found.st_ctime_ns)
            name = os.fsdecode(entry.name)
            if stat.S_ISREG(found.st_mode) and not is_ignored(name):
                parts.append(Part(name, found.st_size, found.st_mtime_ns))
    return changed, tuple(sorted(parts, key=lambda part: part.name))


def token_of(parts: Sequence[Part]) -> VersionToken:
    return VersionToken.of_folder((part.name, part.size, part.mtime_ns) for part in parts)


def folders_in(folder: Path) -> list[str]:
    """The names of the folders in it, a job's own too."""
    with os.scandir(folder) as entries:
        return sorted(entry.name for entry in entries if entry.is_dir())


def holds(folder: bytes, name: bytes) -> bool:
    return os.path.isfile(os.path.join(folder, name))  # noqa: PTH113, PTH118  bytes, of which there is no Path
