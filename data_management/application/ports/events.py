"""Events out and in: the outbox, who brings them on, and where others come from."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from data_management.application.alerts import Alert
from data_management.application.messaging import (
    CloudEvent,
    Delivery,
    Destination,
    Malformed,
    NotPublished,
    ReceivedEvent,
    RecordedEvent,
)


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
        """A messenger for a webhook's URL, which signs what it sends where there are `secrets`; `InvalidInput` for a bad URL."""


class IOutboxRepository(Protocol):
    """Events, their order, and where they were delivered. One relay at a time serves a destination, by lease."""

    def assign_positions(self, most: int) -> int:
        """Give up to `most` events that have none the next positions, gap-free; returns their number.

        Transactions do this one after another, so that no position becomes visible before a lower one.
        """

    def last_position(self) -> int:
        """The highest position that was ever given."""

    def destination(self, name: str) -> Destination:
        """The state of a destination; an unknown one begins after `last_position`."""

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
        """Make dead letters due again, as if never tried: those of one event, or all; returns their number."""

    def forget(self, destination: str) -> None:
        """Remove a destination that is no longer used, with all that waits for it. `NotFound` where there is none."""


class IConsumerRepository(Protocol):
    """How far consumers of events have read, and which events they have handled."""

    def position(self, consumer: str) -> int:
        """The position up to which a consumer has read; 0 for an unknown one."""

    def move(self, consumer: str, before: int, to: int, now: datetime) -> None:
        """Move a consumer's position; `Conflict` where it is not at `before`, because another process reads as the same consumer."""

    def has_seen(self, consumer: str, event_id: str) -> bool:
        """Whether the consumer has handled the event."""

    def mark_seen(self, consumer: str, event_id: str, now: datetime) -> bool:
        """Note that a consumer has handled an event; False where that was noted before."""

    def forget_seen(self, before: datetime) -> int:
        """Remove notes from before a moment (UTC); returns their number."""


class EventQueue(Protocol):
    """Where events come from. A message that was received is hidden from others for a while, and comes back unless removed."""

    def receive(self, wait_seconds: float) -> Sequence[ReceivedEvent | Malformed]:
        """Some messages, hidden from now on; none where none came within `wait_seconds`. `Unavailable` where it cannot be asked."""

    def hide(self, received: ReceivedEvent) -> bool:
        """Hide it for the full time again; False where it has come back already, and another may have it."""

    def remove(self, received: ReceivedEvent) -> None:
        """Remove a message that was handled."""

    def close(self) -> None:
        """Let connections go."""


class EventQueueFactory(Protocol):
    def __call__(self, queue: str, *, hidden_seconds: float) -> EventQueue:
        """The queue of this name, ARN or URL; nothing is connected yet. `InvalidInput` where it is none of these."""
