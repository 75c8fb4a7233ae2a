"""What handlers look like."""

from collections.abc import Callable, Mapping
from typing import Any

from data_management.application.commands import Command
from data_management.application.handlers.context import CommandContext
from data_management.application.ports import CatalogReader, UnitOfWork
from data_management.application.queries import Query

CommandHandler = Callable[[Any, UnitOfWork, CommandContext], Any]
CommandHandlers = Mapping[type[Command[Any]], CommandHandler]
QueryHandler = Callable[[Any, CatalogReader], Any]
QueryHandlers = Mapping[type[Query[Any]], QueryHandler]
