"""Reading events, and how far they came."""

from typing import Protocol

from data_management.application.messaging import DeadLetter, DestinationView, RecordedEvent


class EventReader(Protocol):
    """Events as they were recorded, without a write transaction. Those without a position do not show."""

    def events(self, after: int, limit: int = 100) -> list[RecordedEvent]:
        """Events of higher positions, in their order."""

    def last_events(self, limit: int = 10) -> list[RecordedEvent]:
        """The last events, in their order."""

    def consumer_position(self, consumer: str) -> int:
        """The position up to which the consumer has read; 0 for an unknown one."""

    def has_seen(self, consumer: str, event_id: str) -> bool:
        """Whether the consumer has handled the event."""

    def dead_letters(self, limit: int = 100) -> list[DeadLetter]:
        """Dead letters, in the order of their positions."""

    def destinations(self) -> list[DestinationView]:
        """All destinations, by name."""
