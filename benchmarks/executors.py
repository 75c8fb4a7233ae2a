"""What a run costs by its executor: in one process, and a process a step by spawn or by a fork server that has our modules.

    python benchmarks/executors.py [--datasets 1 4] [--times 3]

Each run judges one new file of three rows per dataset, on SQLite, started as Dagster's launcher starts it: as a process of its own
(`dagster job execute`). "The run" is from its start to its end, as Dagster's UI shows it; "with the process" adds Python, the imports and
the loading of definitions. The median of `--times`, after one that makes the databases and is not counted.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import dagster as dg

CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: contract-{name}
version: 1.0.0
status: active
servers:
  - {{server: landing, type: local, path: ../landing/{name}/*.csv, format: csv}}
schema:
  - name: {name}
    properties:
      - {{name: id, logicalType: integer, required: true, unique: true}}
      - {{name: amount, logicalType: number, logicalTypeOptions: {{minimum: 0}}}}
"""
DEFINITIONS = """
import dagster as dg
from data_management.plugin import build_dataset_definitions

defs = build_dataset_definitions("contracts", executor_def={executor}, sensors="none", schedules="none")
"""
EXECUTORS = {
    "in process": "dg.in_process_executor",
    "multiprocess, spawn": "dg.multiprocess_executor",
    "multiprocess, forkserver": 'dg.multiprocess_executor.configured({"start_method": {"forkserver": {}}})',
    "multiprocess, forkserver, preload": (
        'dg.multiprocess_executor.configured({"start_method": {"forkserver": {"preload_modules": '
        '["data_management.plugin", "sqlalchemy.dialects.sqlite", "alembic.migration"]}}})'
    ),
}


def make_project(home: Path, executor: str, datasets: int) -> None:
    (home / "contracts").mkdir(parents=True)
    for number in range(datasets):
        name = f"dataset_{number}"
        (home / "contracts" / f"{name}.yaml").write_text(CONTRACT.format(name=name))
        (home / "landing" / name).mkdir(parents=True)
    (home / "definitions.py").write_text(DEFINITIONS.format(executor=executor))
    (home / "dagster_home").mkdir()
    (home / "dagster_home" / "dagster.yaml").write_text("telemetry: {enabled: false}\n")


def run(home: Path, number: int) -> tuple[float, float]:
    """Seconds of the process, and of the run in it."""
    for landing in (home / "landing").iterdir():
        (landing / f"{number}.csv").write_text("id,amount\n1,1.5\n2,2.5\n3,3.5\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATA_MANAGEMENT", "DAGSTER"))}
    ours = {"DATA_MANAGEMENT_HOME": str(home), "DATA_MANAGEMENT_SETTLE_SECONDS": "0", "DATA_MANAGEMENT_WORKERS": "1"}
    environment = kept | ours | {"DAGSTER_HOME": str(home / "dagster_home")}
    command = [sys.executable, "-m", "dagster", "job", "execute", "-f", "definitions.py", "-j", "validate_datasets"]
    start = time.perf_counter()
    done = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    assert done.returncode == 0, done.stdout + done.stderr
    with dg.DagsterInstance.from_config(str(home / "dagster_home")) as instance:
        (record,) = instance.get_run_records(limit=1)
    assert record.start_time is not None
    assert record.end_time is not None
    return seconds, record.end_time - record.start_time


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--datasets", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    print("| datasets | executor | the run | × in process | with the process | × in process |")
    print("|---|---|---|---|---|---|")
    for datasets in options.datasets:
        with tempfile.TemporaryDirectory() as folder:
            homes = {name: Path(folder) / str(number) for number, name in enumerate(EXECUTORS)}
            for name, home in homes.items():
                make_project(home, EXECUTORS[name], datasets)
                run(home, 0)
            found: dict[str, list[tuple[float, float]]] = {name: [] for name in EXECUTORS}
            for number in range(1, options.times + 1):
                for name, home in homes.items():  # in turns, so that a busy minute is everybody's
                    found[name].append(run(home, number))
        medians = {name: [statistics.median(each) for each in zip(*runs, strict=True)] for name, runs in found.items()}
        base = medians["in process"]
        for name, (process, inner) in medians.items():
            cells = [f"{inner:.1f} s", f"{inner / base[1]:.2f}", f"{process:.1f} s", f"{process / base[0]:.2f}"]
            print(f"| {datasets} | {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
