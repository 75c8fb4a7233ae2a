"""From what a file holds to the contract's logical types; a value that does not fit becomes null and is counted."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

LOGICAL_TYPES = ("string", "integer", "number", "boolean", "date", "timestamp", "time")

_YEAR = r"(?:000[1-9]|00[1-9]\d|0[1-9]\d{2}|[1-9]\d{3})"
_DATE = _YEAR + r"-\d{2}-\d{2}"
_CLOCK = r"\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?"
_ZONE = r"(?:[Zz]|[+-]\d{2}(?::?\d{2})?)"
_IS_DATE = f"^{_DATE}$"
_IS_TIMESTAMP = f"^{_DATE}(?:[T ]{_CLOCK}{_ZONE}?)?$"
_IS_ZONED = f"{_CLOCK}{_ZONE}$"
_IS_TIME = f"^{_CLOCK}$"
_IS_INTEGER = r"^[+-]?\d+$"
_IS_NUMBER = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$"
_IS_LONG = r"^[+-]?0*[1-9]\d{15}"
"""At least 16 digits before the point: beyond what a double holds exactly."""

_TRUE = ["true", "t", "yes", "y", "1"]
_FALSE = ["false", "f", "no", "n", "0"]
_NAIVE = pa.timestamp("us")
_ZONED = pa.timestamp("us", "UTC")
_HUGE = pa.decimal128(38, 0)


def cast(values: pa.ChunkedArray, logical_type: str, date_format: str | None = None) -> pa.ChunkedArray:
    """`values` as `logical_type`, one of `LOGICAL_TYPES`; null where a value does not fit.

    ``integer`` is int64, or decimal128(38, 0) where one is larger; ``number`` keeps exact types, and is float64 from text
    (decimal where that would round digits before the point); ``timestamp`` is in microseconds, in UTC as soon as one
    value has a zone. Text may have spaces around it.
    """
    kind = values.type
    if pa.types.is_string(kind):
        return _from_text(values, logical_type, date_format)
    if _kind(kind) == logical_type or (logical_type == "number" and _kind(kind) == "integer"):
        return values
    match _kind(kind), logical_type:
        case _, "string":
            return values.cast(pa.string()) if _kind(kind) else values
        case "number", "integer":
            return _integral(values)
        case ("integer", "boolean"):
            fits = pc.is_in(values, value_set=pa.array([0, 1], kind))
            return _kept(values, fits).cast(pa.int64()).cast(pa.bool_())
        case "timestamp", "date":
            days = values.cast(pa.date32(), safe=False)
            return _kept(days, pc.equal(days.cast(kind), values))
        case "date", "timestamp":
            return values.cast(pa.date32()).cast(_NAIVE)
        case _:
            return pa.chunked_array([pa.nulls(len(values), _arrow_type(logical_type))])


def inferred(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text as the narrowest type that *all* its values have, exactly: integer, number, boolean, date, timestamp, else text.

    What would lose something stays text: leading zeros, plus signs, spaces, integers beyond int64, more than 15 digits
    before the point.
    """
    first = next((value.as_py() for chunk in values.chunks for value in chunk if value.is_valid), None)
    if first is None:
        return values
    for pattern, logical_type in _INFERENCE:
        if not _all_match(pa.chunked_array([[first]]), pattern) or not _all_match(values, pattern):
            continue
        if logical_type == "number" and _any_match(values, _IS_LONG):
            return values
        typed = _from_text(values, logical_type, None)
        if typed.null_count == values.null_count and typed.type != _HUGE:
            return typed
    return values


_INFERENCE = (
    (r"^-?(?:0|[1-9]\d*)$", "integer"),
    (r"^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$", "number"),
    (r"^(?i:true|false)$", "boolean"),
    (_IS_DATE, "date"),
    (_IS_TIMESTAMP, "timestamp"),
)


def _from_text(values: pa.ChunkedArray, logical_type: str, date_format: str | None) -> pa.ChunkedArray:
    if logical_type == "string":
        return values
    text = pc.ascii_trim_whitespace(values)
    match logical_type:
        case "integer":
            return _integers(_matching(text, _IS_INTEGER))
        case "number":
            return _numbers(_matching(text, _IS_NUMBER))
        case "boolean":
            return _booleans(text)
        case "date":
            return _temporal(text, _IS_DATE, pa.date32(), date.fromisoformat, date_format)
        case "time":
            return _temporal(text, _IS_TIME, pa.time64("us"), time.fromisoformat, date_format)
        case _:
            return _timestamps(text, date_format)


def _integers(text: pa.ChunkedArray) -> pa.ChunkedArray:
    bare = _without_plus(text)
    try:
        return bare.cast(pa.int64())
    except pa.ArrowInvalid:
        stripped = pc.replace_substring_regex(bare, pattern=r"^(-?)0+(\d)", replacement=r"\1\2")
        return _matching(stripped, r"^-?\d{1,38}$").cast(_HUGE)


def _numbers(text: pa.ChunkedArray) -> pa.ChunkedArray:
    bare = _without_plus(text)
    if _any_match(bare, _IS_LONG) and not _any_match(bare, "[eE]"):
        scales = pc.utf8_length(pc.replace_substring_regex(bare, pattern=r"^-?\d*\.?", replacement=""))
        try:
            return bare.cast(pa.decimal128(38, pc.max(scales).as_py()))
        except pa.ArrowInvalid:
            pass
    floats = bare.cast(pa.float64())
    return _kept(floats, pc.is_finite(floats))


def _booleans(text: pa.ChunkedArray) -> pa.ChunkedArray:
    lower = pc.utf8_lower(text)
    true, false = pc.is_in(lower, value_set=pa.array(_TRUE)), pc.is_in(lower, value_set=pa.array(_FALSE))
    return _kept(true, pc.or_(true, false))


def _timestamps(text: pa.ChunkedArray, date_format: str | None) -> pa.ChunkedArray:
    if date_format is not None:
        found = _by_distinct(text, lambda value: _zoned(_strptime(value, date_format)), _ZONED)
        has_zone = "%z" in date_format
        return found if has_zone else found.cast(_NAIVE)
    fitting = _matching(text, _IS_TIMESTAMP)
    zoned = pc.sum(pc.match_substring_regex(fitting, pattern=_IS_ZONED)).as_py() or 0
    kind = _ZONED if zoned else _NAIVE
    try:
        return fitting.cast(kind)
    except pa.ArrowInvalid:  # a date that does not exist, nanoseconds, or with and without zone mixed
        found = _by_distinct(fitting, lambda value: _zoned(datetime.fromisoformat(value)), _ZONED)
        return found.cast(kind)


def _temporal(
    text: pa.ChunkedArray, pattern: str, kind: pa.DataType, parse: Callable[[str], Any], date_format: str | None
) -> pa.ChunkedArray:
    if date_format is not None:
        part = "date" if kind == pa.date32() else "time"
        return _by_distinct(text, lambda value: getattr(_strptime(value, date_format), part)(), kind)
    fitting = _matching(text, pattern)
    try:
        return fitting.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):  # 30 February; any time of day
        return _by_distinct(fitting, parse, kind)


def _strptime(value: str, date_format: str) -> datetime:
    return datetime.strptime(value, date_format)  # noqa: DTZ007  a zone, or none, is the format's


def _zoned(moment: datetime) -> datetime:
    """In UTC; a moment without zone is taken as UTC. OverflowError at the ends of the calendar."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _by_distinct(text: pa.ChunkedArray, parse: Callable[[str], Any], kind: pa.DataType) -> pa.ChunkedArray:
    def parsed(value: str | None) -> Any:
        try:
            return None if value is None else parse(value)
        except (ValueError, OverflowError):
            return None

    encoded = text.combine_chunks().dictionary_encode()
    distinct = pa.array([parsed(value) for value in encoded.dictionary.to_pylist()], kind)
    return pa.chunked_array([distinct.take(encoded.indices)])


def _integral(values: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_decimal(values.type):
        whole = _kept(values, pc.equal(pc.floor(values), values))
        try:
            return whole.cast(pa.int64())
        except pa.ArrowInvalid:
            return whole.cast(_HUGE)
    fits = pc.and_(pc.equal(pc.floor(values), values), pc.less(pc.abs(values), float(1 << 63)))
    return _kept(values, fits).cast(pa.int64(), safe=False)


def _matching(text: pa.ChunkedArray, pattern: str) -> pa.ChunkedArray:
    return _kept(text, pc.match_substring_regex(text, pattern=pattern))


def _kept(values: pa.ChunkedArray, keep: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.if_else(pc.fill_null(keep, False), values, pa.scalar(None, values.type))


def _without_plus(text: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.replace_substring_regex(text, pattern=r"^\+", replacement="")


def _all_match(text: pa.ChunkedArray, pattern: str) -> bool:
    return pc.all(pc.match_substring_regex(text, pattern=pattern), min_count=0).as_py() is not False


def _any_match(text: pa.ChunkedArray, pattern: str) -> bool:
    return pc.any(pc.match_substring_regex(text, pattern=pattern), min_count=0).as_py() is True


def _kind(kind: pa.DataType) -> str | None:
    """The logical type that an Arrow type belongs to, or None for one that has none (binary)."""
    is_of = {
        "integer": pa.types.is_integer(kind),
        "number": pa.types.is_floating(kind) or pa.types.is_decimal(kind),
        "boolean": pa.types.is_boolean(kind),
        "date": pa.types.is_date(kind),
        "timestamp": pa.types.is_timestamp(kind),
        "time": pa.types.is_time(kind),
        "string": pa.types.is_string(kind),
    }
    if pa.types.is_decimal(kind) and kind.scale == 0:
        return "integer"
    return next((name for name, is_it in is_of.items() if is_it), None)


def _arrow_type(logical_type: str) -> pa.DataType:
    return {
        "string": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "timestamp": _NAIVE,
        "time": pa.time64("us"),
    }[logical_type]
