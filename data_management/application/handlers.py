"""One function per command. Each fetches, lets the domain decide, and saves; the dispatch table ends the file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from data_management.application import access
from data_management.application import commands as c
from data_management.application import upkeep
from data_management.application.consumption import CONSUMPTION_COMMAND_HANDLERS
from data_management.application.event_handlers import EVENT_COMMAND_HANDLERS
from data_management.application.ports import FoundFile, UnitOfWork
from data_management.application.renaming import must_be_no_other, rename_dataset
from data_management.application.tools import Tools
from data_management.application.totals import change_totals, replace_dataset_checks, sum_anew, summed
from data_management.domain.events import DatasetQualityUpdated, DatasetRegistered
from data_management.domain.identifiers import new_ids
from data_management.domain.models import (
    AssetStatus,
    DataAsset,
    DataCatalogEntry,
    Dataset,
    Examination,
    FileFormat,
    Plan,
    SchemaChange,
    schema_changes,
)
from data_management.domain.repositories import DatasetScore, Validation
from data_management.domain.services import Progress
from data_management.errors import Conflict

MOST_ATTEMPTS = 4
"""How often a data asset is tried: with 1,000, 100, 10 and no neighbours. One that kills its run even alone is rejected."""

_TYPED_FORMATS = (FileFormat.PARQUET, FileFormat.ARROW)
"""Their files say what type a column is; of others it is inferred."""


def register_dataset(command: c.RegisterDatasetCommand, uow: UnitOfWork, tools: Tools) -> Dataset:
    dataset = command.dataset
    if not command.may_rename:
        must_be_no_other(dataset, uow)
    known = uow.datasets.find(dataset.name) or rename_dataset(dataset, uow, tools)
    is_back = known is not None and uow.datasets.restore(dataset.name)
    if known is None or is_back or _definition(known) != _definition(dataset):
        uow.datasets.save(
            dataset, [DatasetRegistered(aggregate_id=dataset.name, contract_version=dataset.contract_version)]
        )
    if known is not None and known.plan_hash != dataset.plan_hash:
        _change_plan(uow, dataset)
    return dataset


def record_arrivals(command: c.RecordArrivalsCommand, uow: UnitOfWork, tools: Tools) -> c.ArrivalsRecorded:
    found = {file.location: file for file in command.found}
    current = uow.assets.current_at(command.dataset, found)
    news = [
        file
        for location, file in found.items()
        if location not in current or current[location].asset.version_token != file.version_token
    ]
    older = [current[file.location] for file in news if file.location in current]
    _end(uow, older, [entry.superseded() for entry in older])
    now = tools.clock()
    keys = new_ids(len(news))
    arrived = uow.assets.save_all(
        [_arrival(key, command.dataset, file, now) for key, file in zip(keys, news, strict=True)]
    )
    if command.pending:
        uow.arrivals.open(arrived)
    return c.ArrivalsRecorded(new=len(news), newer=len(older), known=len(found) - len(news))


def record_removals(command: c.RecordRemovalsCommand, uow: UnitOfWork, tools: Tools) -> int:
    gone = list(uow.assets.current_at(command.dataset, command.locations).values())
    _end(uow, gone, [entry.removed() for entry in gone])
    return len(gone)


def claim_batch(command: c.ClaimBatchCommand, uow: UnitOfWork, tools: Tools) -> c.Batch:
    earlier: c.Batch | None = tools.earlier(command)
    if earlier is not None and uow.arrivals.holds(command.run_id, [entry.id for entry in earlier.entries]):
        return earlier
    now = tools.clock()
    claimed = uow.arrivals.claim(
        command.dataset, command.run_id, now, now + timedelta(seconds=command.lease_seconds), command.most
    )
    attempts = dict(claimed)
    entries = uow.assets.get_many(list(attempts))
    deadly = [entry for entry in entries if attempts[entry.id] >= MOST_ATTEMPTS]
    rejected = [
        _reject(
            uow,
            entry,
            f"{entry.asset.location.name}: every run that read it died, {attempts[entry.id]} times, the last time with no "
            "other file; look at the runs' logs, then mend or replace the file",
        )
        for entry in deadly
    ]
    return c.Batch(entries=tuple(entry for entry in entries if entry not in deadly), rejected=tuple(rejected))


def renew_lease(command: c.RenewLeaseCommand, uow: UnitOfWork, tools: Tools) -> int:
    return uow.arrivals.renew(command.run_id, tools.clock() + timedelta(seconds=command.lease_seconds))


def release_batch(command: c.ReleaseBatchCommand, uow: UnitOfWork, tools: Tools) -> int:
    return uow.arrivals.release(command.run_id, tools.clock() + timedelta(seconds=command.pending_after_seconds))


def expire_lease(command: c.ExpireLeaseCommand, uow: UnitOfWork, tools: Tools) -> int:
    return uow.arrivals.expire(command.run_id, tools.clock())


def register_data_asset(command: c.RegisterDataAssetCommand, uow: UnitOfWork, tools: Tools) -> DataCatalogEntry:
    entry = uow.assets.get(command.asset_id)
    _must_hold(uow, entry, command.run_id)
    change_totals(uow, [entry], sign=-1)
    return uow.assets.save(entry.registered(command.examination, _schema_changes(uow, entry, command.examination)))


def update_data_quality(command: c.UpdateDataQualityCommand, uow: UnitOfWork, tools: Tools) -> DataCatalogEntry:
    entry, dataset = uow.assets.get(command.asset_id), command.dataset
    _must_hold(uow, entry, command.run_id)
    rows = entry.row_count or 0
    assessment = tools.validation.assess(dataset.asset_rules, command.checks, rows, dataset.policy)
    if entry.status.is_judged:
        change_totals(uow, [entry], sign=-1)
    uow.datasets.keep_plan(dataset.name, Plan.of(dataset))
    saved = uow.assets.save(entry.scored(assessment.score, assessment.verdict, "; ".join(assessment.reasons) or None))
    uow.quality.add(
        Validation(
            asset_id=saved.id,
            dataset=dataset.name,
            plan_hash=dataset.plan_hash,
            contract_version=dataset.contract_version,
            request_key=command.request_key,
            at=tools.clock(),
            row_count=rows,
            score=assessment.score,
            verdict=assessment.verdict,
            checks=assessment.checks,
        )
    )
    uow.arrivals.complete([saved.id])
    change_totals(uow, [saved], sign=1)
    return saved


def reject_data_asset(command: c.RejectDataAssetCommand, uow: UnitOfWork, tools: Tools) -> DataCatalogEntry:
    entry = uow.assets.get(command.asset_id)
    _must_hold(uow, entry, command.run_id)
    return _reject(uow, entry, command.reason)


def judge_data_asset(command: c.JudgeDataAssetCommand, uow: UnitOfWork, tools: Tools) -> DataCatalogEntry:
    asset_id, read, run_id = command.asset_id, command.read, command.run_id
    if isinstance(read, str):
        return reject_data_asset(c.RejectDataAssetCommand(asset_id, read, run_id), uow, tools)
    register_data_asset(c.RegisterDataAssetCommand(asset_id, read, run_id), uow, tools)
    update = c.UpdateDataQualityCommand(asset_id, command.dataset, read.checks, command.request_key, run_id)
    return update_data_quality(update, uow, tools)


def score_dataset(command: c.ScoreDatasetCommand, uow: UnitOfWork, tools: Tools) -> c.DatasetAssessed:
    dataset = command.dataset
    is_the_catalogs = uow.datasets.get(dataset.name).plan_hash == dataset.plan_hash
    if command.checks is not None and is_the_catalogs:
        replace_dataset_checks(uow, tools.validation, dataset, command.checks)
    accepted = uow.quality.totals(dataset.name, AssetStatus.ACCEPTED)
    counts = uow.assets.counts(dataset.name)
    before = uow.quality.latest_score(dataset.name)
    progress = Progress(
        before=before.verdict if before else None,
        outdated=uow.quality.count_outdated(dataset.name, dataset.plan_hash),
        judges_again=dataset.judges_again and not command.is_attached,
        is_the_catalogs=is_the_catalogs,
        all_was_read=command.checks is not None or command.is_attached,
    )
    assessment = tools.validation.assess_dataset(dataset.rules, accepted, counts, dataset.policy, progress)
    plan_changed = before is not None and before.plan_hash != dataset.plan_hash
    uow.datasets.keep_plan(dataset.name, Plan.of(dataset))
    score = DatasetScore(
        dataset=dataset.name,
        plan_hash=dataset.plan_hash,
        contract_version=dataset.contract_version,
        request_key=command.request_key,
        at=tools.clock(),
        score=assessment.score,
        verdict=assessment.verdict,
        reasons=assessment.reasons,
        counts=counts,
    )
    turn = score.turned_from(before)
    event = DatasetQualityUpdated(
        aggregate_id=dataset.name,
        verdict=assessment.verdict,
        value=assessment.score.value,
        lower=assessment.score.lower,
        previous=before.score.value if before else None,
        accepted=counts.accepted,
        quarantined=counts.quarantined,
        rejected=counts.rejected,
        plan_changed=plan_changed,
        previous_verdict=before.verdict if before else None,
        reasons=turn.reasons if turn else (),
        gained=turn.gained if turn else {},
    )
    uow.quality.add_score(score, [event])
    quarantined = uow.quality.totals(dataset.name, AssetStatus.QUARANTINED)
    return c.DatasetAssessed(score=score, totals=summed([*accepted, *quarantined]), plan_changed=plan_changed)


def judge_version(command: c.JudgeVersionCommand, uow: UnitOfWork, tools: Tools) -> c.VersionJudged:
    dataset, location = command.dataset, command.found.location
    arrivals = c.RecordArrivalsCommand(dataset.name, (command.found,), pending=False)
    if record_arrivals(arrivals, uow, tools).new:
        record_removals(c.RecordRemovalsCommand(dataset.name, command.ends), uow, tools)
    asset_id = uow.assets.current_at(dataset.name, [location])[location].id
    entry = judge_data_asset(c.JudgeDataAssetCommand(asset_id, dataset, command.read, command.request_key), uow, tools)
    score = c.ScoreDatasetCommand(dataset, command.request_key, is_attached=True)
    return c.VersionJudged(entry, score_dataset(score, uow, tools))


def handle_event(command: c.HandleEventCommand, uow: UnitOfWork, tools: Tools) -> bool:
    if not uow.consumers.mark_seen(command.consumer, command.event_id, tools.clock()):
        return False
    for each in command.commands:
        COMMAND_HANDLERS[type(each)](each, uow, tools)
    return True


def act(command: c.ActCommand, uow: UnitOfWork, tools: Tools) -> c.Acted:
    return access.act(command, uow, tools, lambda each: COMMAND_HANDLERS[type(each)](each, uow, tools))


def _arrival(key: str, dataset: str, file: FoundFile, at: datetime) -> DataCatalogEntry:
    return DataCatalogEntry.arrived(
        DataAsset.arrived(key, dataset, file.location, file.version_token, at, file.size_bytes)
    )


def _schema_changes(uow: UnitOfWork, entry: DataCatalogEntry, examination: Examination) -> tuple[SchemaChange, ...]:
    """Of a data asset that is new: how its columns differ from the last accepted one's, and from what the contract requires."""
    if entry.status is not AssetStatus.ARRIVED or entry.columns is not None:
        return ()
    dataset = entry.asset.dataset
    return schema_changes(
        uow.assets.last_columns(dataset),
        examination.columns,
        uow.datasets.get(dataset).columns,
        empty={profile.name for profile in examination.profile if profile.count == 0},
        inferred=examination.reading.get("format") not in _TYPED_FORMATS,
    )


def _change_plan(uow: UnitOfWork, dataset: Dataset) -> None:
    """Sum what the new plan has judged already (it may be an old one that is back), and queue what could not be read."""
    for page in sum_anew(uow, dataset.name):
        if not dataset.judges_again:
            continue
        again = [entry.arrived_again() for entry in page if entry.status is AssetStatus.REJECTED]
        uow.arrivals.open(uow.assets.save_all(again))


def _reject(uow: UnitOfWork, entry: DataCatalogEntry, reason: str) -> DataCatalogEntry:
    change_totals(uow, [entry], sign=-1)
    uow.arrivals.complete([entry.id])
    return uow.assets.save(entry.rejected(reason))


def _end(uow: UnitOfWork, entries: Sequence[DataCatalogEntry], ended: Sequence[DataCatalogEntry]) -> None:
    """Save `entries` as they `ended`: superseded or removed."""
    if not entries:
        return
    change_totals(uow, entries, sign=-1)
    uow.assets.save_all(ended)
    uow.arrivals.complete([entry.id for entry in entries])


def _must_hold(uow: UnitOfWork, entry: DataCatalogEntry, run_id: str | None) -> None:
    if run_id is not None and not uow.arrivals.holds(run_id, [entry.id]):
        raise Conflict(
            f"data asset {entry.asset.location} is not held by run {run_id} any more: its lease ran out and another run took it, or a "
            "newer version arrived; whoever holds it now judges it"
        )


def _definition(dataset: Dataset) -> tuple[Any, ...]:
    return tuple(getattr(dataset, field.name) for field in fields(Dataset) if field.name != "source")


CommandHandler = Callable[[Any, UnitOfWork, Tools], Any]

COMMAND_HANDLERS: Mapping[type[c.Command[Any]], CommandHandler] = {
    c.RegisterDatasetCommand: register_dataset,
    c.RecordArrivalsCommand: record_arrivals,
    c.RecordRemovalsCommand: record_removals,
    c.ClaimBatchCommand: claim_batch,
    c.RenewLeaseCommand: renew_lease,
    c.ReleaseBatchCommand: release_batch,
    c.ExpireLeaseCommand: expire_lease,
    c.RegisterDataAssetCommand: register_data_asset,
    c.UpdateDataQualityCommand: update_data_quality,
    c.RejectDataAssetCommand: reject_data_asset,
    c.JudgeDataAssetCommand: judge_data_asset,
    c.ScoreDatasetCommand: score_dataset,
    c.JudgeVersionCommand: judge_version,
    c.PruneCommand: upkeep.prune,
    c.RetireDatasetCommand: upkeep.retire_dataset,
    c.MendTotalsCommand: upkeep.mend_totals,
    c.RebuildSearchCommand: upkeep.rebuild_search,
    c.EraseDataAssetsCommand: upkeep.erase_data_assets,
    c.HandleEventCommand: handle_event,
    c.ActCommand: act,
    **access.ACCESS_COMMAND_HANDLERS,
    **EVENT_COMMAND_HANDLERS,
    **CONSUMPTION_COMMAND_HANDLERS,
}
