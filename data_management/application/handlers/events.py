"""Handlers of commands and queries about events."""

from collections.abc import Callable
from typing import Any

from data_management.application import commands as c
from data_management.application import queries as q
from data_management.application.handlers.context import CommandContext
from data_management.application.handlers.signatures import CommandHandlers, QueryHandlers
from data_management.application.messaging import DeadLetter, DestinationView, RecordedEvent
from data_management.application.ports import EventReader, UnitOfWork
from data_management.errors import NotFound


def handle_event(
    command: c.HandleEventCommand, uow: UnitOfWork, context: CommandContext, do: Callable[[c.Command[Any]], Any]
) -> bool:
    """`do` executes one command within the unit of work."""
    if not uow.consumers.mark_seen(command.consumer, command.event_id, context.clock()):
        return False
    for each in command.commands:
        do(each)
    return True


def move_consumer(command: c.MoveConsumerCommand, uow: UnitOfWork, context: CommandContext) -> None:
    moved_before = context.is_repeat(command) and uow.consumers.position(command.consumer) == command.to
    if not moved_before:
        uow.consumers.move(command.consumer, command.before, command.to, context.clock())


def retry_dead_letters(command: c.RetryDeadLettersCommand, uow: UnitOfWork, context: CommandContext) -> int:
    retried = uow.outbox.retry_dead(context.clock(), command.event_id)
    if not retried and context.is_repeat(command):
        return int(context.earlier(command))
    if not retried and command.event_id is not None:
        raise NotFound(f"there is no dead letter of event {command.event_id!r}; `events dead` lists those there are")
    return retried


def forget_destination(command: c.ForgetDestinationCommand, uow: UnitOfWork, context: CommandContext) -> None:
    try:
        uow.outbox.forget(command.destination)
    except NotFound:
        if not context.is_repeat(command):
            raise


def forget_seen_events(command: c.ForgetSeenEventsCommand, uow: UnitOfWork, context: CommandContext) -> int:
    return uow.consumers.forget_seen(command.before)


def list_events(query: q.ListEventsQuery, reader: EventReader) -> list[RecordedEvent]:
    return reader.events(query.after, query.limit)


def list_last_events(query: q.ListLastEventsQuery, reader: EventReader) -> list[RecordedEvent]:
    return reader.last_events(query.limit)


def get_consumer_position(query: q.GetConsumerPositionQuery, reader: EventReader) -> int:
    return reader.consumer_position(query.consumer)


def has_seen_event(query: q.HasSeenEventQuery, reader: EventReader) -> bool:
    return reader.has_seen(query.consumer, query.event_id)


def list_dead_letters(query: q.ListDeadLettersQuery, reader: EventReader) -> list[DeadLetter]:
    return reader.dead_letters(query.limit)


def list_destinations(query: q.ListDestinationsQuery, reader: EventReader) -> list[DestinationView]:
    return reader.destinations()


COMMAND_HANDLERS: CommandHandlers = {
    c.MoveConsumerCommand: move_consumer,
    c.RetryDeadLettersCommand: retry_dead_letters,
    c.ForgetDestinationCommand: forget_destination,
    c.ForgetSeenEventsCommand: forget_seen_events,
}

QUERY_HANDLERS: QueryHandlers = {
    q.ListEventsQuery: list_events,
    q.ListLastEventsQuery: list_last_events,
    q.GetConsumerPositionQuery: get_consumer_position,
    q.HasSeenEventQuery: has_seen_event,
    q.ListDeadLettersQuery: list_dead_letters,
    q.ListDestinationsQuery: list_destinations,
}
