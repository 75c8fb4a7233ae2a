"""Time windows of file names as partitions: what a run tells of which."""

from dataclasses import replace
from datetime import datetime

import dagster as dg
import pytest

from data_management.application.services import revalidate
from data_management.domain.models import Dataset, TimeWindow
from data_management_tests.examples import dirty, orders
from data_management_tests.unit.application.world import Outcomes
from data_management_tests.unit.orchestration.project import Project, events

DAILY = TimeWindow("orders_%Y-%m-%d", datetime(2024, 1, 1))  # noqa: DTZ001


@dg.asset(deps=["orders"], partitions_def=dg.DailyPartitionsDefinition("2024-01-01", end_offset=1))
def orders_clean() -> None: ...


def windowed(outcomes: Outcomes | None = None) -> Project:
    plain = orders()
    assert plain.landing is not None
    dataset: Dataset = replace(plain, landing=replace(plain.landing, time_window=DAILY))
    return Project(outcomes, dataset, downstream=[orders_clean])


def materialize(project: Project, first: str, last: str | None = None, *keys: str) -> dg.ExecuteInProcessResult:
    """As a backfill with a single run does it: by a range of partitions."""
    return project.defs.resolve_implicit_global_asset_job_def().execute_in_process(
        instance=project.instance,
        asset_selection=[dg.AssetKey(key) for key in keys or ("orders",)],
        tags={"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last or first},
        raise_on_error=False,
    )


def told(result: dg.ExecuteInProcessResult) -> dict[str | None, dict[str, object]]:
    """Partition → figures of its materialization."""
    return {
        each.partition: {name: value.value for name, value in each.metadata.items()}
        for each in result.asset_materializations_for_node("validate_orders")
    }


def warnings(project: Project, result: dg.ExecuteInProcessResult) -> str:
    records = project.instance.all_logs(result.run_id)
    return "\n".join(record.user_message for record in records if record.level == 30)


def test_a_run_tells_each_window_by_itself() -> None:
    project = windowed({"orders_2024-01-02b.csv": dirty(3)})
    for name in ("orders_2024-01-01.csv", "orders_2024-01-02.csv", "orders_2024-01-02b.csv"):
        project.world.drop(name)
    (request,) = project.tick().run_requests or []
    assert request.partition_key is None
    figures = told(project.materialize())
    assert sorted(map(str, figures)) == ["2024-01-01", "2024-01-02"]
    assert (figures["2024-01-01"]["accepted"], figures["2024-01-01"]["quarantined"]) == (1, 0)
    assert (figures["2024-01-02"]["accepted"], figures["2024-01-02"]["quarantined"]) == (1, 1)
    project.world.drop("orders_2024-01-03.csv")
    assert set(told(project.materialize())) == {"2024-01-03"}
    assert told(project.materialize()) == {}


def test_a_backfill_judges_the_files_of_its_windows_again_in_one_run() -> None:
    project = windowed()
    for day in range(1, 6):
        project.world.drop(f"orders_2024-01-0{day}.csv")
    project.materialize()
    before = len(project.world.engine.requests)
    result = materialize(project, "2024-01-02", "2024-01-04", "orders", "orders_clean")
    assert len(project.world.engine.requests) - before == 3
    figures = told(result)
    assert sorted(map(str, figures)) == ["2024-01-02", "2024-01-03", "2024-01-04"]
    assert all(each["accepted"] == 1 for each in figures.values())
    assert "materialized orders_clean" in events(result)
    assert told(project.materialize()) == {}


def test_a_window_without_a_file_stays_missing_and_the_others_are_told() -> None:
    project = windowed()
    project.world.drop("orders_2024-01-01.csv")
    result = materialize(project, "2024-01-01", "2024-01-02", "orders", "orders_clean")
    assert result.success
    assert set(told(result)) == {"2024-01-01"}
    assert "skipped orders_clean" in events(result)
    assert "1 of 2 partitions have no file in dataset orders and stay as they are: 2024-01-02" in warnings(
        project, result
    )


def test_a_backfill_takes_what_has_landed_elsewhere_along() -> None:
    project = windowed()
    project.world.drop("orders_2024-01-01.csv")
    project.world.drop("orders_2024-01-09.csv")
    assert set(told(materialize(project, "2024-01-01"))) == {"2024-01-01", "2024-01-09"}
    assert project.world.statuses() == {"orders_2024-01-01.csv": ["accepted"], "orders_2024-01-09.csv": ["accepted"]}


@pytest.mark.parametrize("name", ["notes.csv", "orders_2023-12-31.csv", "orders_2999-01-01.csv"])
def test_a_file_of_no_window_is_judged_and_named(name: str) -> None:
    project = windowed()
    project.world.drop(name)
    result = project.materialize()
    assert result.success
    assert told(result) == {}
    assert project.world.statuses() == {name: ["accepted"]}
    assert f"1 files of dataset orders are of no partition: {name}" in warnings(project, result)


def test_what_was_judged_by_hand_is_told_of_every_window() -> None:
    project = windowed()
    project.world.drop("orders_2024-01-01.csv")
    project.world.drop("orders_2024-01-02.csv")
    project.world.look_and_run("by-hand")
    assert set(told(project.materialize())) == {"2024-01-01", "2024-01-02"}
    assert told(project.materialize()) == {}


def test_checks_alone_materialize_no_window() -> None:
    project = windowed()
    project.world.drop("orders_2024-01-01.csv")
    project.materialize()
    result = project.revalidate()
    assert result.success
    assert told(result) == {}
    assert "verdict passed" in events(result)
    assert revalidate(project.world.app, project.world.dataset, "x").outcomes


def test_a_backfill_of_a_dataset_is_one_run() -> None:
    policy = windowed().defs.resolve_assets_def("orders").backfill_policy
    assert policy == dg.BackfillPolicy.single_run()
