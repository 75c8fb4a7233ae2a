"""The whole of it, with real processes: files land, and their quality stands in the catalog and in Dagster's UI."""

import html
import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from data_management_tests.end_to_end.dagster_dev import REPOSITORY, RUNS, TICKS, DagsterDev, copy_project, dagster_dev

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(900), pytest.mark.xdist_group("dagster_dev")]
JUDGED = "accepted + quarantined"
DATASETS = ("flights", "planes", "weather")


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DagsterDev]:
    project = copy_project(tmp_path_factory.mktemp("project"))
    with dagster_dev(project) as server:
        server.wait_until("every dataset is materialized", lambda: all(server.figures(name) for name in DATASETS))
        server.wait_until("the runs have ended", lambda: runs(server) == ["SUCCESS"] * len(DATASETS))
        yield server


def runs(server: DagsterDev) -> list[str]:
    """The statuses of all runs."""
    return [run["status"] for run in server.ask(RUNS)["runsOrError"]["results"]]


def test_the_sample_is_in_the_catalog_with_scores_and_reasons(dev: DagsterDev) -> None:
    assets = {asset["location"].rpartition("/")[2]: asset for asset in dev.catalog("assets", "list")}
    assert {name for name in assets if "01-06" not in name} == {
        path.name for folder in (REPOSITORY / "landing").iterdir() if folder.is_dir() for path in folder.iterdir()
    }
    states = {name: asset["status"] for name, asset in assets.items() if asset["status"] != "accepted"}
    assert states == {"planes_embraer.parquet": "rejected", "weather_EWR_2013-02.jsonl": "quarantined"}
    assert "truncated" in assets["planes_embraer.parquet"]["reason"]
    assert assets["weather_EWR_2013-02.jsonl"]["reason"] == "rule 'wind_speed.range' failed: 1 of 669 rows"
    accepted = [asset for asset in assets.values() if asset["status"] == "accepted"]
    assert all(asset["score"]["value"] > 95 for asset in accepted)


def test_lineage_goes_from_landing_to_dataset(dev: DagsterDev) -> None:
    nodes = dev.assets()
    for name in DATASETS:
        assert nodes[name]["dependencyKeys"] == [{"path": ["landing", name]}]
        assert not nodes[f"landing/{name}"]["isExecutable"]
        assert nodes[f"landing/{name}"]["assetMaterializations"], "the sensor reports what landed"


def test_the_asset_carries_figures_that_the_ui_plots(dev: DagsterDev) -> None:
    figures = dev.figures("weather")
    assert 95 < figures["score"] < 100
    assert figures["score/completeness"] > 90
    assert figures["score_lower"] < figures["score"]
    assert (figures["accepted"], figures["quarantined"], figures["rejected"]) == (3, 1, 0)
    assert figures["dagster/row_count"] == 742 + 743 + 742
    assert "weather_EWR_2013-02.jsonl" in html.unescape(figures["failures"])


def test_checks_stand_beside_the_verdict_and_only_the_verdict_blocks(dev: DagsterDev) -> None:
    checks = {check["name"]: check for check in dev.assets()["weather"]["assetChecksOrError"]["checks"]}
    assert [name for name, check in checks.items() if check["blocking"]] == ["verdict"]
    verdict = checks["verdict"]["executionForLatestMaterialization"]["evaluation"]
    assert (verdict["success"], verdict["severity"]) == (True, "WARN")
    assert verdict["description"].startswith("warn: ")
    wind = checks["wind_speed__range"]["executionForLatestMaterialization"]["evaluation"]
    assert (wind["success"], wind["severity"]) == (False, "ERROR")
    assert checks["temp__range"]["executionForLatestMaterialization"]["evaluation"]["success"]


def test_a_file_that_is_dropped_is_scored_by_one_more_run(dev: DagsterDev) -> None:
    files, had = len(dev.catalog("assets", "list")), dev.figures("flights")["accepted"]
    runs_before, scores_before = len(runs(dev)), len(dev.catalog("scores", "flights"))
    half = dev.project / "landing" / "flights" / "flights_2013-01-06.csv.tmp"
    shutil.copy(
        REPOSITORY / "landing" / "flights" / "flights_2013-01-01.csv", half
    )  # a temporary name is not looked at
    half.rename(half.with_suffix(""))
    dev.wait_until("the new file is accepted", lambda: dev.figures("flights")["accepted"] == had + 1)
    dev.wait_until("its run has ended", lambda: runs(dev) == ["SUCCESS"] * (runs_before + 1))
    history = dev.catalog("scores", "flights")
    assert (len(history), history[0]["files"]["accepted"]) == (scores_before + 1, had + 1)
    locations = [asset["location"] for asset in dev.catalog("assets", "list")]
    assert len(locations) == len(set(locations)) == files + 1


def test_the_sensor_runs_by_itself_and_never_fails(dev: DagsterDev) -> None:
    (sensor,) = dev.ask(TICKS)["sensorsOrError"]["results"]
    assert sensor["sensorState"]["status"] == "RUNNING"
    ticks = sensor["sensorState"]["ticks"]
    assert ticks
    assert not [tick for tick in ticks if tick["status"] == "FAILURE"]


def test_the_project_keeps_its_state_to_itself(dev: DagsterDev) -> None:
    made = {path.name for path in Path(dev.project).iterdir() if not path.name.startswith(".tmp_dagster_home_")}
    ours = {"contracts", "landing", "workspace.yaml", "dagster.yaml", "dagster_dev.log"}
    assert made - ours == {".dagster", ".data_management"}


def test_ctrl_c_in_the_midst_of_a_run_ends_every_process_and_gives_the_batch_back(dev: DagsterDev) -> None:
    """The last of these tests: no server is left to the next."""
    flights = dev.project / "landing" / "flights"
    for number in range(1000):
        day = f"{2014 + number // 336}-{1 + number % 336 // 28:02}-{1 + number % 28:02}"
        os.link(flights / "flights_2013-01-01.csv", flights / f"flights_{day}.csv")
    had = _count(dev, JUDGED)
    give_up = time.monotonic() + 240
    while _count(dev, JUDGED) == had:
        assert time.monotonic() < give_up
        time.sleep(0.05)
    processes = [psutil.Process(dev.process.pid), *psutil.Process(dev.process.pid).children(recursive=True)]
    os.killpg(dev.process.pid, signal.SIGINT)
    dev.process.wait(timeout=120)
    _, alive = psutil.wait_procs(processes, timeout=60)
    assert alive == []
    (pending,) = [each for each in dev.catalog("datasets", "pending") if each["dataset"] == "flights"]
    assert pending["held_by"] == []
    assert 0 < _count(dev, "pending") < 1000


def _count(dev: DagsterDev, what: str) -> int:
    """Asked of the file itself: another process of ours would take until the run is over."""
    catalog = dev.project / ".data_management" / "catalog.db"
    with closing(sqlite3.connect(f"file:{catalog}?mode=ro", uri=True, timeout=30)) as connection:
        return int(connection.execute(f"SELECT sum({what}) FROM dataset_counts").fetchone()[0])
