"""Handlers of commands and queries that keep the catalog small and right."""

from data_management.application import commands as c
from data_management.application import queries as q
from data_management.application.handlers.context import CommandContext
from data_management.application.handlers.signatures import CommandHandlers, QueryHandlers
from data_management.application.handlers.totals import sum_anew
from data_management.application.ports import UnitOfWork, UpkeepReader
from data_management.application.views import TotalsAudit
from data_management.domain.models import AssetStatus, AuditRecord, Outcome, Prunable, PruneStep


def prune(command: c.PruneCommand, uow: UnitOfWork, context: CommandContext) -> PruneStep:
    step = uow.retention.prune(command.what, command.before, command.after, command.most)
    if command.what is Prunable.AUDIT and step.removed and not command.after:
        told = {"before": command.before.isoformat()}
        uow.access.record([AuditRecord(context.clock(), command.by, "audit.prune", "audit", Outcome.DONE, None, told)])
    return step


def mend_totals(command: c.MendTotalsCommand, uow: UnitOfWork, context: CommandContext) -> None:
    dataset = uow.datasets.get(command.dataset)
    of_all = {rule.name for rule in dataset.dataset_rules}
    kept = [total for total in uow.quality.totals(dataset.name, AssetStatus.ACCEPTED) if total.rule in of_all]
    for _ in sum_anew(uow, dataset.name):
        pass
    uow.assets.recount(dataset.name)
    uow.quality.change_totals(dataset.name, AssetStatus.ACCEPTED, kept)


def rebuild_search(command: c.RebuildSearchCommand, uow: UnitOfWork, context: CommandContext) -> tuple[str, ...]:
    return uow.datasets.rebuild_search()


def audit_dataset(query: q.AuditDatasetQuery, reader: UpkeepReader) -> TotalsAudit:
    return reader.audit(query.name)


def get_prunable(query: q.GetPrunableQuery, reader: UpkeepReader) -> dict[Prunable, int]:
    return reader.prunable(query.before, query.audit_before)


COMMAND_HANDLERS: CommandHandlers = {
    c.PruneCommand: prune,
    c.MendTotalsCommand: mend_totals,
    c.RebuildSearchCommand: rebuild_search,
}

QUERY_HANDLERS: QueryHandlers = {
    q.AuditDatasetQuery: audit_dataset,
    q.GetPrunableQuery: get_prunable,
}
