"""Webhooks against a real HTTP server that fails, hangs, redirects, and answers late."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator

import pytest

from data_management.application.messaging import CloudEvent, NotPublished
from data_management.application.services import RelayPolicy
from data_management.infrastructure.messaging import WebhookEventPublisher, open_publishers
from data_management.infrastructure.messaging.encoding import envelope_of
from data_management.infrastructure.messaging.signing import keys_of
from data_management_tests.servers.receiver import Received, Receiver, receiving
from data_management_tests.unit.application.relaying import Relaying

KEY, OTHER_KEY = bytes(range(32)), bytes(range(24, 64))
SECRET, OTHER_SECRET = (f"whsec_{base64.b64encode(key).decode()}" for key in (KEY, OTHER_KEY))
EVENT = CloudEvent(
    id="e1",
    source="/test",
    type="data_management.DataAssetArrived.v1",
    subject="data_asset/1",
    time="",
    data={"a": "ä"},
)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def publisher(receiver: Receiver) -> Iterator[WebhookEventPublisher]:
    publisher = WebhookEventPublisher(
        f"{receiver.url}/hook?key=canary", keys_of(SECRET), destination="http://receiver", timeout_seconds=0.3
    )
    yield publisher
    publisher.close()


def send(publisher: WebhookEventPublisher) -> NotPublished | None:
    (outcome,) = publisher.publish([EVENT])
    return outcome


def verify(received: Received, key: bytes) -> bool:
    """As a receiver does it, by the specification of Standard Webhooks."""
    headers = received.headers
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + received.body
    expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return any(
        version == "v1" and hmac.compare_digest(expected, signature)
        for version, _, signature in (each.partition(",") for each in headers["webhook-signature"].split(" "))
    )


def test_an_event_arrives_signed_in_its_envelope(receiver: Receiver, publisher: WebhookEventPublisher) -> None:
    assert send(publisher) is None
    (received,) = receiver.received
    assert received.path == "/hook?key=canary"
    assert json.loads(received.body) == envelope_of(EVENT)
    assert received.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert received.headers["webhook-id"] == "e1"
    assert abs(int(received.headers["webhook-timestamp"]) - time.time()) < 60
    assert verify(received, KEY)
    assert not verify(received, OTHER_KEY)


def test_the_signature_is_that_of_the_specification() -> None:
    from data_management.infrastructure.messaging.signing import signature

    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # the vectors of the reference libraries' own tests
    body, expected = b'{"test": 2432232314}', "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature(keys_of(secret), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == expected


def test_several_secrets_sign_side_by_side(receiver: Receiver) -> None:
    (publisher,) = open_publishers(f"{receiver.url}/hook", f"{SECRET} {OTHER_SECRET}")
    assert publisher.publish([EVENT]) == [None]
    publisher.close()
    assert verify(receiver.received[0], KEY)
    assert verify(receiver.received[0], OTHER_KEY)


@pytest.mark.parametrize("status", [200, 202, 204])
def test_any_success_is_an_acknowledgement(receiver: Receiver, publisher: WebhookEventPublisher, status: int) -> None:
    receiver.answer = lambda _: status
    assert send(publisher) is None


@pytest.mark.parametrize("status", [401, 404, 410, 429, 500, 503])
def test_a_failure_is_tried_again(receiver: Receiver, publisher: WebhookEventPublisher, status: int) -> None:
    receiver.answer = lambda _: status
    assert send(publisher) == NotPublished(f"http://receiver answered {status}")


@pytest.mark.parametrize("status", [400, 413, 422])
def test_an_event_that_is_refused_for_what_it_is_is_not(
    receiver: Receiver, publisher: WebhookEventPublisher, status: int
) -> None:
    receiver.answer = lambda _: status
    outcome = send(publisher)
    assert outcome is not None
    assert outcome.forever


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(receiver: Receiver, publisher: WebhookEventPublisher, status: int) -> None:
    receiver.answer, receiver.location = lambda _: status, f"{receiver.url}/elsewhere"
    outcome = send(publisher)
    assert outcome is not None
    assert outcome.reason == (
        f"http://receiver answered {status}, and redirects are not followed; set the URL it redirects to"
    )
    assert [received.path for received in receiver.received] == ["/hook?key=canary"]


def test_a_receiver_that_hangs_is_left_after_the_time_out(receiver: Receiver, publisher: WebhookEventPublisher) -> None:
    receiver.answer = receiver.hang(30)
    assert send(publisher) == NotPublished("http://receiver did not answer within 0.3 s")


def test_a_receiver_that_answers_byte_by_byte_is_left_too(receiver: Receiver, publisher: WebhookEventPublisher) -> None:
    receiver.drips = True
    assert send(publisher) == NotPublished("http://receiver did not answer within 0.3 s")
    receiver.drips = False
    assert send(publisher) is None


def test_nobody_there(receiver: Receiver, publisher: WebhookEventPublisher) -> None:
    publisher._post._url = "http://127.0.0.1:1/"
    assert send(publisher) == NotPublished("http://receiver cannot be reached (ConnectError)")


def test_a_connection_that_was_closed_between_events_is_opened_anew(
    receiver: Receiver, publisher: WebhookEventPublisher
) -> None:
    assert send(publisher) is None
    publisher.close()
    assert send(publisher) is None


def test_a_late_answer_repeats_the_event_with_its_id(receiver: Receiver, publisher: WebhookEventPublisher) -> None:
    relaying = Relaying(publisher, policy=RelayPolicy())
    relaying.arrive("a.csv")
    receiver.answer = receiver.hang(1.5)
    assert relaying.tick().destinations[0].failed == 1
    receiver.answer = lambda _: 200
    assert relaying.tick(seconds_later=10).destinations[0].delivered == 1
    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert all(verify(received, KEY) for received in receiver.received)
