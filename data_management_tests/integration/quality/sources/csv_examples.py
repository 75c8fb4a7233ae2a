"""CSV files read through `open_csv`, small (parsed in memory) and large (scanned by DuckDB), and what DuckDB sees of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import duckdb

from data_management.domain.models import ReadingNote, ReadOptions
from data_management.infrastructure.quality.sources import Source
from data_management.infrastructure.quality.sources.csv import CsvLimits, open_csv
from data_management.infrastructure.quality.sources.plain import PlainFile, Spool

Row = tuple[str | None, ...]


@dataclass(frozen=True)
class Read:
    names: tuple[str, ...]
    rows: list[Row]
    source: Source

    @property
    def codes(self) -> list[str]:
        return sorted(note.code for note in self.source.notes)

    def note(self, code: str) -> ReadingNote:
        (found,) = [note for note in self.source.notes if note.code == code]
        return found


@dataclass(frozen=True)
class Reader:
    """`large` forces the way of a large file."""

    folder: Path
    large: bool
    limits: CsvLimits = field(default_factory=CsvLimits)
    most_bytes: int = 1 << 30

    def open(self, content: str | bytes, name: str = "a.csv", declared: Sequence[str] = (), **options: Any) -> Source:
        data = content.encode() if isinstance(content, str) else content
        path = Path(mkdtemp(dir=self.folder)) / "plain.csv"
        path.write_bytes(data)
        file = PlainFile(name=name, path=path, size=len(data), data=None if self.large else data)
        return open_csv(file, ReadOptions(**options), Spool(path.parent, self.most_bytes), self.limits, declared)

    def read(self, content: str | bytes, name: str = "a.csv", declared: Sequence[str] = (), **options: Any) -> Read:
        return scanned(self.open(content, name, declared, **options))


def scanned(source: Source) -> Read:
    """What DuckDB sees, with no more access than the engine will grant."""
    with duckdb.connect() as connection:
        for name, table in source.tables.items():
            connection.register(name, table)
        allowed = [str(path) for path in source.paths]
        connection.execute("SET allowed_paths = ?", [allowed])
        connection.execute("SET enable_external_access = false")
        found = connection.execute(f"SELECT * FROM {source.relation}")
        names = tuple(column[0] for column in found.description)
        rows = found.fetchall()
    assert names == tuple(column.name for column in source.columns)
    assert len(rows) == source.rows
    return Read(names, rows, source)
