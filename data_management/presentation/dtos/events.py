"""Events in JSON. Field names are part of the public interface."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from data_management.application.messaging import CloudEvent, DeadLetter, DestinationView, RecordedEvent
from data_management.application.services import Delivered, RelayReport


class CloudEventDto(BaseModel):
    """The envelope, as destinations get it."""

    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: str
    datacontenttype: str
    partitionkey: str
    sequence: str
    aggregateversion: int
    data: dict[str, Any]

    @classmethod
    def of(cls, event: RecordedEvent, source: str) -> "CloudEventDto":
        travelling = CloudEvent.of(event, source)
        return cls(**travelling.attributes, data=dict(travelling.data))


class DeadLetterDto(BaseModel):
    id: str
    destination: str
    type: str
    subject: str
    position: int
    attempts: int
    reason: str | None
    died_at: datetime | None

    @classmethod
    def of(cls, letter: DeadLetter) -> "DeadLetterDto":
        delivery = letter.delivery
        return cls(
            id=delivery.event.id,
            destination=letter.destination,
            type=delivery.event.type,
            subject=delivery.event.subject,
            position=delivery.event.position,
            attempts=delivery.attempts,
            reason=delivery.reason,
            died_at=delivery.died_at,
        )


class DestinationDto(BaseModel):
    """`behind`: events that were not tried yet; `waiting`: those that wait for another try, or behind one that does."""

    destination: str
    in_use: bool
    position: int
    behind: int
    waiting: int
    dead: int
    paused_until: datetime | None

    @classmethod
    def of(cls, view: DestinationView, *, in_use: bool) -> "DestinationDto":
        return cls(
            destination=view.destination.name,
            in_use=in_use,
            position=view.destination.position,
            behind=view.behind,
            waiting=view.waiting,
            dead=view.dead,
            paused_until=view.destination.paused_until,
        )


class RetriedDto(BaseModel):
    """So many dead letters are delivered again: those of an event, or all."""

    event: str | None
    dead_letters: int


class ForgottenDestinationDto(BaseModel):
    destination: str


class DeliveredDto(BaseModel):
    destination: str
    standing: str
    delivered: int
    failed: int
    dead: int

    @classmethod
    def of(cls, delivered: Delivered) -> "DeliveredDto":
        return cls(
            destination=delivered.destination,
            standing=delivered.state.value,
            delivered=delivered.delivered,
            failed=delivered.failed,
            dead=delivered.dead,
        )


class RelayDto(BaseModel):
    positioned: int
    destinations: list[DeliveredDto]

    @classmethod
    def of(cls, report: RelayReport) -> "RelayDto":
        return cls(positioned=report.positioned, destinations=[DeliveredDto.of(each) for each in report.destinations])
