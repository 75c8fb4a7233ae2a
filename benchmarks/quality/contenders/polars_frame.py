"""A file as a Polars frame, for those that check one."""

from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.quality.rules import COLUMNS


def read(path: Path, data_format: str) -> Any:
    if data_format != "csv":
        return pl.read_parquet(path)
    types = {"BIGINT": pl.Int64, "INTEGER": pl.Int32, "DOUBLE": pl.Float64, "VARCHAR": pl.String, "DATE": pl.Date}
    return pl.read_csv(path, schema={column: types[kind] for column, kind in COLUMNS.items()})
