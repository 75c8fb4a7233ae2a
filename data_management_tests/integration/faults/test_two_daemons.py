"""Two Dagster daemons' worth of ticks and runs at once, Dagster's storage and the catalog in one Postgres: the counts come out exactly."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest
import yaml
from sqlalchemy import Engine

from data_management.application.services import audit
from data_management.infrastructure.data_sources.sql import SQLCatalogReader
from data_management.infrastructure.persistence.engine import create_catalog_engine, postgres_url
from data_management_tests.integration.faults.daemon import DAEMON_TAG
from data_management_tests.integration.faults.test_crashes import rows
from data_management_tests.integration.persistence.application import application
from data_management_tests.integration.persistence.test_guarantees import FULL, counted, number
from data_management_tests.integration.pipeline.project import Project

RUNS_EACH, AT_ONCE = (10, 10) if FULL else (1, 3)
DATASETS = ("orders", "returns")
MOST_WAITING = 2 * AT_ONCE * len(DATASETS)
"""Files; a run goes on as long as others come."""
SECONDS = 600 if FULL else 120
JUDGED = "SELECT count(*) FROM data_assets WHERE is_current AND status = 'accepted'"


@pytest.mark.timeout(2 * SECONDS + 300)
def test_two_daemons_judge_every_file_once(
    tmp_path: Path, postgres_catalog: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, stop, complaints = tmp_path / "dagster", tmp_path / "stop", tmp_path / "complaints"
    home.mkdir()
    (home / "dagster.yaml").write_text(
        yaml.safe_dump(
            {
                "storage": {
                    "postgres": {"postgres_url": postgres_catalog.replace("postgresql:", "postgresql+psycopg2:")}
                },
                "telemetry": {"enabled": False},
            }
        )
    )
    project = Project(tmp_path, *DATASETS, catalog=postgres_catalog, lease_seconds=5)
    environment = project.environment() | {"DAGSTER_HOME": str(home)}
    for name, value in environment.items():
        if name.startswith("DA"):
            monkeypatch.setenv(name, value)
    engine = create_catalog_engine(postgres_url(postgres_catalog))
    with dg.DagsterInstance.get() as instance, complaints.open("w") as log:  # a pipe would be full after five runs
        command = [sys.executable, "-m", "data_management_tests.integration.faults.daemon", str(stop)]
        daemons = [subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=log) for _ in range(2)]
        try:
            versions = drop(project, engine, lambda: is_shared(instance))
            wait_until_judged(engine, versions, daemons, complaints)
            stop.touch()
            assert [daemon.wait(120) for daemon in daemons] == [0, 0], complaints.read_text()
        finally:
            for daemon in daemons:
                daemon.kill()
                daemon.wait()
        assert_exact(engine, versions)
        runs = instance.get_runs()
        assert {run.status for run in runs} == {dg.DagsterRunStatus.SUCCESS}
        for dataset in DATASETS:
            told = instance.fetch_materializations(dg.AssetKey(dataset), limit=1000).records
            judged = [record.asset_materialization for record in told]
            counts = [each.metadata["files_judged"].value for each in judged if each is not None]
            assert sum(int(str(count)) for count in counts) == number(
                engine,
                "SELECT count(*) FROM validations v JOIN data_assets a ON a.id = v.asset_id JOIN datasets d ON d.id = a.dataset_id "
                f"WHERE d.name = '{dataset}'",
            )
        print(f"{len(runs)} runs, {versions.total()} files in {len(versions)} places: each judged once")  # noqa: T201
    engine.dispose()


def is_shared(instance: dg.DagsterInstance) -> bool:
    """Whether each daemon had several runs."""
    by_daemon = Counter(run.tags[DAEMON_TAG] for run in instance.get_runs())
    return len(by_daemon) == 2 and min(by_daemon.values()) >= RUNS_EACH


def drop(project: Project, engine: Engine, is_enough: Callable[[], bool]) -> "Counter[str]":
    """Files, round after round as those before are judged; some replace one that was dropped before. How many versions each has."""
    versions: Counter[str] = Counter()
    round_, until = 0, time.monotonic() + SECONDS
    while not is_enough():
        assert time.monotonic() < until, "one of the daemons does nothing"
        if len(versions) - number(engine, JUDGED) <= MOST_WAITING:
            for dataset in DATASETS:
                for each in range(AT_ONCE):
                    name = f"{round_:03}-{each}.csv" if each else "replaced.csv"
                    versions[f"{dataset}/{name}"] += 1
                    project.drop(name, rows=3 + round_, dataset=dataset)
            round_ += 1
        time.sleep(0.7)
    return versions


def wait_until_judged(
    engine: Engine, versions: "Counter[str]", daemons: "list[subprocess.Popen[bytes]]", complaints: Path
) -> None:
    until = time.monotonic() + SECONDS
    rows_at_last = 2 + max(versions.values())
    last = f"SELECT count(*) FROM data_assets WHERE is_current AND location LIKE '%/replaced.csv' AND row_count = {rows_at_last}"
    while time.monotonic() < until:
        for daemon in daemons:
            assert daemon.poll() is None, complaints.read_text()
        if (
            number(engine, JUDGED) == len(versions)
            and not number(engine, "SELECT count(*) FROM arrivals")
            and number(engine, last) == len(DATASETS)
        ):
            return
        time.sleep(0.2)
    raise AssertionError(
        f"{number(engine, JUDGED)} of {len(versions)} files were judged; {rows(engine, 'SELECT * FROM arrivals')}"
    )


def assert_exact(engine: Engine, versions: "Counter[str]") -> None:
    current = "SELECT location, count(*) FROM data_assets WHERE is_current GROUP BY location"
    assert sorted(counted(engine, current).values()) == [1] * len(versions)
    validations = "SELECT asset_id, count(*) FROM validations GROUP BY asset_id"
    assert set(counted(engine, validations).values()) == {1}
    told = counted(engine, "SELECT type, count(*) FROM outbox WHERE aggregate = 'data_asset' GROUP BY type")
    assert told["DataAssetArrived"] == number(engine, "SELECT count(*) FROM data_assets")
    assert told["DataQualityUpdated"] == number(engine, "SELECT count(*) FROM validations")
    assert [found.found.differences for found in audit(application(engine))] == [()] * len(DATASETS)
    for dataset in DATASETS:
        latest = SQLCatalogReader(engine).dataset(dataset).latest
        assert latest is not None
        assert latest.counts.accepted == sum(name.startswith(f"{dataset}/") for name in versions)
