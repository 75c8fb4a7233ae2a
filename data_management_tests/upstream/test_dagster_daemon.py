"""What we rely on in Dagster's daemon: where a sensor that raised goes on, and how a backfill in one run ends."""

import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from data_management_tests.daemon import Daemon, daemon

WORKSPACE = "load_from: [{python_file: {relative_path: code.py, location_name: code}}]"
CODE = """
import dagster as dg

HERE = __file__.rpartition("/")[0]


@dg.sensor(name="told", default_status=dg.DefaultSensorStatus.RUNNING, minimum_interval_seconds=1)
def told(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    with open(f"{HERE}/seen", "a") as seen:
        seen.write(f"{context.cursor}\\n")
    number = int(context.cursor or 0) + 1
    context.update_cursor(str(number))
    if number == 2:
        raise dg.Failure("the receiver is away")
    return dg.SkipReason("told")


@dg.multi_asset(
    specs=[dg.AssetSpec("days", partitions_def=dg.DailyPartitionsDefinition("2024-01-01"), skippable=True)],
    backfill_policy=dg.BackfillPolicy.single_run(),
    can_subset=True,
)
def days(context: dg.AssetExecutionContext):
    context.log_event(dg.AssetMaterialization("days", partition="2024-01-02"))
    yield from ()


defs = dg.Definitions(assets=[days], sensors=[told])
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    folder = tmp_path_factory.mktemp("upstream")
    (folder / "workspace.yaml").write_text(WORKSPACE)
    (folder / "code.py").write_text(CODE)
    with daemon(folder / "workspace.yaml", folder / "dagster") as daemon_:
        yield daemon_


def test_a_sensor_that_raises_leaves_its_cursor(running: Daemon) -> None:
    """Why the place of alerts is in the catalog, and the cursor says only that they have begun."""
    for _ in range(3):
        running.sense()
        time.sleep(1.1)  # longer than the sensor's interval
    seen = Path(running.instance.root_directory).parent / "seen"
    assert seen.read_text().split() == ["None", "1", "1"]
    assert [status for _, status in running.ticks("told")] == ["FAILURE", "FAILURE", "SKIPPED"]


def test_a_backfill_in_one_run_ends_though_that_told_of_some_partitions_alone(running: Daemon) -> None:
    """Those that it did not tell stay missing; Dagster calls the backfill failed, and not its run."""
    key = dg.AssetKey("days")
    backfill = running.ask(
        'mutation { launchPartitionBackfill(backfillParams: {assetSelection: [{path: ["days"]}], '
        'partitionNames: ["2024-01-01", "2024-01-02"]}) { __typename ... on LaunchBackfillSuccess { backfillId } } }'
    )["launchPartitionBackfill"]
    (run,) = (run for _ in range(4) for run in running.backfill())
    assert run.status is dg.DagsterRunStatus.SUCCESS
    assert run.tags["dagster/asset_partition_range_start"] == "2024-01-01"
    assert run.tags["dagster/asset_partition_range_end"] == "2024-01-02"
    assert running.instance.get_materialized_partitions(key) == {"2024-01-02"}
    ended = running.instance.get_backfill(backfill["backfillId"])
    assert ended is not None
    assert ended.status.value == "COMPLETED_FAILED"
