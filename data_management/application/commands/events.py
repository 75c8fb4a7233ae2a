"""Commands about events: what was handled, and what was delivered."""

from datetime import datetime
from typing import Any

from pydantic.dataclasses import dataclass

from data_management.application.commands.base import Command


@dataclass(frozen=True, config={"arbitrary_types_allowed": True})
class HandleEventCommand(Command[bool]):
    """Note that a consumer has handled an event, and do what follows from it, all or nothing; False where it had been handled before."""

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
    """Make dead letters due again, those of an event or all; how many that were."""

    event_id: str | None = None


@dataclass(frozen=True)
class ForgetDestinationCommand(Command[None]):
    """Remove a destination that events are sent to no more, with what waits for it."""

    destination: str


@dataclass(frozen=True)
class ForgetSeenEventsCommand(Command[int]):
    """Forget which events consumers handled before a moment (UTC); how many that were."""

    before: datetime
