"""Handlers of commands and queries about consumers of datasets."""

from datetime import timedelta

from data_management.application import commands as c
from data_management.application import queries as q
from data_management.application.file_changes import ConsumerView, FileChanges
from data_management.application.handlers.context import CommandContext
from data_management.application.handlers.signatures import CommandHandlers, QueryHandlers
from data_management.application.ports import ConsumerReader, UnitOfWork
from data_management.errors import Stale


def open_consumption(command: c.OpenConsumptionCommand, uow: UnitOfWork, context: CommandContext) -> int:
    now = context.clock()
    until = now + timedelta(seconds=command.lease_seconds)
    return uow.offsets.open(command.dataset, command.consumer, command.holder, now, until)


def renew_consumption(command: c.RenewConsumptionCommand, uow: UnitOfWork, context: CommandContext) -> bool:
    until = context.clock() + timedelta(seconds=command.lease_seconds)
    return uow.offsets.renew(command.dataset, command.consumer, command.holder, until)


def commit_consumption(command: c.CommitConsumptionCommand, uow: UnitOfWork, context: CommandContext) -> None:
    uow.offsets.move(command.move, context.clock())


def release_consumption(command: c.ReleaseConsumptionCommand, uow: UnitOfWork, context: CommandContext) -> bool:
    return uow.offsets.release(command.dataset, command.consumer, command.holder)


def reset_consumer(command: c.ResetConsumerCommand, uow: UnitOfWork, context: CommandContext) -> int:
    _must_stand(uow, command.dataset, command.consumer, command.at)
    return uow.offsets.reset(command.dataset, command.consumer, command.to, context.clock())


def forget_consumer(command: c.ForgetConsumerCommand, uow: UnitOfWork, context: CommandContext) -> None:
    if context.is_repeat(command) and uow.offsets.standing(command.dataset, command.consumer) is None:
        return  # the answer to the first COMMIT was lost
    _must_stand(uow, command.dataset, command.consumer, command.at)
    uow.offsets.forget(command.dataset, command.consumer, context.clock())


def list_file_changes(query: q.ListFileChangesQuery, reader: ConsumerReader) -> FileChanges:
    return reader.file_changes(query.dataset, query.after, query.limit)


def list_unseen_files(query: q.ListUnseenFilesQuery, reader: ConsumerReader) -> FileChanges:
    return reader.unseen_files(query.dataset, query.consumer, query.limit)


def list_consumers(query: q.ListConsumersQuery, reader: ConsumerReader) -> list[ConsumerView]:
    return reader.consumers(query.dataset, query.name)


def _must_stand(uow: UnitOfWork, dataset: str, consumer: str, at: int | None) -> None:
    standing = None if at is None else uow.offsets.standing(dataset, consumer)
    if standing not in (None, at):
        raise Stale(
            f"consumer {consumer!r} of dataset {dataset!r} is at position {standing} by now, not at {at}; read it again and repeat"
        )


COMMAND_HANDLERS: CommandHandlers = {
    c.OpenConsumptionCommand: open_consumption,
    c.RenewConsumptionCommand: renew_consumption,
    c.CommitConsumptionCommand: commit_consumption,
    c.ReleaseConsumptionCommand: release_consumption,
    c.ResetConsumerCommand: reset_consumer,
    c.ForgetConsumerCommand: forget_consumer,
}

QUERY_HANDLERS: QueryHandlers = {
    q.ListFileChangesQuery: list_file_changes,
    q.ListUnseenFilesQuery: list_unseen_files,
    q.ListConsumersQuery: list_consumers,
}
