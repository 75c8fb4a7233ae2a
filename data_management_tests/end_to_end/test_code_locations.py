"""Two code locations over one catalog: files land in one, are read in the other, and the UI asks for a backfill."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
import yaml
from playwright.sync_api import expect

from data_management.application.queries import ListDataAssetsQuery
from data_management.domain.models import DataLocation
from data_management.orchestration.datasets import DatasetNames
from data_management.orchestration.links import lineage_links
from data_management.plugin import DataManagementCatalog
from data_management_tests.daemon import Daemon, daemon
from data_management_tests.end_to_end.chromium import needs_chromium, started
from data_management_tests.integration.pipeline.project import Project

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(300), pytest.mark.xdist_group("code_locations")]

WORKSPACE = """
load_from:
  - python_file: {relative_path: lake.py, location_name: lake}
  - python_file: {relative_path: shop.py, location_name: shop}
"""
LAKE = """
from data_management.plugin import build_dataset_definitions

defs = build_dataset_definitions("contracts", key_prefix="raw")
"""
SHOP = """
import dagster as dg
from data_management.plugin import build_dataset_definitions, catalog, gated_eager


@dg.asset(deps=[dg.AssetKey(["raw", "orders"])], automation_condition=gated_eager())
def bookings(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    with catalog.consume("orders", consumer="bookings") as files:
        return dg.MaterializeResult(metadata={"added": sorted(file.location.name for file in files.accepted)})


automation = dg.AutomationConditionSensorDefinition(
    "automation", target="*", default_status=dg.DefaultSensorStatus.RUNNING, minimum_interval_seconds=1
)
defs = dg.Definitions.merge(
    dg.Definitions(assets=[bookings], sensors=[automation]),
    build_dataset_definitions("shared", key_prefix="shop"),
)
"""
WINDOWED = """
apiVersion: v3.1.0
kind: DataContract
id: visits-contract
version: 1.0.0
status: active
servers:
  - server: landing
    type: local
    path: ../landing/visits/*.csv
    customProperties:
      - {property: timeWindow, value: {pattern: 'visits_%Y-%m-%d', start: '2024-01-01'}}
schema:
  - name: visits
    properties:
      - {name: id, logicalType: integer, required: true}
"""
LAUNCH = """mutation($backfillParams: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $backfillParams) {
  __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }"""
ASKED = """query($id: String!) { partitionBackfillOrError(backfillId: $id) { __typename
  ... on PartitionBackfill { status
    assetBackfillData { assetBackfillStatuses { ... on AssetPartitionsStatusCounts {
      numPartitionsTargeted numPartitionsMaterialized numPartitionsFailed } } } } } }"""
DAYS = ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"]
EMPTY = DAYS[2]


ODD = 'sold & "returned" 100%/é'


class Locations(Project):
    """A project of two code locations, and its daemon."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, "orders", "returns", sensor_interval_seconds=1)
        for name in ("visits", "odd"):
            (home / "landing" / name).mkdir()
        (home / "contracts" / "visits.yaml").write_text(WINDOWED)
        odd = yaml.safe_load(WINDOWED.replace("2024-01-01", "2020-01-01").replace("landing/visits", "landing/odd"))
        odd["schema"][0]["name"] = ODD
        (home / "contracts" / "odd.yaml").write_text(yaml.safe_dump(odd | {"id": "odd"}, allow_unicode=True))
        (home / "shared").mkdir()
        shutil.copy(home / "contracts" / "returns.yaml", home / "shared")
        for name, text in (("workspace.yaml", WORKSPACE), ("lake.py", LAKE), ("shop.py", SHOP)):
            (home / name).write_text(text)


def entries(dataset: str) -> dict[str, str]:
    """File name → status."""
    listed = DataManagementCatalog().open_application().ask(ListDataAssetsQuery(dataset)).assets
    return {DataLocation(each.location).name: each.status.value for each in listed}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Locations:
    return Locations(tmp_path_factory.mktemp("locations"))


@pytest.fixture(scope="module")
def running(project: Locations) -> Iterator[Daemon]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in project.environment().items():
            if name.startswith("DATA_MANAGEMENT"):
                patch.setenv(name, value)
        with daemon(project.home / "workspace.yaml", project.home / "dagster") as daemon_:
            assert daemon_.locations() == {"lake": None, "shop": None}
            yield daemon_


def sensed(daemon_: Daemon) -> list[dg.DagsterRun]:
    """The runs of the first tick after the interval."""
    time.sleep(1.1)
    return daemon_.sense()


def automated(daemon_: Daemon) -> list[list[str]]:
    """What was made by automation conditions, run by run."""
    time.sleep(1.1)
    return [sorted(key.to_user_string() for key in run.asset_selection or ()) for run in daemon_.automate()]


def test_a_consumer_in_another_location_waits_for_the_verdict_and_reads_each_file_once(
    project: Locations, running: Daemon
) -> None:
    automated(running)  # the first sees the state of things
    project.drop("monday.csv")
    (run,) = sensed(running)
    assert run.status is dg.DagsterRunStatus.SUCCESS
    assert automated(running) == [["bookings"]]
    project.drop("tuesday.csv", amount=-1)
    assert [run.status for run in sensed(running)] == [dg.DagsterRunStatus.SUCCESS]
    assert entries("orders") == {"monday.csv": "accepted", "tuesday.csv": "quarantined"}
    assert automated(running) == []
    project.drop("tuesday.csv", amount=1)
    assert len(sensed(running)) == 1
    assert automated(running) == [["bookings"]]
    assert automated(running) == []
    assert [each["added"] for each in running.figures("bookings")] == [["tuesday.csv"], ["monday.csv"]]


def test_a_contract_that_two_locations_load_has_its_files_judged_once_between_them(
    project: Locations, running: Daemon
) -> None:
    project.drop("monday.csv", dataset="returns")
    runs = [run for _ in range(3) for run in sensed(running)]
    assert [run.status for run in runs] == [dg.DagsterRunStatus.SUCCESS] * len(runs)
    assert entries("returns") == {"monday.csv": "accepted"}
    told = running.figures("raw", "returns") + running.figures("shop", "returns")
    assert [each["files_judged"] for each in told if each["files_judged"]] == [1]
    for sensor, location in (("raw_landing_sensor", "lake"), ("shop_landing_sensor", "shop")):
        ticks = running.ticks(sensor)
        assert {where for where, _ in ticks} == {location}
        assert "FAILURE" not in {status for _, status in ticks}


def test_a_backfill_that_the_ui_asks_for_is_one_run_that_tells_each_window(project: Locations, running: Daemon) -> None:
    for number, day in enumerate(DAYS, start=1):
        if day != EMPTY:
            ids = "".join(f"{row}\n" for row in range(number))
            (project.home / "landing" / "visits" / f"visits_{day}.csv").write_text(f"id\n{ids}")
    asked = {"assetSelection": [{"path": ["raw", "visits"]}], "partitionNames": DAYS}
    launched = running.ask(LAUNCH, {"backfillParams": asked})["launchPartitionBackfill"]
    assert launched["__typename"] == "LaunchBackfillSuccess", launched
    runs = [run for _ in range(4) for run in running.backfill()]

    (run,) = runs
    assert run.status is dg.DagsterRunStatus.SUCCESS
    assert run.tags["dagster/asset_partition_range_start"] == DAYS[0]
    assert run.tags["dagster/asset_partition_range_end"] == DAYS[-1]
    assert running.instance.get_materialized_partitions(dg.AssetKey(["raw", "visits"])) == {*DAYS} - {EMPTY}
    rows = {
        day: [each["dagster/partition_row_count"] for each in running.figures("raw", "visits", partition=day)]
        for day in DAYS
    }
    assert rows == {DAYS[0]: [1], DAYS[1]: [2], EMPTY: [], DAYS[3]: [4]}

    ended = running.ask(ASKED, {"id": launched["backfillId"]})["partitionBackfillOrError"]
    (counts,) = ended["assetBackfillData"]["assetBackfillStatuses"]
    assert (ended["status"], counts) == (
        "COMPLETED_FAILED",  # Dagster's word for: not all that was asked for is there
        {"numPartitionsTargeted": 4, "numPartitionsMaterialized": 3, "numPartitionsFailed": 1},
    )

    (project.home / "landing" / "visits" / f"visits_{EMPTY}.csv").write_text("id\n1\n")
    (run,) = sensed(running)
    assert (run.status, run.job_name[:27]) == (dg.DagsterRunStatus.SUCCESS, "raw_validate_datasets_daily")
    assert EMPTY in running.instance.get_materialized_partitions(dg.AssetKey(["raw", "visits"]))


@needs_chromium
def test_the_catalogs_link_leads_to_the_lineage_of_the_dataset_whatever_it_is_called(running: Daemon) -> None:
    with running.web_server() as url, started() as browser:
        lineage, page = lineage_links(url, "raw"), browser.new_page()
        for dataset, beside in (("orders", "bookings"), (ODD, None)):
            page.goto(lineage(dataset))
            expect(page.get_by_role("tab", name="Lineage")).to_have_attribute("aria-selected", "true", timeout=30_000)
            for name in (DatasetNames(dataset).slug, beside):
                if name is not None:
                    expect(page.locator("main, body").get_by_text(name, exact=True).last).to_be_visible(timeout=30_000)
            assert page.url == lineage(dataset)
        page.goto(lineage("nothing"))
        expect(page.get_by_text("No assets were found")).to_be_visible(timeout=30_000)
