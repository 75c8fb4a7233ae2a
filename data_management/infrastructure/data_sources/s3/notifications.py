"""What a bucket says of its objects: S3's own messages, as they are or wrapped by SNS, and EventBridge's. Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote_plus

_TEST: Final = "s3:TestEvent"


class NotUnderstood(Exception):
    """It is no message of a bucket."""


@dataclass(frozen=True)
class Notice:
    """Something happened to a key. `sequencer` tells the order of notices of one key."""

    bucket: str
    key: str
    sequencer: str = ""


def notices_of(body: str) -> tuple[Notice, ...]:
    """What a message tells; nothing for a test message. Raises `NotUnderstood`."""
    try:
        return tuple(_notices(_mapping(json.loads(body))))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotUnderstood from error


def _notices(message: Mapping[str, Any]) -> Iterator[Notice]:
    if message.get("Type") == "Notification":  # SNS; where it delivers raw, the message comes as it is
        yield from _notices(_mapping(json.loads(message["Message"])))
    elif message.get("Event") == _TEST:
        return
    elif message.get("source") == "aws.s3":
        yield _of_event_bridge(_mapping(message["detail"]))
    else:
        for record in _list(message["Records"]):
            yield _of_s3(_mapping(_mapping(record)["s3"]))


def _of_s3(told: Mapping[str, Any]) -> Notice:
    """Keys are encoded as in a form: a plus is a space."""
    about = told["object"]
    return Notice(told["bucket"]["name"], unquote_plus(about["key"], errors="strict"), about.get("sequencer", ""))


def _of_event_bridge(detail: Mapping[str, Any]) -> Notice:
    """Keys are as they are."""
    about = detail["object"]
    return Notice(detail["bucket"]["name"], str(about["key"]), about.get("sequencer", ""))


def newest(notices: Iterator[Notice]) -> list[Notice]:
    """One per key, the last by its sequencer: hexadecimal numbers of any length."""
    found: dict[tuple[str, str], Notice] = {}
    for notice in notices:
        at = (notice.bucket, notice.key)
        if at not in found or _place(notice) >= _place(found[at]):
            found[at] = notice
    return list(found.values())


def _place(notice: Notice) -> tuple[int, str]:
    digits = notice.sequencer.lstrip("0").upper()
    return len(digits), digits


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise NotUnderstood
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise NotUnderstood
    return value
