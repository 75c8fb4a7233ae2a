"""Destinations of events, by the URLs of the setting."""

import base64

import pytest

from data_management.errors import InvalidInput
from data_management.infrastructure.messaging import open_publishers

SECRET = f"whsec_{base64.b64encode(b'k' * 32).decode()}"
TOPIC = "sns://arn:aws:sns:eu-west-1:123456789012:events"


def test_several_are_separated_by_spaces() -> None:
    urls = f"log:  {TOPIC}\nsqs://events.fifo https://example.org/hooks/canary?token=canary"
    assert [publisher.destination for publisher in open_publishers(urls, SECRET)] == [
        "log:",
        TOPIC,
        "sqs://events.fifo",
        "https://example.org#6d14d93f",
    ]
    assert open_publishers("") == ()


def test_two_paths_of_one_host_are_two_destinations() -> None:
    a, b = open_publishers("https://example.org/a https://example.org/b", SECRET)
    assert a.destination != b.destination


@pytest.mark.parametrize(
    ("urls", "secret", "message"),
    [
        ("kafka://broker", SECRET, r"destination 1 of events is of no kind that is known; there are log:, sns:"),
        ("log: canary", SECRET, "destination 2 of events is of no kind that is known"),
        ("log:canary", SECRET, "write log: alone"),
        ("http://example.org/canary", SECRET, "destination 1 of events, at example.org, is not encrypted; use https"),
        ("http://localhost.example.org/canary", SECRET, "is not encrypted"),
        ("https:///canary", SECRET, "names no host"),
        ("https://example.org:canary/", SECRET, "no URL that can be read"),
        ("https://user:canary@example.org/canary", "", "no secret to sign with; set DATA_MANAGEMENT_EVENTS_SECRET"),
        ("https://example.org/", "canary", "must be 'whsec_' and the base64 of 24 to 64 random bytes"),
        ("https://example.org/", "whsec_canary", "must be 'whsec_'"),
        ("https://example.org/", f"{SECRET} whsec_Y2FuYXJ5", "must be 'whsec_'"),
        ("log: log:", SECRET, "events are sent to log: twice"),
    ],
)
def test_what_cannot_be_used_is_told_without_what_may_be_secret(urls: str, secret: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as error:
        open_publishers(urls, secret)
    assert "canary" not in error.value.message
    assert secret not in error.value.message or not secret


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "[::1]", "localhost", "127.9.9.9"])
def test_this_machine_needs_no_encryption(host: str) -> None:
    assert len(open_publishers(f"http://{host}/hook", SECRET)) == 1
