"""How long a code location of many datasets takes to load, beside Dagster itself with as many empty assets and checks.

    python benchmarks/definitions.py [--datasets 50 500] [--times 3]

Each load is a process of its own. Seconds are CPU time from after the imports until every definition is loaded, as the code server and
each run do it; the least of `--times`. "Assets and checks" is Dagster with as many assets (two a dataset: what landed, and the
dataset) and checks, whose functions do nothing; "and jobs" is the same with the two jobs over all of them that ours have too.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HEAVY = ("great_expectations", "pandas", "sqlalchemy", "boto3", "botocore", "httpx", "duckdb", "pyarrow", "alembic")
RULES = 10
COLUMN = """      - name: c{column}
        logicalType: number
        logicalTypeOptions: {{minimum: 0}}
        quality: [{{metric: nullValues, mustBe: 0}}]
"""
CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: contract-{name}
version: 1.0.0
status: active
servers:
  - {{server: landing, type: local, path: ../landing/{name}/*.csv, format: csv}}
schema:
  - name: {name}
    quality: [{{metric: rowCount, mustBeGreaterThan: 0}}]
    properties:
{columns}"""


def write_contracts(folder: Path, datasets: int) -> None:
    folder.mkdir()
    columns = "".join(COLUMN.format(column=column) for column in range(RULES // 3))
    for number in range(datasets):
        name = f"dataset_{number}"
        (folder / f"{name}.odcs.yaml").write_text(CONTRACT.format(name=name, columns=columns))


def load(what: str, folder: Path, datasets: int) -> dict[str, object]:
    """Load one of the three in this process."""
    import dagster as dg

    from data_management.plugin import build_dataset_definitions

    def empty(number: int) -> dg.AssetsDefinition:
        key = f"dataset_{number}"

        @dg.multi_asset(
            name=f"op_{key}",
            specs=[dg.AssetSpec(key, deps=[f"landing_{key}"], skippable=True)],
            check_specs=[dg.AssetCheckSpec(f"check_{check}", asset=key) for check in range(RULES + 2)],
            can_subset=True,
        )
        def asset(context: dg.AssetExecutionContext): ...  # noqa: ANN202  Dagster takes None for one output

        return asset

    start = time.process_time()
    if what == "ours":
        defs = build_dataset_definitions(folder)
    else:
        keys = [dg.AssetKey(f"dataset_{number}") for number in range(datasets)]
        chosen = [dg.AssetSelection.assets(*keys), dg.AssetSelection.checks_for_assets(*keys)]
        defs = dg.Definitions(
            assets=[*(dg.AssetSpec(f"landing_{key.path[0]}") for key in keys), *map(empty, range(datasets))],
            jobs=[dg.define_asset_job(f"job_{n}", each) for n, each in enumerate(chosen)] if what == "jobs" else [],
        )
    repository = defs.get_repository_def()
    repository.load_all_definitions()
    seconds = time.process_time() - start
    graph = repository.asset_graph
    return {
        "seconds": seconds,
        "assets": len(graph.get_all_asset_keys()),
        "checks": len(graph.asset_check_keys),
        "heavy": [name for name in HEAVY if name in sys.modules],
    }


def measure(what: str, folder: Path, datasets: int, times: int) -> dict[str, object]:
    runs = []
    for _ in range(times):
        command = [sys.executable, __file__, "--load", what, "--folder", str(folder), "--datasets", str(datasets)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    return min(runs, key=lambda run: run["seconds"])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--datasets", type=int, nargs="+", default=[50, 500])
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--load", choices=["ours", "plain", "jobs"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.load:
        print(json.dumps(load(given.load, given.folder, given.datasets[0])))
        return
    print(
        "| datasets | rules | assets | checks | ours | Dagster: assets and checks | and jobs | ours / it | ours / with jobs |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for datasets in given.datasets:
        with tempfile.TemporaryDirectory() as home:
            folder = Path(home) / "contracts"
            write_contracts(folder, datasets)
            ours, plain, jobs = (measure(what, folder, datasets, given.times) for what in ("ours", "plain", "jobs"))
        assert not ours["heavy"], f"loading definitions imported {ours['heavy']}"
        assert (ours["assets"], ours["checks"]) == (plain["assets"], plain["checks"]), (ours, plain)
        seconds = [float(str(each["seconds"])) for each in (ours, plain, jobs)]
        ratios = [f"{seconds[0] / other:.2f}" for other in seconds[1:]]
        cells = [datasets, datasets * RULES, ours["assets"], ours["checks"], *(f"{s:.2f} s" for s in seconds), *ratios]
        print(f"| {' | '.join(map(str, cells))} |")
    print("\nNone of the heavy libraries was imported:", ", ".join(HEAVY))


if __name__ == "__main__":
    main()
