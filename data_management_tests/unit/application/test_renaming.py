"""A schema object with a stable id whose name changes is the same dataset."""

from dataclasses import replace

import pytest

from data_management.application.commands import ClaimBatchCommand
from data_management.application.queries import GetQualityHistoryQuery, ListDatasetsQuery
from data_management.domain.events import DatasetRegistered, DatasetRenamed
from data_management.errors import Conflict
from data_management_tests.examples import orders
from data_management_tests.unit.application.world import World

ORDERS = replace(orders(), object_id="o-1")


def renamed(world: World, **changes: object) -> None:
    world.dataset = replace(world.dataset, **({"name": "sales_orders"} | changes))  # type: ignore[arg-type]


def names(world: World) -> list[str]:
    return [view.name for view in world.app.ask(ListDatasetsQuery())]


def judged() -> World:
    world = World(dataset=ORDERS)
    world.drop("a.csv")
    world.look_and_run()
    return world


def test_its_files_scores_and_totals_go_on_under_the_new_name() -> None:
    world = judged()
    before = world.view()
    renamed(world)
    assert world.look_and_run("run-2").outcomes == (), "nothing is judged anew"
    assert names(world) == ["sales_orders"]
    assert (world.view().counts, world.view().totals) == (before.counts, before.totals)
    world.drop("b.csv")
    world.look_and_run("run-3")
    history = world.app.ask(GetQualityHistoryQuery("sales_orders")).points
    assert [(point.counts.accepted, point.plan_changed) for point in history] == [(2, False), (1, False)]
    told = [event for event in world.catalog.events if isinstance(event, DatasetRenamed | DatasetRegistered)]
    assert told == [
        DatasetRegistered("sales_orders", "1.0.0"),
        DatasetRenamed("sales_orders", previous="orders"),
        DatasetRegistered("sales_orders", "1.0.0"),
    ]


def test_a_name_can_change_back() -> None:
    world = judged()
    renamed(world)
    world.look()
    renamed(world, name="orders")
    world.look()
    assert names(world) == ["orders"]
    assert world.view().counts.accepted == 1


@pytest.mark.parametrize("changes", [{"object_id": None}, {"object_id": "o-2"}, {"contract_id": "other"}])
def test_without_the_same_id_of_the_same_contract_it_is_another_dataset(changes: dict[str, object]) -> None:
    world = judged()
    renamed(world, **changes)
    world.look()
    assert names(world) == ["orders", "sales_orders"]


def test_a_run_under_the_old_name_is_not_disturbed() -> None:
    world = judged()
    world.drop("b.csv")
    world.look()
    world.app.run(ClaimBatchCommand("orders", "run-2", 60.0))
    renamed(world)
    with pytest.raises(Conflict, match=r"'orders' is called 'sales_orders' now, .* wait for that run"):
        world.look()
    world.clock.advance(seconds=61)
    world.look()
    assert names(world) == ["sales_orders"]
