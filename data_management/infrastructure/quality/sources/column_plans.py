"""Arrow's types as the engine knows them: one plan per column, carried out by pyarrow or, in a scan, by SQL.

Both ways yield the same values, so that a small file and a large one are judged alike.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from data_management.domain.models import ReadingNote
from data_management.errors import Rejected
from data_management.infrastructure.quality.sources.bounds import Bounds
from data_management.infrastructure.quality.sources.nested import as_json, in_duckdb, is_exotic
from data_management.infrastructure.quality.sources.source import RawColumn, nan_note

_WIDEST = 38
"""DuckDB's decimals have as many digits."""
_INTEGERS = {
    "int8": "TINYINT",
    "int16": "SMALLINT",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "uint8": "UTINYINT",
    "uint16": "USMALLINT",
    "uint32": "UINTEGER",
    "uint64": "UBIGINT",
}
_NANOSECONDS = {
    "TIMESTAMP": "make_timestamp(epoch_ns({c})//1000)",
    "TIMESTAMP WITH TIME ZONE": "make_timestamptz(epoch_ns({c})//1000)",
    "TIME": "(TIME '00:00'+to_microseconds(epoch_ns({c})//1000))",
}
"""A cast would round, where pyarrow cuts."""


@dataclass
class Losses:
    """How many values of each column did not come through as they are stored."""

    nan: Counter[str] = field(default_factory=Counter)
    nanoseconds: Counter[str] = field(default_factory=Counter)

    def notes(self) -> tuple[ReadingNote, ...]:
        cut = [
            ReadingNote("nanoseconds", f"{count} value(s) of column {name!r} were cut to microseconds")
            for name, count in self.nanoseconds.items()
            if count
        ]
        return (*(nan_note(name, count) for name, count in self.nan.items() if count), *cut)


Conversion = Callable[[pa.ChunkedArray, "ColumnPlan", Losses], pa.ChunkedArray]


@dataclass(frozen=True)
class ColumnPlan:
    """How a column is made plain: `arrow` converts it to `target`; `sql` is the same of a Parquet column that stands for ``{c}``.

    `sql` is None where DuckDB reads the type from Parquet in another way than pyarrow.
    """

    name: str
    type: str
    target: pa.DataType
    arrow: Conversion
    sql: str | None = "{c}"
    note: str | None = None
    is_floating: bool = False
    is_nanoseconds: bool = False

    @property
    def column(self) -> RawColumn:
        return RawColumn(self.name, self.type)


def plans_of(schema: pa.Schema, shown: str, bounds: Bounds) -> list[ColumnPlan]:
    """A plan per column; `Rejected` for columns that could not be told apart, named, or typed."""
    check_names(schema.names, shown, bounds)
    return [plan_of(name, kind, shown) for name, kind in zip(schema.names, schema.types, strict=True)]


def check_names(names: Sequence[str], shown: str, bounds: Bounds) -> None:
    """`Rejected` for none, too many, nameless ones, and several of one name."""
    if not names:
        raise Rejected(f"{shown} has no columns; write it anew, with its columns")
    if len(names) > bounds.columns:
        raise Rejected(
            f"{shown} has {len(names)} columns, more than {bounds.columns}; use rows, not columns, or raise DATA_MANAGEMENT_FILE_COLUMNS"
        )
    for place, name in enumerate(names, start=1):
        if not name.strip():
            raise Rejected(f"{shown}: column {place} has no name; name every column")
        if "\0" in name:
            raise Rejected(f"{shown}: the name of column {place} holds a NUL character; rename it")
    if len(set(names)) != len(names):
        raise Rejected(f"{shown} has several columns of one name; rename them")


def notes_of(plans: Sequence[ColumnPlan]) -> tuple[ReadingNote, ...]:
    return tuple(ReadingNote("type", plan.note) for plan in plans if plan.note)


def plain_table(table: pa.Table, plans: Sequence[ColumnPlan], losses: Losses, shown: str, bounds: Bounds) -> pa.Table:
    """`table` as planned, losses counted. `Rejected` where a value has no place in its type, or is too large."""
    columns = []
    for plan, values in zip(plans, table.columns, strict=True):
        try:
            plain = plan.arrow(values, plan, losses)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OverflowError, ValueError) as error:
            raise Rejected(
                f"{shown}: column {plan.name!r} holds values that cannot be read as {plan.type}; write it as another type"
            ) from error
        check_cells(plan.name, plain, shown, bounds)
        columns.append(plain)
    return pa.table(columns, schema=pa.schema([(plan.name, plan.target) for plan in plans]))


def check_cells(name: str, values: pa.ChunkedArray, shown: str, bounds: Bounds) -> None:
    kind = values.type
    if (pa.types.is_string(kind) or pa.types.is_binary(kind)) and values.nbytes > bounds.cell_bytes:
        longest = pc.max(pc.binary_length(values)).as_py() or 0
        if longest > bounds.cell_bytes:
            raise Rejected(
                f"{shown}: column {name!r} holds a value of {longest >> 20} MB, more than {bounds.cell_bytes >> 20} MB; "
                "store it beside the table, or raise DATA_MANAGEMENT_FILE_CELL_MB"
            )


def plan_of(name: str, kind: pa.DataType, shown: str) -> ColumnPlan:
    """The plan of a column of this type; `Rejected` for a type that has no place in DuckDB."""
    if pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind):
        return _decoded(plan_of(name, kind.value_type, shown), kind)
    if isinstance(kind, pa.BaseExtensionType):
        return _extension(name, kind, shown)
    if pa.types.is_nested(kind):
        return _nested(name, kind, shown)
    plan = next((plan_it(name, kind) for is_it, plan_it in _FAMILIES if is_it(kind)), None)
    if plan is None:
        raise Rejected(
            f"{shown}: column {name!r} has the type {kind}, which is not supported; write it as another type"
        )
    return plan


def _integer(name: str, kind: pa.DataType) -> ColumnPlan:
    return ColumnPlan(name, _INTEGERS[str(kind)], kind, _as_is)


def _floating(name: str, _: pa.DataType) -> ColumnPlan:
    sql = "CASE WHEN isnan({c}) THEN NULL ELSE {c}::DOUBLE END"
    return ColumnPlan(name, "DOUBLE", pa.float64(), _floats, sql, is_floating=True)


def _timestamp(name: str, kind: pa.DataType) -> ColumnPlan:
    type_ = "TIMESTAMP WITH TIME ZONE" if kind.tz else "TIMESTAMP"
    return _moment(name, type_, kind, pa.timestamp("us", "UTC" if kind.tz else None))


def _text(name: str, _: pa.DataType) -> ColumnPlan:
    return ColumnPlan(name, "VARCHAR", pa.string(), _cast, "{c}::VARCHAR")


def _duration(name: str, kind: pa.DataType) -> ColumnPlan:
    note = f"column {name!r} holds durations; read as whole numbers, in {kind.unit}"
    return ColumnPlan(name, "BIGINT", pa.int64(), _cast, "{c}::BIGINT", note)


def _interval(name: str, _: pa.DataType) -> ColumnPlan:
    note = f"column {name!r} holds intervals; read as text"
    return ColumnPlan(name, "VARCHAR", pa.string(), _in_duckdb, None, note)


def _nested(name: str, kind: pa.DataType, shown: str) -> ColumnPlan:
    if (
        pa.types.is_struct(kind)
        and {"metadata", "value"} <= {kind.field(at).name for at in range(kind.num_fields)} <= _VARIANT
    ):
        raise Rejected(f"{shown}: column {name!r} is a variant, which is not supported; write it as JSON text")
    sql = None if is_exotic(kind) else "to_json({c})::VARCHAR"
    return ColumnPlan(name, "VARCHAR", pa.string(), _to_json, sql)


_VARIANT = {"metadata", "value", "typed_value"}


def _decoded(plan: ColumnPlan, kind: pa.DataType) -> ColumnPlan:
    inner = plan.arrow

    def decoded(values: pa.ChunkedArray, of: ColumnPlan, losses: Losses) -> pa.ChunkedArray:
        if pa.types.is_dictionary(kind):
            plain = values.cast(kind.value_type)
        else:
            plain = pa.chunked_array([pc.run_end_decode(chunk) for chunk in values.chunks], kind.value_type)
        return inner(plain, of, losses)

    sql = plan.sql if pa.types.is_dictionary(kind) else None
    return ColumnPlan(plan.name, plan.type, plan.target, decoded, sql, plan.note, plan.is_floating, plan.is_nanoseconds)


def _extension(name: str, kind: Any, shown: str) -> ColumnPlan:
    if kind.extension_name == "arrow.uuid":
        return ColumnPlan(name, "VARCHAR", pa.string(), _in_duckdb, "{c}::VARCHAR")
    plan = plan_of(name, kind.storage_type, shown)
    inner, is_truth = plan.arrow, kind.extension_name == "arrow.bool8"
    if is_truth:
        plan = ColumnPlan(name, "BOOLEAN", pa.bool_(), _cast, "({c} <> 0)")

    def stored(values: pa.ChunkedArray, of: ColumnPlan, losses: Losses) -> pa.ChunkedArray:
        storage = pa.chunked_array([chunk.storage for chunk in values.chunks], kind.storage_type)
        return _cast(storage, of, losses) if is_truth else inner(storage, of, losses)

    return ColumnPlan(name, plan.type, plan.target, stored, plan.sql, plan.note, plan.is_floating, plan.is_nanoseconds)


def _decimal(name: str, kind: pa.DataType) -> ColumnPlan:
    digits, scale = kind.precision, kind.scale
    if scale < 0:
        digits, scale = digits - scale, 0
    digits = max(digits, scale)
    if digits <= _WIDEST:
        type_ = f"DECIMAL({digits},{scale})"
        return ColumnPlan(name, type_, pa.decimal128(digits, scale), _cast, f"{{c}}::{type_}")
    note = f"column {name!r} holds decimals of {digits} digits, more than {_WIDEST}; read as text"
    return ColumnPlan(name, "VARCHAR", pa.string(), _cast, None, note)


def _moment(name: str, type_: str, kind: pa.DataType, target: pa.DataType) -> ColumnPlan:
    fine = kind.unit == "ns"
    sql = _NANOSECONDS[type_] if fine else f"{{c}}::{type_}"
    return ColumnPlan(name, type_, target, _microseconds, sql, is_nanoseconds=fine)


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
        or pa.types.is_binary_view(kind)
    )


def _as_is(values: pa.ChunkedArray, _: ColumnPlan, __: Losses) -> pa.ChunkedArray:
    return values


def _cast(values: pa.ChunkedArray, plan: ColumnPlan, _: Losses) -> pa.ChunkedArray:
    return values.cast(plan.target)


def _floats(values: pa.ChunkedArray, plan: ColumnPlan, losses: Losses) -> pa.ChunkedArray:
    doubles = values.cast(pa.float64())
    missing = pc.is_nan(doubles)
    if count := pc.sum(missing).as_py():
        losses.nan[plan.name] += count
        return pc.if_else(pc.fill_null(missing, False), pa.scalar(None, pa.float64()), doubles)
    return doubles


def _microseconds(values: pa.ChunkedArray, plan: ColumnPlan, losses: Losses) -> pa.ChunkedArray:
    if not plan.is_nanoseconds:
        return values.cast(plan.target)
    losses.nanoseconds[plan.name] += finer_than_microseconds(values)
    return values.cast(plan.target, safe=False)  # from a narrower range, so that nothing but digits can be lost


def finer_than_microseconds(values: pa.ChunkedArray) -> int:
    """How many values, counted in nanoseconds, are no whole microseconds."""
    ticks = values.cast(pa.int64())
    whole = pc.multiply(pc.divide(ticks, 1000), 1000)
    return int(pc.sum(pc.not_equal(ticks, whole)).as_py() or 0)


def _to_json(values: pa.ChunkedArray, _: ColumnPlan, __: Losses) -> pa.ChunkedArray:
    return as_json(values)


def _in_duckdb(values: pa.ChunkedArray, _: ColumnPlan, __: Losses) -> pa.ChunkedArray:
    return in_duckdb(values, "c0::VARCHAR")


_FAMILIES: tuple[tuple[Callable[[pa.DataType], bool], Callable[[str, pa.DataType], ColumnPlan]], ...] = (
    (pa.types.is_integer, _integer),
    (pa.types.is_floating, _floating),
    (pa.types.is_boolean, lambda name, kind: ColumnPlan(name, "BOOLEAN", kind, _as_is)),
    (pa.types.is_decimal, _decimal),
    (pa.types.is_timestamp, _timestamp),
    (pa.types.is_time, lambda name, kind: _moment(name, "TIME", kind, pa.time64("us"))),
    (pa.types.is_date, lambda name, _: ColumnPlan(name, "DATE", pa.date32(), _cast, "{c}::DATE")),
    (pa.types.is_string, _text),
    (pa.types.is_large_string, _text),
    (pa.types.is_string_view, _text),
    (pa.types.is_null, _text),
    (_is_bytes, lambda name, _: ColumnPlan(name, "BLOB", pa.binary(), _cast, "{c}::BLOB")),
    (pa.types.is_duration, _duration),
    (pa.types.is_interval, _interval),
)
