"""Events out and in: what the relay and consumers speak of. What they need from the world is in ``ports``."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from pydantic.dataclasses import dataclass

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
