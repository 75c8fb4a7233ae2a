"""Handlers of what keeps a catalog small, honest and lawful."""

from data_management.application import commands as c
from data_management.application.ports import UnitOfWork
from data_management.application.tools import Tools
from data_management.application.totals import change_totals, sum_anew
from data_management.domain.events import DatasetRetired
from data_management.domain.models import AssetStatus, AuditRecord, DataCatalogEntry, Outcome
from data_management.domain.repositories import Prunable, PruneStep
from data_management.errors import Conflict, NotFound


def prune(command: c.PruneCommand, uow: UnitOfWork, tools: Tools) -> PruneStep:
    step = uow.retention.prune(command.what, command.before, command.after, command.most)
    if command.what is Prunable.AUDIT and step.removed and not command.after:
        told = {"before": command.before.isoformat()}
        uow.access.record([AuditRecord(tools.clock(), command.by, "audit.prune", "audit", Outcome.DONE, None, told)])
    return step


def retire_dataset(command: c.RetireDatasetCommand, uow: UnitOfWork, tools: Tools) -> bool:
    now, name = tools.clock(), uow.datasets.get(command.name).name
    if holders := uow.arrivals.holders(name, now):
        raise Conflict(
            f"dataset {name!r} is being judged by {len(holders)} run(s); wait for them, or stop them, then retire it"
        )
    return uow.datasets.retire(name, now, [DatasetRetired(aggregate_id=name)])


def mend_totals(command: c.MendTotalsCommand, uow: UnitOfWork, tools: Tools) -> None:
    dataset = uow.datasets.get(command.dataset)
    of_all = {rule.name for rule in dataset.dataset_rules}
    kept = [total for total in uow.quality.totals(dataset.name, AssetStatus.ACCEPTED) if total.rule in of_all]
    for _ in sum_anew(uow, dataset.name):
        pass
    uow.assets.recount(dataset.name)
    uow.quality.change_totals(dataset.name, AssetStatus.ACCEPTED, kept)


def rebuild_search(command: c.RebuildSearchCommand, uow: UnitOfWork, tools: Tools) -> tuple[str, ...]:
    return uow.datasets.rebuild_search()


def erase_data_assets(command: c.EraseDataAssetsCommand, uow: UnitOfWork, tools: Tools) -> c.Erased:
    versions = uow.assets.all_at(command.location)
    if not versions:
        raise NotFound(
            f"the catalog knows nothing of {command.location}; `data-management assets list --all` names what it knows"
        )
    standing = [entry for entry in versions if entry.status.is_current]
    for entry in standing:
        change_totals(uow, [entry], sign=-1)
    uow.arrivals.complete([entry.id for entry in standing])
    tombstones = [_erased(uow, tools, entry, command) for entry in versions]
    return c.Erased(
        tombstones=tuple(tombstones),
        newly=sum(before.version != after.version for before, after in zip(versions, tombstones, strict=True)),
        ended=tuple(dict.fromkeys(entry.asset.dataset for entry in standing)),
    )


def _erased(
    uow: UnitOfWork, tools: Tools, entry: DataCatalogEntry, command: c.EraseDataAssetsCommand
) -> DataCatalogEntry:
    if entry.is_erased and (entry.is_nameless or not command.with_name):
        return entry
    return uow.assets.erase(entry.erased(command.by, tools.clock(), with_name=command.with_name))
