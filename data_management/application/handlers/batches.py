"""Handlers of commands about batches."""

from datetime import timedelta

from data_management.application import commands as c
from data_management.application.handlers.context import CommandContext
from data_management.application.handlers.data_assets import reject
from data_management.application.handlers.signatures import CommandHandlers
from data_management.application.ports import UnitOfWork

MOST_ATTEMPTS = 4
"""How often a data asset is tried: in batches of up to 1,000, 100, 10 and 1. One that kills its run even alone is rejected."""


def claim_batch(command: c.ClaimBatchCommand, uow: UnitOfWork, context: CommandContext) -> c.Batch:
    earlier: c.Batch | None = context.earlier(command)
    if earlier is not None and uow.arrivals.holds(command.holder, [entry.id for entry in earlier.entries]):
        return earlier
    now = context.clock()
    claimed = uow.arrivals.claim(
        command.dataset, command.holder, now, now + timedelta(seconds=command.lease_seconds), command.most
    )
    attempts = dict(claimed)
    entries = uow.assets.get_many(list(attempts))
    deadly = [entry for entry in entries if attempts[entry.id] >= MOST_ATTEMPTS]
    rejected = [
        reject(
            uow,
            entry,
            f"{entry.asset.location.name}: every run that read it died, {attempts[entry.id]} times, the last time with no "
            "other file; look at the runs' logs, then mend or replace the file",
        )
        for entry in deadly
    ]
    return c.Batch(entries=tuple(entry for entry in entries if entry not in deadly), rejected=tuple(rejected))


def renew_lease(command: c.RenewLeaseCommand, uow: UnitOfWork, context: CommandContext) -> int:
    return uow.arrivals.renew(command.holder, context.clock() + timedelta(seconds=command.lease_seconds))


def release_batch(command: c.ReleaseBatchCommand, uow: UnitOfWork, context: CommandContext) -> int:
    return uow.arrivals.release(command.holder, context.clock() + timedelta(seconds=command.pending_after_seconds))


def expire_lease(command: c.ExpireLeaseCommand, uow: UnitOfWork, context: CommandContext) -> int:
    return uow.arrivals.expire(command.holder, context.clock())


COMMAND_HANDLERS: CommandHandlers = {
    c.ClaimBatchCommand: claim_batch,
    c.RenewLeaseCommand: renew_lease,
    c.ReleaseBatchCommand: release_batch,
    c.ExpireLeaseCommand: expire_lease,
}
