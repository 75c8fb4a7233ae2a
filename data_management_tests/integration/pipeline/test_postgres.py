"""The whole pipeline with its catalog in Postgres: the command line, Dagster, and a server that is restarted meanwhile."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import psycopg
import pytest

from data_management_tests.integration.pipeline.project import Project
from data_management_tests.postgres import PostgresServer

SETTINGS = {"log_level": "DEBUG", "log_format": "json"}


def test_a_pass_from_landing_to_a_catalog_in_postgres_and_no_word_of_its_password(
    tmp_path: Path, empty_database: str
) -> None:
    project = Project(tmp_path, catalog=empty_database, **SETTINGS)
    secret = empty_database.split(":")[2].partition("@")[0]
    project.drop("good.csv")
    project.drop("bad.csv", amount=-1)
    (tmp_path / "landing" / "orders" / "empty.csv").write_bytes(b"")
    said = [project.call("run"), project.call("db", "upgrade"), project.call("run"), project.call("db", "check")]
    wrong = empty_database.replace(secret, "canary")
    said += [project.call("datasets", "list", catalog=wrong), project.call("datasets", "list", catalog=f"mysql{wrong}")]
    assert [code for code, _, _ in said] == [4, 0, 1, 0, 4, 2], said
    assert "no schema yet; run `data-management db upgrade`" in said[0][2]
    assert "refuses this user or password" in said[4][2]
    for _, out, err in said:
        assert "Traceback" not in err
        assert not any(word in out + err for word in (secret, "Pg!@", "canary"))
    assert project.statuses() == {"bad.csv": ["quarantined"], "empty.csv": ["rejected"], "good.csv": ["accepted"]}
    assert not (tmp_path / ".data_management").exists()


def test_dagster_materializes_from_a_catalog_in_postgres(
    tmp_path: Path, postgres_catalog: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from data_management.plugin import build_dataset_definitions

    project = Project(tmp_path, catalog=postgres_catalog)
    for number in range(3):
        project.drop(f"{number}.csv")
    for name, value in project.environment().items():
        if name.startswith("DATA_MANAGEMENT_"):
            monkeypatch.setenv(name, value)
    job = build_dataset_definitions().resolve_implicit_global_asset_job_def()
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance)
    (materialization,) = result.asset_materializations_for_node("validate_orders")
    assert materialization.metadata["accepted"].value == 3
    with psycopg.connect(postgres_catalog) as connection:
        found = connection.execute("SELECT status, count(*) FROM data_assets GROUP BY status").fetchall()
    assert found == [("accepted", 3)]


@pytest.fixture
def durable_server() -> Iterator[PostgresServer]:
    server = PostgresServer(settings={})
    yield server
    server.close()


def test_a_server_that_is_restarted_and_crashes_in_mid_run_loses_and_doubles_nothing(
    tmp_path: Path, durable_server: PostgresServer
) -> None:
    files, rows = 150, 50
    with psycopg.connect(durable_server.url(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE pipeline")
    url = durable_server.url("pipeline")
    project = Project(tmp_path, catalog=url, lease_seconds=30)
    for number in range(files):
        project.drop(f"{number:03}.csv", rows=rows)
    assert project.call("db", "upgrade")[0] == 0
    run = project.start("run")
    for how, accepted in ((signal.SIGINT, 1), (signal.SIGQUIT, 75)):
        _wait_for(url, accepted)
        durable_server.stop(how)
        time.sleep(0.3)
        durable_server.start()
    out, err = run.communicate(timeout=200)
    assert run.returncode == 0, out + err
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT type, count(*) FROM outbox GROUP BY type").fetchall()
        counts = {str(kind): int(count) for kind, count in found}
        left = connection.execute("SELECT count(*) FROM arrivals").fetchone()
    for kind in ("DataAssetArrived", "DataAssetRegistered", "DataQualityUpdated"):
        assert counts[kind] == files, counts
    assert left == (0,)
    assert project.statuses() == {f"{number:03}.csv": ["accepted"] for number in range(files)}
    totals = project.json("datasets", "show", "orders")["totals"]
    assert {total["evaluated"] for total in totals} == {files * rows}


def _wait_for(url: str, accepted: int) -> None:
    give_up = time.monotonic() + 120
    with psycopg.connect(url, autocommit=True) as connection:
        while time.monotonic() < give_up:
            row = connection.execute("SELECT count(*) FROM data_assets WHERE status = 'accepted'").fetchone()
            if row is not None and row[0] >= accepted:
                return
            time.sleep(0.02)
    raise AssertionError(f"{accepted} files were not accepted within two minutes")
