"""1,000 files of 1,000 rows: one Dagster run from landing to catalog, beside the same files by direct call.

Run: ``.venv/bin/python benchmarks/pipeline.py [--files N] [--workers N]``. Both sides use the same engine with warm workers; what
differs is the catalog (arrivals, claims, entries, validations, totals, events) and Dagster around it.
"""

import argparse
import os
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROWS = 1000
CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: bench
version: 1.0.0
status: active
servers:
  - {server: landing, type: local, path: ../landing/*.csv, format: csv}
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer, required: true, unique: true}
      - {name: customer, logicalType: string, required: true, logicalTypeOptions: {pattern: "^C[0-9]{5}$"}}
      - {name: amount, logicalType: number, logicalTypeOptions: {minimum: 0, maximum: 1000}}
      - {name: status, logicalType: string, enum: [{value: open}, {value: paid}, {value: sent}]}
      - {name: ordered_at, logicalType: timestamp, required: true}
    quality:
      - {name: rows, metric: rowCount, mustBe: 1000}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        make_project(home, options.files)
        os.environ |= {
            "DATA_MANAGEMENT_HOME": str(home),
            "DATA_MANAGEMENT_WORKERS": str(options.workers),
            "DATA_MANAGEMENT_SETTLE_SECONDS": "0",
            "DATA_MANAGEMENT_LOG_LEVEL": "ERROR",
            "DAGSTER_DISABLE_TELEMETRY": "yes",
        }
        direct = time_direct(home)
        through = time_dagster(home, options.files)
    print(f"{options.files} files of {ROWS} rows, {options.workers} workers, rules: {direct[1]}\n")
    print("| | seconds | ms per file | × direct |")
    print("|---|---|---|---|")
    for name, seconds in (("direct call", direct[0]), ("one Dagster run", through)):
        print(f"| {name} | {seconds:.1f} | {1000 * seconds / options.files:.1f} | {seconds / direct[0]:.2f} |")


def make_project(home: Path, files: int) -> None:
    chance = random.Random(1)
    (home / "contracts").mkdir()
    (home / "contracts" / "orders.odcs.yaml").write_text(CONTRACT)
    landing = home / "landing"
    landing.mkdir()
    for number in range(files):
        lines = ["id,customer,amount,status,ordered_at"]
        for row in range(ROWS):
            customer, amount = chance.randrange(100_000), chance.uniform(0, 1000)
            status, minute = chance.choice(["open", "paid", "sent"]), chance.randrange(60)
            lines.append(f"{number * ROWS + row},C{customer:05},{amount:.2f},{status},2026-01-01T12:{minute:02}:00")
        (landing / f"orders_{number:04}.csv").write_text("\n".join(lines) + "\n")


def time_direct(home: Path) -> tuple[float, int]:
    """Seconds for examining and assessing all files, without catalog and Dagster; and the number of rules."""
    from data_management.application.services import validate_files
    from data_management.container import Container

    container = Container()
    (reading,) = container.contracts().read_folder(home / "contracts")
    (dataset,) = reading.datasets
    files = sorted(str(path) for path in (home / "landing").iterdir())
    with warm(container) as engine:
        start = time.perf_counter()
        results = list(validate_files(engine, container.validation(), [(file, dataset) for file in files]))
        seconds = time.perf_counter() - start
    assert all(result.reason is None for result in results)
    return seconds, len(dataset.rules)


def time_dagster(home: Path, files: int) -> float:
    """Seconds for one run of the dataset's asset, with Dagster's own storage in SQLite."""
    import dagster as dg

    from data_management.plugin import DataManagementCatalog, build_dataset_definitions

    defs = build_dataset_definitions()
    (home / "dagster").mkdir()
    with dg.DagsterInstance.local_temp(str(home / "dagster")) as instance:
        app = DataManagementCatalog().open_application()
        examine_one(app.engine, home)
        closing, app.engine.close = app.engine.close, lambda: None  # type: ignore[method-assign] # workers stay warm
        start = time.perf_counter()
        result = defs.resolve_job_def("validate_datasets").execute_in_process(instance=instance)
        seconds = time.perf_counter() - start
        closing()
    (materialization,) = result.asset_materializations_for_node("validate_orders")
    assert materialization.metadata["accepted"].value == files
    return seconds


@contextmanager
def warm(container: Any) -> Iterator[Any]:
    engine = container.quality_engine()
    examine_one(engine, Path(os.environ["DATA_MANAGEMENT_HOME"]))
    try:
        yield engine
    finally:
        engine.close()


def examine_one(engine: Any, home: Path) -> None:
    """Start the workers: importing Great Expectations takes seconds and is not what is measured."""
    from data_management.application.ports import ExaminationRequest
    from data_management.domain.models import DataLocation

    file = home / "warm.csv"
    shutil.copy(next((home / "landing").iterdir()), file)
    requests = [ExaminationRequest(key=str(n), locations=(DataLocation.from_path(file),)) for n in range(8)]
    list(engine.examine(requests))


if __name__ == "__main__":
    main()
