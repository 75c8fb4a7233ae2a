"""The data: TPC-H lineitem of `tpchgen-cli` in four sizes and three formats, made once and kept."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.quality.rules import COLUMNS, Answer

SIZES = {"1000": 1_000, "60k": 60_000, "6m": 6_001_215, "60m": 59_986_052}
FORMATS = {"parquet": "Parquet", "csv": "CSV", "decimal": "Parquet, DECIMAL"}
_SCALES = {"6m": 1, "60m": 10}
_NEEDED = {"1000": 1 << 30, "60k": 1 << 30, "6m": 2 << 30, "60m": 20 << 30}
_DOUBLES = ", ".join(f"{column}::DOUBLE AS {column}" for column, kind in COLUMNS.items() if kind == "DOUBLE")


class NoRoom(Exception):
    pass


@dataclass(frozen=True)
class Table:
    """One file; `spoiled` is a thousand rows of its format in which every rule fails."""

    size: str
    format: str
    path: Path
    spoiled: Path

    @property
    def rows(self) -> int:
        return SIZES[self.size]

    @property
    def name(self) -> str:
        return f"{self.rows:,} rows, {FORMATS[self.format]}"


SPOILED: dict[str, Answer] = {
    **{f"not_null {column}": Answer(success=False, failed=1) for column in COLUMNS},
    "unique l_orderkey+l_linenumber": Answer(success=False, failed=2),
    "in_set l_returnflag": Answer(success=False, failed=1),
    "in_set l_linestatus": Answer(success=False, failed=1),
    "in_set l_shipmode": Answer(success=False, failed=127),
    "between l_quantity": Answer(success=False, failed=14),
    "between l_extendedprice": Answer(success=False, failed=2),
    "between l_discount": Answer(success=False, failed=1),
    "between l_tax": Answer(success=False, failed=1),
    "regex l_comment": Answer(success=False, failed=3),
    "length l_comment": Answer(success=False, failed=2),
    "mean l_quantity": Answer(success=False),
    "rows": Answer(success=False),
    "greater l_receiptdate+l_shipdate": Answer(success=False, failed=2),
}
"""What is wrong with the spoiled tables, by the names of the rules."""

_SPOILS = {
    "l_returnflag": {101: "'X'"},
    "l_linestatus": {102: "'X'"},
    "l_extendedprice": {103: "-1", 104: "105000.01"},
    "l_discount": {105: "0.11"},
    "l_tax": {106: "0.09"},
    "l_comment": {107: "'with a 1 in it'", 108: "'with an é in it'", 109: "'short'", 110: "repeat('x', 44)"}
    | {111: "repeat('é', 43)"},
    "l_quantity": {113: "1000000"},
    "l_receiptdate": {114: "l_shipdate", 115: "l_shipdate - INTERVAL 1 DAY"},
}
"""What stands where, by column and number of the row. The last text is 43 characters in 86 bytes."""


def make_table(data: Path, size: str, data_format: str) -> Table:
    """The table in folder `data`, which need not exist. `NoRoom` where the disk is too full to make it."""
    data.mkdir(parents=True, exist_ok=True)
    suffix = "csv" if data_format == "csv" else "parquet"
    path, spoiled = data / f"{data_format}-{size}.{suffix}", data / f"{data_format}-spoiled.{suffix}"
    if not path.exists() or not spoiled.exists():
        free = shutil.disk_usage(data).free
        if free < _NEEDED[size]:
            raise NoRoom(f"{free >> 30} GB free in {data}, {_NEEDED[size] >> 30} GB needed; give another --data")
    _make(spoiled, lambda part: _copy(_spoiled(_source(data, "1000", data_format)), part, suffix))
    if data_format == "decimal" and size in _SCALES:
        path = _generated(data, _SCALES[size])  # as it is
    else:
        _make(path, lambda part: _copy(_source(data, size, data_format), part, suffix))
    return Table(size=size, format=data_format, path=path, spoiled=spoiled)


def _source(data: Path, size: str, data_format: str) -> str:
    generated = _generated(data, _SCALES.get(size, 1))
    doubles = f"* REPLACE ({_DOUBLES})" if data_format != "decimal" else "*"
    return f"SELECT {doubles} FROM (FROM '{generated}' LIMIT {SIZES[size]})"


def _spoiled(source: str) -> str:
    columns = []
    for number, column in enumerate(COLUMNS, start=1):
        cases = _SPOILS.get(column, {}) | {number: "NULL"}
        whens = " ".join(f"WHEN {row} THEN {value}" for row, value in cases.items())
        columns.append(f"CAST(CASE spoiled_row {whens} ELSE {column} END AS {{{column}}}) AS {column}")
    with _connect() as connection:
        types = dict(connection.execute(f"SELECT column_name, column_type FROM (DESCRIBE {source})").fetchall())
    rows = f"SELECT *, row_number() OVER () AS spoiled_row FROM ({source})"
    again = f"SELECT * EXCLUDE (spoiled_row), 500 AS spoiled_row FROM ({rows}) WHERE spoiled_row = 500"
    return f"SELECT {', '.join(columns).format(**types)} FROM ({rows} UNION ALL {again})"


def _connect() -> Any:
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    return connection


def _copy(query: str, path: Path, suffix: str) -> None:
    with _connect() as connection:
        options = "FORMAT csv, HEADER" if suffix == "csv" else "FORMAT parquet"
        connection.execute(f"COPY ({query}) TO '{path}' ({options})")


def _generated(data: Path, scale: int) -> Path:
    path = data / f"lineitem-sf{scale}.parquet"

    def generate(part: Path) -> None:
        folder = part.with_suffix(".folder")
        tool = shutil.which("tpchgen-cli", path=str(Path(sys.executable).parent)) or "tpchgen-cli"
        options = ["--scale-factor", str(scale), "--tables", "lineitem", "--output-dir", str(folder), "--overwrite"]
        subprocess.run([tool, "parquet", *options, "--quiet"], check=True)
        (folder / "lineitem.parquet").rename(part)
        folder.rmdir()

    return _make(path, generate)


def _make(path: Path, make: Callable[[Path], None]) -> Path:
    """`path`, made under another name first: what was interrupted is not taken for whole."""
    if not path.exists():
        part = path.with_name(f"{path.name}.part")
        make(part)
        part.rename(path)
    return path
