"""What Dagster was told of a check: the sensor compares it with the catalog's verdict."""

import dagster as dg
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus as Status


def test_the_last_evaluated_check_is_found_behind_one_that_was_only_planned() -> None:
    said = iter(["fail", "pass", None])

    @dg.asset(
        check_specs=[dg.AssetCheckSpec("verdict", asset="orders")],
        output_required=False,
    )
    def orders():  # type: ignore[no-untyped-def]  # noqa: ANN202  Dagster reads annotations of results
        verdict = next(said)
        if verdict is not None:
            yield dg.AssetCheckResult(passed=verdict == "pass", check_name="verdict", metadata={"verdict": verdict})

    check = dg.AssetCheckKey(dg.AssetKey("orders"), "verdict")
    with dg.instance_for_test() as instance:
        for last in ("fail", "pass", "pass"):
            dg.materialize([orders], instance=instance, raise_on_error=False)
            evaluated = {Status.SUCCEEDED, Status.FAILED}
            (record,) = instance.event_log_storage.get_asset_check_execution_history(check, limit=1, status=evaluated)
            assert record.evaluation is not None
            assert record.evaluation.metadata["verdict"].value == last
        (newest,) = instance.event_log_storage.get_asset_check_execution_history(check, limit=1)
        assert newest.status not in evaluated, "the third run told nothing"
