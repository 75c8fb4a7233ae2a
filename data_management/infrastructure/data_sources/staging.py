"""What brings a data asset that is not a local file to where it can be read."""

from pathlib import Path
from typing import Protocol

from data_management.domain.models import DataLocation, ObjectStore, VersionToken


class AnotherVersion(Exception):
    """Another version stands there than the one asked for, or nothing."""


class Fetcher(Protocol):
    def size_of(self, location: DataLocation, token: VersionToken) -> int | None:
        """The bytes that the version takes, as its token says; None for a token that another kind of storage made."""

    def fetch(self, location: DataLocation, token: VersionToken, store: ObjectStore | None, to: Path) -> None:
        """Write the version `token` to the path `to`, where nothing stands: a file, or a folder of part files.

        Raises `AnotherVersion`; `Rejected` where this data asset cannot be read; `Unavailable` where the storage cannot.
        """
