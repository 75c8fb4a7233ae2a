"""How many different values a column has, and the sketch that adds up over files."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb
import numpy as np
import numpy.typing as npt

from data_management.domain.models import DistinctSketch
from data_management.domain.models.sketches import STORED_PRECISION
from data_management.infrastructure.quality.profiling.columns import ProfiledColumn

_PRECISION: Final = 10
"""1,024 buckets where all rows are counted by SQL: 3.3 %."""
DUCKDB_ERROR: Final = 0.13
"""Of `approx_count_distinct`: 64 registers."""
_BITS: Final = 64
_HASHES: dict[str, str] = {}


@dataclass(frozen=True)
class Distinct:
    """`error` is None where `count` is exact."""

    count: int
    error: float | None = None
    sketch: DistinctSketch | None = None


def hash_name(connection: duckdb.DuckDBPyConnection) -> str:
    """Which hash this DuckDB computes: another version may compute another, whose sketches do not merge."""
    if duckdb.__version__ not in _HASHES:
        probes = "hash('data_management'), hash(20130101), hash(0.5::DOUBLE), hash(DATE '2013-01-01')"
        found = connection.execute(f"SELECT {probes}").fetchone()
        _HASHES[duckdb.__version__] = hashlib.blake2b(repr(found).encode(), digest_size=2).hexdigest()
    return _HASHES[duckdb.__version__]


def distinct_of_sample(column: ProfiledColumn, hashes: npt.NDArray[np.uint64], name: str) -> Distinct:
    """Exact, from the hashes of all values."""
    different = np.unique(hashes)
    size = 1 << STORED_PRECISION
    ranks = np.zeros(size, np.int64)
    leading = _BITS + 1 - np.frexp(different.astype(np.float64))[1]
    np.maximum.at(ranks, (different & np.uint64(size - 1)).astype(np.int64), leading)
    return Distinct(len(different), sketch=_kept(column, DistinctSketch.of(_tag(column, name), ranks.tolist())))


def distinct_of_all(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[ProfiledColumn], name: str
) -> Mapping[str, Distinct]:
    """Estimates, with another scan per column: the least hash of each bucket says all that a sketch needs."""
    size = 1 << _PRECISION
    parts = (
        f"SELECT {index}, (hash({column.quoted}) & {size - 1})::USMALLINT AS bucket, min(hash({column.quoted})) "
        f"FROM {relation} WHERE {column.quoted} IS NOT NULL GROUP BY bucket"
        for index, column in enumerate(columns)
    )
    ranks = [[0] * size for _ in columns]
    for index, bucket, least in connection.execute(" UNION ALL ".join(parts)).fetchall():
        ranks[index][bucket] = _BITS + 1 - least.bit_length()
    found = {}
    for index, column in enumerate(columns):
        sketch = DistinctSketch.of(_tag(column, name), ranks[index])
        found[column.name] = Distinct(round(sketch.estimate), sketch.error, _kept(column, sketch.folded()))
    return found


def _kept(column: ProfiledColumn, sketch: DistinctSketch) -> DistinctSketch | None:
    """None of a private column: who guesses a value could ask the sketch whether it may be there."""
    return None if column.private else sketch


def _tag(column: ProfiledColumn, name: str) -> str:
    kind = "INTEGER" if column.is_integer or column.family == "HUGEINT" else column.type  # their hashes are the same
    return f"{name}:{kind}"
