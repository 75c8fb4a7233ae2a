"""The machine: versions of what the product stands on, disks, clocks."""

import os
import platform
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement

from data_management.application.diagnosis import Condition, Finding
from data_management.infrastructure.probes.catalog import clock_finding

_PRODUCT: Final = "data-management"
_SHOWN: Final = ("dagster", "great-expectations", "duckdb", "sqlalchemy")
_MIB: Final = 1024 * 1024
_LEAST_MB: Final = 200
"""With less than this, a catalog or log may fail at the next write."""


class VersionsProbe:
    """Python, and each dependency against what the package says it works with."""

    subject = "versions"

    def findings(self) -> Iterator[Finding]:
        yield Finding(
            self.subject,
            Condition.OK,
            f"{_PRODUCT} {metadata.version(_PRODUCT)}, Python {platform.python_version()}, {platform.platform()}",
        )
        wrong = list(_unmet(metadata.requires(_PRODUCT) or []))
        for message in wrong:
            yield Finding(self.subject, Condition.FAILURE, message, "install it again with -c constraints.txt")
        if not wrong:
            found = ", ".join(f"{name} {metadata.version(name)}" for name in _SHOWN)
            yield Finding(self.subject, Condition.OK, f"{found}: all as they are needed")


def _unmet(requirements: list[str]) -> Iterator[str]:
    for line in requirements:
        try:
            wanted = Requirement(line)
        except InvalidRequirement:
            continue
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
            continue
        try:
            installed = metadata.version(wanted.name)
        except metadata.PackageNotFoundError:
            yield f"{wanted.name} is not installed, and {wanted.specifier or 'any version'} is needed"
            continue
        if not wanted.specifier.contains(installed, prereleases=True):
            yield f"{wanted.name} is {installed}, and {wanted.specifier} is needed"


class DiskProbe:
    """Room in folders, each with the MiB that may be asked of it."""

    subject = "disk"

    def __init__(self, folders: Mapping[str, tuple[Path, int]]) -> None:
        self._folders = folders

    def findings(self) -> Iterator[Finding]:
        for name, (folder, needed) in self._folders.items():
            there = next((each for each in (folder, *folder.absolute().parents) if each.exists()), Path("/"))
            free = shutil.disk_usage(there).free // _MIB
            message = f"{name} ({there}): {free:,} MiB are free"
            if free < _LEAST_MB:
                yield Finding(self.subject, Condition.FAILURE, message, "make room, or name another folder")
            elif free < needed:
                fix = f"up to {needed:,} MiB may be needed at once; make room, or lower DATA_MANAGEMENT_SPOOL_MB"
                yield Finding(self.subject, Condition.WARNING, message, fix)
            else:
                yield Finding(self.subject, Condition.OK, message)

    @staticmethod
    def spool() -> Path:
        return Path(tempfile.gettempdir())


class ClockProbe:
    """Whether the file system that holds a folder has the time that this machine has: it may be another machine's."""

    subject = "clock"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def findings(self) -> Iterator[Finding]:
        if not self._folder.is_dir() or not os.access(self._folder, os.W_OK):
            return
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".doctor-") as file:
            file.write(b".")
            file.flush()
            skew = Path(file.name).stat().st_mtime - time.time()
        yield clock_finding(f"the clock of {self._folder}", skew)
