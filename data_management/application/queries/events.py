"""Questions about events: what happened, who handled it, and where it was delivered."""

from pydantic.dataclasses import dataclass

from data_management.application.messaging import DeadLetter, DestinationView, RecordedEvent
from data_management.application.queries.base import Query


@dataclass(frozen=True)
class ListEventsQuery(Query[list[RecordedEvent]]):
    """Events after a position, in their order."""

    after: int = 0
    limit: int = 100


@dataclass(frozen=True)
class ListLastEventsQuery(Query[list[RecordedEvent]]):
    """The last events, in their order."""

    limit: int = 10


@dataclass(frozen=True)
class GetConsumerPositionQuery(Query[int]):
    """Up to where a consumer has read; 0 where it never did."""

    consumer: str


@dataclass(frozen=True)
class HasSeenEventQuery(Query[bool]):
    """Whether a consumer has handled an event."""

    consumer: str
    event_id: str


@dataclass(frozen=True)
class ListDeadLettersQuery(Query[list[DeadLetter]]):
    """Events that a destination did not take, and that are not tried any more."""

    limit: int = 100


@dataclass(frozen=True)
class ListDestinationsQuery(Query[list[DestinationView]]):
    """Where events are sent, and how far that has come."""
