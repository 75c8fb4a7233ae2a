"""Messages of consumers of datasets, and their handlers: what they have not seen, and how far they have come."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from pydantic.dataclasses import dataclass

from data_management.application.commands import Command
from data_management.application.files import ConsumerView, FileChanges
from data_management.application.ports import CatalogReader, UnitOfWork
from data_management.application.queries import Query
from data_management.application.tools import Tools
from data_management.domain.repositories import OffsetMove
from data_management.errors import Stale


@dataclass(frozen=True)
class OpenConsumptionCommand(Command[int]):
    """Hold a consumer's offset until the lease runs out, so that nobody works under its name too; where it stands.

    Who is new stands at 0. `Conflict` while another holder works.
    """

    dataset: str
    consumer: str
    holder: str
    lease_seconds: float


@dataclass(frozen=True)
class RenewConsumptionCommand(Command[bool]):
    """Extend the lease; False where somebody else holds the offset by now."""

    dataset: str
    consumer: str
    holder: str
    lease_seconds: float


@dataclass(frozen=True)
class CommitConsumptionCommand(Command[None]):
    """A consumer has done what it was given: move its offset, and end its lease."""

    move: OffsetMove


@dataclass(frozen=True)
class ReleaseConsumptionCommand(Command[bool]):
    """A consumer has not done it: end its lease; whether it still held it."""

    dataset: str
    consumer: str
    holder: str


@dataclass(frozen=True)
class ResetConsumerCommand(Command[int]):
    """Set a consumer back, or forth, to a position; None: to the end. Where it stands then. `Stale` where it is not `at` that position."""

    dataset: str
    consumer: str
    to: int | None = 0
    at: int | None = None


@dataclass(frozen=True)
class ForgetConsumerCommand(Command[None]):
    """A consumer is no more; what it has still to see holds `prune` back no longer. `Stale` where it is not `at` that position."""

    dataset: str
    consumer: str
    at: int | None = None


@dataclass(frozen=True)
class ListFileChangesQuery(Query[FileChanges]):
    """What of a dataset was accepted, and what withdrawn, behind a position. The next page is behind `to` of this one."""

    dataset: str
    after: int = 0
    limit: int | None = None


@dataclass(frozen=True)
class ListUnseenFilesQuery(Query[FileChanges]):
    """The same behind the offset of a consumer."""

    dataset: str
    consumer: str
    limit: int | None = None


@dataclass(frozen=True)
class ListConsumersQuery(Query[list[ConsumerView]]):
    """The consumers of datasets: of all or one, all or those of a name."""

    dataset: str | None = None
    name: str | None = None


def open_consumption(command: OpenConsumptionCommand, uow: UnitOfWork, tools: Tools) -> int:
    now = tools.clock()
    until = now + timedelta(seconds=command.lease_seconds)
    return uow.offsets.open(command.dataset, command.consumer, command.holder, now, until)


def renew_consumption(command: RenewConsumptionCommand, uow: UnitOfWork, tools: Tools) -> bool:
    until = tools.clock() + timedelta(seconds=command.lease_seconds)
    return uow.offsets.renew(command.dataset, command.consumer, command.holder, until)


def commit_consumption(command: CommitConsumptionCommand, uow: UnitOfWork, tools: Tools) -> None:
    uow.offsets.move(command.move, tools.clock())


def release_consumption(command: ReleaseConsumptionCommand, uow: UnitOfWork, tools: Tools) -> bool:
    return uow.offsets.release(command.dataset, command.consumer, command.holder)


def reset_consumer(command: ResetConsumerCommand, uow: UnitOfWork, tools: Tools) -> int:
    _must_stand(uow, command.dataset, command.consumer, command.at)
    return uow.offsets.reset(command.dataset, command.consumer, command.to, tools.clock())


def forget_consumer(command: ForgetConsumerCommand, uow: UnitOfWork, tools: Tools) -> None:
    if tools.is_repeat(command) and uow.offsets.standing(command.dataset, command.consumer) is None:
        return  # the answer to the first COMMIT was lost
    _must_stand(uow, command.dataset, command.consumer, command.at)
    uow.offsets.forget(command.dataset, command.consumer, tools.clock())


def _must_stand(uow: UnitOfWork, dataset: str, consumer: str, at: int | None) -> None:
    standing = None if at is None else uow.offsets.standing(dataset, consumer)
    if standing not in (None, at):
        raise Stale(
            f"consumer {consumer!r} of dataset {dataset!r} is at position {standing} by now, not at {at}; read it again and repeat"
        )


def list_file_changes(query: ListFileChangesQuery, reader: CatalogReader) -> FileChanges:
    return reader.file_changes(query.dataset, query.after, query.limit)


def list_unseen_files(query: ListUnseenFilesQuery, reader: CatalogReader) -> FileChanges:
    return reader.unseen_files(query.dataset, query.consumer, query.limit)


def list_consumers(query: ListConsumersQuery, reader: CatalogReader) -> list[ConsumerView]:
    return reader.consumers(query.dataset, query.name)


CONSUMPTION_COMMAND_HANDLERS: Mapping[type[Command[Any]], Callable[[Any, UnitOfWork, Tools], Any]] = {
    OpenConsumptionCommand: open_consumption,
    RenewConsumptionCommand: renew_consumption,
    CommitConsumptionCommand: commit_consumption,
    ReleaseConsumptionCommand: release_consumption,
    ResetConsumerCommand: reset_consumer,
    ForgetConsumerCommand: forget_consumer,
}

CONSUMPTION_QUERY_HANDLERS: Mapping[type[Query[Any]], Callable[[Any, CatalogReader], Any]] = {
    ListFileChangesQuery: list_file_changes,
    ListUnseenFilesQuery: list_unseen_files,
    ListConsumersQuery: list_consumers,
}
