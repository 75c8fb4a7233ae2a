import subprocess
import sys
import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from data_management.errors import DataManagementError, InvalidInput
from data_management.infrastructure.quality.sources import open_frame
from data_management_tests.integration.quality.sources.examples import codes, column, scanned, types

MOMENT = datetime(2024, 1, 1, 10)  # noqa: DTZ001

PANDAS: dict[str, tuple[Any, str, list[Any]]] = {
    "numbers": (pd.Series([1, 2]), "BIGINT", [1, 2]),
    "floats": (pd.Series([1.5, None]), "DOUBLE", [1.5, None]),
    "nullable": (pd.Series([1, None], dtype="Int64"), "BIGINT", [1, None]),
    "nullable boolean": (pd.Series([True, None], dtype="boolean"), "BOOLEAN", [True, None]),
    "nullable float": (pd.Series([1.5, None], dtype="Float32"), "DOUBLE", [1.5, None]),
    "text": (pd.Series(["x", None]), "VARCHAR", ["x", None]),
    "text with NaN": (pd.Series(["x", np.nan, pd.NA], dtype=object), "VARCHAR", ["x", None, None]),
    "python text": (pd.Series(["x", None], dtype="string[python]"), "VARCHAR", ["x", None]),
    "arrow": (pd.Series([1, None], dtype=pd.ArrowDtype(pa.int32())), "INTEGER", [1, None]),
    "decimals": (
        pd.Series([Decimal("1.10"), Decimal("NaN"), None], dtype=object),
        "DECIMAL(3,2)",
        [Decimal("1.10"), None, None],
    ),
    "category": (pd.Series(["x", None, "x"], dtype="category"), "VARCHAR", ["x", None, "x"]),
    "moments": (pd.Series([pd.Timestamp(MOMENT), pd.NaT]), "TIMESTAMP", [MOMENT, None]),
    "zoned": (
        pd.Series([pd.Timestamp("2024-01-01 12:00", tz="Europe/Berlin"), pd.NaT]),
        "TIMESTAMP WITH TIME ZONE",
        [datetime(2024, 1, 1, 11, tzinfo=UTC), None],
    ),
    "dates": (pd.Series([date(2024, 1, 1), None], dtype=object), "DATE", [date(2024, 1, 1), None]),
    "times": (pd.Series([time(1, 2), None], dtype=object), "TIME", [time(1, 2), None]),
    "durations": (pd.Series([timedelta(seconds=1)], dtype="timedelta64[us]"), "BIGINT", [1_000_000]),
    "objects of one kind": (pd.Series([1, None], dtype=object), "BIGINT", [1, None]),
    "integers and floats": (pd.Series([1, 2.5], dtype=object), "DOUBLE", [1.0, 2.5]),
    "huge": (pd.Series([10**30, None], dtype=object), "DECIMAL(38,0)", [Decimal(10**30), None]),
    "numpy": (pd.Series([np.int32(1), np.int64(2)], dtype=object), "BIGINT", [1, 2]),
    "lists": (pd.Series([[1, 2], None]), "VARCHAR", ["[1,2]", None]),
    "dicts": (pd.Series([{"a": 1}, None]), "VARCHAR", ['{"a":1}', None]),
    "bytes": (pd.Series([b"\xff", None]), "BLOB", [b"\xff", None]),
    "nothing": (pd.Series([None, None], dtype=object), "VARCHAR", [None, None]),
    "sparse": (pd.Series([0, 1], dtype="Sparse[int64]"), "BIGINT", [0, 1]),
}

MIXED: dict[str, tuple[Any, list[Any]]] = {
    "text and numbers": (pd.Series(["x", 1, None], dtype=object), ["x", "1", None]),
    "truth and numbers": (pd.Series([True, 1], dtype=object), ["True", "1"]),
    "dates and moments": (pd.Series([date(2024, 1, 1), MOMENT], dtype=object), ["2024-01-01", "2024-01-01 10:00:00"]),
    "with and without zone": (
        pd.Series([MOMENT, MOMENT.replace(tzinfo=UTC)], dtype=object),
        ["2024-01-01 10:00:00", "2024-01-01 10:00:00+00:00"],
    ),
    "what a double would round": (pd.Series([2**53 + 1, 0.5], dtype=object), ["9007199254740993", "0.5"]),
    "beyond decimals": (pd.Series([10**40], dtype=object), [str(10**40)]),
    "other objects": (pd.Series([uuid.UUID(int=1)], dtype=object), [str(uuid.UUID(int=1))]),
    "periods": (pd.Series(pd.period_range("2024-01", periods=2, freq="M")), ["2024-01", "2024-02"]),
    "complex": (pd.Series([1 + 2j]), ["(1+2j)"]),
}


@pytest.mark.parametrize("case", PANDAS)
def test_pandas(case: str) -> None:
    series, type_, expected = PANDAS[case]
    source = open_frame(pd.DataFrame({"x": series}))
    assert types(source) == {"x": type_}
    assert column(source, "x") == expected
    assert (source.mixed, [code for code in codes(source) if code != "type"]) == ((), [])


@pytest.mark.parametrize("case", MIXED)
def test_objects_of_several_kinds_are_text_and_marked(case: str) -> None:
    series, expected = MIXED[case]
    source = open_frame(pd.DataFrame({"n": range(len(series)), "x": series}))
    assert types(source) == {"n": "BIGINT", "x": "VARCHAR"}
    assert column(source, "x") == expected
    assert (source.mixed, codes(source)) == (("x",), ["mixed-types"])


def test_an_index_is_no_column_and_columns_keep_their_order() -> None:
    frame = pd.DataFrame({"b": [1, 2], "a": [3, 4]}, index=pd.Index(["x", "x"], name="key"))
    source = open_frame(frame[frame["a"] > 3])
    assert ([one.name for one in source.columns], scanned(source)) == (["b", "a"], [(2, 4)])


@pytest.mark.parametrize("labels", [[1], [("a", "b")], [None], [1.5]])
def test_labels_that_are_no_text_are_refused(labels: list[Any]) -> None:
    with pytest.raises(InvalidInput, match="make it text"):
        open_frame(pd.DataFrame([[1]], columns=labels))


def test_frames_without_columns_or_with_double_ones_are_refused() -> None:
    for frame in (pd.DataFrame(), pl.DataFrame(), pd.DataFrame([[1, 2]], columns=["a", "a"]), pd.DataFrame({" ": [1]})):
        with pytest.raises(DataManagementError):
            open_frame(frame)


def test_polars() -> None:
    frame = pl.DataFrame(
        {
            "i": pl.Series([1, None], dtype=pl.UInt8),
            "f": [float("nan"), None],
            "s": ["x", None],
            "c": pl.Series(["x", None], dtype=pl.Categorical),
            "e": pl.Series(["x", None], dtype=pl.Enum(["x"])),
            "d": pl.Series([Decimal("1.10"), None], dtype=pl.Decimal(10, 2)),
            "t": [MOMENT, None],
            "z": pl.Series([MOMENT, None], dtype=pl.Datetime("ns", "Asia/Tokyo")),
            "day": [date(2024, 1, 1), None],
            "clock": [time(1, 2), None],
            "l": [[1], None],
            "o": pl.Series([object, None], dtype=pl.Object),
            "u": [timedelta(seconds=1), None],
            "b": [b"\xff", None],
            "n": [None, None],
        }
    )
    source = open_frame(frame)
    assert types(source) == {
        "i": "UTINYINT",
        "f": "DOUBLE",
        "s": "VARCHAR",
        "c": "VARCHAR",
        "e": "VARCHAR",
        "d": "DECIMAL(10,2)",
        "t": "TIMESTAMP",
        "z": "TIMESTAMP WITH TIME ZONE",
        "day": "DATE",
        "clock": "TIME",
        "l": "VARCHAR",
        "o": "VARCHAR",
        "u": "BIGINT",
        "b": "BLOB",
        "n": "VARCHAR",
    }
    first, second = scanned(source)
    assert second == (None,) * 15
    assert first[:3] == (1, None, "x")
    assert codes(source) == ["mixed-types", "type", "nan"]
    assert scanned(open_frame(frame.lazy().select("i"))) == [(1,), (None,)]


def test_arrow() -> None:
    table = pa.table({"a": [1.0, float("nan")]})
    for frame in (table, table.to_batches()[0], table.to_reader()):
        source = open_frame(frame)
        assert (scanned(source), codes(source)) == ([(1.0,), (None,)], ["nan"])


@pytest.mark.parametrize("other", [None, {"a": [1]}, [1], pd.Series([1]), pl.Series([1]), "x"])
def test_anything_else_is_refused(other: object) -> None:
    with pytest.raises(InvalidInput, match="is no data"):
        open_frame(other)


def test_arrow_needs_neither_pandas_nor_polars() -> None:
    """pyarrow itself imports pandas when it is given Python values."""
    code = (
        "import sys, pyarrow as pa; from data_management.infrastructure.quality.sources import open_frame; "
        "open_frame(pa.table([pa.nulls(1, pa.int64())], names=['a'])); print({'pandas', 'polars'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"set()\n"
