"""Columns, values and identifiers as SQL for DuckDB."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final

_EXACT: Final = 1 << 53
_MOST_DIGITS: Final = 38
_INTEGERS: Final = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"}
)


class Kind(StrEnum):
    """What a column's values are to a rule."""

    TEXT = "text"
    INTEGER = "integer"
    FLOAT = "float"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    ZONED = "zoned timestamp"
    """Kept as a timestamp in UTC."""
    TIME = "time"
    OTHER = "other"

    @property
    def is_number(self) -> bool:
        return self in (Kind.INTEGER, Kind.FLOAT, Kind.DECIMAL)

    @property
    def is_moment(self) -> bool:
        return self in (Kind.DATE, Kind.TIMESTAMP, Kind.ZONED)

    @classmethod
    def of(cls, type_: str) -> "Kind":
        """The kind of a DuckDB type name."""
        name = type_.upper()
        if name in _INTEGERS:
            return cls.INTEGER
        if name.startswith("DECIMAL"):
            return cls.DECIMAL
        if name.startswith("TIMESTAMP"):
            return cls.ZONED if "TZ" in name or "ZONE" in name else cls.TIMESTAMP
        return {
            "VARCHAR": cls.TEXT,
            "DOUBLE": cls.FLOAT,
            "FLOAT": cls.FLOAT,
            "BOOLEAN": cls.BOOLEAN,
            "DATE": cls.DATE,
            "TIME": cls.TIME,
        }.get(name, cls.OTHER)


@dataclass(frozen=True)
class Operand:
    """A column as a rule sees it: an SQL expression of a row, and the kind of its values."""

    sql: str
    kind: Kind


class NotComparable(Exception):
    """A value cannot be compared with a column's values."""


def quoted(name: str) -> str:
    """An identifier, whatever its characters."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A string literal, whatever its characters; NUL ends an SQL statement, and braces mark places in ours: they are spelt out."""
    for special in "\0{":
        if special in value:
            return "(" + f" || chr({ord(special)}) || ".join(text(part) for part in value.split(special)) + ")"
    return "'" + value.replace("'", "''") + "'"


def literal(value: Any, kind: Kind) -> str:
    """`value` to be compared with values of `kind`. `NotComparable` where Python would not compare them either."""
    if isinstance(value, bool) and kind.is_number:
        value = int(value)
    if kind is Kind.TEXT and isinstance(value, str):
        return text(value)
    if kind.is_number:
        return _number(value, kind)
    if kind is Kind.BOOLEAN and not isinstance(value, str) and value in (True, False):
        return "TRUE" if value else "FALSE"
    if kind.is_moment:
        return _moment(value, kind)
    if kind is Kind.TIME:
        return _time(value)
    raise NotComparable(f"{_named(value)} is not comparable with {kind} values")


def members(values: Iterable[Any], kind: Kind) -> list[str]:
    """Literals of those values that a column of `kind` can hold at all; the others equal nothing in it."""
    found = []
    for value in values:
        if value is None or (isinstance(value, float) and math.isnan(value)):
            continue
        try:
            found.append(literal(value, kind))
        except NotComparable:
            continue
    return found


def _number(value: Any, kind: Kind) -> str:
    if isinstance(value, str) or not isinstance(value, int | float | Decimal):
        number = getattr(value, "item", None)
        if isinstance(value, str) or number is None:
            raise NotComparable(f"{_named(value)} is not comparable with numbers")
        value = number()
    if isinstance(value, float) and not math.isfinite(value):
        return f"'{value}'::DOUBLE"
    if kind is Kind.FLOAT:
        return f"'{float(value)!r}'::DOUBLE"
    if value == int(value) and abs(value) < 10**_MOST_DIGITS:
        return str(int(value)) if abs(value) < _EXACT else f"'{int(value)}'::HUGEINT"
    return _exact(value) if kind is Kind.DECIMAL else f"'{float(value)!r}'::DOUBLE"


def _exact(value: float | Decimal) -> str:
    """0.1 as the decimal 0.1, which is what the writer of a rule about decimals means."""
    try:
        written = Decimal(repr(value)) if isinstance(value, float) else value
        digits = format(written, "f")
    except InvalidOperation as error:
        raise NotComparable(f"{_named(value)} is no number") from error
    whole, _, fraction = digits.lstrip("-").partition(".")
    if len(whole) + len(fraction) > _MOST_DIGITS:
        return f"'{float(value)!r}'::DOUBLE"
    return f"'{digits}'::DECIMAL({max(len(whole) + len(fraction), 1)},{len(fraction)})"


def _moment(value: Any, kind: Kind) -> str:
    moment = as_moment(value)
    if moment is None:
        raise NotComparable(f"{_named(value)} is not comparable with dates")
    if isinstance(moment, datetime):
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
        if kind is not Kind.DATE or moment.time() != time():
            return f"TIMESTAMP '{_iso(moment)}'"
        moment = moment.date()
    return f"DATE '{moment.isoformat()}'" if kind is Kind.DATE else f"TIMESTAMP '{moment.isoformat()} 00:00:00'"


def naive_moment(value: Any) -> datetime | None:
    """A moment in UTC without saying so; None for what is none."""
    moment = as_moment(value)
    if moment is None:
        return None
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time())
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _iso(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(sep=" ")


def as_moment(value: Any) -> date | datetime | None:
    """A date or moment, or an ISO 8601 text of one."""
    if isinstance(value, datetime | date):
        return value
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return None
    return None


def _time(value: Any) -> str:
    try:
        moment = value if isinstance(value, time) else time.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise NotComparable(f"{_named(value)} is no time of day") from error
    return f"TIME '{moment.replace(tzinfo=None).isoformat()}'"


def _named(value: Any) -> str:
    return f"a value of type {type(value).__name__}"
