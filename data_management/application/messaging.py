"""Events out and in: what the relay and consumers speak of, and what they need from the world."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from pydantic.dataclasses import dataclass

from data_management.application.alerts import Alert

SPECVERSION: Final = "1.0"


@dataclass(frozen=True)
class RecordedEvent:
    """An event of the outbox. `position` is its place in the one order of all events, 0 where the relay gave it none yet."""

    id: str
    position: int
    aggregate: str
    """``data_asset`` or ``dataset``."""
    aggregate_id: str
    aggregate_version: int
    ordinal: int
    type: str
    data: Mapping[str, Any]
    occurred_at: datetime

    @property
    def subject(self) -> str:
        """What it is about; events of one subject are delivered in their order."""
        return f"{self.aggregate}/{self.aggregate_id}"

    @property
    def dataset(self) -> str:
        """The dataset that it is of: who may not see that one sees no event of it."""
        return self.aggregate_id if self.aggregate == "dataset" else str(self.data.get("dataset", ""))


@dataclass(frozen=True)
class CloudEvent:
    """An event as it travels: CloudEvents 1.0."""

    id: str
    source: str
    type: str
    subject: str
    time: str
    data: Mapping[str, Any]
    sequence: str = ""
    """The position, padded so that texts sort as numbers (the `sequence` extension)."""
    aggregateversion: int = 0

    @classmethod
    def of(cls, event: RecordedEvent, source: str) -> "CloudEvent":
        return cls(
            id=event.id,
            source=source,
            type=f"data_management.{event.type}.v1",
            subject=event.subject,
            time=event.occurred_at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
            data={"aggregate_id": event.aggregate_id, **event.data},
            sequence=f"{event.position:019}",
            aggregateversion=event.aggregate_version,
        )

    @property
    def name(self) -> str:
        """The type without what surrounds it, ``DataQualityUpdated``; of another's event, its whole type."""
        parts = self.type.split(".")
        return parts[1] if len(parts) == 3 and parts[0] == "data_management" else self.type  # noqa: PLR2004

    @property
    def attributes(self) -> dict[str, Any]:
        """All that the envelope says beside `data`, by the names of the specification, in every format."""
        return {
            "specversion": SPECVERSION,
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "subject": self.subject,
            "time": self.time,
            "datacontenttype": "application/json",
            "partitionkey": self.subject,
            "sequence": self.sequence,
            "aggregateversion": self.aggregateversion,
        }


@dataclass(frozen=True)
class NotPublished:
    """Why a destination did not take an event. `forever`: it never will, so that trying again is of no use."""

    reason: str
    forever: bool = False


class EventPublisher(Protocol):
    """One destination. It is used by one thread at a time."""

    @property
    def destination(self) -> str:
        """Its name in the catalog: the same for the same destination always, and without secrets."""

    @property
    def most(self) -> int:
        """How many events one call takes."""

    def publish(self, events: Sequence[CloudEvent]) -> Sequence[NotPublished | None]:
        """Send up to `most` events of different subjects; what became of each, None where it was acknowledged.

        Takes a bounded time, and raises nothing for what is wrong with the destination.
        """

    def close(self) -> None:
        """Let connections go; the next use opens them anew."""


class Messenger(Protocol):
    """Who brings an alert to people, in their own markup."""

    def send(self, alert: Alert) -> NotPublished | None:
        """None where it was acknowledged. A receiver knows by the id an alert that comes again. Takes a bounded time."""

    def close(self) -> None:
        """Let connections go; the next use opens them anew."""


class MessengerFactory(Protocol):
    def __call__(self, url: str, secrets: str = "") -> Messenger:
        """By a webhook's URL, signed where there are secrets; `InvalidInput` where it is none."""


@dataclass(frozen=True)
class Destination:
    """How far the relay has come for a destination.

    All events up to `position` were delivered, but for those that wait as a `Delivery` of their own. `failures` counts failed
    attempts since the last success; until `paused_until` nothing is tried.
    """

    name: str
    position: int = 0
    failures: int = 0
    paused_until: datetime | None = None


@dataclass(frozen=True)
class Delivery:
    """An event that a destination has not taken yet.

    With `not_before` it is the first of its subject that waits, and is tried from then on; without, it waits for those before
    it, or is a dead letter (`died_at`), which is not tried any more and holds nothing back.
    """

    event: RecordedEvent
    attempts: int = 0
    not_before: datetime | None = None
    reason: str | None = None
    died_at: datetime | None = None


@dataclass(frozen=True)
class DeadLetter:
    destination: str
    delivery: Delivery


@dataclass(frozen=True)
class DestinationView:
    """A destination, and how many events are still to come (`behind`), wait for another try, or are dead letters."""

    destination: Destination
    behind: int
    waiting: int
    dead: int


class IOutboxRepository(Protocol):
    """Events, their order, and where they were delivered. One relay at a time serves a destination, by lease."""

    def assign_positions(self, most: int) -> int:
        """Give up to `most` events that have none the next positions, gap-free; how many that were.

        Transactions do this one after another, so that no position becomes visible before a lower one.
        """

    def last_position(self) -> int:
        """The highest that was ever given."""

    def destination(self, name: str) -> Destination:
        """One that is not known yet begins after `last_position`."""

    def claim(self, destination: str, holder: str, now: datetime, lease_until: datetime) -> bool:
        """Whether `holder` now serves it: nobody else did, or their lease had run out at `now`."""

    def renew(self, destination: str, holder: str, lease_until: datetime) -> bool:
        """Whether `holder` still serves it; if so, its lease is extended."""

    def release(self, destination: str, holder: str) -> None:
        """End the lease, if it is still `holder`'s."""

    def after(self, position: int, most: int) -> tuple[RecordedEvent, ...]:
        """Events of higher positions, in their order."""

    def due(self, destination: str, now: datetime, most: int) -> tuple[Delivery, ...]:
        """Deliveries to try at `now`, of different subjects, those that wait longest first."""

    def held(self, destination: str, subjects: Iterable[str]) -> frozenset[str]:
        """Those of `subjects` of which an event waits, so that later ones wait as well."""

    def advance(self, destination: Destination, waiting: Sequence[Delivery]) -> None:
        """Store the destination as it is now, with what is newly waiting up to its position."""

    def settle(
        self, destination: Destination, delivered: Sequence[Delivery], failed: Sequence[Delivery], now: datetime
    ) -> None:
        """Store what became of deliveries that were due. Where one was delivered or died, the next of its subject is due `now`."""

    def retry_dead(self, now: datetime, event_id: str | None = None) -> int:
        """Make dead letters due again, as if never tried: those of an event, or all; how many that were."""

    def forget(self, destination: str) -> None:
        """Remove a destination that is in use no more, with all that waits for it. `NotFound` where there is none."""


class IConsumerRepository(Protocol):
    """How far consumers of events have come."""

    def position(self, consumer: str) -> int:
        """Up to where it has read by position; 0 where it never did."""

    def move(self, consumer: str, before: int, to: int, now: datetime) -> None:
        """`Conflict` where it does not stand at `before`: another process reads as the same consumer."""

    def has_seen(self, consumer: str, event_id: str) -> bool: ...

    def mark_seen(self, consumer: str, event_id: str, now: datetime) -> bool:
        """Note that it has handled an event; False where that was noted already."""

    def forget_seen(self, before: datetime) -> int:
        """Remove notes from before a moment; how many."""


class EventReader(Protocol):
    """Events as they were recorded, without a write transaction. Those without a position do not show."""

    def events(self, after: int, limit: int = 100) -> list[RecordedEvent]:
        """Events of higher positions, in their order."""

    def last_events(self, limit: int = 10) -> list[RecordedEvent]:
        """The last ones, in their order."""

    def consumer_position(self, consumer: str) -> int:
        """Up to where it has read; 0 where it never did."""

    def has_seen(self, consumer: str, event_id: str) -> bool:
        """Whether the consumer has handled the event."""

    def dead_letters(self, limit: int = 100) -> list[DeadLetter]:
        """In the order of their positions."""

    def destinations(self) -> list[DestinationView]:
        """By name."""


@dataclass(frozen=True)
class ReceivedEvent:
    """A message of a queue that holds an event. `receipt` is what the queue knows this delivery of it by."""

    receipt: str
    event: CloudEvent


@dataclass(frozen=True)
class Malformed:
    """A message that holds no event; it is left to the queue's own redrive."""

    message_id: str
    reason: str


class EventQueue(Protocol):
    """Where events come from. A message that was received is hidden from others for a while, and comes back unless removed."""

    def receive(self, wait_seconds: float) -> Sequence[ReceivedEvent | Malformed]:
        """Some messages, hidden from now on; none where none came within `wait_seconds`. `Unavailable` where it cannot be asked."""

    def hide(self, received: ReceivedEvent) -> bool:
        """Hide it for the full time again; False where it has come back already, and another may have it."""

    def remove(self, received: ReceivedEvent) -> None:
        """It was handled."""

    def close(self) -> None:
        """Let connections go."""


class EventQueueFactory(Protocol):
    def __call__(self, queue: str, *, hidden_seconds: float) -> EventQueue:
        """The queue of this name, ARN or URL; nothing is connected yet. `InvalidInput` where it is none of these."""
