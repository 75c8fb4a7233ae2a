"""Assets that are built on datasets: their own gates, and the files that they have not seen."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pytest

from data_management.application.ports import ExaminationRequest
from data_management.errors import InvalidInput, NotFound
from data_management.orchestration import CATALOG, CatalogResource, gated_eager
from data_management_tests.examples import clean, dirty
from data_management_tests.fakes.world import CannedOutcome
from data_management_tests.unit.application.world import uri
from data_management_tests.unit.orchestration.project import Project

ORDERS = dg.AssetKey("orders")


def by_token(request: ExaminationRequest) -> CannedOutcome:
    """Versions named ``bad`` are."""
    return dirty(3) if any(token.value == "bad" for token in request.version_tokens) else clean()


@dg.asset(deps=[ORDERS])
def strict(data_management_catalog: CatalogResource) -> None:
    data_management_catalog.require("orders", min_score=99, dimensions={"completeness": 99, "timeliness": 50})


@dg.asset(deps=[ORDERS])
def lenient(data_management_catalog: CatalogResource) -> dg.MaterializeResult[None]:
    latest = data_management_catalog.require("orders", min_score=10)
    return dg.MaterializeResult(metadata={"score": latest.score.value or 0.0})


def alone(project: Project, asset: dg.AssetsDefinition) -> dg.ExecuteInProcessResult:
    """The asset in a run of its own, in which no check of the dataset runs."""
    return dg.materialize(
        [asset], instance=project.instance, resources={CATALOG: project.catalog}, raise_on_error=False
    )


def failure(result: dg.ExecuteInProcessResult) -> Any:
    (event,) = [event for event in result.all_events if event.event_type is dg.DagsterEventType.STEP_FAILURE]
    return event.step_failure_data


def test_of_two_consumers_with_different_gates_one_is_held() -> None:
    project = Project(by_token)
    project.world.drop("a.csv", "bad")
    project.world.drop("b.csv", "good")
    project.materialize()
    assert alone(project, lenient).success
    held = alone(project, strict)
    assert not held.success
    data = failure(held).user_failure_data
    assert data.description == (
        "Dataset orders does not meet what is required of it: score is at least 50.0, 49.0 short of the 99 demanded; "
        "completeness is at least 50.0, 49.0 short of the 99 demanded; timeliness is not measured; 50 is demanded."
    )
    metadata = {name: value.value for name, value in data.metadata.items()}
    assert metadata["score/demanded"] == 99
    assert metadata["score/at_least"] == 50
    assert metadata["score/short_by"] == 49
    assert metadata["timeliness/at_least"] == "not measured"
    assert metadata["verdict"] == "warn"


def test_an_unmet_gate_is_not_retried() -> None:
    @dg.asset(retry_policy=dg.RetryPolicy(max_retries=3))
    def impatient(data_management_catalog: CatalogResource) -> None:
        data_management_catalog.require("orders")

    project = Project(by_token)
    project.world.drop("a.csv", "bad")
    project.materialize()
    result = alone(project, impatient)
    assert not result.success
    assert not [event for event in result.all_events if event.event_type is dg.DagsterEventType.STEP_UP_FOR_RETRY]
    assert "its verdict is fail (" in failure(result).user_failure_data.description


@pytest.mark.parametrize(("verdict", "is_met"), [("pass", False), ("warn", False), ("fail", True), (None, False)])
def test_a_verdict_can_be_demanded_and_is_where_nothing_else_is(verdict: str | None, *, is_met: bool) -> None:
    project = Project(by_token)
    project.world.drop("a.csv", "bad")
    project.materialize()
    if is_met:
        assert project.catalog.require("orders", verdict=verdict).verdict == "fail"
    else:
        with pytest.raises(dg.Failure, match="its verdict is fail"):
            project.catalog.require("orders", verdict=verdict)


def test_nothing_is_required_of_a_dataset_in_vain() -> None:
    project = Project()
    with pytest.raises(dg.Failure, match="no dataset 'orders'"):
        project.catalog.require("orders", min_score=1)
    project.world.look()
    project.tick()
    with pytest.raises(dg.Failure, match="nothing of it was judged yet"):
        project.catalog.require("orders", min_score=1)
    with pytest.raises(InvalidInput, match=r"'completness' is no dimension of quality; there are accuracy, complete"):
        project.catalog.require("orders", dimensions={"completness": 1})
    with pytest.raises(InvalidInput, match="scores are from 0 to 100"):
        project.catalog.require("orders", min_score=101)
    with pytest.raises(InvalidInput, match="'good' is no verdict"):
        project.catalog.require("orders", verdict="good")


def test_an_eager_downstream_with_a_gate_waits_for_a_verdict_of_an_earlier_run() -> None:
    @dg.asset(deps=[ORDERS], automation_condition=gated_eager())
    def gated() -> None: ...

    @dg.asset(deps=[ORDERS], automation_condition=dg.AutomationCondition.eager())
    def rash() -> None: ...

    project = Project(by_token, downstream=[gated, rash])
    cursor = None

    def requested() -> set[str]:
        nonlocal cursor
        result = dg.evaluate_automation_conditions(project.defs, project.instance, cursor=cursor)
        cursor = result.cursor
        return {
            key.to_user_string()
            for key in (dg.AssetKey("gated"), dg.AssetKey("rash"))
            if result.get_num_requested(key) > 0
        }

    assert requested() == set()
    project.world.drop("a.csv", "bad")
    assert not project.materialize().success
    assert requested() == {"rash"}, "a check that blocks its own run only"
    assert requested() == set()
    project.world.drop("a.csv", "good")
    assert project.materialize().success
    assert requested() == {"gated", "rash"}
    assert requested() == set()


def test_a_consumer_in_dagster_is_given_each_file_once() -> None:
    given: list[tuple[list[str], list[str]]] = []
    fails = [False]

    @dg.asset(deps=[ORDERS])
    def orders_clean(data_management_catalog: CatalogResource) -> None:
        with data_management_catalog.consume("orders", consumer="orders_clean") as files:
            if fails[0]:
                raise ValueError("no disk")
            given.append(([file.name for file in files], [file.name for file in files.withdrawn]))

    project = Project(by_token, downstream=[orders_clean])
    project.world.drop("a.csv")
    project.world.drop("bad.csv", "bad")
    project.materialize()
    assert alone(project, orders_clean).success
    fails[0] = True
    project.world.drop("b.csv")
    project.materialize()
    assert not alone(project, orders_clean).success
    fails[0] = False
    project.world.drop("a.csv", "v2")
    project.materialize()
    assert alone(project, orders_clean).success
    assert given == [(["a.csv"], []), (["b.csv", "a.csv"], ["a.csv"])]


def test_an_asset_that_takes_a_dataset_by_value_does_not_load_and_is_told_how_to_read_it() -> None:
    @dg.asset
    def orders_clean(orders: object) -> None: ...

    @dg.asset(ins={"them": dg.AssetIn("orders")})
    def renamed(them: object) -> None: ...

    @dg.multi_asset(specs=[dg.AssetSpec("x", deps=["orders"]), dg.AssetSpec("y")], ins={"them": dg.AssetIn("orders")})
    def several(them: object) -> Iterator[dg.MaterializeResult[None]]:
        yield dg.MaterializeResult(asset_key="x")

    for asset, argument, name in (
        (orders_clean, "orders", "orders_clean"),
        (renamed, "them", "renamed"),
        (several, "them", "x"),
    ):
        defs = Project(downstream=[asset]).defs
        with pytest.raises(dg.DagsterInvalidDefinitionError) as caught:
            dg.Definitions.validate_loadable(defs)
        told = str(caught.value.__cause__)
        assert f"asset {name} takes dataset 'orders' by value, as its argument '{argument}'" in told
        assert f"`with catalog.consume('orders', consumer='{name}') as files:`" in told


def test_an_asset_that_depends_on_a_dataset_or_loads_it_in_its_own_way_does_load() -> None:
    @dg.asset(deps=[ORDERS])
    def depends() -> None: ...

    @dg.asset(ins={"orders": dg.AssetIn(input_manager_key="mine")})
    def loads(orders: object) -> None: ...

    @dg.asset(ins={"orders": dg.AssetIn(dagster_type=dg.Nothing)})
    def waits() -> None: ...

    @dg.input_manager
    def mine() -> int:
        return 1

    project = Project(downstream=[depends, loads, waits])
    defs = dg.Definitions.merge(project.defs, dg.Definitions(resources={"mine": mine}))
    dg.Definitions.validate_loadable(defs)


def test_a_consumer_that_nobody_declared_a_dataset_for_is_told() -> None:
    project = Project()
    with pytest.raises(NotFound, match="no dataset 'nobody'"), project.catalog.consume("nobody", consumer="c"):
        pass
    project.world.drop("a.csv")
    project.materialize()
    with pytest.raises(InvalidInput, match="needs a name"), project.catalog.consume("orders", consumer=" "):
        pass
    with project.catalog.consume("orders", consumer="c") as files:
        assert [file.uri for file in files] == [uri("a.csv")]
