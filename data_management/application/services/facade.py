"""The one way in: commands are executed, queries are asked."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from data_management.application.commands import Command
from data_management.application.handlers import COMMAND_HANDLERS, QUERY_HANDLERS, CommandContext
from data_management.application.ports import (
    CatalogReader,
    Clock,
    DataLocationService,
    Deadline,
    FrameEngine,
    LandingAnnouncements,
    QualityEngine,
    TableReader,
    Ticks,
    UnitOfWorkFactory,
)
from data_management.application.queries import Query
from data_management.application.services.inline import InlineRelay
from data_management.application.services.relay import EventRelay
from data_management.domain.services import DataValidationService
from data_management.errors import Conflict, DataManagementError, Interrupted, InvalidInput, NotFound, Rejected

T = TypeVar("T")

_REPEATS = 2
"""How often what a deadlock or a restart of the database undid is done again."""


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
    call, and nothing of it is stored. What was `Interrupted` is done again, also where the answer to COMMIT was lost: handlers
    find what an earlier attempt stored, by the command's own keys or by what it `told`. After a commit `inline` relays its events, where it is given. `frames` and `tables` are for what others made, and hold in memory or a database.
    """

    def __init__(
        self,
        *,
        unit_of_work: UnitOfWorkFactory,
        reader: CatalogReader,
        engine: QualityEngine,
        locations: DataLocationService,
        announcements: LandingAnnouncements,
        clock: Clock,
        validation: DataValidationService,
        relay: EventRelay | None = None,
        inline: InlineRelay | None = None,
        frames: FrameEngine | None = None,
        tables: TableReader | None = None,
        ticks: Ticks = time.monotonic,
    ) -> None:
        self.engine = engine
        self.locations = locations
        self.announcements = announcements
        self.clock = clock
        self._ticks = ticks
        self.relay = relay or EventRelay(unit_of_work=unit_of_work, publishers=(), clock=clock)
        self.frames = frames
        self.tables = tables
        self.validation = validation
        self._inline = inline
        self._unit_of_work = unit_of_work
        self._reader = reader
        self._context = CommandContext(clock=clock, validation=validation)

    def execute(self, *commands: Command[Any]) -> tuple[Done[Any] | Failed, ...]:
        """One result or failure per command, in their order."""
        context = replace(self._context, earlier_results={})
        return _repeated(lambda: self._execute(commands, context))

    def run(self, command: Command[T]) -> T:
        """Execute one command; its result, or its failure as an exception."""
        context = replace(self._context, earlier_results={})
        return _repeated(lambda: self._run(command, context))

    def ask(self, query: Query[T]) -> T:
        """The answer to one query, without a write transaction."""
        answer: T = _repeated(lambda: QUERY_HANDLERS[type(query)](query, self._reader))
        return answer

    def deadline(self, seconds: float | None) -> Deadline:
        """One so many seconds from now on; never, without any."""
        return Deadline.after(seconds, self._ticks)

    def close(self) -> None:
        """Stop the engine's workers; events on their way get a moment."""
        self.engine.close()
        if self._inline is not None:
            self._inline.close()
        self.relay.close()

    def _execute(self, commands: tuple[Command[Any], ...], context: CommandContext) -> tuple[Done[Any] | Failed, ...]:
        results: list[Done[Any] | Failed] = []
        with self._unit_of_work() as uow:
            for command in commands:
                handler = COMMAND_HANDLERS[type(command)]
                try:
                    with uow.savepoint():
                        context.earlier_results[id(command)] = result = handler(command, uow, context)
                    results.append(Done(result))
                except (InvalidInput, NotFound, Conflict, Rejected) as error:
                    results.append(Failed(error))
        self._committed()
        return tuple(results)

    def _run(self, command: Command[T], context: CommandContext) -> T:
        with self._unit_of_work() as uow:
            result: T = COMMAND_HANDLERS[type(command)](command, uow, context)
            context.earlier_results[id(command)] = result
        self._committed()
        return result

    def _committed(self) -> None:
        if self._inline is not None:
            self._inline.notify()


def _repeated(act: Callable[[], T]) -> T:
    for _ in range(_REPEATS):
        try:
            return act()
        except Interrupted:
            continue
    return act()
