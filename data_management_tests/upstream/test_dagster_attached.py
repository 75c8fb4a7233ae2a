"""What contracts at other people's assets rely on in Dagster."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import dagster as dg
import pytest
from dagster._check import CheckError

KEY = dg.AssetKey("held")
PARTS = dg.StaticPartitionsDefinition(["a", "b"])


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def run(
    instance: dg.DagsterInstance, *, assets: list[Any], checks: list[Any] | None = None, **options: Any
) -> dg.ExecuteInProcessResult:
    job = dg.define_asset_job("all", dg.AssetSelection.all(), executor_def=dg.in_process_executor)
    defs = dg.Definitions(assets=assets, asset_checks=checks or [], jobs=[job])
    return defs.resolve_job_def("all").execute_in_process(instance=instance, raise_on_error=False, **options)


def check_of(key: dg.AssetKey, seen: list[Any], **options: Any) -> dg.AssetChecksDefinition:
    @dg.multi_asset_check(name="look", specs=[dg.AssetCheckSpec("verdict", asset=key, blocking=True)], **options)
    def look(context: dg.AssetCheckExecutionContext) -> Any:
        partition = context.partition_key if context.has_partition_key else None
        seen.append(context.op_execution_context.load_asset_value(key, partition_key=partition))
        yield dg.AssetCheckResult(asset_key=key, check_name="verdict", passed=False)

    return look


def test_a_check_loads_its_assets_value_without_an_input_and_one_partition_alone(instance: dg.DagsterInstance) -> None:
    @dg.asset(partitions_def=PARTS)
    def held(context: dg.AssetExecutionContext) -> str:
        return context.partition_key * 3

    seen: list[Any] = []
    run(instance, assets=[held], checks=[check_of(KEY, seen)], partition_key="a")
    assert seen == ["aaa"]


def test_an_input_of_a_check_would_be_all_partitions(instance: dg.DagsterInstance) -> None:
    """Why the value is no input: partitions that were never made fail the step before it begins."""

    @dg.asset(partitions_def=PARTS)
    def held(context: dg.AssetExecutionContext) -> str:
        return context.partition_key

    @dg.multi_asset_check(specs=[dg.AssetCheckSpec("c", asset=KEY)], ins={"value": dg.AssetIn(KEY)})
    def look(value: object) -> Any:
        yield dg.AssetCheckResult(asset_key=KEY, check_name="c", passed=True)

    result = run(instance, assets=[held], checks=[look], partition_key="a")
    assert not result.success
    assert result.get_asset_check_evaluations() == []


def test_a_blocking_check_of_its_own_holds_back_what_is_downstream(instance: dg.DagsterInstance) -> None:
    @dg.asset
    def held() -> int:
        return 1

    @dg.asset(deps=[held])
    def down() -> None: ...

    result = run(instance, assets=[held, down], checks=[check_of(KEY, [])])
    assert [event.asset_key for event in result.get_asset_materialization_events()] == [KEY]


def test_a_materialization_tells_its_data_version_in_a_tag(instance: dg.DagsterInstance) -> None:
    @dg.asset(code_version="1")
    def held() -> int:
        return 1

    versions = []
    for _ in range(2):
        run(instance, assets=[held])
        event = instance.get_latest_materialization_event(KEY)
        assert event is not None
        assert event.asset_materialization is not None
        versions.append((event.asset_materialization.tags or {})["dagster/data_version"])
    assert versions[0] == versions[1]  # the code's and the inputs', not the content's


def test_without_a_code_version_each_run_has_a_data_version_of_its_own(instance: dg.DagsterInstance) -> None:
    @dg.asset
    def held() -> int:
        return 1

    found = set()
    for _ in range(2):
        run(instance, assets=[held])
        event = instance.get_latest_materialization_event(KEY)
        assert event is not None
        assert event.asset_materialization is not None
        found.add((event.asset_materialization.tags or {})["dagster/data_version"])
    assert len(found) == 2


def test_metadata_from_the_body_stands_on_the_materialization_and_wins(instance: dg.DagsterInstance) -> None:
    """Why ours has a prefix: it would take the place of the asset's own."""

    @dg.asset
    def held(context: dg.AssetExecutionContext) -> Any:
        context.add_asset_metadata({"score": 1}, asset_key=KEY)
        return dg.MaterializeResult(metadata={"score": 2, "own": 3})

    (event,) = run(instance, assets=[held]).get_asset_materialization_events()
    found = {name: value.value for name, value in event.materialization.metadata.items()}
    assert found["score"] == 1


def test_a_failure_carries_metadata_and_ends_retries(instance: dg.DagsterInstance) -> None:
    calls = []

    @dg.asset(retry_policy=dg.RetryPolicy(max_retries=2))
    def held() -> None:
        calls.append(1)
        raise dg.Failure("no", metadata={"score": 1}, allow_retries=False)

    result = run(instance, assets=[held])
    (event,) = result.filter_events(lambda event: event.is_step_failure)
    assert event.step_failure_data.user_failure_data is not None
    assert event.step_failure_data.user_failure_data.metadata["score"].value == 1
    assert calls == [1]


def test_mapping_specs_keeps_the_op_and_its_checks() -> None:
    @dg.asset(check_specs=[dg.AssetCheckSpec("own", asset="held")])
    def held() -> Iterator[Any]:
        yield

    mapped = held.map_asset_specs(lambda spec: spec.replace_attributes(description="more"))
    assert mapped.op is held.op
    assert mapped.check_keys == held.check_keys


def test_what_a_freshness_policy_does_not_bear_is_a_check_error() -> None:
    with pytest.raises(CheckError):
        dg.FreshnessPolicy.cron("0 9 * * *", timedelta(days=3))
    with pytest.raises(CheckError):
        dg.FreshnessPolicy.cron("0 99 * * *", timedelta(days=1))
    with pytest.raises(CheckError):
        dg.FreshnessPolicy.time_window(timedelta(seconds=59))
