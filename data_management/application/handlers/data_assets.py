"""Handlers of commands and queries about data assets."""

from collections.abc import Sequence
from datetime import datetime

from data_management.application import commands as c
from data_management.application import queries as q
from data_management.application.handlers.context import CommandContext
from data_management.application.handlers.paging import checked_limit
from data_management.application.handlers.signatures import CommandHandlers, QueryHandlers
from data_management.application.handlers.totals import change_totals
from data_management.application.holders import run_of
from data_management.application.ports import DataAssetReader, FoundFile, UnitOfWork
from data_management.application.views import AssetPage, AssetView, DatasetProfile, LastArrival
from data_management.domain.identifiers import new_ids
from data_management.domain.models import (
    AssetStatus,
    Classification,
    DataAsset,
    DataCatalogEntry,
    Examination,
    FileFormat,
    SchemaChange,
    schema_changes,
)
from data_management.errors import Conflict, NotFound

_TYPED_FORMATS = (FileFormat.PARQUET, FileFormat.ARROW)
"""Formats whose files declare the types of their columns; for others types are inferred."""


def record_arrivals(command: c.RecordArrivalsCommand, uow: UnitOfWork, context: CommandContext) -> c.ArrivalsRecorded:
    found = {file.location: file for file in command.found}
    current = uow.assets.current_at(command.dataset, found)
    news = [
        file
        for location, file in found.items()
        if location not in current or current[location].asset.version_token != file.version_token
    ]
    older = [current[file.location] for file in news if file.location in current]
    _end(uow, older, [entry.superseded() for entry in older])
    now = context.clock()
    keys = new_ids(len(news))
    arrived = uow.assets.save_all(
        [_arrival(key, command.dataset, file, now) for key, file in zip(keys, news, strict=True)]
    )
    if command.pending:
        uow.arrivals.open(arrived)
    return c.ArrivalsRecorded(new=len(news), newer=len(older), known=len(found) - len(news))


def record_removals(command: c.RecordRemovalsCommand, uow: UnitOfWork, context: CommandContext) -> int:
    gone = list(uow.assets.current_at(command.dataset, command.locations).values())
    _end(uow, gone, [entry.removed() for entry in gone])
    return len(gone)


def register_data_asset(
    command: c.RegisterDataAssetCommand, uow: UnitOfWork, context: CommandContext
) -> DataCatalogEntry:
    entry = uow.assets.get(command.asset_id)
    must_hold(uow, entry, command.holder)
    change_totals(uow, [entry], sign=-1)
    return uow.assets.save(entry.registered(command.examination, _schema_changes(uow, entry, command.examination)))


def reject_data_asset(command: c.RejectDataAssetCommand, uow: UnitOfWork, context: CommandContext) -> DataCatalogEntry:
    entry = uow.assets.get(command.asset_id)
    must_hold(uow, entry, command.holder)
    return reject(uow, entry, command.reason)


def erase_data_assets(command: c.EraseDataAssetsCommand, uow: UnitOfWork, context: CommandContext) -> c.Erased:
    versions = uow.assets.all_at(command.location)
    if not versions:
        raise NotFound(
            f"the catalog knows nothing of {command.location}; `data-management assets list --all` names what it knows"
        )
    standing = [entry for entry in versions if entry.status.is_current]
    for entry in standing:
        change_totals(uow, [entry], sign=-1)
    uow.arrivals.complete([entry.id for entry in standing])
    tombstones = [_erased(uow, context, entry, command) for entry in versions]
    return c.Erased(
        tombstones=tuple(tombstones),
        newly=sum(before.version != after.version for before, after in zip(versions, tombstones, strict=True)),
        ended=tuple(dict.fromkeys(entry.asset.dataset for entry in standing)),
    )


def get_data_asset_by_id(query: q.GetDataAssetByIdQuery, reader: DataAssetReader) -> AssetView:
    return reader.asset(query.asset_id)


def get_data_asset_at(query: q.GetDataAssetAtQuery, reader: DataAssetReader) -> AssetView:
    return reader.asset_at(query.location, query.dataset)


def list_data_assets(query: q.ListDataAssetsQuery, reader: DataAssetReader) -> AssetPage:
    return reader.assets(
        query.dataset, query.statuses, query.after, query.limit, query.current_only, newest_first=query.newest_first
    )


def list_asset_ids(query: q.ListAssetIdsQuery, reader: DataAssetReader) -> list[str]:
    return reader.asset_ids(query.dataset, query.status)


def list_versions_of_data_asset(query: q.ListVersionsOfDataAssetQuery, reader: DataAssetReader) -> AssetPage:
    return reader.versions(query.asset_id, query.after, checked_limit(query.limit))


def list_versions_at_location(query: q.ListVersionsAtLocationQuery, reader: DataAssetReader) -> list[AssetView]:
    return reader.versions_at(query.location)


def get_current_tokens(query: q.GetCurrentTokensQuery, reader: DataAssetReader) -> dict[str, str]:
    return reader.current_tokens(query.dataset, query.locations)


def get_standing_versions(query: q.GetStandingVersionsQuery, reader: DataAssetReader) -> str:
    return reader.standing_versions(query.dataset, query.first, query.last)


def get_last_arrival(query: q.GetLastArrivalQuery, reader: DataAssetReader) -> LastArrival | None:
    return reader.last_arrival(query.dataset)


def get_classifications(query: q.GetClassificationsQuery, reader: DataAssetReader) -> tuple[Classification, ...]:
    return reader.classifications(query.dataset)


def get_dataset_profile(query: q.GetDatasetProfileQuery, reader: DataAssetReader) -> DatasetProfile:
    return reader.profile(query.dataset)


def must_hold(uow: UnitOfWork, entry: DataCatalogEntry, holder: str | None) -> None:
    if holder is not None and not uow.arrivals.holds(holder, [entry.id]):
        raise Conflict(
            f"data asset {entry.asset.location} is not held by run {run_of(holder)} any more: its lease ran out and another run took it, or a "
            "newer version arrived; whoever holds it now judges it"
        )


def reject(uow: UnitOfWork, entry: DataCatalogEntry, reason: str) -> DataCatalogEntry:
    change_totals(uow, [entry], sign=-1)
    uow.arrivals.complete([entry.id])
    return uow.assets.save(entry.rejected(reason))


def _arrival(key: str, dataset: str, file: FoundFile, at: datetime) -> DataCatalogEntry:
    return DataCatalogEntry.arrived(
        DataAsset.arrived(key, dataset, file.location, file.version_token, at, file.size_bytes)
    )


def _schema_changes(uow: UnitOfWork, entry: DataCatalogEntry, examination: Examination) -> tuple[SchemaChange, ...]:
    """How a new data asset's columns differ from the last accepted one's and from the contract's; empty for one that was read before."""
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


def _end(uow: UnitOfWork, entries: Sequence[DataCatalogEntry], ended: Sequence[DataCatalogEntry]) -> None:
    """Save `entries` in their final state, superseded or removed, and take them out of the totals and the queue."""
    if not entries:
        return
    change_totals(uow, entries, sign=-1)
    uow.assets.save_all(ended)
    uow.arrivals.complete([entry.id for entry in entries])


def _erased(
    uow: UnitOfWork, context: CommandContext, entry: DataCatalogEntry, command: c.EraseDataAssetsCommand
) -> DataCatalogEntry:
    if entry.is_erased and (entry.is_nameless or not command.with_name):
        return entry
    return uow.assets.erase(entry.erased(command.by, context.clock(), with_name=command.with_name))


COMMAND_HANDLERS: CommandHandlers = {
    c.RecordArrivalsCommand: record_arrivals,
    c.RecordRemovalsCommand: record_removals,
    c.RegisterDataAssetCommand: register_data_asset,
    c.RejectDataAssetCommand: reject_data_asset,
    c.EraseDataAssetsCommand: erase_data_assets,
}

QUERY_HANDLERS: QueryHandlers = {
    q.GetDataAssetByIdQuery: get_data_asset_by_id,
    q.GetDataAssetAtQuery: get_data_asset_at,
    q.ListDataAssetsQuery: list_data_assets,
    q.GetCurrentTokensQuery: get_current_tokens,
    q.GetStandingVersionsQuery: get_standing_versions,
    q.ListVersionsAtLocationQuery: list_versions_at_location,
    q.GetLastArrivalQuery: get_last_arrival,
    q.GetClassificationsQuery: get_classifications,
    q.GetDatasetProfileQuery: get_dataset_profile,
    q.ListAssetIdsQuery: list_asset_ids,
    q.ListVersionsOfDataAssetQuery: list_versions_of_data_asset,
}
