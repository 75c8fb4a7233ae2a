"""What a reader yields: a relation for DuckDB."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from data_management.domain.models import ReadingNote


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
