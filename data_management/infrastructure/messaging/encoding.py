"""A CloudEvent as bytes."""

import json

from data_management.application.messaging import CloudEvent

CONTENT_TYPE = "application/cloudevents+json"


def encoded(event: CloudEvent) -> str:
    """Compact JSON in ASCII: names that are not valid Unicode (half a surrogate pair) pass through as escapes."""
    return json.dumps(event.to_json(), separators=(",", ":"))
