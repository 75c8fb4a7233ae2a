from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import feather

from data_management.infrastructure.quality.sources import Bounds
from data_management.infrastructure.quality.sources.plain import Spool
from data_management_tests.integration.quality.examples import written
from data_management_tests.integration.quality.sources import test_parquet
from data_management_tests.integration.quality.sources.examples import (
    BOTH,
    codes,
    column,
    opened,
    refusal,
    scanned,
    types,
)

TABLE = pa.table({"a": range(100), "s": ["SECRET"] * 100})
WRITERS = {"file": pa.ipc.new_file, "stream": pa.ipc.new_stream}
KIND = pytest.mark.parametrize("kind", WRITERS)


def _ipc(table: pa.Table, kind: str, compression: str | None = None, chunk: int = 30) -> bytes:
    sink = pa.BufferOutputStream()
    with WRITERS[kind](sink, table.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_table(table, max_chunksize=chunk)
    return sink.getvalue().to_pybytes()


@BOTH
@KIND
@pytest.mark.parametrize("case", test_parquet.CASES)
def test_types_and_values_are_those_of_parquet(
    folder: Path, spool: Spool, bounds: Bounds, kind: str, case: str
) -> None:
    values, type_, expected = test_parquet.CASES[case]
    source = opened(written(folder, "a.arrow", _ipc(pa.table({"x": values}), kind)), spool, bounds)
    assert types(source) == {"x": type_}
    assert column(source, "x") == expected


@BOTH
@KIND
@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
def test_batches_and_compression(
    folder: Path, spool: Spool, bounds: Bounds, kind: str, compression: str | None
) -> None:
    source = opened(written(folder, "a.ipc", _ipc(TABLE, kind, compression)), spool, bounds)
    assert (scanned(source), codes(source)) == ([(n, "SECRET") for n in range(100)], [])
    empty = opened(written(folder, "b.ipc", _ipc(TABLE.slice(0, 0), kind, compression)), spool, bounds)
    assert (scanned(empty), types(empty)) == ([], {"a": "BIGINT", "s": "VARCHAR"})


@BOTH
def test_feather(folder: Path, spool: Spool, bounds: Bounds) -> None:
    feather.write_feather(TABLE, str(folder / "a.feather"))
    assert len(scanned(opened(folder / "a.feather", spool, bounds))) == 100
    assert "Feather version 1" in refusal(written(folder, "b.feather", b"FEA1" + bytes(20)), spool, bounds)


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _with_bad_offsets(data: bytes) -> bytes:
    good = bytes(pa.array(TABLE["s"].to_pylist()[:30]).buffers()[1])[4:16]
    assert good in data
    return data.replace(good, b"\xff\xff\xff\x7f" + good[4:])


@BOTH
@KIND
@pytest.mark.parametrize(
    "damage", [_cut, _with_bad_offsets, lambda data: data[:20], lambda data: data[:8] + b"\xff" * 99]
)
def test_damage_is_refused(
    folder: Path, spool: Spool, bounds: Bounds, kind: str, damage: Callable[[bytes], bytes]
) -> None:
    text = refusal(written(folder, "a.arrow", damage(_ipc(TABLE, kind))), spool, bounds)
    assert "damaged Arrow" in text
    assert "SECRET" not in text


@BOTH
def test_the_end_of_a_stream_is_looked_at(folder: Path, spool: Spool, bounds: Bounds) -> None:
    data = _ipc(TABLE, "stream")
    source = opened(written(folder, "a.arrows", data[:-8]), spool, bounds)
    assert (len(scanned(source)), codes(source)) == (100, ["no-end"])
    assert "behind the end" in refusal(written(folder, "a.arrows", data + b"x"), spool, bounds)


@BOTH
def test_more_rows_than_the_limit_allows_are_refused(folder: Path, spool: Spool, bounds: Bounds) -> None:
    rows = pa.table({"n": pa.nulls(500_000)})
    file = written(folder, "a.arrow", _ipc(rows, "file", chunk=500_000))
    assert file.stat().st_size < 1000
    assert "more than 1 MB" in refusal(file, Spool(spool.folder, 1 << 20), bounds)
