"""Hypothesis strategies for tables: columns of every kind that pandas users have, from small alphabets.

An alphabet of a few values per column makes duplicates, ties, hits and misses likely. Two more columns, ``k`` and
``label``, are there for row conditions.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy[Any]], Any]

_D = Decimal
_MANY = 50

INTEGERS = (0, 1, 2, 3, 5, 10, -1, -7, 100)
WIDE = (*INTEGERS, 2**31, 2**53, 2**53 + 1, 2**62, 2**63 - 1, -(2**63))
UNSIGNED = (0, 1, 2, 5, 2**63, 2**63 + 1, 2**64 - 1)
HUGE = (0, 1, -5, 2**63, 2**64, 2**64 + 1, 2**70, -(2**70), 10**30)
FLOATS = (0.0, -0.0, 1.0, 1.5, 2.0, 2.5, 0.1, 0.2, 0.3, -1.5, 1e-5, 1e15, 1e16, 123456.789)
SPECIAL = (0.0, 1.0, 2.5, -1.5, math.inf, -math.inf)
DECIMALS = tuple(map(_D, ("0", "1", "1.10", "1.1", "2.20", "2.5", "-3.333", "0.1", "100", "12345678901234567.89")))
TEXTS = (
    *("", " ", "a", "A", "b", "B", "ab", "aa", "abc", "aaa", "a1", "x y", " a", "a ", "word word"),
    *("0", "007", "42", "1.5", "-3", "1e5", "é", "É", "e\u0301", "ß", "\u017f", "K", "٣", "日本", "😀", "İ"),
    *("a\n", "\n", "a\tb", "x%y", "x_y", "100%", "a\\b", "x\x00y", "\x7f", "\u00a0", "\x0b", "'", '"'),
    *("2020-01-01", "2020-02-30", "01/02/2020", "12:30", "true", "null", "None", "nan", "u@example.com"),
)
WORDS = ("a", "b", "c", "ab", "B", "")
JSONS = (
    *("{}", "[]", "1", "1.5", "-0", "true", "null", '"a"', '{"a": 1}', '{"a": "x"}', '{"a": null, "b": [1]}', "[1, 2]"),
    *(" 1 ", '{"a": 1, "a": 2}', "NaN", "-Infinity", "1e999", '"\\u00e9"', "12345678901234567890"),
)
NO_JSONS = ("", "a", "{", "{'a': 1}", "[1,]", "01", "tru", '"', "1 2", "\ufeff1", "nul")
MOMENTS_AS_TEXT = (
    *("2020-01-01", "2020-02-30", "2020-1-1", "20200101", "2020-01-01T12:30:00", "2020-01-01 12:30:00", "2020"),
    *("01/02/2020", "31/12/2020", "12/31/2020", "Jan 5 2020", "5 January 2020", "12:30", "noon", "", " ", "2020-W01"),
    *("2020-01-01T12:30:00+02:00", "2020-01-01T12:30:00Z", "99999999999999", "monday", "1e5", "a", "0"),
)
DATES = (date(1970, 1, 1), date(2020, 1, 1), date(2020, 2, 29), date(2021, 1, 1), date(1900, 3, 1), date(2262, 1, 1))
MOMENTS = tuple(
    map(
        datetime.fromisoformat,
        (
            *("1970-01-01", "2020-01-01", "2020-01-01T05:30", "2021-01-01", "2020-03-29T01:30"),
            *("2020-01-01T00:00:00.250000", "1969-12-31T23:59:59.999999"),
        ),
    )
)
MIXED = (1, 2.5, "a", "1", True, _D("1"), "", date(2020, 1, 1), 0)


@dataclass(frozen=True)
class Kind:
    """One kind of column: its values and its pandas dtype. `null` is what stands for a missing one, if any may."""

    name: str
    pool: tuple[Any, ...]
    dtype: str
    nullable: bool = True
    zone: str | None = None

    def series(self, values: Sequence[Any]) -> "pd.Series[Any]":
        if self.zone:
            naive = pd.Series(pd.to_datetime(pd.Series(list(values), dtype="object"))).astype(self.dtype)
            return naive.dt.tz_localize("UTC").dt.tz_convert(self.zone)
        if self.dtype.startswith("datetime"):
            return pd.Series(list(values), dtype="object").astype(self.dtype)
        if self.dtype == "float64":
            return pd.Series([math.nan if value is None else float(value) for value in values], dtype="float64")
        return pd.Series(list(values), dtype=self.dtype)


_KINDS = (
    Kind("int", INTEGERS, "int64", nullable=False),
    Kind("int_with_nulls", INTEGERS, "float64"),
    Kind("nullable_int", INTEGERS, "Int64"),
    Kind("wide_int", WIDE, "int64", nullable=False),
    Kind("nullable_wide_int", WIDE, "Int64"),
    Kind("small_int", (0, 1, 2, -128, 127), "int8", nullable=False),
    Kind("unsigned", UNSIGNED, "uint64", nullable=False),
    Kind("huge_int", HUGE, "object"),
    Kind("float", FLOATS, "float64"),
    Kind("float32", (0.0, 1.0, 1.5, 2.5, -0.5, 100.0), "float32", nullable=False),
    Kind("special_float", SPECIAL, "float64"),
    Kind("nullable_float", (0.0, 1.0, 1.5, -2.5, 100.0), "Float64"),
    Kind("decimal", DECIMALS, "object"),
    Kind("bool", (True, False), "bool", nullable=False),
    Kind("nullable_bool", (True, False), "boolean"),
    Kind("object_bool", (True, False), "object"),
    Kind("text", TEXTS, "str"),
    Kind("object_text", TEXTS, "object"),
    Kind("words", WORDS, "str"),
    Kind("json_text", JSONS, "str"),
    Kind("any_json_text", JSONS + NO_JSONS, "str"),
    Kind("moment_text", MOMENTS_AS_TEXT, "str"),
    Kind("date", DATES, "object"),
    Kind("datetime_us", MOMENTS, "datetime64[us]"),
    Kind("datetime_ns", MOMENTS, "datetime64[ns]"),
    Kind("datetime_utc", MOMENTS, "datetime64[us]", zone="UTC"),
    Kind("datetime_berlin", MOMENTS, "datetime64[ns]", zone="Europe/Berlin"),
    Kind("mixed", MIXED, "object"),
)
KINDS = {kind.name: kind for kind in _KINDS}

NUMBERS = (
    *("int", "int_with_nulls", "nullable_int", "wide_int", "nullable_wide_int", "small_int", "unsigned", "huge_int"),
    *("float", "float32", "special_float", "nullable_float", "decimal"),
)
BOOLEANS = ("bool", "nullable_bool", "object_bool")
TEXT = ("text", "object_text", "words")
TIMES = ("date", "datetime_us", "datetime_ns", "datetime_utc", "datetime_berlin")
ALL = tuple(KINDS)


@dataclass(frozen=True)
class Column:
    """A column in the making: its values as Python has them."""

    kind: Kind
    cells: tuple[Any, ...]

    @property
    def series(self) -> "pd.Series[Any]":
        return self.kind.series(self.cells)


def sizes() -> st.SearchStrategy[int]:
    return st.one_of(st.integers(2, 8), st.integers(2, 8), st.integers(0, 1), st.integers(9, _MANY))


def arbitrary(kind: Kind) -> st.SearchStrategy[Any]:
    """Mostly of the kind's pool, at times anything of its type."""
    pool = st.sampled_from(kind.pool)
    wild: dict[str, st.SearchStrategy[Any]] = {
        "int": st.integers(-1000, 1000),
        "float": st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 6)),
        "decimal": st.decimals(-10_000, 10_000, allow_nan=False, places=4),
        "text": st.text(max_size=6).filter(_encodable),
        "object_text": st.text(st.characters(max_codepoint=0x2FF), max_size=6),
        "date": st.dates(date(1900, 1, 1), date(2200, 1, 1)),
        "datetime_us": st.datetimes(*map(datetime.fromisoformat, ("1900-01-01", "2200-01-01"))),
    }
    return st.one_of(pool, pool, wild[kind.name]) if kind.name in wild else pool


def column(draw: Draw, kind: Kind, rows: int) -> Column:
    alphabet = draw(st.lists(arbitrary(kind), min_size=1, max_size=6))
    if kind.nullable and draw(st.booleans()):
        alphabet = [*alphabet, None]
        if draw(st.integers(0, 9)) == 0:
            alphabet = [None]
    picks = draw(st.lists(st.integers(0, len(alphabet) - 1), min_size=rows, max_size=rows))
    return Column(kind, tuple(alphabet[pick] for pick in picks))


def helpers(draw: Draw, rows: int) -> dict[str, "pd.Series[Any]"]:
    """The columns of row conditions: ``k`` is a number, ``label`` a text that may be missing."""
    ks = draw(st.lists(st.integers(0, 3), min_size=rows, max_size=rows))
    labels = draw(st.lists(st.sampled_from(("x", "y", None)), min_size=rows, max_size=rows))
    return {"k": pd.Series(ks, dtype="int64"), "label": pd.Series(labels, dtype="str")}


def near(draw: Draw, made: Column) -> Any:
    """A value of the column, or one that it does not hold; none that is missing."""
    held = [value for value in made.cells if value is not None]
    value = draw(st.sampled_from(held if held and draw(st.integers(0, 3)) else made.kind.pool))
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | datetime | date):
        return value
    shift = draw(st.sampled_from((0, 0, 0, 1, -1)))
    if isinstance(value, date):
        return value + timedelta(days=shift)
    return value + type(value)(shift)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
