"""The one way in: commands are executed, queries are asked."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from data_management.application.commands import Command
from data_management.application.handlers import COMMAND_HANDLERS, QUERY_HANDLERS
from data_management.application.ports import (
    CatalogReader,
    Clock,
    DataLocationService,
    QualityEngine,
    UnitOfWorkFactory,
)
from data_management.application.queries import Query
from data_management.application.tools import Tools
from data_management.domain.services import DataValidationService
from data_management.errors import Conflict, DataManagementError, InvalidInput, NotFound, Rejected

T = TypeVar("T")


@dataclass(frozen=True)
class Done(Generic[T]):
    value: T


@dataclass(frozen=True)
class Failed:
    error: DataManagementError


class Application:
    """The catalog's use cases over its ports.

    `execute` runs all its commands in one transaction with a savepoint each: a command that fails leaves nothing
    behind and does not hinder the others. What makes the catalog itself unusable (`Unavailable`) fails the whole
    call, and nothing of it is stored.
    """

    def __init__(
        self,
        *,
        unit_of_work: UnitOfWorkFactory,
        reader: CatalogReader,
        engine: QualityEngine,
        locations: DataLocationService,
        clock: Clock,
        validation: DataValidationService,
    ) -> None:
        self.engine = engine
        self.locations = locations
        self.clock = clock
        self._unit_of_work = unit_of_work
        self._reader = reader
        self._tools = Tools(clock=clock, validation=validation)

    def execute(self, *commands: Command[Any]) -> tuple[Done[Any] | Failed, ...]:
        """One result or failure per command, in their order."""
        results: list[Done[Any] | Failed] = []
        with self._unit_of_work() as uow:
            for command in commands:
                handler = COMMAND_HANDLERS[type(command)]
                try:
                    with uow.savepoint():
                        results.append(Done(handler(command, uow, self._tools)))
                except (InvalidInput, NotFound, Conflict, Rejected) as error:
                    results.append(Failed(error))
        return tuple(results)

    def run(self, command: Command[T]) -> T:
        """Execute one command; its result, or its failure as an exception."""
        with self._unit_of_work() as uow:
            result: T = COMMAND_HANDLERS[type(command)](command, uow, self._tools)
        return result

    def ask(self, query: Query[T]) -> T:
        """The answer to one query, without a write transaction."""
        answer: T = QUERY_HANDLERS[type(query)](query, self._reader)
        return answer

    def close(self) -> None:
        """Stop the engine's workers."""
        self.engine.close()
