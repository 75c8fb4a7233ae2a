"""One suite for every queue that events come from, fake or real."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from data_management.application.messaging import CloudEvent, Malformed, ReceivedEvent
from data_management.application.ports import EventQueue
from data_management.infrastructure.messaging import SqsEventPublisher, SqsEventQueue
from data_management_tests.fakes import FakeClock, FakeEventQueue
from data_management_tests.port_tests.test_publishers import events
from data_management_tests.servers.aws import Aws


@dataclass
class Stocked:
    """A queue with two events and something that is none; messages are hidden for a second, and redriven at the third receive."""

    queue: EventQueue
    events: list[CloudEvent]
    later: Callable[[], None]
    """A second goes by."""
    redriven: Callable[[], int]

    def receive(self) -> list[CloudEvent | str]:
        found = self.queue.receive(0)
        return [each.event if isinstance(each, ReceivedEvent) else "malformed" for each in found]

    def first(self) -> ReceivedEvent:
        return next(each for each in self.queue.receive(0) if isinstance(each, ReceivedEvent))


@pytest.fixture(params=["fake", "sqs"])
def stocked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Stocked:
    sent = events(2)
    if request.param == "fake":
        clock = FakeClock()
        fake = FakeEventQueue([*sent, Malformed("m", "it is none")], clock, hidden_seconds=1, most_receives=2)
        return Stocked(fake, sent, lambda: clock.advance(seconds=1.2), lambda: len(fake.redriven))
    aws = Aws.at(request.getfixturevalue("moto"), monkeypatch)
    stored, dead = aws.new_queue(), aws.new_queue()
    stored.redrive_to(dead, most_receives=2)
    SqsEventPublisher(stored.name).publish(sent)
    stored.put("canary")
    queue = SqsEventQueue(stored.name, hidden_seconds=1)
    return Stocked(queue, sent, lambda: time.sleep(1.2), lambda: dead.messages)


def test_what_was_received_is_hidden_and_comes_back_unless_it_is_removed(stocked: Stocked) -> None:
    received = stocked.queue.receive(0)
    assert len(received) == 3
    assert stocked.receive() == []
    handled = next(each for each in received if isinstance(each, ReceivedEvent) and each.event == stocked.events[0])
    stocked.queue.remove(handled)
    stocked.later()
    assert sorted(map(str, stocked.receive())) == sorted(map(str, [stocked.events[1], "malformed"]))


def test_what_is_never_removed_is_redriven(stocked: Stocked) -> None:
    for _ in range(2):
        assert len(stocked.receive()) == 3
        stocked.later()
    assert stocked.receive() == []
    assert stocked.redriven() == 3


def test_hiding_again_gives_the_full_time(stocked: Stocked) -> None:
    received = stocked.first()
    assert stocked.queue.hide(received)
    stocked.queue.remove(received)
    assert not stocked.queue.hide(received)


def test_a_queue_can_be_used_again_after_it_was_closed(stocked: Stocked) -> None:
    stocked.queue.close()
    assert len(stocked.receive()) == 3
