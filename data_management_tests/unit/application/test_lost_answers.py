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
    ForgetConsumerCommand,
    ForgetDestinationCommand,
    MoveConsumerCommand,
    RegisterDatasetCommand,
    RetireDatasetCommand,
    RetryDeadLettersCommand,
)
from data_management.application.messaging import Delivery, Destination
from data_management.application.ports import AuditFilter, UnitOfWork, UnitOfWorkFactory
from data_management.application.queries import (
    GetConsumerPositionQuery,
    ListAuditQuery,
    ListConsumersQuery,
    ListDestinationsQuery,
    ListKeysQuery,
)
from data_management.application.services import Done, consume_files
from data_management.domain.models import Permission, Principal, Role
from data_management.errors import Conflict, Interrupted, NotFound, Stale
from data_management_tests.fakes import NOON
from data_management_tests.port_tests.examples import ORDERS
from data_management_tests.unit.application.world import World

ROOT = Principal("user/root", Role.ADMIN)


class Losing:
    """Units of work that are stored (or are not, where `stores` is False), the first `times` without an answer."""

    def __init__(self, units: UnitOfWorkFactory, times: int = 1, *, stores: bool = True) -> None:
        self._units, self.left, self._stores = units, times, stores

    @contextmanager
    def __call__(self) -> Iterator[UnitOfWork]:
        is_lost, self.left = self.left > 0, self.left - 1
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


@pytest.mark.parametrize("times", [1, 2])
def test_a_consumer_of_a_dataset_that_was_forgotten_is_forgotten(world: World, times: int) -> None:
    world.app.run(RegisterDatasetCommand(ORDERS))
    with consume_files(world.app, "orders", "clean"):
        pass
    losing = world.app._unit_of_work = Losing(world.app._unit_of_work, times)
    world.app.run(ForgetConsumerCommand("orders", "clean"))
    assert losing.left < 0
    assert world.app.ask(ListConsumersQuery("orders")) == []
    with pytest.raises(NotFound, match="no consumer 'clean'"):
        world.app.run(ForgetConsumerCommand("orders", "clean"))


def test_a_consumer_that_could_not_be_forgotten_at_first_is_forgotten_then(world: World) -> None:
    world.app.run(RegisterDatasetCommand(ORDERS))
    with consume_files(world.app, "orders", "clean"):
        pass
    world.app._unit_of_work = Losing(world.app._unit_of_work, stores=False)
    world.app.run(ForgetConsumerCommand("orders", "clean"))
    assert world.app.ask(ListConsumersQuery("orders")) == []


def test_a_destination_that_was_forgotten_is_forgotten(world: World) -> None:
    with world.catalog.unit_of_work() as work:
        work.outbox.destination("gone:")
    world.app._unit_of_work = Losing(world.app._unit_of_work)
    world.app.run(ForgetDestinationCommand("gone:"))
    assert world.app.ask(ListDestinationsQuery()) == []
    with pytest.raises(NotFound):
        world.app.run(ForgetDestinationCommand("gone:"))


def test_a_dead_letter_that_is_tried_again_is_counted_once(world: World) -> None:
    world.drop("a.csv")
    world.look()
    with world.catalog.unit_of_work() as work:
        work.outbox.destination("a")
        work.outbox.assign_positions(10)
        event = work.outbox.after(0, 1)[0]
        work.outbox.advance(Destination("a", 1), [Delivery(event, attempts=9, reason="refused", died_at=NOON)])
    world.app._unit_of_work = Losing(world.app._unit_of_work)
    assert world.app.run(RetryDeadLettersCommand(event.id)) == 1
    with pytest.raises(NotFound, match="no dead letter"):
        world.app.run(RetryDeadLettersCommand(event.id))


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
