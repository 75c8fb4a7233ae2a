"""Commands about events: what was handled, and what was delivered."""

from datetime import datetime
from typing import Any

from pydantic.dataclasses import dataclass

from data_management.application.commands.base import Command


@dataclass(frozen=True, config={"arbitrary_types_allowed": True})
class HandleEventCommand(Command[bool]):
    """Note that a consumer has handled an event and execute what follows from it, all or nothing; False where it was handled before."""

    consumer: str
    event_id: str
    commands: tuple[Command[Any], ...] = ()


@dataclass(frozen=True)
class MoveConsumerCommand(Command[None]):
    """Move a consumer's cursor; `Conflict` where it does not stand at `before` any more."""

    consumer: str
    before: int
    to: int


@dataclass(frozen=True)
class RetryDeadLettersCommand(Command[int]):
    """Make dead letters due again, those of one event or all; returns their number."""

    event_id: str | None = None


@dataclass(frozen=True)
class ForgetDestinationCommand(Command[None]):
    """Remove a destination that is no longer used, with the events that wait for it."""

    destination: str


@dataclass(frozen=True)
class ForgetSeenEventsCommand(Command[int]):
    """Forget which events consumers handled before a moment (UTC); returns the number of forgotten notes."""

    before: datetime
