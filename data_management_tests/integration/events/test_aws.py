"""SNS and SQS over HTTP, at moto."""

from dataclasses import replace
from typing import Any

import pytest

from data_management.application.messaging import Malformed, ReceivedEvent
from data_management.errors import InvalidInput, Unavailable
from data_management.infrastructure.messaging import (
    SnsEventPublisher,
    SqsEventPublisher,
    SqsEventQueue,
    open_publishers,
)
from data_management.infrastructure.messaging.aws import entries_of
from data_management.infrastructure.messaging.encoding import encoded
from data_management_tests.port_tests.test_publishers import events
from data_management_tests.servers.aws import Aws
from data_management_tests.servers.moto import Moto


@pytest.fixture
def aws(moto: Moto, monkeypatch: pytest.MonkeyPatch) -> Aws:
    return Aws.at(moto, monkeypatch)


def test_a_queue_is_named_by_name_arn_or_url(aws: Aws) -> None:
    queue = aws.new_queue()
    urls = [f"sqs://{named}" for named in (queue.name, queue.arn, queue.url)]
    publishers = open_publishers(" ".join(urls))
    assert [publisher.destination for publisher in publishers] == urls
    sent = events(3)
    assert [list(publisher.publish([event])) for publisher, event in zip(publishers, sent, strict=True)] == [[None]] * 3
    assert {message.envelope["id"] for message in queue.take()} == {event.id for event in sent}


def test_a_fifo_groups_by_subject_and_drops_what_it_had_by_id(aws: Aws) -> None:
    queue = aws.new_queue(fifo=True)
    publisher = SqsEventPublisher(queue.name)
    (event,) = events(1)
    assert [*publisher.publish([event]), *publisher.publish([event])] == [None, None]
    (message,) = queue.take()
    assert message.attributes["MessageGroupId"] == event.subject
    assert message.attributes["MessageDeduplicationId"] == event.id


def test_a_subject_that_is_no_group_is_one_by_its_hash() -> None:
    for subject in ("dataset/with space", "dataset/ünï", "dataset/" + "x" * 200):
        (entry,) = entries_of([replace(events(1)[0], subject=subject)], "Message", fifo=True)
        assert len(entry["MessageGroupId"]) == 64
    (entry,) = entries_of([replace(events(1)[0], subject="dataset/orders")], "Message", fifo=True)
    assert entry["MessageGroupId"] == "dataset/orders"


def test_an_event_that_is_too_large_does_not_hinder_its_neighbours(aws: Aws) -> None:
    queue = aws.new_queue()
    small, large, other = events(3)
    publisher = SnsEventPublisher(aws.new_topic(queue))
    outcomes = list(publisher.publish([small, replace(large, data={"columns": ["x" * 300_000]}), other]))
    assert [outcome is None for outcome in outcomes] == [True, False, True]
    assert outcomes[1] is not None
    assert outcomes[1].forever
    assert "larger than the 262,144 bytes" in outcomes[1].reason
    assert {message.envelope["id"] for message in queue.take()} == {small.id, other.id}


def test_large_events_go_in_several_requests(aws: Aws) -> None:
    queue = aws.new_queue()
    some = [replace(event, data={"columns": "x" * 100_000}) for event in events(5)]
    assert list(SqsEventPublisher(queue.name).publish(some)) == [None] * 5
    assert len(queue.take()) == 5


@pytest.mark.parametrize("publisher", [SnsEventPublisher, SqsEventPublisher])
def test_what_does_not_exist_is_tried_again_and_named(aws: Aws, publisher: Any) -> None:
    service = "sns" if publisher is SnsEventPublisher else "sqs"
    named = f"arn:aws:{service}:eu-central-1:123456789012:nowhere"
    outcomes = publisher(named).publish(events(2))
    assert len(outcomes) == 2
    assert f"{service}://{named}" in outcomes[0].reason
    assert "NotFound" in outcomes[0].reason or "NonExistentQueue" in outcomes[0].reason
    assert not outcomes[0].forever


def test_nobody_there_is_tried_again(monkeypatch: pytest.MonkeyPatch, aws: Aws) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    (outcome,) = SnsEventPublisher("arn:aws:sns:eu-central-1:123456789012:t").publish(events(1))
    assert outcome is not None
    assert "EndpointConnectionError" in outcome.reason


@pytest.mark.parametrize("bad", ["sns://topic", "sns://arn:aws:sqs:r:1:t", "sns:", "sqs://", "sqs://arn:aws:sns:r:1:t"])
def test_what_names_nothing_is_refused(bad: str) -> None:
    with pytest.raises(InvalidInput, match="write s"):
        open_publishers(bad)


class TestQueue:
    def test_an_event_is_received_hidden_and_removed(self, aws: Aws) -> None:
        stored = aws.new_queue()
        (event,) = events(1)
        SqsEventPublisher(stored.name).publish([event])
        queue = SqsEventQueue(f"sqs://{stored.name}", hidden_seconds=30)
        (received,) = queue.receive(0)
        assert isinstance(received, ReceivedEvent)
        assert received.event == event
        assert queue.receive(0) == []
        assert queue.hide(received)
        queue.remove(received)
        assert stored.messages == 0
        queue.close()

    @pytest.mark.parametrize("raw", [True, False])
    def test_an_event_by_way_of_a_topic_is_the_same(self, aws: Aws, raw: bool) -> None:
        stored = aws.new_queue()
        topic = aws.new_topic(stored)
        if raw:
            (subscription,) = aws.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
            aws.sns.set_subscription_attributes(
                SubscriptionArn=subscription["SubscriptionArn"],
                AttributeName="RawMessageDelivery",
                AttributeValue="true",
            )
        (event,) = events(1)
        SnsEventPublisher(topic).publish([event])
        (received,) = SqsEventQueue(stored.arn).receive(0)
        assert isinstance(received, ReceivedEvent)
        assert received.event == event

    @pytest.mark.parametrize(
        "body",
        [
            "canary",
            "[]",
            "{}",
            '{"specversion": "1.0", "id": ""}',
            '{"Type": "Notification", "TopicArn": "x"}',
            "[" * 99999,
        ],
    )
    def test_a_message_that_is_no_event_is_left_to_the_redrive(self, aws: Aws, body: str) -> None:
        stored, dead = aws.new_queue(), aws.new_queue()
        stored.redrive_to(dead, most_receives=1)
        stored.put(body)
        queue = SqsEventQueue(stored.name, hidden_seconds=1)
        (received,) = queue.receive(0)
        assert isinstance(received, Malformed)
        assert body not in received.reason
        assert stored.messages == 1, "it was not removed"

    def test_a_message_that_came_back_cannot_be_hidden_again(self, aws: Aws) -> None:
        stored = aws.new_queue()
        SqsEventPublisher(stored.name).publish(events(1))
        queue = SqsEventQueue(stored.name)
        (received,) = queue.receive(0)
        assert isinstance(received, ReceivedEvent)
        queue.remove(received)
        assert not queue.hide(received)

    def test_a_queue_that_does_not_exist_is_named(self, aws: Aws) -> None:
        with pytest.raises(
            Unavailable, match=r"queue sqs://nowhere cannot be used: .*NonExistentQueue; check its name"
        ):
            SqsEventQueue("nowhere").receive(0)


def test_the_envelope_is_compact_ascii() -> None:
    (event,) = events(1)
    assert encoded(event).isascii()
    assert " " not in encoded(event).replace("<x> ", "").replace(" <x>", "")
