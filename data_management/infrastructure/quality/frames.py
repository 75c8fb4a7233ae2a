"""Arrow columns as pandas holds them, for Great Expectations' own engine."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_EXACT = 1 << 53
_NANOSECOND_RANGE = (-9_223_372_036_854_775, 9_223_372_036_854_775)
"""Microseconds around 1970 that a 64-bit count of nanoseconds reaches."""


def series(values: pa.ChunkedArray) -> "pd.Series[Any]":
    """A column as pandas holds it exactly: nullable integers and booleans, objects for text and decimals."""
    kind = values.type
    has_nulls = values.null_count > 0
    if pa.types.is_integer(kind):
        whole = pc.fill_null(values, 0).to_numpy()
        return pd.Series(pd.arrays.IntegerArray(whole, _missing(values)) if has_nulls else whole)
    if pa.types.is_boolean(kind):
        truth = pc.fill_null(values, False).to_numpy()
        return pd.Series(pd.arrays.BooleanArray(truth, _missing(values)) if has_nulls else truth)
    if pa.types.is_floating(kind):
        return pd.Series(values.to_numpy())
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return _moments(values)
    if pa.types.is_decimal(kind) and kind.scale == 0:
        return pd.Series([None if v is None else int(v) for v in values.to_pylist()], dtype=object)
    if pa.types.is_time(kind):
        return pd.Series([None if v is None else v.isoformat() for v in values.to_pylist()], dtype=object)
    return pd.Series(values.to_pylist(), dtype=object)


def numbers(values: pa.ChunkedArray) -> "pd.Series[Any]":
    """As `series`, but what has no plain numpy form (decimals, integers and booleans with nulls) as float64
    where that is exact enough.
    """
    kind = values.type
    nullable = pa.types.is_integer(kind) and values.null_count > 0
    if pa.types.is_boolean(kind) and values.null_count:
        return pd.Series(values.cast(pa.float64()).to_numpy())
    fraction = pa.types.is_decimal(kind) and kind.scale != 0
    if fraction or ((nullable or pa.types.is_decimal(kind)) and _is_small(values)):
        return pd.Series(values.cast(pa.float64(), safe=False).to_numpy())
    return series(values)


def _moments(values: pa.ChunkedArray) -> "pd.Series[Any]":
    """datetime64, in nanoseconds (which GX compares as a whole) where the calendar allows it."""
    zone = "UTC" if pa.types.is_timestamp(values.type) and values.type.tz else None
    ticks = values.cast(pa.timestamp("us", zone), safe=False)
    bounds: Mapping[str, int | None] = pc.min_max(ticks.cast(pa.int64())).as_py()
    low, high = bounds["min"] or 0, bounds["max"] or 0
    fits = _NANOSECOND_RANGE[0] < low and high < _NANOSECOND_RANGE[1]
    naive = pd.Series(ticks.cast(pa.timestamp("us")).to_numpy().astype("datetime64[ns]" if fits else "datetime64[us]"))
    return naive.dt.tz_localize("UTC") if zone else naive


def _missing(values: pa.ChunkedArray) -> Any:
    return values.is_null().to_numpy()


def _is_small(values: pa.ChunkedArray) -> bool:
    bounds = pc.min_max(values).as_py()
    return all(abs(bound or 0) <= _EXACT for bound in bounds.values())
