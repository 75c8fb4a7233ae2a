from typing import Any

import pyarrow as pa
import pytest

from data_management.infrastructure.quality.casting import LOGICAL_TYPES, cast, inferred


def _text(*values: str | None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, pa.string())])


@pytest.mark.parametrize(
    ("logical_type", "good", "bad"),
    [
        ("integer", ["1", "-1", "+1", " 7 ", "007", "0"], ["1.0", "1e3", "x", "", "--1", "1 2", "٣"]),
        ("number", ["1", "-1.5", "+.5", "5.", "1e3", "1E-3", " 2 "], ["1,5", "NaN", "inf", "1e999", "x", "."]),
        ("boolean", ["true", "FALSE", "t", "No", "1", "0", "y"], ["2", "ja", "truth"]),
        ("date", ["2024-02-29", "0001-01-01", "9999-12-31"], ["2023-02-29", "2024-1-1", "20240101", "0000-01-01"]),
        (
            "timestamp",
            ["2024-01-01", "2024-01-01T10:00", "2024-01-01 10:00:00.5", "2024-01-01T10:00:00.123456789"],
            ["2024-01-01T25:00", "2024-13-01", "10:00", "2024-01-01T10"],
        ),
        ("time", ["10:00", "23:59:59.999"], ["24:00", "10", "10:60", "10:00Z"]),
        ("string", ["", "x"], []),
    ],
)
def test_what_fits_a_logical_type(logical_type: str, good: list[str], bad: list[str]) -> None:
    assert cast(_text(*good), logical_type).null_count == 0
    if bad:
        together = cast(_text(None, *good, *bad), logical_type)
        assert [value.is_valid for value in together] == [False, *[True] * len(good), *[False] * len(bad)]
        assert cast(_text(*bad), logical_type).null_count == len(bad)


def test_zones_are_turned_to_utc_and_a_missing_one_is_utc() -> None:
    moments = cast(_text("2024-01-01T10:00:00+02:00", "2024-01-01T10:00:00", "2024-01-01T10:00:00Z"), "timestamp")
    assert [moment.hour for moment in moments.to_pylist()] == [8, 10, 10]
    assert moments.type.tz == "UTC"


def test_a_moment_that_utc_cannot_hold_does_not_fit() -> None:
    assert cast(_text("0001-01-01T00:00:00+02:00", "2024-01-01T00:00:00Z"), "timestamp").null_count in (0, 1)


@pytest.mark.parametrize(
    ("logical_type", "date_format", "value", "shown"),
    [
        ("date", "%d.%m.%Y", "31.12.2024", "2024-12-31"),
        ("timestamp", "%d/%m/%y %H:%M", "31/12/24 10:30", "2024-12-31 10:30:00"),
        ("timestamp", "%Y%m%d%H%M%z", "202412311030+0200", "2024-12-31 08:30:00+00:00"),
        ("time", "%H.%M", "10.30", "10:30:00"),
    ],
)
def test_a_date_format_is_strptimes(logical_type: str, date_format: str, value: str, shown: str) -> None:
    typed = cast(_text(value, "2024-12-31", None, value), logical_type, date_format)
    assert [str(one) for one in typed.to_pylist()] == [shown, "None", "None", shown]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (("9223372036854775808", "-1"), pa.decimal128(38, 0)),
        (("12345678901234567.25", "1.5"), pa.decimal128(38, 2)),
        (("12345678901234567", "1e5"), pa.float64()),
        (("0.8444218515250481", "1"), pa.float64()),
    ],
)
def test_digits_before_the_point_are_not_rounded(values: tuple[str, ...], kind: pa.DataType) -> None:
    logical_type = "integer" if kind == pa.decimal128(38, 0) else "number"
    typed = cast(_text(*values), logical_type)
    assert (typed.type, typed.null_count) == (kind, 0)


def test_more_digits_than_38_do_not_fit_an_integer() -> None:
    assert cast(_text("9" * 39, "0" * 40 + "7"), "integer").null_count == 1


@pytest.mark.parametrize(
    ("values", "kind", "logical_type", "expected"),
    [
        ([1, 0, 2, None], pa.int32(), "boolean", [True, False, None, None]),
        ([1.0, 1.5, 1e30, None], pa.float64(), "integer", [1, None, None, None]),
        ([1, None], pa.int8(), "number", [1, None]),
        ([1, None], pa.int64(), "string", ["1", None]),
        ([True, None], pa.bool_(), "integer", [None, None]),
        ([0, 86_400_000_001], pa.timestamp("us"), "date", ["1970-01-01", None]),
        ([0, 1], pa.date32(), "timestamp", ["1970-01-01 00:00:00", "1970-01-02 00:00:00"]),
        ([1, None], pa.int64(), "timestamp", [None, None]),
    ],
)
def test_native_types_are_cast_where_they_differ_in_kind(
    values: list[Any], kind: pa.DataType, logical_type: str, expected: list[Any]
) -> None:
    typed = cast(pa.chunked_array([pa.array(values, kind)]), logical_type).to_pylist()
    assert [str(value) for value in typed] == [str(value) for value in expected]


def test_inference_keeps_what_it_cannot_hold() -> None:
    for values in (("01", "2"), ("1" * 20,), ("1", " 2"), ("+1",), (None, None), ()):
        assert inferred(_text(*values)).type == pa.string()


@pytest.mark.parametrize("logical_type", LOGICAL_TYPES)
def test_a_column_without_values_has_the_contracts_type(logical_type: str) -> None:
    for date_format in (None, "%Y"):
        for column in (_text(), _text(None, None), pa.chunked_array([], pa.string())):
            typed = cast(column, logical_type, date_format)
            assert (len(typed), typed.null_count) == (len(column), len(column))
            assert (typed.type == pa.string()) == (logical_type == "string")
