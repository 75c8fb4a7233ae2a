"""A CloudEvent in the JSON format of CloudEvents 1.0, out and in."""

import json
from typing import Any

from data_management.application.messaging import SPECVERSION, CloudEvent
from data_management.errors import InvalidInput

CONTENT_TYPE = "application/cloudevents+json"


def envelope_of(event: CloudEvent) -> dict[str, Any]:
    return {**event.attributes, "data": dict(event.data)}


def encoded(event: CloudEvent) -> str:
    """Compact JSON in ASCII: names that are not valid Unicode (half a surrogate pair) pass through as escapes."""
    return json.dumps(envelope_of(event), separators=(",", ":"))


def event_of(envelope: Any) -> CloudEvent:
    """The event of an envelope that came; `InvalidInput` says what is wrong with it, and quotes nothing of it."""
    if not isinstance(envelope, dict) or envelope.get("specversion") != SPECVERSION:
        raise InvalidInput(f'it is no CloudEvent: a JSON object with "specversion": "{SPECVERSION}" is wanted')
    for name in ("id", "source", "type"):
        if not isinstance(envelope.get(name), str) or not envelope[name]:
            raise InvalidInput(f"its attribute {name!r} is missing or no text; CloudEvents demand it")
    data, version = envelope.get("data"), envelope.get("aggregateversion")
    return CloudEvent(
        id=envelope["id"],
        source=envelope["source"],
        type=envelope["type"],
        subject=str(envelope.get("subject", "")),
        time=str(envelope.get("time", "")),
        data=data if isinstance(data, dict) else {},
        sequence=str(envelope.get("sequence", "")),
        aggregateversion=version if isinstance(version, int) else 0,
    )
