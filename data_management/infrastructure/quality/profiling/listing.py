"""All values of the columns that hold few, with their counts: what a list of allowed values can be made of."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import duckdb

from data_management.infrastructure.quality.profiling.columns import ProfiledColumn
from data_management.infrastructure.quality.profiling.sampling import LONGEST, ProfileLimits, Sample

MOST_LISTED: Final = 50


def listed_values(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[ProfiledColumn],
    sample: Sample,
    limits: ProfileLimits,
) -> dict[str, Counter[Any]]:
    """By column; one more scan for all of them where the sample is not whole. A column whose sample holds more has no list."""
    found = {
        column.name: Counter(sample.values[column.name].tolist())
        for column in columns
        if limits.listed and column.shows_values and column.name in sample.values
    }
    few = {name: counts for name, counts in found.items() if len(counts) <= limits.listed}
    if sample.whole or not few:
        return few
    names = {column.name: column.quoted for column in columns}
    selected = ", ".join(f"histogram(left({names[name]}::VARCHAR, {LONGEST}))" for name in few)
    row: Sequence[Mapping[str, int] | None] | None = connection.execute(f"SELECT {selected} FROM {relation}").fetchone()
    counted = {name: Counter(dict(counts or {})) for name, counts in zip(few, row or (), strict=True)}
    return {name: counts for name, counts in counted.items() if len(counts) <= limits.listed}
