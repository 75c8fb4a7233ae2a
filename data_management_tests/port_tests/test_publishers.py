"""One suite for every destination of events, fake or real."""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from uuid import uuid4

import pytest

from data_management.application.messaging import CloudEvent
from data_management.application.ports import EventPublisher
from data_management.infrastructure.messaging import (
    LogEventPublisher,
    SnsEventPublisher,
    SqsEventPublisher,
    open_publishers,
)
from data_management.infrastructure.messaging.encoding import envelope_of, event_of
from data_management_tests.fakes import FakePublisher
from data_management_tests.integration.events.test_webhooks import SECRET
from data_management_tests.servers.aws import Aws
from data_management_tests.servers.moto import Moto
from data_management_tests.servers.receiver import Receiver, receiving

KINDS = ["fake", "log", "sns", "sns fifo", "sqs", "sqs fifo", "webhook"]


@dataclass
class Destination:
    publisher: EventPublisher
    arrived: Callable[[], list[dict[str, object]]]
    """The envelopes that came there, and were not asked for before."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture(params=KINDS)
def destination(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Iterator[Destination]:
    kind, _, fifo = request.param.partition(" ")
    match kind:
        case "fake":
            fake = FakePublisher()
            made = Destination(fake, lambda: [envelope_of(event) for event in fake.published])
        case "log":
            caplog.set_level(logging.INFO, "data_management.events")
            made = Destination(LogEventPublisher(), lambda: [json.loads(r.cloudevent) for r in caplog.records])  # type: ignore[attr-defined]
        case "webhook":
            receiver = request.getfixturevalue("receiver")
            (publisher,) = open_publishers(receiver.url, SECRET)
            made = Destination(publisher, lambda: [json.loads(received.body) for received in receiver.received])
        case _:
            made = _of_aws(request.getfixturevalue("moto"), monkeypatch, kind, fifo=bool(fifo))
    yield made
    made.publisher.close()


def _of_aws(moto: Moto, monkeypatch: pytest.MonkeyPatch, kind: str, *, fifo: bool) -> Destination:
    aws = Aws.at(moto, monkeypatch)
    queue = aws.new_queue(fifo=fifo)
    if kind == "sqs":
        return Destination(SqsEventPublisher(queue.name), lambda: [message.envelope for message in queue.take()])
    topic = aws.new_topic(queue, fifo=fifo)
    return Destination(SnsEventPublisher(topic), lambda: [message.envelope for message in queue.take()])


def events(count: int, **changes: object) -> list[CloudEvent]:
    return [
        replace(
            CloudEvent(
                id=uuid4().hex,
                source="/test",
                type="data_management.DataAssetArrived.v1",
                subject=f"data_asset/{number}",
                time="2026-01-01T12:00:00.000000Z",
                data={"location": "file:///landing/ünï\udc80 <x>.csv"},
                sequence=f"{number:019}",
                aggregateversion=1,
            ),
            **changes,
        )
        for number in range(count)
    ]


def test_what_is_published_arrives_whole(destination: Destination) -> None:
    (event,) = events(1)
    assert list(destination.publisher.publish([event])) == [None]
    (envelope,) = destination.arrived()
    assert envelope == envelope_of(event)
    assert event_of(envelope) == event


def test_a_call_takes_as_many_as_it_says_and_keeps_their_order(destination: Destination) -> None:
    some = events(destination.publisher.most)
    assert list(destination.publisher.publish(some)) == [None] * len(some)
    assert sorted(str(each["sequence"]) for each in destination.arrived()) == [event.sequence for event in some]


def test_it_can_be_used_again_after_it_was_closed(destination: Destination) -> None:
    for event in events(2):
        assert list(destination.publisher.publish([event])) == [None]
        destination.publisher.close()


def test_its_name_tells_no_secret(destination: Destination) -> None:
    assert destination.publisher.destination.partition(":")[0] in ("fake", "log", "sns", "sqs", "http")
