import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import parquet

from data_management.infrastructure.quality.sources import Bounds, Source
from data_management.infrastructure.quality.sources.plain import Spool
from data_management_tests.integration.quality.examples import written
from data_management_tests.integration.quality.sources.examples import (
    BOTH,
    LARGE,
    codes,
    column,
    connected,
    opened,
    refusal,
    scanned,
    types,
)

MOMENT = datetime(2024, 1, 1, 10, 0, 0, 123456)  # noqa: DTZ001
SECOND = MOMENT.replace(microsecond=0)
ID = uuid.UUID("12345678-1234-5678-1234-567812345678")


def _written(folder: Path, table: pa.Table, name: str = "a.parquet", **options: Any) -> Path:
    parquet.write_table(table, folder / name, **options)
    return folder / name


CASES: dict[str, tuple[pa.Array, str, list[Any]]] = {
    "int8": (pa.array([1, None], pa.int8()), "TINYINT", [1, None]),
    "uint64": (pa.array([2**64 - 1, None], pa.uint64()), "UBIGINT", [2**64 - 1, None]),
    "half": (pa.array([np.float16(1.5), None], pa.float16()), "DOUBLE", [1.5, None]),
    "float": (pa.array([0.1, float("nan")], pa.float32()), "DOUBLE", [0.10000000149011612, None]),
    "double": (pa.array([float("inf"), float("nan"), -0.0]), "DOUBLE", [float("inf"), None, -0.0]),
    "decimal": (pa.array([Decimal("1.10"), None], pa.decimal128(15, 2)), "DECIMAL(15,2)", [Decimal("1.10"), None]),
    "decimal32": (pa.array([Decimal("1.10")], pa.decimal32(5, 2)), "DECIMAL(5,2)", [Decimal("1.10")]),
    "decimal256": (pa.array([Decimal("1.10")], pa.decimal256(20, 2)), "DECIMAL(20,2)", [Decimal("1.10")]),
    "wide decimal": (pa.array([Decimal(10) ** 45], pa.decimal256(50, 2)), "VARCHAR", [f"1{'0' * 45}.00"]),
    "seconds": (pa.array([SECOND, None], pa.timestamp("s")), "TIMESTAMP", [SECOND, None]),
    "micros": (pa.array([MOMENT, None], pa.timestamp("us")), "TIMESTAMP", [MOMENT, None]),
    "nanos": (pa.array([MOMENT, None], pa.timestamp("ns")), "TIMESTAMP", [MOMENT, None]),
    "zone": (
        pa.array([MOMENT, None], pa.timestamp("us", "Europe/Berlin")),
        "TIMESTAMP WITH TIME ZONE",
        [MOMENT.replace(tzinfo=UTC), None],
    ),
    "zone nanos": (
        pa.array([MOMENT, None], pa.timestamp("ns", "+02:00")),
        "TIMESTAMP WITH TIME ZONE",
        [MOMENT.replace(tzinfo=UTC), None],
    ),
    "finer": (
        pa.array([-1, -1001, 1500, 1999, None], pa.timestamp("ns")),
        "TIMESTAMP",
        [
            datetime(1970, 1, 1),  # noqa: DTZ001
            datetime(1969, 12, 31, 23, 59, 59, 999999),  # noqa: DTZ001
            datetime(1970, 1, 1, 0, 0, 0, 1),  # noqa: DTZ001
            datetime(1970, 1, 1, 0, 0, 0, 1),  # noqa: DTZ001
            None,
        ],
    ),
    "finer zone": (
        pa.array([-1999, 1999], pa.timestamp("ns", "UTC")),
        "TIMESTAMP WITH TIME ZONE",
        [datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC)],
    ),
    "finer time": (pa.array([1999, None], pa.time64("ns")), "TIME", [time(0, 0, 0, 1), None]),
    "date": (pa.array([date(2024, 1, 1), None]), "DATE", [date(2024, 1, 1), None]),
    "date64": (pa.array([date(2024, 1, 1), None], pa.date64()), "DATE", [date(2024, 1, 1), None]),
    "time32": (pa.array([time(1, 2), None], pa.time32("s")), "TIME", [time(1, 2), None]),
    "time64": (pa.array([time(1, 2, 3, 4), None], pa.time64("us")), "TIME", [time(1, 2, 3, 4), None]),
    "duration": (pa.array([timedelta(seconds=1), None], pa.duration("ms")), "BIGINT", [1000, None]),
    "binary": (pa.array([b"\xff", None]), "BLOB", [b"\xff", None]),
    "fixed binary": (pa.array([b"\xff\0", None], pa.binary(2)), "BLOB", [b"\xff\0", None]),
    "binary view": (pa.array([b"\xff", None], pa.binary_view()), "BLOB", [b"\xff", None]),
    "text": (pa.array(["", "é\0x", None]), "VARCHAR", ["", "é\0x", None]),
    "large text": (pa.array(["x", None], pa.large_string()), "VARCHAR", ["x", None]),
    "text view": (pa.array(["x", None], pa.string_view()), "VARCHAR", ["x", None]),
    "dictionary": (pa.array(["x", None, "x"]).dictionary_encode(), "VARCHAR", ["x", None, "x"]),
    "number dictionary": (pa.array([1.5, None]).dictionary_encode(), "DOUBLE", [1.5, None]),
    "boolean": (pa.array([True, None]), "BOOLEAN", [True, None]),
    "nothing": (pa.nulls(2), "VARCHAR", [None, None]),
    "uuid": (
        pa.ExtensionArray.from_storage(pa.uuid(), pa.array([ID.bytes, None], pa.binary(16))),
        "VARCHAR",
        [str(ID), None],
    ),
    "json": (
        pa.ExtensionArray.from_storage(pa.json_(), pa.array(['{"a": 1}', None])),
        "VARCHAR",
        ['{"a": 1}', None],
    ),
    "bool8": (
        pa.ExtensionArray.from_storage(pa.bool8(), pa.array([2, 0, None], pa.int8())),
        "BOOLEAN",
        [True, False, None],
    ),
    "list": (pa.array([[1, None], [], None]), "VARCHAR", ["[1,null]", "[]", None]),
    "floats": (
        pa.array([[0.1, 1e20, 1.0]], pa.list_(pa.float32())),
        "VARCHAR",
        ["[0.10000000149011612,100000002004087730000.0,1.0]"],
    ),
    "struct": (
        pa.array([{"a": MOMENT, "b": 'x"é', "c": Decimal("1.10")}, None]),
        "VARCHAR",
        ['{"a":"2024-01-01 10:00:00.123456","b":"x\\"é","c":1.1}', None],
    ),
    "struct with zone": (
        pa.array([{"a": MOMENT}], pa.struct([("a", pa.timestamp("us", "Asia/Tokyo"))])),
        "VARCHAR",
        ['{"a":"2024-01-01 10:00:00.123456+00"}'],
    ),
    "map": (pa.array([[("a", 1)], None], pa.map_(pa.string(), pa.int64())), "VARCHAR", ['{"a":1}', None]),
    "fixed list": (pa.array([[1, 2], None], pa.list_(pa.int64(), 2)), "VARCHAR", ["[1,2]", None]),
    "nested decimals": (
        pa.array([[Decimal(10**29 + 1)]], pa.list_(pa.decimal128(38, 0))),
        "VARCHAR",
        [f'["{10**29 + 1}"]'],
    ),
    "exotic list": (pa.array([[timedelta(seconds=1)]], pa.list_(pa.duration("s"))), "VARCHAR", ['["0:00:01"]']),
}


@BOTH
@pytest.mark.parametrize("case", CASES)
def test_types_and_values(folder: Path, spool: Spool, bounds: Bounds, case: str) -> None:
    values, type_, expected = CASES[case]
    source = opened(_written(folder, pa.table({"x": values, "n": range(len(values))})), spool, bounds)
    assert types(source) == {"x": type_, "n": "BIGINT"}
    assert column(source, "x") == expected


def _notes(source: Source) -> list[str]:
    nulls = [sum(value is None for value in values) for values in zip(*scanned(source), strict=True)]
    counted = dict(zip((one.name for one in source.columns), nulls, strict=True))
    return [note.message for note in (*source.notes, *source.nan_notes(counted))]


@BOTH
@pytest.mark.parametrize("statistics", [True, False])
def test_what_is_lost_is_noted_with_its_number(folder: Path, spool: Spool, bounds: Bounds, statistics: bool) -> None:
    table = pa.table(
        {
            "f.x": pa.array([float("nan"), 1.0, None, float("nan")]),
            "g": pa.array([float("nan"), 1.0, None, 2.0], pa.float32()),
            "h": pa.array([0.0, 1.0, None, None]),
            "t": pa.array([1, 1000, None, 1001], pa.timestamp("ns")),
            "u": pa.array([0, 1000, None, 2000], pa.timestamp("ns")),
        }
    )
    source = opened(_written(folder, table, write_statistics=statistics), spool, bounds)
    assert sorted(_notes(source)) == [
        "1 NaN value(s) of column 'g' count as missing",
        "2 NaN value(s) of column 'f.x' count as missing",
        "2 value(s) of column 't' were cut to microseconds",
    ]


@BOTH
@pytest.mark.parametrize("writer", ["pyarrow", "polars", "duckdb"])
def test_a_footer_that_hides_nan_is_not_believed(folder: Path, spool: Spool, bounds: Bounds, writer: str) -> None:
    """DuckDB would take `isnan` for false where minimum and maximum are numbers, as most writers have it."""
    file, table = folder.parent / "nan.parquet", pa.table({"x": [1.0, float("nan"), 2.0] * 100})
    if writer == "pyarrow":
        parquet.write_table(table, file)
    elif writer == "polars":
        pl.DataFrame({"x": table["x"].to_pylist()}).write_parquet(file)
    else:
        with duckdb.connect() as connection:
            connection.register("given", table).execute(f"COPY given TO '{file}'")
    source = opened(file, spool, bounds)
    counts = "count(*) - count(c0), max(c0), count(*) FILTER (c0 IS NULL), count(*) FILTER (c0 > 2)"
    with connected(source) as connection:
        assert connection.execute(f"SELECT {counts} FROM {source.relation} AS r(c0)").fetchall() == [(100, 2.0, 100, 0)]
        assert connection.execute(f"SELECT count(*) FROM {source.relation} AS r(c0) WHERE c0 IS NULL").fetchall() == [
            (100,)
        ]


@BOTH
def test_old_timestamps_reach_the_ends_of_the_calendar(folder: Path, spool: Spool, bounds: Bounds) -> None:
    ends = [datetime(1, 1, 1), datetime(9999, 12, 31)]  # noqa: DTZ001
    table = pa.table({"t": pa.array(ends, pa.timestamp("us"))})
    source = opened(_written(folder, table, use_deprecated_int96_timestamps=True), spool, bounds)
    assert (types(source), column(source, "t")) == ({"t": "TIMESTAMP"}, ends)


@BOTH
def test_what_duckdb_writes_is_read_alike(folder: Path, spool: Spool, bounds: Bounds) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TYPE mood AS ENUM ('x', 'y'); COPY (SELECT 'x'::mood AS e, INTERVAL 1 MONTH AS i, uuid() AS u, "
            f"'{{}}'::JSON AS j, timestamptz '2024-01-01 00:00:00+02' AS z, '101'::BIT AS b) TO '{folder.parent / 'd.parquet'}'"
        )
    source = opened(folder.parent / "d.parquet", spool, bounds)
    assert types(source) == {
        "e": "VARCHAR",
        "i": "BLOB",
        "u": "VARCHAR",
        "j": "VARCHAR",
        "z": "TIMESTAMP WITH TIME ZONE",
        "b": "VARCHAR",
    }
    assert column(source, "i") == [b"\x01" + bytes(11)]


@BOTH
def test_column_names_are_data(folder: Path, spool: Spool, bounds: Bounds) -> None:
    names = ["a", "A", 'x"y', "a.b", "'; DROP TABLE t", "select", "é\n", "{c}", "c0"]
    table = pa.table([pa.array([place]) for place in range(len(names))], names=names)
    source = opened(_written(folder, table), spool, bounds)
    assert [one.name for one in source.columns] == names
    assert scanned(source) == [tuple(range(len(names)))]


@BOTH
def test_columns_that_cannot_be_told_apart_are_refused(folder: Path, spool: Spool, bounds: Bounds) -> None:
    twice = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"])
    assert "several columns of one name" in refusal(_written(folder, twice), spool, bounds)
    assert "column 1 has no name" in refusal(_written(folder, pa.table({"": [1]})), spool, bounds)
    assert "no columns" in refusal(_written(folder, pa.table({})), spool, bounds)
    many = Bounds(columns=3, small_bytes=bounds.small_bytes)
    assert "4 columns, more than 3" in refusal(_written(folder, pa.table({n: [1] for n in "abcd"})), spool, many)


@BOTH
def test_row_groups_and_no_rows(folder: Path, spool: Spool, bounds: Bounds) -> None:
    table = pa.table({"a": range(1000), "l": [[n] for n in range(1000)]})
    source = opened(_written(folder, table, row_group_size=7), spool, bounds)
    assert scanned(source) == [(n, f"[{n}]") for n in range(1000)]
    assert scanned(opened(_written(folder, table.slice(0, 0)), spool, bounds)) == []
    hive = folder / "year=1"
    hive.mkdir()
    assert len(opened(_written(hive, table), spool, bounds).columns) == 2


def test_a_large_text_is_refused(folder: Path, spool: Spool) -> None:
    file = _written(folder, pa.table({"a": ["x" * 2000, "y"]}))
    assert "holds a value of" in refusal(file, spool, Bounds(cell_bytes=1000))


def test_what_expands_beyond_the_limit_is_refused(folder: Path, spool: Spool) -> None:
    bomb = _written(folder, pa.table({"a": pa.array([None] * 500_000, pa.int64())}), compression="brotli")
    assert bomb.stat().st_size < 10_000
    assert "more than 1 MB" in refusal(bomb, Spool(spool.folder, 1 << 20))


def _without_footer(data: bytes) -> bytes:
    return data[:-20]


def _cut_within(data: bytes) -> bytes:
    return data[:40] + data[60:]


def _wrong_length(data: bytes) -> bytes:
    return data[:-8] + b"\xff\xff\xff\x7f" + data[-4:]


@BOTH
@pytest.mark.parametrize(
    "damage", [_without_footer, _cut_within, _wrong_length, lambda _: b"PAR1" + b"\xff" * 40 + b"PAR1"]
)
def test_damage_is_refused_without_quoting_values(
    folder: Path, spool: Spool, bounds: Bounds, damage: Callable[[bytes], bytes]
) -> None:
    good = _written(folder, pa.table({"a": ["SECRET" * 10] * 1000}), compression="none").read_bytes()
    text = refusal(written(folder, "bad.parquet", damage(good)), spool, bounds)
    assert text.startswith("scan") or "SECRET" not in text


def test_a_flipped_bit_is_found_by_the_pages_checksum(folder: Path, spool: Spool) -> None:
    good = _written(
        folder, pa.table({"a": range(1000)}), compression="none", write_page_checksum=True, use_dictionary=False
    )
    data = bytearray(good.read_bytes())
    data[500] ^= 1
    assert "damaged Parquet" in refusal(written(folder, "bad.parquet", bytes(data)), spool)


def test_encrypted_parquet_is_named(folder: Path, spool: Spool) -> None:
    assert "is encrypted" in refusal(written(folder, "a.parquet", b"PAR1" + bytes(9) + b"PARE"), spool)


def test_a_large_file_is_opened_without_reading_it(folder: Path, spool: Spool) -> None:
    file = _written(folder, pa.table({"a": range(100), "f": [1.0] * 100}))
    source = opened(file, spool, LARGE)
    assert "isnan" in source.relation
    assert source.tables == {}
    assert codes(source) == []
    assert len(source.paths) == 1
