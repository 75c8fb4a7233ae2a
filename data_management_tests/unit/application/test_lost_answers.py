"""A connection that breaks as COMMIT is answered: the change was made, and is told as made."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from data_management.application.commands import (
    ActCommand,
    Acted,
    Affected,
    Caller,
    ClaimBatchCommand,
    Command,
    CreateKeyCommand,
    MoveConsumerCommand,
    RegisterDatasetCommand,
    RetireDatasetCommand,
)
from data_management.application.ports import AuditFilter, UnitOfWork, UnitOfWorkFactory
from data_management.application.queries import GetConsumerPositionQuery, ListAuditQuery, ListKeysQuery
from data_management.application.services import Done
from data_management.domain.models import Permission, Principal, Role
from data_management.errors import Conflict, Interrupted, Stale
from data_management_tests.port_tests.examples import ORDERS
from data_management_tests.unit.application.world import World

ROOT = Principal("user/root", Role.ADMIN)


class Losing:
    """Units of work that are stored (or are not, where `stores` is False), the first `times` without an answer."""

    def __init__(self, units: UnitOfWorkFactory, times: int = 1, *, stores: bool = True) -> None:
        self._units, self._left, self._stores = units, times, stores

    @contextmanager
    def __call__(self) -> Iterator[UnitOfWork]:
        is_lost, self._left = self._left > 0, self._left - 1
        with self._units() as work:
            yield work
            if is_lost and not self._stores:
                raise Interrupted("the connection broke before COMMIT")
        if is_lost:
            raise Interrupted("the connection broke at COMMIT")


@pytest.fixture
def world() -> World:
    return World()


def act(command: Command[object], version: int, request_key: str | None = None) -> ActCommand:
    return ActCommand(
        caller=Caller(ROOT),
        permission=Permission.WRITE,
        action="dataset.change",
        affected=(Affected("dataset", "orders", "orders", version),),
        commands=(command,),
        request_key=request_key,
    )


@pytest.mark.parametrize("request_key", [None, "mine"])
@pytest.mark.parametrize("times", [1, 2])
def test_what_a_caller_changed_is_changed_once_and_told_with_its_results(
    world: World, times: int, request_key: str | None
) -> None:
    world.app._unit_of_work = Losing(world.app._unit_of_work, times)
    registered = world.app.run(act(RegisterDatasetCommand(ORDERS), 0, request_key))
    assert registered == Acted((ORDERS,), ("dataset/orders",))
    assert [each.action for each in world.app.ask(ListAuditQuery(AuditFilter())).records] == ["dataset.change"]


def test_so_it_is_among_others(world: World) -> None:
    world.app.run(RegisterDatasetCommand(ORDERS))
    world.app._unit_of_work = Losing(world.app._unit_of_work)
    assert world.app.execute(act(RetireDatasetCommand("orders"), 1)) == (Done(Acted((True,), ("dataset/orders",))),)


def test_what_was_not_stored_is_done_anew(world: World) -> None:
    world.app._unit_of_work = Losing(world.app._unit_of_work, stores=False)
    assert world.app.run(act(RegisterDatasetCommand(ORDERS), 0)) == Acted((ORDERS,), ("dataset/orders",))
    assert len(world.app.ask(ListAuditQuery(AuditFilter())).records) == 1


def test_two_requests_without_a_key_are_two(world: World) -> None:
    world.app.run(act(RegisterDatasetCommand(ORDERS), 0))
    with pytest.raises(Stale, match="is there already"):
        world.app.run(act(RegisterDatasetCommand(ORDERS), 0))


@pytest.mark.parametrize("stores", [True, False])
def test_one_key_is_made_and_its_secret_opens_it(world: World, *, stores: bool) -> None:
    world.app._unit_of_work = Losing(world.app._unit_of_work, stores=stores)
    issued = world.app.run(CreateKeyCommand("dashboards", Role.READER, ROOT))
    (key,) = world.app.ask(ListKeysQuery())
    assert key == issued.key
    assert key.id == issued.shown.id
    assert key.opens(issued.shown.secret, world.clock())
    assert len(world.app.ask(ListAuditQuery(AuditFilter())).records) == 1


def test_keys_differ_and_a_command_shows_no_secret() -> None:
    first, second = (CreateKeyCommand("dashboards", Role.READER, ROOT) for _ in range(2))
    assert first.shown.id != second.shown.id
    assert first.shown.secret != second.shown.secret
    assert first.shown.secret not in repr(first)


def test_a_consumer_that_moved_has_moved(world: World) -> None:
    world.app._unit_of_work = Losing(world.app._unit_of_work)
    world.app.run(MoveConsumerCommand("mail", 0, 5))
    assert world.app.ask(GetConsumerPositionQuery("mail")) == 5


def test_a_run_gets_the_batch_that_it_holds(world: World) -> None:
    world.drop("a.csv")
    world.drop("b.csv")
    world.look()
    world.app._unit_of_work = Losing(world.app._unit_of_work)
    batch = world.app.run(ClaimBatchCommand("orders", "run-1", 60, most=1))
    assert [entry.asset.location.name for entry in batch.entries] == ["a.csv"]
    assert len(world.app.run(ClaimBatchCommand("orders", "run-2", 60)).entries) == 1


def test_a_consumer_that_another_moved_meanwhile_conflicts(world: World) -> None:
    world.app._unit_of_work = Losing(world.app._unit_of_work)
    world.app.run(MoveConsumerCommand("mail", 0, 5))
    with pytest.raises(Conflict, match="does not stand at position 0"):
        world.app.run(MoveConsumerCommand("mail", 0, 5))
