"""Opening and scanning as the engine does it, for the tests of the sources."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from data_management.domain.models import DataLocation, ReadOptions, VersionToken
from data_management.errors import Rejected
from data_management.infrastructure.quality.sources import Bounds, Source, open_source
from data_management.infrastructure.quality.sources.plain import Spool

SMALL = Bounds()
LARGE = Bounds(small_bytes=0, digest_large=True)
BOTH = pytest.mark.parametrize("bounds", [SMALL, LARGE], ids=["small", "large"])


@contextmanager
def connected(source: Source) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that may read what the source needs, and nothing else."""
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("SET TimeZone='UTC'; SET python_enable_replacements=false")
        if source.paths:
            paths = ", ".join("'" + str(path).replace("'", "''") + "'" for path in source.paths)
            connection.execute(f"SET allowed_paths=[{paths}]")
        connection.execute("SET enable_external_access=false; SET lock_configuration=true")
        for name, table in source.tables.items():
            connection.register(name, table)
        yield connection


def scanned(source: Source) -> list[tuple[Any, ...]]:
    """All rows; asserts that names, types and the number of rows are those that the source tells."""
    names = ", ".join(f"c{place}" for place in range(len(source.columns)))
    with connected(source) as connection:
        described = connection.execute(f"DESCRIBE SELECT * FROM {source.relation} AS r({names})").fetchall()
        assert [row[1] for row in described] == [column.type for column in source.columns]
        rows = connection.execute(f"SELECT * FROM {source.relation} AS r({names})").fetchall()
    assert source.rows in (None, len(rows))
    source.verify()
    return rows


def opened(
    file: Path, spool: Spool, bounds: Bounds = SMALL, token: VersionToken | None = None, **options: Any
) -> Source:
    return open_source(DataLocation.from_path(file), token, ReadOptions(**options), spool, bounds)


def refusal(file: Path, spool: Spool, bounds: Bounds = SMALL, **options: Any) -> str:
    """Why it is refused, when it is opened or when it is scanned."""
    with pytest.raises((Rejected, duckdb.Error)) as refused:
        scanned(opened(file, spool, bounds, **options))
    if isinstance(refused.value, duckdb.Error):
        return f"scan: {refused.value}"
    assert repr(file.name) in refused.value.message
    return refused.value.message


def types(source: Source) -> dict[str, str]:
    return {column.name: column.type for column in source.columns}


def codes(source: Source) -> list[str]:
    return [note.code for note in source.notes]


def column(source: Source, name: str) -> list[Any]:
    place = [one.name for one in source.columns].index(name)
    return [row[place] for row in scanned(source)]
