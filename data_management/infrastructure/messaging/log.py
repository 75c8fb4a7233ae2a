"""``log:``: events as lines of the log, to look at."""

import logging
from collections.abc import Sequence

from data_management.application.messaging import CloudEvent
from data_management.infrastructure.messaging.encoding import encoded

logger = logging.getLogger("data_management.events")


class LogEventPublisher:
    destination = "log:"
    most = 100

    def publish(self, events: Sequence[CloudEvent]) -> list[None]:
        for event in events:
            logger.info("event", extra={"event_id": event.id, "type": event.type, "cloudevent": encoded(event)})
        return [None] * len(events)

    def close(self) -> None:
        pass
