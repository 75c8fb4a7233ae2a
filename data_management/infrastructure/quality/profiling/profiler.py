"""A profile of every column from one aggregate SELECT and one bounded sample."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

import duckdb
import numpy as np
import numpy.typing as npt

from data_management.domain.models import ColumnProfile, QuantileSummary, ValueCount
from data_management.domain.models.profiles import MOST_TOP_VALUES, RANKS, Bound
from data_management.infrastructure.quality.profiling.columns import ProfiledColumn
from data_management.infrastructure.quality.profiling.distinct import (
    DUCKDB_ERROR,
    Distinct,
    distinct_of_all,
    distinct_of_sample,
    hash_name,
)
from data_management.infrastructure.quality.profiling.figures import MOMENT, Figures, figures_of_sample
from data_management.infrastructure.quality.profiling.listing import listed_values
from data_management.infrastructure.quality.profiling.sampling import ProfileLimits, Sample, sample_of
from data_management.infrastructure.quality.profiling.shapes import shapes_of

_SHOWN: Final = 64
"""Characters of a text that is shown."""
_SHAPED: Final = 500
"""Different texts whose shapes are looked at."""


def profile_of(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[ProfiledColumn],
    row_count: int,
    *,
    sample: Sample | None = None,
    limits: ProfileLimits = ProfileLimits(),
) -> tuple[ColumnProfile, ...]:
    """One profile per column, in their order. `relation` is a FROM item; `sample` is one that was taken from it before."""
    sample = sample or sample_of(connection, relation, columns, row_count, limits)
    name = hash_name(connection)
    profiles: list[ColumnProfile] = []
    for batch in _batches(columns, limits.columns_at_once):
        sketched = not sample.whole and limits.rescans and row_count <= min(limits.sketched_rows, limits.distinct_rows)
        estimated = not sample.whole and not sketched and row_count <= limits.distinct_rows
        figures = {c.name: found for c in batch if (found := figures_of_sample(c, sample)) is not None}
        rest = [column for column in batch if column.name not in figures]
        figures |= _figures(connection, relation, rest, approximate=estimated)
        counted: Mapping[str, Distinct] = {}
        if sample.whole:
            counted = {c.name: distinct_of_sample(c, sample.hashes[c.name], name) for c in batch if sample.hashes}
        elif sketched:
            counted = distinct_of_all(connection, relation, batch, name)
        profiles += [
            _profile(column, figures[column.name], counted.get(column.name), sample, row_count) for column in batch
        ]
    listed = listed_values(connection, relation, columns, sample, limits)
    return tuple(
        replace(profile, top_values=_top(listed[profile.name], limits.listed)) if profile.name in listed else profile
        for profile in profiles
    )


def _profile(
    column: ProfiledColumn, figures: Figures, distinct: Distinct | None, sample: Sample, row_count: int
) -> ColumnProfile:
    count = int(figures["count"])
    if distinct is None and "distinct" in figures:
        distinct = Distinct(figures["distinct"], DUCKDB_ERROR)
    elif distinct is None and not count:
        distinct = Distinct(0)
    values = sample.values.get(column.name)
    texts = _counted(values) if values is not None and (column.is_text or column.shows_values) else Counter[Any]()
    return ColumnProfile(
        name=column.name,
        nulls=row_count - count - column.uncastable,
        count=count,
        distinct=min(distinct.count, count) if distinct else None,
        distinct_error=distinct.error if distinct else None,
        sketch=distinct.sketch if distinct else None,
        minimum=_bound(column, figures.get("minimum")),
        maximum=_bound(column, figures.get("maximum")),
        mean=_finite(figures.get("mean")),
        shortest=figures.get("shortest"),
        longest=figures.get("longest"),
        quantiles=() if column.private or not column.is_number or values is None else _quantiles(values, count),
        top_values=_top(texts) if column.shows_values else None,
        patterns=shapes_of(dict(texts.most_common(_SHAPED))) if column.is_text and not column.private else None,
        sampled=sample.rows,
    )


def _figures(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[ProfiledColumn], *, approximate: bool
) -> dict[str, Figures]:
    """All figures of these columns in one SELECT."""
    asked = [
        (column.name, figure, expression)
        for column in columns
        for figure, expression in _expressions(column, approximate=approximate)
    ]
    selected = ", ".join(expression for _, _, expression in asked)
    row = connection.execute(f"SELECT {selected} FROM {relation}").fetchone() if asked else ()
    found: dict[str, dict[str, Any]] = {column.name: {} for column in columns}
    for (name, figure, _), value in zip(asked, row or (), strict=True):
        found[name][figure] = value
    return dict(found)


def _expressions(column: ProfiledColumn, *, approximate: bool) -> Iterator[tuple[str, str]]:
    it = column.quoted
    yield "count", f"count({it})"
    if approximate:
        yield "distinct", f"approx_count_distinct({it})"
    if column.private:
        return
    if column.is_number:
        yield from (("minimum", f"min({it})"), ("maximum", f"max({it})"), ("mean", f"avg({it}::DOUBLE)"))
    elif column.is_boolean:
        yield "mean", f"avg({it}::INTEGER)"
    elif column.is_moment:
        yield from (("minimum", f"min({it})::VARCHAR"), ("maximum", f"max({it})::VARCHAR"))
    elif column.is_zoned:
        yield from (("minimum", f"epoch_us(min({it}))"), ("maximum", f"epoch_us(max({it}))"))
    elif column.is_text:
        yield from (("shortest", f"min(length({it}))"), ("longest", f"max(length({it}))"))
        if column.shows_values:
            yield from (("minimum", f"left(min({it}), {_SHOWN})"), ("maximum", f"left(max({it}), {_SHOWN})"))


def _bound(column: ProfiledColumn, value: Any) -> Bound | None:
    if value is None:
        return None
    if column.is_zoned:
        return _moment(value)
    if column.is_moment:
        return str(value).replace(" ", "T") if MOMENT.fullmatch(str(value)) else None
    if column.is_text:
        return str(value)
    return value if isinstance(value, int) else _finite(value)


def _moment(microseconds: int) -> str | None:
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    except OverflowError:
        return None
    return moment.isoformat().replace("+00:00", "Z")


def _finite(value: Any) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _quantiles(values: npt.NDArray[Any], count: int) -> tuple[QuantileSummary, ...]:
    numbers = values.astype(np.float64)
    numbers = numbers[np.isfinite(numbers)]
    if not len(numbers):
        return ()
    return (QuantileSummary(count, tuple(_rounded(point) for point in np.quantile(numbers, RANKS))),)


def _rounded(value: float) -> float:
    """To eight digits, which is closer than a quantile is known."""
    return float(f"{value:.8g}")


def _counted(values: npt.NDArray[Any]) -> Counter[Any]:
    return Counter(values.tolist())


def _top(values: Counter[Any], most: int = MOST_TOP_VALUES) -> tuple[ValueCount, ...]:
    common = sorted((-count, str(value)[:_SHOWN]) for value, count in values.items())
    return tuple(ValueCount(value, -count) for count, value in common[:most])


def _batches(columns: Sequence[ProfiledColumn], size: int) -> Iterator[tuple[ProfiledColumn, ...]]:
    remaining = iter(columns)
    while batch := tuple(islice(remaining, size)):
        yield batch
