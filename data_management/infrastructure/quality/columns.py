"""A table's columns, each as it was read and as it is judged, and the forms in which GX gets them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data_management.domain.models import ColumnSpec
from data_management.infrastructure.quality.casting import LOGICAL_TYPES, cast, inferred
from data_management.infrastructure.quality.readers import RawTable

_EXACT = 1 << 53
_NANOSECOND_RANGE = (-9_223_372_036_854_775, 9_223_372_036_854_775)
"""Microseconds around 1970 that a 64-bit count of nanoseconds reaches."""

_NAMES = {
    "int8": "TINYINT",
    "int16": "SMALLINT",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "uint8": "UTINYINT",
    "uint16": "USMALLINT",
    "uint32": "UINTEGER",
    "uint64": "UBIGINT",
    "double": "DOUBLE",
    "string": "VARCHAR",
    "bool": "BOOLEAN",
}


@dataclass(frozen=True)
class TypedColumn:
    """`raw` as it was read, `typed` as it is judged; `spec` where the contract names the column. Of a private one no values are told."""

    name: str
    raw: pa.ChunkedArray
    typed: pa.ChunkedArray
    spec: ColumnSpec | None
    is_private: bool = False

    @property
    def uncastable(self) -> int:
        return int(self.typed.null_count - self.raw.null_count)

    @property
    def filled(self) -> int:
        """How many values are not missing, castable or not."""
        return len(self.raw) - int(self.raw.null_count)

    @property
    def type(self) -> str:
        """The DuckDB name of its type."""
        kind = self.typed.type
        if pa.types.is_decimal(kind):
            exact = kind.scale or kind.precision < 38  # noqa: PLR2004  DuckDB's HUGEINT holds 38 digits
            return f"DECIMAL({kind.precision},{kind.scale})" if exact else "HUGEINT"
        if pa.types.is_timestamp(kind):
            return "TIMESTAMP WITH TIME ZONE" if kind.tz else "TIMESTAMP"
        if pa.types.is_date(kind):
            return "DATE"
        if pa.types.is_time(kind):
            return "TIME"
        return _NAMES.get(str(kind), "BLOB")


def typed_columns(tables: Sequence[RawTable], specs: Sequence[ColumnSpec]) -> dict[str, TypedColumn]:
    """The columns of all tables as one, by name; a column that a table lacks is missing there."""
    by_name = {spec.name: spec for spec in specs}
    table = _concatenated(tables)
    textual = all(raw.textual for raw in tables)
    columns: dict[str, TypedColumn] = {}
    for name in table.column_names:
        raw, spec = table.column(name), by_name.get(name)
        if spec is not None and spec.logical_type in LOGICAL_TYPES:
            typed = cast(raw, spec.logical_type, spec.date_format)
        else:
            typed = inferred(raw) if textual else raw
        columns[name] = TypedColumn(name=name, raw=raw, typed=typed, spec=spec)
    return columns


def _concatenated(tables: Sequence[RawTable]) -> pa.Table:
    if len(tables) == 1:
        return tables[0].table
    try:
        return pa.concat_tables([raw.table for raw in tables], promote_options="permissive")
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        return pa.concat_tables([_as_text(raw.table) for raw in tables], promote_options="default")


def _as_text(table: pa.Table) -> pa.Table:
    columns = [column if pa.types.is_binary(column.type) else column.cast(pa.string()) for column in table.columns]
    return pa.table(columns, names=table.column_names)


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
