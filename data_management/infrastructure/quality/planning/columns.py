"""From a source's raw columns to the types that rules are judged on, as SQL; a value that does not cast becomes null.

Casts are guesses that the scan itself verifies: each may carry doubts, counts that must be zero for the guess to stand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from data_management.domain.models import ColumnSpec
from data_management.infrastructure.quality.planning.values import Kind, Operand, quoted, text

DECIMAL: Final = "DECIMAL"
"""A decimal whose digits are still to be counted."""

LOGICAL_TYPES: Final = ("string", "integer", "number", "boolean", "date", "timestamp", "time")

_YEAR: Final = r"(?:000[1-9]|00[1-9]\d|0[1-9]\d{2}|[1-9]\d{3})"
_DATE: Final = _YEAR + r"-\d{2}-\d{2}"
_CLOCK: Final = r"(?:[01]\d|2[0-3]):\d{2}(?::\d{2}(?:\.\d{1,9})?)?"
_ZONE: Final = r"(?:[Zz]|[+-]\d{2}(?::?\d{2})?)"
_IS_TIMESTAMP: Final = f"{_DATE}(?:[T ]{_CLOCK}{_ZONE}?)?"
_IS_ZONED: Final = f"{_CLOCK}{_ZONE}$"
_IS_LONG: Final = r"^[+-]?0*[1-9]\d{15}"
"""At least 16 digits before the point: beyond what a double holds exactly."""
_IS_HUGE: Final = r"[+-]?0*[1-9]\d{18,37}"
_BLANKS: Final = "'\t\n\v\f\r '"
_TRUE: Final = "('true', 't', 'yes', 'y', '1')"
_FALSE: Final = "('false', 'f', 'no', 'n', '0')"
_KIND_OF: Final = {
    "string": Kind.TEXT,
    "integer": Kind.INTEGER,
    "number": Kind.FLOAT,
    "boolean": Kind.BOOLEAN,
    "date": Kind.DATE,
    "timestamp": Kind.TIMESTAMP,
    "time": Kind.TIME,
}
_TYPE_OF: Final = {
    Kind.TEXT: "VARCHAR",
    Kind.INTEGER: "BIGINT",
    Kind.FLOAT: "DOUBLE",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.DATE: "DATE",
    Kind.TIMESTAMP: "TIMESTAMP",
    Kind.ZONED: "TIMESTAMP WITH TIME ZONE",
    Kind.TIME: "TIME",
}


@dataclass(frozen=True)
class Cast:
    """An expression over a raw column, and the DuckDB type that it is shown as (zoned timestamps are kept in UTC)."""

    sql: str
    type: str
    doubts: Mapping[str, str] = field(default_factory=dict)
    """Another type (empty: any wider one) → a boolean expression over ``{raw}`` and ``{typed}``: a value needs that type."""

    def doubts_about(self, raw: str, typed: str) -> dict[str, str]:
        """The doubts with the columns' names in the scan."""
        return {type_: sql.replace("{raw}", raw).replace("{typed}", typed) for type_, sql in self.doubts.items()}


@dataclass(frozen=True)
class TypedColumn:
    """`raw` as it was read, `typed` as it is judged; both name a column of the scan."""

    name: str
    raw: Operand
    typed: Operand
    type: str
    """As it is shown: the DuckDB type's name."""
    spec: ColumnSpec | None = None
    textual: bool = False

    raw_type: str = "VARCHAR"

    @property
    def is_cast(self) -> bool:
        return self.raw.sql != self.typed.sql

    def cast_to(self, logical_type: str) -> str:
        """The raw values as another logical type, null where they do not fit."""
        if self.textual:
            return from_text(self.raw.sql, logical_type, None, "HUGEINT" if logical_type == "integer" else None).sql
        return from_type(self.raw.sql, self.raw_type, logical_type).sql


def from_text(column: str, logical_type: str, date_format: str | None, type_: str | None = None) -> Cast:
    """A contract's type for a column of text; `type_` overrules the first guess of its DuckDB type."""
    raw = quoted(column)
    trimmed = f"trim({raw}, {_BLANKS})"
    if date_format is not None and logical_type in ("date", "timestamp", "time"):
        return _formatted(raw, logical_type, date_format)
    match logical_type:
        case "string":
            return Cast(raw, "VARCHAR")
        case "integer":
            return _integer(raw, trimmed, type_ or "BIGINT")
        case "number":
            return _number(raw, type_)
        case "boolean":
            lower = f"lower({trimmed})"
            return Cast(f"CASE WHEN {lower} IN {_TRUE} THEN TRUE WHEN {lower} IN {_FALSE} THEN FALSE END", "BOOLEAN")
        case "date":
            return Cast(
                f"CASE WHEN strlen({raw}) = 10 AND try_cast({raw} AS DATE)::VARCHAR = {raw} THEN try_cast({raw} AS DATE) "
                f"WHEN regexp_full_match({trimmed}, '{_DATE}') THEN try_cast({trimmed} AS DATE) END",
                "DATE",
            )
        case "time":
            return Cast(
                f"CASE WHEN regexp_full_match({trimmed}, '{_CLOCK}') THEN try_cast({trimmed} AS TIME) END", "TIME"
            )
        case _:
            return _timestamp(raw, trimmed, type_ or "TIMESTAMP")


def _integer(raw: str, trimmed: str, type_: str) -> Cast:
    doubts = {}
    if type_ == "BIGINT":
        doubts["HUGEINT"] = (
            f"CASE WHEN strlen({{raw}}) > 18 THEN regexp_full_match(trim({{raw}}, {_BLANKS}), '{_IS_HUGE}') "
            f"AND try_cast(trim({{raw}}, {_BLANKS}) AS BIGINT) IS NULL ELSE FALSE END"
        )
    return Cast(
        f"CASE WHEN try_cast({raw} AS {type_})::VARCHAR = {raw} THEN try_cast({raw} AS {type_}) "
        f"WHEN regexp_full_match({trimmed}, '[+-]?\\d+') THEN try_cast({trimmed} AS {type_}) END",
        type_,
        doubts,
    )


def _number(raw: str, type_: str | None) -> Cast:
    if type_ not in (None, "DOUBLE"):
        plain = f"NOT contains({raw}, '_') AND NOT contains(lower({raw}), 'e')"
        return Cast(f"CASE WHEN {plain} THEN try_cast({raw} AS {type_}) END", type_)
    number = f"try_cast({raw} AS DOUBLE)"
    sql = f"CASE WHEN isfinite({number}) AND NOT contains({raw}, '_') THEN {number} END"
    if type_ is not None:
        return Cast(sql, "DOUBLE")
    rounds = (
        "CASE WHEN strlen({raw}) > 15 THEN coalesce(isfinite(try_cast({raw} AS DOUBLE)), FALSE) AND NOT contains({raw}, '_') AND "
        f"regexp_matches(trim({{raw}}, {_BLANKS}), '{_IS_LONG}') ELSE FALSE END"
    )
    return Cast(sql, "DOUBLE", {DECIMAL: rounds})


def digits(column: str) -> list[str]:
    """Of a column of long numbers: whether there are exponents, and the most digits before and after the point."""
    raw = quoted(column)
    number = (
        f"CASE WHEN isfinite(try_cast({raw} AS DOUBLE)) AND NOT contains({raw}, '_') THEN trim({raw}, {_BLANKS}) END"
    )
    return [
        f"count(CASE WHEN contains(lower({number}), 'e') THEN 1 END)",
        f"max(length(regexp_extract({number}, '^[+-]?0*(\\d*)', 1)))",
        f"max(length(regexp_extract({number}, '\\.(\\d+)$', 1)))",
    ]


def _timestamp(raw: str, trimmed: str, type_: str) -> Cast:
    zoned = type_ == "TIMESTAMP WITH TIME ZONE"
    moment = "(try_cast({} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')" if zoned else "try_cast({} AS TIMESTAMP)"
    plain = moment.format(raw)
    doubts = {}
    if not zoned:
        doubts["TIMESTAMP WITH TIME ZONE"] = (
            f"CASE WHEN strlen({{raw}}) > 16 THEN regexp_matches({{raw}}, '{_IS_ZONED}') ELSE FALSE END"
        )
    return Cast(
        f"CASE WHEN strlen({raw}) = 19 AND {plain}::VARCHAR = {raw} THEN {plain} "
        f"WHEN regexp_full_match({trimmed}, '{_IS_TIMESTAMP}') THEN {moment.format(trimmed)} END",
        type_,
        doubts,
    )


def _formatted(raw: str, logical_type: str, date_format: str) -> Cast:
    parsed = f"try_strptime({raw}, {text(date_format)})"
    if logical_type == "date":
        return Cast(f"{parsed}::DATE", "DATE")
    if logical_type == "time":
        return Cast(f"{parsed}::TIME", "TIME")
    if "%z" in date_format:
        return Cast(f"({parsed}::TIMESTAMPTZ AT TIME ZONE 'UTC')", "TIMESTAMP WITH TIME ZONE")
    return Cast(f"{parsed}::TIMESTAMP", "TIMESTAMP")


def from_type(column: str, type_: str, logical_type: str | None) -> Cast:
    """A column that has a type of its own, as the contract's logical type where it states one."""
    raw, kind = quoted(column), Kind.of(type_)
    own = _own(raw, type_, kind)
    if logical_type not in LOGICAL_TYPES or logical_type in _SAME.get(Kind.of(own.type), ()):
        return own
    match kind, logical_type:
        case (_, "string"):
            return Cast(f"{own.sql}::VARCHAR", "VARCHAR")
        case (Kind.FLOAT, "integer"):
            fits = f"{raw} = floor({raw}) AND abs({raw}) < 9223372036854775808.0"
            return Cast(f"CASE WHEN {fits} THEN {raw}::BIGINT END", "BIGINT")
        case (Kind.DECIMAL, "integer"):
            whole = type_.endswith(",0)")
            return own if whole else Cast(f"CASE WHEN {raw} = floor({raw}) THEN {raw}::HUGEINT END", "HUGEINT")
        case (Kind.INTEGER, "boolean"):
            return Cast(f"CASE {raw} WHEN 0 THEN FALSE WHEN 1 THEN TRUE END", "BOOLEAN")
        case (Kind.TIMESTAMP | Kind.ZONED, "date"):
            return Cast(f"CASE WHEN {own.sql}::DATE = {own.sql} THEN {own.sql}::DATE END", "DATE")
        case (Kind.DATE, "timestamp"):
            return Cast(f"{raw}::TIMESTAMP", "TIMESTAMP")
        case _:
            type_ = _TYPE_OF[_KIND_OF[logical_type]]
            return Cast(f"NULL::{type_}", type_)


_SAME: Final = {
    Kind.TEXT: ("string",),
    Kind.INTEGER: ("integer", "number"),
    Kind.FLOAT: ("number",),
    Kind.DECIMAL: ("number",),
    Kind.BOOLEAN: ("boolean",),
    Kind.DATE: ("date",),
    Kind.TIMESTAMP: ("timestamp",),
    Kind.ZONED: ("timestamp",),
    Kind.TIME: ("time",),
    Kind.OTHER: ("string",),
}
"""The logical types that a column has already."""


def _own(raw: str, type_: str, kind: Kind) -> Cast:
    """The column as rules see it: moments in UTC, one kind of double, integers beyond 64 bits as such."""
    if kind is Kind.ZONED:
        return Cast(f"({raw}::TIMESTAMPTZ AT TIME ZONE 'UTC')", "TIMESTAMP WITH TIME ZONE")
    if kind is Kind.TIMESTAMP and type_ != "TIMESTAMP":
        return Cast(f"{raw}::TIMESTAMP", "TIMESTAMP")
    if type_ == "DECIMAL(38,0)":
        return Cast(f"{raw}::HUGEINT", "HUGEINT")
    return Cast(f"{raw}::DOUBLE", "DOUBLE") if type_ == "FLOAT" else Cast(raw, type_)


_INFERRED: Final = {
    "BIGINT": "{typed} IS NULL OR ({typed}::VARCHAR <> {raw} AND {raw} <> '-0')",
    "DOUBLE": r"{typed} IS NULL OR NOT regexp_full_match({raw}, '-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?')"
    f" OR regexp_matches({{raw}}, '{_IS_LONG}')",
    "BOOLEAN": "lower({raw}) NOT IN ('true', 'false')",
    "DATE": f"{{typed}} IS NULL OR NOT regexp_full_match({{raw}}, '{_DATE}')",
    "TIMESTAMP": f"{{typed}} IS NULL OR NOT regexp_full_match({{raw}}, '{_IS_TIMESTAMP}') OR regexp_matches({{raw}}, '{_IS_ZONED}')",
    "TIMESTAMP WITH TIME ZONE": f"{{typed}} IS NULL OR NOT regexp_full_match({{raw}}, '{_IS_TIMESTAMP}')",
}
"""Narrowest first: which value forbids the type. What would lose something stays text: leading zeros, plus signs, spaces,
integers beyond 64 bits, more than 15 digits before the point."""
CANDIDATES: Final = (*_INFERRED, "VARCHAR")
_LOGICAL: Final = {"BIGINT": "integer", "DOUBLE": "number", "BOOLEAN": "boolean", "DATE": "date", "VARCHAR": "string"}


def inferred(column: str, type_: str) -> Cast:
    """A column of text whose type nobody stated, as one of `CANDIDATES`, in doubt for each value that forbids it."""
    cast = from_text(column, _LOGICAL.get(type_, "timestamp"), None, type_)
    if type_ == "VARCHAR":
        return cast
    forbids = f"CASE WHEN {{raw}} IS NOT NULL THEN coalesce({_INFERRED[type_]}, TRUE) ELSE FALSE END"
    return Cast(cast.sql, type_, {"": forbids})
