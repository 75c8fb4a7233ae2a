"""1,000 files of 1,000 rows through the worker pool: files per second, and how much of a file's time is not DuckDB's.

Run: ``python -m benchmarks.pool [--files N] [--workers 1,2]``. Each file is judged by the 29 rules of ``benchmarks.quality`` and
profiled, as the pool does it. A worker has no clock for DuckDB; the share is from a loop in one process over the same
files, in which all calls into DuckDB are timed where Python makes them.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
from rich.console import Console
from rich.table import Table as Printed

from benchmarks.quality.contenders.gx_suite import suite_of
from benchmarks.quality.contenders.ours import columns_of
from benchmarks.quality.rules import rules_for
from benchmarks.quality.tables import make_table
from data_management.application.ports import ExaminationRequest, Examined
from data_management.domain.models import DataLocation

ROWS = 1000
_SECONDS, _BYTES = 300.0, 1 << 30
_FORMATS = {"parquet": "FORMAT parquet", "csv": "FORMAT csv, HEADER"}


def main() -> None:
    options = _options()
    printed = Printed("format", "workers", title=f"{options.files:,} files of {ROWS:,} rows, 29 rules and the profile")
    for heading in ("seconds", "files per s", "ms per file", "of it not DuckDB"):
        printed.add_column(heading, justify="right")
    clock = Clock()
    for data_format in _FORMATS:
        requests = _requests(_files(options.data, options.files, data_format), data_format)
        one = alone(requests[: options.alone], clock)
        printed.add_row(
            data_format, "in process", *_figures(len(requests[: options.alone]), one.total), f"{one.outside:.0%}"
        )
        for workers in options.workers:
            printed.add_row(data_format, str(workers), *_figures(len(requests), pooled(requests, workers)), "")
    Console().print(printed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pool", description=(__doc__ or "").splitlines()[0])
    add = parser.add_argument
    add("--files", type=int, default=1000)
    add("--alone", type=int, default=200, help="files of the loop in one process; default: 200")
    add("--workers", type=lambda text: [int(one) for one in text.split(",")], default=[1, 2], help="default: 1,2")
    add("--data", type=Path, default=Path(tempfile.gettempdir()) / "data-management-benchmarks", help="folder, kept")
    return parser.parse_args()


def _figures(files: int, seconds: float) -> tuple[str, str, str]:
    return f"{seconds:.1f}", f"{files / seconds:.1f}", f"{1000 * seconds / files:.1f}"


def _files(data: Path, number: int, data_format: str) -> list[Path]:
    """Consecutive rows of lineitem, made once and kept."""
    folder = data / f"pool-{data_format}"
    files = [folder / f"lineitem_{place:05}.{data_format}" for place in range(number)]
    if files[-1].exists():
        return files
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        source = make_table(data, "6m", "parquet").path
        connection.execute(f"CREATE TABLE lineitem AS FROM '{source}' LIMIT {number * ROWS}")
        for place, file in enumerate(files):
            part = f"FROM lineitem WHERE rowid BETWEEN {place * ROWS} AND {(place + 1) * ROWS - 1}"
            connection.execute(f"COPY ({part}) TO '{file}' ({_FORMATS[data_format]})")
    return files


def _requests(files: list[Path], data_format: str) -> list[ExaminationRequest]:
    from data_management.infrastructure.quality.suites import rules_of

    rules = rules_of(suite_of(rules_for(ROWS)))
    columns = columns_of() if data_format == "csv" else ()
    return [
        ExaminationRequest(key=file.name, locations=(DataLocation.from_path(file),), rules=rules, columns=columns)
        for file in files
    ]


def pooled(requests: list[ExaminationRequest], workers: int) -> float:
    """Seconds, with workers that have started: importing Great Expectations is not what is measured."""
    from data_management.infrastructure.quality.pool import WorkerPoolQualityEngine

    engine = WorkerPoolQualityEngine(workers, timeout_seconds=_SECONDS, memory_bytes=_BYTES)
    try:
        _all_examined(engine.examine(requests[: 4 * workers]))
        start = time.perf_counter()
        _all_examined(engine.examine(requests))
        return time.perf_counter() - start
    finally:
        engine.close()


def _all_examined(outcomes: Any) -> None:
    for outcome in outcomes:
        assert isinstance(outcome, Examined), outcome
        failed = {check.rule for check in outcome.examination.checks if not check.success}
        assert failed <= {"l_shipmode.be_in_set", "l_quantity.be_between", "l_quantity.mean_be_between"}, failed


@dataclass
class Clock:
    total: float = 0.0
    inside: float = 0.0
    depth: int = 0

    @property
    def outside(self) -> float:
        return 1 - self.inside / self.total

    @contextmanager
    def running(self) -> Iterator[None]:
        start, self.depth = time.perf_counter(), self.depth + 1
        try:
            yield
        finally:
            self.depth -= 1
            if self.depth == 0:
                self.inside += time.perf_counter() - start


def alone(requests: list[ExaminationRequest], clock: Clock) -> Clock:
    """The clock of the process, since connections are kept with the one they were made with."""
    from data_management.infrastructure.quality.limits import Limits
    from data_management.infrastructure.quality.worker import examine_here, load_libraries

    load_libraries()
    limits = Limits(timeout_seconds=_SECONDS, memory_bytes=_BYTES, expanded_bytes=2 << 30)
    with patch.object(duckdb, "connect", _timed(duckdb.connect, clock)):
        _all_examined(examine_here(request, limits) for request in requests[:5])
        clock.inside, start = 0.0, time.perf_counter()
        _all_examined(examine_here(request, limits) for request in requests)
        clock.total = time.perf_counter() - start
    return clock


class _Timed:
    """A connection or relation, each of whose calls runs the clock."""

    def __init__(self, it: Any, clock: Clock) -> None:
        self._it, self._clock = it, clock

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._it, name)
        return _timed(found, self._clock) if callable(found) else found


def _timed(function: Any, clock: Clock) -> Any:
    def called(*arguments: Any, **options: Any) -> Any:
        with clock.running():
            result = function(*arguments, **options)
        of_duckdb = isinstance(result, duckdb.DuckDBPyConnection | duckdb.DuckDBPyRelation)
        return _Timed(result, clock) if of_duckdb else result

    return called


if __name__ == "__main__":
    main()
