"""``https://``: an event a request, signed as Standard Webhooks 1.0.0 has it; and messages for people."""

import json
from collections.abc import Sequence

from data_management.application.alerts import Alert
from data_management.application.messaging import CloudEvent, NotPublished
from data_management.infrastructure.messaging.encoding import CONTENT_TYPE, encoded
from data_management.infrastructure.messaging.posting import TIMEOUT_SECONDS, SignedPost
from data_management.infrastructure.messaging.slack import alert_text


class WebhookEventPublisher:
    """Any 2xx is an acknowledgement; a redirect is none."""

    most = 1

    def __init__(
        self, url: str, keys: Sequence[bytes], *, destination: str, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        self.destination = destination
        self._post = SignedPost(
            url,
            keys,
            shown=destination,
            content_type=f"{CONTENT_TYPE}; charset=utf-8",
            timeout_seconds=timeout_seconds,
        )

    def publish(self, events: Sequence[CloudEvent]) -> list[NotPublished | None]:
        return [self._post.send(event.id, encoded(event).encode()) for event in events]

    def close(self) -> None:
        self._post.close()


class WebhookMessenger:
    """A `Messenger` for Slack, and for what takes the same: ``{"text": …}``. Signed where there are keys."""

    def __init__(
        self, url: str, keys: Sequence[bytes], *, destination: str, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        self.destination = destination
        self._post = SignedPost(
            url,
            keys,
            shown=destination,
            content_type="application/json; charset=utf-8",
            timeout_seconds=timeout_seconds,
        )

    def send(self, alert: Alert) -> NotPublished | None:
        return self._post.send(alert.id, json.dumps({"text": alert_text(alert)}).encode())

    def close(self) -> None:
        self._post.close()
