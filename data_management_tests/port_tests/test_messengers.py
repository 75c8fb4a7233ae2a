"""One suite for those who bring messages to people, fake or real."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from data_management.application.alerts import Alert
from data_management.application.messaging import NotPublished
from data_management.application.ports import Messenger
from data_management.domain.models import Verdict
from data_management.errors import InvalidInput
from data_management.infrastructure.messaging import open_messenger
from data_management.infrastructure.messaging.slack import alert_text
from data_management_tests.fakes import FakeMessenger
from data_management_tests.integration.events.test_webhooks import SECRET
from data_management_tests.servers.receiver import Receiver, receiving

ALERT = Alert(
    id="e-1",
    dataset="«orders» & <more>",
    verdict=Verdict.FAIL,
    previous_verdict=None,
    is_resolved=False,
    score=80.0,
    previous_score=None,
    plan_changed=False,
    gained={},
    reasons=(),
)
AGAIN = replace(ALERT, dataset="again")
TEXT = "Data quality of «orders» &amp; &lt;more&gt;: fail (first verdict). Score 80.0."


@dataclass
class Ways:
    messenger: Messenger
    arrived: Callable[[], list[tuple[str, str]]]
    """By id and text."""
    refuse: Callable[[int], None]
    """From now on, as HTTP's status says."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture(params=["fake", "webhook"])
def ways(request: pytest.FixtureRequest, receiver: Receiver) -> Iterator[Ways]:
    if request.param == "fake":
        fake = FakeMessenger()

        def refuse(status: int) -> None:
            fake.answer = lambda _: NotPublished(f"answered {status}", forever=status == 400)

        yield Ways(fake, lambda: [(each.id, alert_text(each)) for each in fake.sent], refuse)
        return

    def refuse_all(status: int) -> None:
        receiver.received.clear()
        receiver.answer = lambda _: status

    def arrived() -> list[tuple[str, str]]:
        is_taken = receiver.answer(receiver.received[0]) < 300 if receiver.received else True
        got = [(each.headers["webhook-id"], json.loads(each.body)["text"]) for each in receiver.received]
        return got if is_taken else []

    messenger = open_messenger(receiver.url, SECRET)
    yield Ways(messenger, arrived, refuse_all)
    messenger.close()


def test_a_message_arrives_under_its_id(ways: Ways) -> None:
    assert ways.messenger.send(ALERT) is None
    assert ways.messenger.send(AGAIN) is None
    assert ways.arrived() == [("e-1", TEXT), ("e-1", alert_text(AGAIN))]


@pytest.mark.parametrize(("status", "forever"), [(503, False), (400, True)])
def test_what_is_not_taken_says_why_and_for_how_long(ways: Ways, status: int, forever: bool) -> None:
    ways.refuse(status)
    outcome = ways.messenger.send(ALERT)
    assert outcome is not None
    assert outcome.forever is forever
    assert f"answered {status}" in outcome.reason
    assert ways.arrived() == []


def test_it_can_be_used_after_it_was_closed(ways: Ways) -> None:
    ways.messenger.close()
    assert ways.messenger.send(ALERT) is None


def test_the_webhooks_body_is_slacks_and_is_signed_where_there_is_a_secret(receiver: Receiver) -> None:
    for secret in (SECRET, ""):
        open_messenger(f"{receiver.url}/hidden", secret).send(ALERT)
    signed, plain = receiver.received
    assert json.loads(signed.body) == json.loads(plain.body) == {"text": TEXT}
    assert signed.headers["content-type"].startswith("application/json")
    assert "webhook-signature" in signed.headers
    assert "webhook-signature" not in plain.headers


def test_redirects_are_not_followed_and_the_url_is_not_told(receiver: Receiver) -> None:
    receiver.location, receiver.answer = f"{receiver.url}/elsewhere", lambda _: 302
    outcome = open_messenger(f"{receiver.url}/hidden").send(ALERT)
    assert outcome is not None
    assert len(receiver.received) == 1
    assert "redirects are not followed" in outcome.reason
    assert "hidden" not in outcome.reason


@pytest.mark.parametrize(
    "url", ["http://example.org/hidden", "ftp://h/hidden", "hidden", "https:///hidden", "https://[/hidden"]
)
def test_a_url_that_will_not_do_is_told_without_it(url: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        open_messenger(url)
    assert "hidden" not in str(raised.value)
