"""What we rely on in Dagster: partitions told one by one, and tags of ops in the plan of a run."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster._core.storage.tags import RETRY_ON_ASSET_OR_OP_FAILURE_TAG

from data_management.orchestration.tags import JOB_TAGS

DAILY = dg.DailyPartitionsDefinition("2024-01-01", end_offset=1)
RANGE = {"dagster/asset_partition_range_start": "2024-01-02", "dagster/asset_partition_range_end": "2024-01-04"}


def asset(results: list[Any], events: list[dg.AssetMaterialization]) -> dg.AssetsDefinition:
    @dg.multi_asset(
        specs=[dg.AssetSpec("orders", partitions_def=DAILY, skippable=True)], op_tags={"ours": "yes"}, can_subset=True
    )
    def orders(context: dg.AssetExecutionContext) -> Iterator[Any]:
        for event in events:
            context.log_event(event)
        yield from results

    return orders


def run(definition: dg.AssetsDefinition, instance: dg.DagsterInstance, tags: dict[str, str] | None = None) -> Any:
    return dg.materialize([definition], instance=instance, tags=tags)


def test_a_result_in_a_run_over_a_range_is_of_every_partition() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        run(asset([dg.MaterializeResult(asset_key="orders")], []), instance, RANGE)
        materialized = instance.get_materialized_partitions(dg.AssetKey("orders"))
    assert materialized == {"2024-01-02", "2024-01-03", "2024-01-04"}


def test_an_explicit_event_is_of_its_partition_alone_in_runs_of_a_range_and_of_none() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        for number, tags in enumerate((RANGE, None)):
            event = dg.AssetMaterialization("orders", partition=f"2024-01-0{8 + number}")
            assert run(asset([], [event]), instance, tags).success
        materialized = instance.get_materialized_partitions(dg.AssetKey("orders"))
    assert materialized == {"2024-01-08", "2024-01-09"}


def test_the_plan_of_a_run_keeps_the_tags_of_its_ops() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        result = run(asset([], []), instance)
        stored = instance.get_run_by_id(result.run_id)
        assert stored is not None
        assert stored.execution_plan_snapshot_id is not None
        (step,) = instance.get_execution_plan_snapshot(stored.execution_plan_snapshot_id).steps
    assert (step.key, step.tags) == ("orders", {"ours": "yes"})


def test_the_tag_that_keeps_a_failed_step_from_being_run_again_has_this_name() -> None:
    assert set(JOB_TAGS) == {RETRY_ON_ASSET_OR_OP_FAILURE_TAG}
