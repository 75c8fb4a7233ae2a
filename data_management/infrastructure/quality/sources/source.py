"""What a reader yields: a relation for DuckDB."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from data_management.domain.models import ReadingNote
from data_management.infrastructure.quality.sources.versions import FileVersion, FolderVersion


@dataclass(frozen=True)
class RawColumn:
    """A column of a relation: `type` is its DuckDB type there, ``VARCHAR`` in every column of a textual source."""

    name: str
    type: str


@dataclass(frozen=True)
class Source:
    """One asset, ready to be scanned any number of times.

    `relation` is a FROM item that yields exactly `columns`: a table function over `paths`, or the name of one of `tables`, which
    the engine registers before it scans. `textual` means that types are still to be found (CSV): all columns are text, and a
    missing value is null. Nothing in a relation is lenient: a row that would not parse, or another number of rows than `rows`,
    fails the scan.
    """

    relation: str
    columns: tuple[RawColumn, ...]
    textual: bool
    rows: int | None = None
    """How many rows an independent count found; None where the format itself is the only witness."""
    paths: tuple[Path, ...] = ()
    """The files that DuckDB has to be allowed to read."""
    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    notes: tuple[ReadingNote, ...] = ()
    decisions: Mapping[str, str | int | bool | None] = field(default_factory=dict)
    """How it was read: ``format``, ``compression``, ``encoding``, ``delimiter``, ``header_line`` …; recorded with the asset."""
    sha256: str | None = None
    """Of the bytes on disk (hex), of a single file."""
    mixed: tuple[str, ...] = ()
    """Columns of a frame whose objects are of several kinds: the relation has their text, which compares otherwise."""
    versions: tuple[FileVersion | FolderVersion, ...] = ()
    """What lies behind it, as it was when it was opened."""
    stored_nulls: Mapping[str, int] = field(default_factory=dict)
    """Of each column whose NaN the relation makes null without having counted them: the nulls that the file itself has."""

    def verify(self) -> None:
        """To be called after the last scan, and before a failed one is blamed on the file. Raises `OtherVersion`."""
        for version in self.versions:
            version.verify()

    def nan_notes(self, nulls: Mapping[str, int]) -> tuple[ReadingNote, ...]:
        """What is to be noted once a scan has counted the `nulls` of the columns that `stored_nulls` names."""
        found = {name: nulls[name] - stored for name, stored in self.stored_nulls.items() if name in nulls}
        return tuple(nan_note(name, count) for name, count in found.items() if count > 0)


def nan_note(name: str, count: int) -> ReadingNote:
    return ReadingNote(code="nan", message=f"{count} NaN value(s) of column {name!r} count as missing")
