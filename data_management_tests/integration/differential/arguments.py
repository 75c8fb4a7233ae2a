"""Hypothesis strategies for the arguments that several expectations take."""

import math
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from great_expectations.expectations.row_conditions import Column as On
from hypothesis import strategies as st

from data_management_tests.integration.differential.tables import BOOLEANS, NUMBERS, TEXT, Column, Draw, near

Arguments = dict[str, Any]

REGEXES = (
    *(
        "a",
        "^a",
        "a$",
        "^a$",
        "a|b",
        "[ab]+",
        "[^a]",
        ".",
        "^.$",
        "^.{2}$",
        "",
        "x*",
        "(ab)?c",
        "[a-z]",
        "[A-Za-z0-9]+",
    ),
    *(
        r"\d",
        r"^\d+$",
        r"\w",
        r"^\w+$",
        r"\W",
        r"\s",
        r"\S",
        r"\bx",
        r"\Ba",
        r"\Aa",
        r"a\Z",
        r"\.",
        r"\n",
        r"^-?\d+(\.\d+)?$",
    ),
    *("(?i)a", "(?i)É", "(?i)k", "(?i)ß", "(?s).", "(?m)^a$", "(?i:a)b", "é", "[à-ÿ]", "日", "[^ -~]", "😀", r"\u00e9"),
    *(
        "(?=a)a",
        "a(?!b)",
        "(?<=a)b",
        r"(.)\1",
        r"(?P<c>a)(?P=c)",
        "a{2,}",
        "a+?",
        "(?:a|b){2}",
        "True",
        "^0*",
        "20[0-9]{2}",
    ),
    *(r"^\S+@\S+$", r"^[^@]+@[^@]+\.[a-z]+$", r"^\d{4}-\d{2}-\d{2}$", "[[:alpha:]]", r"\p{L}", "(", "[", "*a"),
)
LIKE_PATTERNS = (
    "a",
    "a%",
    "%a",
    "%a%",
    "_",
    "__",
    "%",
    "",
    "a_",
    "A%",
    "x!%y",
    "x!_y",
    "100!%",
    "!%",
    "a\\%",
    "é%",
    "%\n%",
)
FORMATS = (
    "%Y-%m-%d",
    "%Y-%m-%dT%H:%M:%S",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%Y",
    "%H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%b %d %Y",
    "%Y%m%d",
)
SCHEMAS: tuple[dict[str, Any], ...] = (
    {},
    {"type": "object"},
    {"type": "number"},
    {"type": "integer", "minimum": 0},
    {"type": ["string", "null"]},
    {"type": "object", "required": ["a"], "properties": {"a": {"type": "number"}}},
    {"enum": [1, "a", None]},
    {"type": "array", "items": {"type": "number"}, "minItems": 1},
    {"not": {"type": "object"}},
)
TYPES = (
    *(
        "int",
        "float",
        "str",
        "bool",
        "object",
        "int64",
        "float64",
        "Int64",
        "int8",
        "uint64",
        "datetime64[ns]",
        "datetime64[us]",
    ),
    *(
        "datetime64",
        "Timestamp",
        "Decimal",
        "date",
        "datetime",
        "boolean",
        "string",
        "StringDtype",
        "none",
        "list",
        "O",
    ),
    *("BIGINT", "VARCHAR", "DatetimeTZDtype", "Int64Dtype", "float32", "category"),
)
MOSTLY = (0.0, 0.1, 0.25, 1 / 3, 0.5, 2 / 3, 0.7, 0.75, 0.9, 0.95, 1.0)
PAIR_ROWS = ("both_values_are_missing", "either_value_is_missing", "neither")
LIST_ROWS = ("all_values_are_missing", "any_value_is_missing", "never")


def mostly(draw: Draw) -> Arguments:
    return {"mostly": draw(st.sampled_from(MOSTLY))} if draw(st.booleans()) else {}


def bound(draw: Draw, column: Column) -> Any:
    """What `Comparable` takes: numbers, dates and moments; at times one that does not suit the column."""
    if draw(st.integers(0, 19)) == 0:
        return draw(st.sampled_from((1.5, date(2020, 1, 1), datetime(2020, 1, 1), "2020-01-01", "3")))  # noqa: DTZ001
    value = near(draw, column)
    if isinstance(value, bool | int | float | Decimal):
        return _shifted(draw, float(value))
    if isinstance(value, datetime):
        return _moment(draw, column, value)
    return value if isinstance(value, date) else float(draw(st.integers(-1, 3)))


def _shifted(draw: Draw, value: float) -> float:
    return value + draw(st.sampled_from((0.0, 0.0, 0.0, 0.5, -0.5))) if math.isfinite(value) else value


def _moment(draw: Draw, column: Column, value: datetime) -> Any:
    if column.kind.zone and draw(st.integers(0, 9)):
        return value.replace(tzinfo=UTC)
    return draw(st.sampled_from((value, value, value, value.date(), value.isoformat())))


def bounds(draw: Draw, column: Column, *, both: bool = False) -> Arguments:
    """`min_value` or `max_value` or both, mostly in order, and whether they are strict."""
    low, high = bound(draw, column), bound(draw, column)
    with suppress(TypeError):
        low, high = (low, high) if low <= high or draw(st.integers(0, 19)) == 0 else (high, low)
    sides = 3 if both else draw(st.sampled_from((1, 2, 3, 3)))
    given: Arguments = {}
    if sides & 1:
        given["min_value"] = low
    if sides & 2:
        given["max_value"] = high
    return given | strict(draw)


def strict(draw: Draw) -> Arguments:
    return {name: True for name in ("strict_min", "strict_max") if draw(st.integers(0, 2)) == 0}


def figure_bounds(draw: Draw, low: float, high: float) -> Arguments:
    """For a figure that has a range of its own, such as a proportion; or no bounds at all."""
    step = st.integers(0, 4).map(lambda quarter: low + (high - low) * quarter / 4)
    given: Arguments = {}
    ends = sorted((draw(step), draw(step)))
    if draw(st.booleans()):
        given["min_value"] = ends[0]
    if draw(st.booleans()):
        given["max_value"] = ends[1]
    return given | strict(draw)


def value_set(draw: Draw, column: Column, least: int = 0) -> list[Any]:
    """Hits and misses, now and then in another type than the column's."""
    values = [near(draw, column) for _ in range(draw(st.integers(max(least, 1), 5)))]
    twist = draw(st.integers(0, 19))
    if twist == 0 and not least:
        return []
    if twist == 1:
        return [str(value) for value in values]
    if twist == 2:
        return [*values, 1, "a", True, 2.5]
    if twist == 3 and column.kind.name in NUMBERS:
        return [float(value) for value in values]
    if twist == 4:
        return [*values, None]
    if column.kind.zone:
        values = [value.replace(tzinfo=UTC) if isinstance(value, datetime) else value for value in values]
    return values


def escape(draw: Draw) -> Arguments:
    return {"escape": "!"} if draw(st.integers(0, 2)) == 0 else {}


def row_condition(draw: Draw, columns: dict[str, Column]) -> Arguments:
    """None in three of four cases; else on the helper columns or the column itself, in pandas' words or GX's objects."""
    if draw(st.integers(0, 3)):
        return {}
    texts, objects = list(_TEXTS), list(_OBJECTS)
    for name, column in columns.items():
        texts += [f"{name}.notnull()", f"{name}.isnull()", f"{name} == {name}"]
        objects += [On(name).is_not_null(), On(name).is_null()]
        if column.kind.name in NUMBERS:
            texts += [f"{name} > 0", f"not {name} > 1", f"{name} != 1", f"{name} not in [1, 2]", f"{name} + k > 1"]
            objects += [On(name) > 1, On(name) != 2, On(name).is_in([1, 2.5]), On(name).is_not_in([1])]
        if column.kind.name in TEXT:
            texts += [f"{name} == 'a'", f"{name} != 'é'", f"{name} in ['a', '', 'B']", f"{name} > 'a'"]
            objects += [On(name) == "a", On(name) != "é", On(name).is_in(["a", "日本"]), On(name).is_not_in(["", "a"])]
        if column.kind.name.startswith("datetime_") and not column.kind.zone:
            texts += [f"{name} > '2020-01-01'", f"{name} != '2020-01-01'"]
            objects += [On(name) >= datetime(2020, 1, 1), On(name) == datetime(2020, 1, 1)]  # noqa: DTZ001
        if column.kind.name in BOOLEANS:
            texts += [f"{name} == True"]
    if draw(st.booleans()):
        return {"row_condition": draw(st.sampled_from(texts)), "condition_parser": "pandas"}
    return {"row_condition": draw(st.sampled_from(objects))}


_TEXTS = (
    *(
        "k > 0",
        "k != 1",
        "k >= 1 and k < 3",
        "k == 0 or k == 3",
        "not k > 1",
        "~(k > 1)",
        "k in [0, 2]",
        "k not in [0]",
    ),
    *("label == 'x'", 'label != "x"', "label in ['x', 'y']", "label not in ['x']", "label.isnull()", "label.notnull()"),
    *(
        "k > 0 and label == 'x'",
        "k > 0 or label.isnull()",
        "0 < k < 3",
        "k % 2 == 0",
        "k + 1 > 2",
        "k > 99",
        "k > nope",
    ),
    *("k == k", "label == label", "label > 'x'", "label.str.startswith('x')", "index > 1", "k * 2 == 4", "-k < -1"),
)
_OBJECTS = (
    On("k") > 0,
    On("k") != 1,
    On("k") <= 2,
    On("k").is_in([0, 2]),
    On("k").is_not_in([0]),
    On("k").is_in([]),
    On("label") == "x",
    On("label") != "x",
    On("label").is_in(["x"]),
    On("label").is_not_in(["x"]),
    On("label").is_null(),
    On("label").is_not_null(),
    (On("k") > 0) & (On("label") == "x"),
    (On("k") > 1) | On("label").is_null(),
    ((On("k") > 0) & (On("label") == "x")) | (On("k") == 0),
    ((On("k") >= 1) & (On("k") < 3) & On("label").is_not_null()) | ((On("k") == 3) & (On("label") != "y")),
    On("nope") > 0,
)
