"""Which handler a message goes to; with the two commands that hold other commands."""

from data_management.application import commands as c
from data_management.application.handlers import (
    access,
    batches,
    consumers,
    data_assets,
    datasets,
    events,
    quality,
    search,
    upkeep,
)
from data_management.application.handlers.context import CommandContext
from data_management.application.handlers.signatures import CommandHandlers, QueryHandlers
from data_management.application.ports import UnitOfWork


def handle_event(command: c.HandleEventCommand, uow: UnitOfWork, context: CommandContext) -> bool:
    return events.handle_event(command, uow, context, lambda each: COMMAND_HANDLERS[type(each)](each, uow, context))


def act(command: c.ActCommand, uow: UnitOfWork, context: CommandContext) -> c.Acted:
    return access.act(command, uow, context, lambda each: COMMAND_HANDLERS[type(each)](each, uow, context))


COMMAND_HANDLERS: CommandHandlers = {
    **datasets.COMMAND_HANDLERS,
    **data_assets.COMMAND_HANDLERS,
    **batches.COMMAND_HANDLERS,
    **quality.COMMAND_HANDLERS,
    **events.COMMAND_HANDLERS,
    **consumers.COMMAND_HANDLERS,
    **access.COMMAND_HANDLERS,
    **upkeep.COMMAND_HANDLERS,
    c.HandleEventCommand: handle_event,
    c.ActCommand: act,
}

QUERY_HANDLERS: QueryHandlers = {
    **datasets.QUERY_HANDLERS,
    **data_assets.QUERY_HANDLERS,
    **quality.QUERY_HANDLERS,
    **events.QUERY_HANDLERS,
    **consumers.QUERY_HANDLERS,
    **access.QUERY_HANDLERS,
    **search.QUERY_HANDLERS,
    **upkeep.QUERY_HANDLERS,
}
