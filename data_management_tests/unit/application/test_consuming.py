"""Events in: each is handled once, whatever the queue, the handler and the process do."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data_management.application.commands import Command, RegisterDatasetCommand, ReleaseBatchCommand
from data_management.application.messaging import CloudEvent, Malformed
from data_management.application.queries import ListDatasetsQuery
from data_management.application.services import Consumption, EventHandler, consume
from data_management.errors import InvalidInput, Unavailable
from data_management_tests.examples import orders
from data_management_tests.fakes import FakeEventQueue
from data_management_tests.unit.application.world import World

SCORED = CloudEvent("e1", "/test", "data_management.DataQualityUpdated.v1", "data_asset/1", "", {"verdict": "pass"})
REMOVED = replace(SCORED, id="e2", type="data_management.DataAssetRemoved.v1")


class Consuming:
    def __init__(self, *messages: CloudEvent | Malformed) -> None:
        self.world = World()
        self.queue = FakeEventQueue(messages, self.world.clock)
        self.handled: list[str] = []

    def note(self, event: CloudEvent) -> None:
        self.handled.append(event.id)

    def consume(self, handle: EventHandler | None = None, **options: object) -> Consumption:
        return consume(self.world.app, self.queue, handle or self.note, consumer="report", **options)  # type: ignore[arg-type]

    def later(self) -> None:
        self.world.clock.advance(seconds=60)


def test_every_event_is_handled_and_removed() -> None:
    consuming = Consuming(SCORED, REMOVED)
    assert consuming.consume() == Consumption(handled=2)
    assert consuming.handled == ["e1", "e2"]
    assert consuming.queue.messages == {}


def test_an_event_that_is_delivered_again_is_not_handled_again() -> None:
    consuming = Consuming(SCORED)
    consuming.consume()
    consuming.queue.put(SCORED)
    assert consuming.consume() == Consumption(known=1)
    assert consuming.handled == ["e1"]
    assert consuming.queue.messages == {}


def test_other_types_are_removed_unhandled() -> None:
    consuming = Consuming(SCORED, REMOVED)
    assert consuming.consume(types=("DataQualityUpdated",)) == Consumption(handled=1, ignored=1)
    assert consuming.handled == ["e1"]
    assert consuming.queue.messages == {}


def test_what_is_no_event_is_left_to_the_queue() -> None:
    consuming = Consuming(Malformed("m", "it is no JSON"), SCORED)
    for _ in range(3):
        assert consuming.consume().malformed == 1
        consuming.later()
    assert consuming.consume() == Consumption()
    assert consuming.queue.redriven == [Malformed("m", "it is no JSON")]
    assert consuming.handled == ["e1"]


def test_an_event_that_fails_comes_back_and_in_the_end_is_redriven() -> None:
    consuming = Consuming(SCORED, REMOVED)

    def fail(event: CloudEvent) -> None:
        if event is SCORED:
            raise ValueError("on purpose")

    assert consuming.consume(fail) == Consumption(handled=1, failed=1)
    consuming.later()
    assert consuming.consume(fail) == Consumption(failed=1)
    consuming.later()
    consuming.consume(fail)
    consuming.later()
    assert consuming.consume() == Consumption()
    assert consuming.queue.redriven == [SCORED]


def test_one_that_failed_once_is_handled_the_next_time() -> None:
    consuming = Consuming(SCORED)

    def fail(_: CloudEvent) -> None:
        raise InvalidInput("on purpose")

    consuming.consume(fail)
    consuming.later()
    assert consuming.consume() == Consumption(handled=1)


def test_commands_are_executed_with_the_note_that_it_was_handled() -> None:
    consuming = Consuming(SCORED)

    def register(_: CloudEvent) -> list[Command[object]]:
        return [RegisterDatasetCommand(orders())]  # type: ignore[list-item]

    assert consuming.consume(register) == Consumption(handled=1)
    assert [view.name for view in consuming.world.app.ask(ListDatasetsQuery())] == ["orders"]


def test_commands_that_fail_leave_nothing_and_the_event_comes_back() -> None:
    from data_management.application.commands import RecordRemovalsCommand, RejectDataAssetCommand

    consuming = Consuming(SCORED)

    def half(_: CloudEvent) -> list[Command[object]]:
        return [RegisterDatasetCommand(orders()), RejectDataAssetCommand("nowhere", "no")]  # type: ignore[list-item]

    assert consuming.consume(half) == Consumption(failed=1)
    assert consuming.world.app.ask(ListDatasetsQuery()) == []
    consuming.later()
    assert consuming.consume(lambda _: [RecordRemovalsCommand("orders", ()), ReleaseBatchCommand("r")]).handled == 1


def test_a_slow_handler_of_an_earlier_message_does_not_let_the_next_come_back() -> None:
    consuming = Consuming(SCORED, REMOVED)

    def slow(event: CloudEvent) -> None:
        consuming.note(event)
        consuming.world.clock.advance(seconds=29)

    consuming.consume(slow)
    assert consuming.handled == ["e1", "e2"]


def test_a_message_that_came_back_meanwhile_is_left_to_whoever_has_it_now() -> None:
    consuming = Consuming(SCORED, REMOVED)

    def too_slow(event: CloudEvent) -> None:
        consuming.note(event)
        consuming.world.clock.advance(seconds=31)

    consuming.consume(too_slow)
    assert consuming.handled == ["e1", "e2"], "handled when it was received anew"


def test_a_catalog_that_is_down_takes_no_message_to_the_redrive() -> None:
    consuming = Consuming(SCORED)
    consuming.world.catalog.broken = Unavailable("the catalog is down")
    with pytest.raises(Unavailable, match="the catalog is down"):
        consuming.consume()
    consuming.world.catalog.broken = None
    consuming.later()
    assert consuming.consume() == Consumption(handled=1)


def test_a_queue_that_is_down_says_so() -> None:
    consuming = Consuming(SCORED)
    consuming.queue.unavailable = Unavailable("the queue is down")
    with pytest.raises(Unavailable, match="the queue is down"):
        consuming.consume()


def test_it_goes_on_until_a_moment() -> None:
    consuming = Consuming(SCORED)
    until = consuming.world.clock() + timedelta(seconds=5)
    receive, receives = consuming.queue.receive, []

    def counted(wait_seconds: float) -> object:
        consuming.world.clock.advance(seconds=1)
        receives.append(wait_seconds)
        return receive(wait_seconds)

    consuming.queue.receive = counted  # type: ignore[method-assign,assignment]
    assert consuming.consume(until=until, wait_seconds=1.0) == Consumption(handled=1)
    assert receives == [1.0] * 5


def test_what_was_handled_long_ago_is_forgotten() -> None:
    consuming = Consuming(SCORED)
    consuming.consume()
    consuming.world.clock.advance(days=16)
    consuming.queue.put(REMOVED)
    consuming.consume()
    assert set(consuming.world.catalog.state.seen) == {("report", "e2")}
