"""One function per command and query. A command's fetches, lets the domain decide, and saves."""

from data_management.application.handlers.batches import MOST_ATTEMPTS
from data_management.application.handlers.context import CommandContext
from data_management.application.handlers.dispatch import COMMAND_HANDLERS, QUERY_HANDLERS
from data_management.application.handlers.signatures import CommandHandler, QueryHandler
from data_management.application.handlers.totals import summed

__all__ = [
    "COMMAND_HANDLERS",
    "MOST_ATTEMPTS",
    "QUERY_HANDLERS",
    "CommandContext",
    "CommandHandler",
    "QueryHandler",
    "summed",
]
