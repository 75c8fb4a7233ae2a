"""What profile and classification cost beside the scan of rules, on one file.

Run: PYTHONPATH=. python benchmarks/profile_cost.py FILE.parquet [ROUNDS]. Wall and processor time are the least of the rounds, in ms.
"""

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import duckdb

from data_management.domain.services import DataClassificationService
from data_management.infrastructure.persistence.profiles import profiles_to_json
from data_management.infrastructure.quality.profiling import (
    ProfiledColumn,
    ProfileLimits,
    detections_of,
    profile_of,
    sample_of,
)


def least(rounds: int, work: Callable[[], Any]) -> tuple[float, float, Any]:
    wall = cpu = float("inf")
    result = None
    for _ in range(rounds):
        start, busy = time.perf_counter(), time.process_time()
        result = work()
        wall, cpu = min(wall, time.perf_counter() - start), min(cpu, time.process_time() - busy)
    return 1000 * wall, 1000 * cpu, result


def main(path: str, rounds: int) -> None:
    connection = duckdb.connect(config={"threads": 2})
    connection.execute(f"CREATE VIEW asset AS SELECT * FROM '{path}'")
    columns = [ProfiledColumn(name, kind) for name, kind, *_ in connection.execute("DESCRIBE asset").fetchall()]
    (rows,) = connection.execute("SELECT count(*) FROM asset").fetchone() or (0,)
    counts = ", ".join(f"count({column.quoted})" for column in columns)
    ranges = ", ".join(f"count_if({c.quoted} > 3), avg({c.quoted})" for c in columns if c.is_number)
    texts = ", ".join(f"count_if(length({c.quoted}) > 44)" for c in columns if c.is_text)
    rules = f"SELECT count(*), {', '.join(filter(None, (counts, ranges, texts)))} FROM asset"
    print(f"{path}: {rows} rows × {len(columns)} columns")

    def report(what: str, work: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        wall, cpu, result = least(rounds, partial(work, *arguments, **named))
        print(f"{what:46} wall {wall:9.1f}  cpu {cpu:9.1f}")
        return result

    report("a scan of rules", lambda: connection.execute(rules).fetchall())
    names = [column.name for column in columns]
    for limits in (
        ProfileLimits(),
        ProfileLimits(rescans=False),
        ProfileLimits(sketched_rows=rows),
        ProfileLimits(distinct_rows=0),
    ):
        print(limits)
        sample = report("  sample", sample_of, connection, "asset", columns, rows, limits)
        found = report("  detectors", detections_of, sample, columns)
        report("  classification", DataClassificationService().classify, names, found)
        profile = report("  profile", profile_of, connection, "asset", columns, rows, sample=sample, limits=limits)
    stored = len(json.dumps(profiles_to_json(profile, ()), separators=(",", ":")))
    print(f"stored: {stored} bytes, {stored / len(columns):.0f} a column")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5)
