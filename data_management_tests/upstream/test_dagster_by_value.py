"""What we rely on in Dagster to tell who takes a dataset by value, and to hold a downstream across runs."""

from collections.abc import Iterator

import dagster as dg
import pytest


@dg.multi_asset(specs=[dg.AssetSpec("orders")])
def orders() -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(asset_key="orders")


@dg.asset
def by_value(orders: object) -> None: ...


@dg.asset(deps=["orders"])
def by_deps() -> None: ...


class Refusing(dg.AssetSelection):
    """Tells which of all assets it saw."""

    def resolve_inner(self, asset_graph: object, allow_missing: bool) -> set[dg.AssetKey]:
        keys = sorted(key.to_user_string() for each in asset_graph.assets_defs for key in each.keys)  # type: ignore[attr-defined]
        raise dg.DagsterInvalidDefinitionError(f"saw {keys}")


def test_the_selection_of_a_job_is_resolved_at_load_with_the_graph_of_all_assets() -> None:
    ours = dg.Definitions(assets=[orders], jobs=[dg.define_asset_job("validate", selection=Refusing())])
    merged = dg.Definitions.merge(ours, dg.Definitions(assets=[by_deps]))
    with pytest.raises(dg.DagsterInvalidDefinitionError) as caught:
        dg.Definitions.validate_loadable(merged)
    assert "saw ['by_deps', 'orders']" in str(caught.value.__cause__)


def test_dagster_itself_loads_an_asset_that_takes_nothing_by_value() -> None:
    dg.Definitions.validate_loadable(dg.Definitions(assets=[orders, by_value]))


def test_an_input_says_of_which_asset_and_whether_it_is_loaded() -> None:
    value, mere = by_value.node_def.input_dict["orders"], next(iter(by_deps.node_def.input_dict.values()))
    assert by_value.keys_by_input_name == {"orders": dg.AssetKey("orders")}
    assert (value.dagster_type.is_nothing, mere.dagster_type.is_nothing) == (False, True)
    assert value.input_manager_key is None


def test_a_missing_io_manager_would_be_asked_for_by_mere_deps_too() -> None:
    """Otherwise that would be the simpler way to fail at load."""
    without = orders.map_asset_specs(lambda spec: spec.merge_attributes(metadata={"dagster/io_manager_key": "consume"}))
    with pytest.raises(dg.DagsterInvalidDefinitionError, match="input manager with key 'consume' required by input"):
        dg.Definitions.validate_loadable(dg.Definitions(assets=[without, by_deps]))


def test_a_blocking_check_that_failed_in_an_earlier_run_does_not_hold_an_eager_downstream() -> None:
    @dg.multi_asset(
        specs=[dg.AssetSpec("checked")], check_specs=[dg.AssetCheckSpec("verdict", asset="checked", blocking=True)]
    )
    def checked() -> Iterator[object]:
        yield dg.MaterializeResult(
            asset_key="checked", check_results=[dg.AssetCheckResult(passed=False, check_name="verdict")]
        )

    @dg.asset(deps=["checked"], automation_condition=dg.AutomationCondition.eager())
    def rash() -> None: ...

    defs = dg.Definitions(assets=[checked, rash])
    with dg.DagsterInstance.ephemeral() as instance:
        first = dg.evaluate_automation_conditions(defs, instance)
        assert not dg.materialize([checked], instance=instance, raise_on_error=False).success
        second = dg.evaluate_automation_conditions(defs, instance, cursor=first.cursor)
        assert (first.total_requested, second.total_requested) == (0, 1)
