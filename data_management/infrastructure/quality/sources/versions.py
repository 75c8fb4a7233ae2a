"""Which version of a file was opened, and whether it still stands there."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from data_management.domain.models import VersionToken
from data_management.infrastructure.data_sources.folders import parts_of, token_of


class OtherVersion(Exception):
    """Another version stands there than the one asked for, or none, or it changed while it was read."""


@dataclass(frozen=True)
class FileVersion:
    """A file as it was when it was opened; one that is replaced has another inode, one that is rewritten another time."""

    path: Path
    device: int
    inode: int
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, path: Path, status: os.stat_result) -> Self:
        return cls(path, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)

    @property
    def token(self) -> VersionToken:
        return VersionToken.of_file(self.size, self.mtime_ns)

    def verify(self) -> None:
        """Raises `OtherVersion` where something else stands at the path now, or nothing."""
        try:
            now = FileVersion.of(self.path, os.stat(self.path))  # noqa: PTH116  the same call as fstat
        except OSError as error:
            raise OtherVersion from error
        if now != self:
            raise OtherVersion


@dataclass(frozen=True)
class FolderVersion:
    """A folder of parts as it was when it was opened; a part that comes or goes makes it another one."""

    path: Path
    token: VersionToken

    def verify(self) -> None:
        """Raises `OtherVersion` where it holds other parts now, or is gone."""
        try:
            _, parts = parts_of(self.path)
        except OSError as error:
            raise OtherVersion from error
        if token_of(parts) != self.token:
            raise OtherVersion
