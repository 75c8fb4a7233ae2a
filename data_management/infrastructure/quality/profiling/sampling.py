"""A bounded sample of rows, which quantiles, top values, patterns and detectors share. It never leaves the worker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import duckdb
import numpy as np
import numpy.typing as npt

from data_management.infrastructure.quality.profiling.columns import ProfiledColumn

LONGEST: Final = 256
"""So many characters of a text are looked at."""
_SLICES: Final = 20
_SEED: Final = 20130101


@dataclass(frozen=True)
class ProfileLimits:
    """What a profile may cost.

    Up to `sample_rows` rows all of them are the sample, and `distinct` is exact. A relation that `rescans` cheaply (Parquet, a table in
    memory; not a large CSV) is sampled in evenly spaced slices, and up to `sketched_rows` scanned once more for a mergeable `distinct`.
    Otherwise it is DuckDB's estimate, and above `distinct_rows` not counted.
    """

    sample_rows: int = 20_000
    sketched_rows: int = 2_000_000
    distinct_rows: int = 20_000_000
    rescans: bool = True
    columns_at_once: int = 100
    listed: int = 0
    """Up to so many values are all listed, counted over all rows; 0: only the commonest are, of the sample."""


@dataclass(frozen=True)
class Sample:
    """`values` and, where the sample is `whole`, `hashes` of each column, missing ones left out."""

    rows: int
    whole: bool
    values: Mapping[str, npt.NDArray[Any]]
    hashes: Mapping[str, npt.NDArray[np.uint64]]


def sample_of(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[ProfiledColumn],
    row_count: int,
    limits: ProfileLimits = ProfileLimits(),
) -> Sample:
    """Numbers as they are or as floats, all else as text; columns of other types (nested, binary) have no values."""
    whole = row_count <= limits.sample_rows
    selected, of_values, of_hashes = [], {}, {}
    for index, column in enumerate(columns):
        value = _value(column)
        if value is not None:
            of_values[column.name] = f"v{index}"
            selected.append(f"{value} AS v{index}")
        if whole:
            of_hashes[column.name] = f"h{index}"
            selected.append(f"CASE WHEN {column.quoted} IS NOT NULL THEN hash({column.quoted}) END AS h{index}")
    if not selected or not row_count:
        return Sample(rows=0, whole=whole, values={}, hashes={})
    query = f"SELECT {', '.join(selected)} FROM {_source(relation, row_count, limits)}"
    fetched: Mapping[str, Any] = connection.execute(query).fetchnumpy()
    return Sample(
        rows=len(next(iter(fetched.values()))),
        whole=whole,
        values={name: _present(fetched[alias]) for name, alias in of_values.items()},
        hashes={name: _present(fetched[alias]) for name, alias in of_hashes.items()},
    )


def _value(column: ProfiledColumn) -> str | None:
    if column.is_integer:
        return column.quoted
    if column.is_number:
        return f"{column.quoted}::DOUBLE"
    if column.is_text:
        return f"left({column.quoted}, {LONGEST})"
    if column.is_moment or column.is_boolean:
        return f"{column.quoted}::VARCHAR"
    return None


def _source(relation: str, row_count: int, limits: ProfileLimits) -> str:
    if row_count <= limits.sample_rows:
        return relation
    if not limits.rescans:
        return f"{relation} USING SAMPLE {100 * limits.sample_rows / row_count:f} PERCENT (bernoulli, {_SEED})"
    most = max(1, limits.sample_rows // _SLICES)
    step = row_count // _SLICES
    part = f"(SELECT * FROM {relation} LIMIT {most} OFFSET "
    return f"({' UNION ALL '.join(f'{part}{step * number})' for number in range(_SLICES))})"


def _present(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return values.compressed() if isinstance(values, np.ma.MaskedArray) else values
