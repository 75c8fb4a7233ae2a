"""Events in: from a queue to what is to be done about them, once each."""

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic.dataclasses import dataclass

from data_management.application.commands import Command, ForgetSeenEventsCommand, HandleEventCommand
from data_management.application.messaging import CloudEvent, Malformed, ReceivedEvent
from data_management.application.ports import EventQueue
from data_management.application.queries import HasSeenEventQuery
from data_management.application.services.facade import Application
from data_management.errors import Unavailable

logger = logging.getLogger(__name__)

_SEEN_FOR = timedelta(days=15)
"""A day longer than any queue of SQS keeps a message."""

EventHandler = Callable[[CloudEvent], Sequence[Command[Any]] | None]
"""Does what an event asks for, and may return commands for the catalog. It is called again where the process dies before these
are stored, so what it does elsewhere should bear that; the commands are executed once, together with the note that it was handled."""


@dataclass(frozen=True)
class Consumption:
    """What became of messages. `failed` and `malformed` ones are left to the queue, which redrives them."""

    handled: int = 0
    known: int = 0
    """Handled before, and delivered again."""
    ignored: int = 0
    """Of types that were not asked for."""
    failed: int = 0
    malformed: int = 0

    def plus(self, **more: int) -> "Consumption":
        return Consumption(**{name: count + more.get(name, 0) for name, count in vars(self).items()})


def consume(
    app: Application,
    queue: EventQueue,
    handle: EventHandler,
    *,
    consumer: str,
    types: Collection[str] = (),
    wait_seconds: float = 0.0,
    until: datetime | None = None,
) -> Consumption:
    """Handle the queue's events of these `types` (all, where none is named), until it is empty, or until a moment (UTC).

    What was handled is remembered under the name of `consumer`, so that an event that is delivered again is not handled again.
    One that fails comes back when the queue shows it again, and in the end goes where the queue redrives it to.
    """
    result = Consumption()
    while until is None or app.clock() < until:
        messages = queue.receive(wait_seconds)
        for message in messages:
            if isinstance(message, Malformed):
                logger.warning("message is no event", extra={"message_id": message.message_id, "why": message.reason})
                result = result.plus(malformed=1)
            elif queue.hide(message):  # those before it took their time
                result = result.plus(**{_handle(app, queue, handle, consumer, types, message): 1})
        if not messages and until is None:
            break
    if result.handled:
        app.run(ForgetSeenEventsCommand(app.clock() - _SEEN_FOR))
    return result


def _handle(
    app: Application,
    queue: EventQueue,
    handle: EventHandler,
    consumer: str,
    types: Collection[str],
    received: ReceivedEvent,
) -> str:
    event = received.event
    if types and event.name not in types:
        outcome = "ignored"
    elif app.ask(HasSeenEventQuery(consumer, event.id)):
        outcome = "known"
    else:
        try:
            commands = tuple(handle(event) or ())
            new = app.run(HandleEventCommand(consumer, event.id, commands))
        except Unavailable:
            raise
        except Exception:
            logger.exception(
                "event not handled", extra={"consumer": consumer, "event_id": event.id, "type": event.type}
            )
            return "failed"
        outcome = "handled" if new else "known"
    queue.remove(received)
    return outcome
