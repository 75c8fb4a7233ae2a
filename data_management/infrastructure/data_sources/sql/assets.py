from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select, update

from data_management.domain.models import AssetCounts, AssetStatus, Column, DataCatalogEntry, DataLocation
from data_management.errors import Conflict, NotFound
from data_management.infrastructure.data_sources.sql.acceptances import record_changes
from data_management.infrastructure.data_sources.sql.chunks import CHUNK, chunked
from data_management.infrastructure.data_sources.sql.counting import Standing, counts_of, recount, standings
from data_management.infrastructure.data_sources.sql.erasing import erase_traces
from data_management.infrastructure.data_sources.sql.last import last_accepted
from data_management.infrastructure.data_sources.sql.search import indexing
from data_management.infrastructure.data_sources.sql.transaction import AssetKey, Transaction
from data_management.infrastructure.persistence import mappers
from data_management.infrastructure.persistence.dialects import a_failed_statement_is_alone
from data_management.infrastructure.persistence.engine import savepoint
from data_management.infrastructure.persistence.row_inserts import insert_rows
from data_management.infrastructure.persistence.tables import data_assets, datasets

ENTRIES: Select[Any] = select(data_assets, datasets.c.name.label("dataset")).join_from(data_assets, datasets)
"""What `entries_from` reads."""

_ITS = data_assets.c
_BY_ID = ENTRIES.where(_ITS.public_id == bindparam("asset_id"))
_BY_IDS = ENTRIES.where(_ITS.public_id.in_(bindparam("asset_ids", expanding=True)))
_CURRENT_OF = ENTRIES.where(_ITS.dataset_id == bindparam("dataset_id"), _ITS.is_current)
_CURRENT_AT = _CURRENT_OF.where(_ITS.location.in_(bindparam("keys", expanding=True)))
_CURRENT_AFTER = _CURRENT_OF.where(_ITS.location > bindparam("last")).order_by(_ITS.location).limit(CHUNK)
_EVER_AT = ENTRIES.where(_ITS.location == bindparam("key", type_=_ITS.location.type)).order_by(_ITS.id)
_UPDATE = (
    update(data_assets)
    .where(data_assets.c.public_id == bindparam("stored_id"), data_assets.c.version == bindparam("stored_version"))
    .values({name: bindparam(name) for name in mappers.CHANGING})
    .values(ended_at=func.coalesce(_ITS.ended_at, bindparam("ended", type_=_ITS.ended_at.type)))
)


class _Stale(Exception):
    """An update found another version than the one it was made from."""


class SQLDataAssetRepository:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._connection = transaction.connection

    def get(self, asset_id: str) -> DataCatalogEntry:
        if asset_id in self._transaction.entries:
            return self._transaction.entries[asset_id]
        found = self._entries(_BY_ID, asset_id=asset_id)
        if not found:
            raise NotFound(
                f"the catalog has no data asset {asset_id!r}; `data-management assets list` names those that it has"
            )
        while self._transaction.lock(found[0].asset.dataset):  # renamed meanwhile, it is another's
            found = self._entries(_BY_ID, asset_id=asset_id)
        return found[0]

    def get_many(self, asset_ids: Sequence[str]) -> list[DataCatalogEntry]:
        found: dict[str, DataCatalogEntry] = {}
        for chunk in chunked(dict.fromkeys(asset_ids)):
            entries = self._entries(_BY_IDS, asset_ids=chunk)
            found |= {entry.id: entry for entry in entries}
        return [found[asset_id] for asset_id in asset_ids if asset_id in found]

    def current_at(self, dataset: str, locations: Iterable[DataLocation]) -> dict[DataLocation, DataCatalogEntry]:
        self._transaction.lock(dataset)
        dataset_id = self._transaction.find_dataset_id(dataset)
        found: dict[DataLocation, DataCatalogEntry] = {}
        if dataset_id is None:
            return found
        for chunk in chunked(locations):
            at = {location.uri: location for location in chunk}
            keys = [mappers.location_key(uri) for uri in at]
            entries = self._entries(_CURRENT_AT, dataset_id=dataset_id, keys=keys)
            known = {entry.asset.location.uri: entry for entry in entries}
            found |= {location: known[uri] for uri, location in at.items() if uri in known}
        return found

    def current_of(self, dataset: str) -> Iterator[DataCatalogEntry]:
        self._transaction.lock(dataset)
        dataset_id = self._transaction.find_dataset_id(dataset)
        if dataset_id is None:
            return
        last = ""
        while True:  # in pages, so that the caller may write meanwhile
            page = self._entries(_CURRENT_AFTER, dataset_id=dataset_id, last=last)
            yield from page
            if len(page) < CHUNK:
                return
            last = mappers.location_key(page[-1].asset.location.uri)

    def save(self, entry: DataCatalogEntry) -> DataCatalogEntry:
        may_violate = not entry.version and not a_failed_statement_is_alone(self._connection)
        try:
            with savepoint(self._connection) if may_violate else nullcontext():
                return self._save([entry])[0]
        except _Stale:
            raise Conflict(self._staleness([entry])) from None

    def save_all(self, entries: Sequence[DataCatalogEntry]) -> list[DataCatalogEntry]:
        if len(entries) < 2:  # noqa: PLR2004  one is all or none by itself
            return [self.save(entry) for entry in entries]
        try:
            with savepoint(self._connection):
                return self._save(entries)
        except _Stale:
            self._transaction.forget()
            raise Conflict(self._staleness(entries)) from None
        except BaseException:
            self._transaction.forget()
            raise

    def all_at(self, location: DataLocation) -> list[DataCatalogEntry]:
        key = mappers.location_key(location.uri)
        found = self._entries(_EVER_AT, key=key)
        while self._transaction.lock_all(entry.asset.dataset for entry in found):
            found = self._entries(_EVER_AT, key=key)
        return [entry for entry in found if entry.asset.location == location]

    def erase(self, entry: DataCatalogEntry) -> DataCatalogEntry:
        schema_id = self._connection.scalar(select(_ITS.schema_id).where(_ITS.public_id == entry.id))
        saved = self.save(entry)
        erase_traces(self._transaction, saved, schema_id)
        return saved

    def last_columns(self, dataset: str) -> tuple[Column, ...] | None:
        known, dataset_id = self._transaction.last_columns, self._transaction.find_dataset_id(dataset)
        if dataset not in known and dataset_id is not None:
            schema_id = last_accepted(self._connection, dataset_id, data_assets.c.schema_id)
            self._transaction.schemas.load([schema_id.value if schema_id else None])
            known[dataset] = (schema_id.id, self._transaction.schemas.get(schema_id.value)) if schema_id else (0, None)
        return known[dataset][1] if dataset in known else None

    def counts(self, dataset: str) -> AssetCounts:
        self._transaction.lock(dataset)
        self._transaction.counts.write()
        return counts_of(self._connection, self._transaction.find_dataset_id(dataset))

    def recount(self, dataset: str) -> None:
        self._transaction.lock(dataset)
        dataset_id = self._transaction.dataset_id(dataset)
        self._transaction.counts.forget(dataset_id)
        recount(self._connection, dataset_id)

    def _save(self, entries: Sequence[DataCatalogEntry]) -> list[DataCatalogEntry]:
        """Those that end make room first for those that take their places."""
        self._transaction.lock_all(entry.asset.dataset for entry in entries)
        ended = [entry for entry in entries if entry.version and not entry.status.is_current]
        changed = [entry for entry in entries if entry.version and entry.status.is_current]
        before = self._standings([*ended, *changed])
        self._update(ended)
        self._update(changed)
        self._insert([entry for entry in entries if not entry.version])
        self._transaction.record("data_asset", ((entry.id, entry.version + 1, entry.events) for entry in entries))
        record_changes(self._transaction, entries)
        saved = [entry.stored() for entry in entries]
        self._transaction.entries.update((entry.id, entry) for entry in saved)
        self._count(before, saved)
        self._remember_columns(saved)
        return saved

    def _standings(self, entries: Sequence[DataCatalogEntry]) -> dict[str, Standing]:
        """Of entries that are stored, before they are saved again."""
        known = self._transaction.standings
        found = {entry.id: known[entry.id] for entry in entries if entry.id in known}
        unknown = [entry.id for entry in entries if entry.id not in found or found[entry.id].version != entry.version]
        return found | standings(self._connection, chunked(unknown))

    def _count(self, before: dict[str, Standing], saved: Sequence[DataCatalogEntry]) -> None:
        after = {entry.id: Standing.of(entry) for entry in saved}
        self._transaction.standings.update(after)
        of_datasets: dict[str, list[str]] = {}
        for entry in saved:
            of_datasets.setdefault(entry.asset.dataset, []).append(entry.id)
        for dataset, keys in of_datasets.items():
            self._transaction.counts.note(
                self._transaction.dataset_id(dataset),
                before=[before[key] for key in keys if key in before],
                after=[after[key] for key in keys],
            )

    def _remember_columns(self, saved: Sequence[DataCatalogEntry]) -> None:
        """Keep what `last_columns` knows right, so that many files of one transaction ask once."""
        known = self._transaction.last_columns
        for entry in saved if known else ():
            name = entry.asset.dataset
            if entry.status is AssetStatus.ACCEPTED and name in known:
                key = self._transaction.asset_key(entry.id).id
                if key >= known[name][0]:
                    known[name] = (key, entry.columns)

    def _insert(self, entries: Sequence[DataCatalogEntry]) -> None:
        if not entries:
            return
        try:
            columns = self._columns(entries)
            filled = {name: values for name, values in columns.items() if values.count(None) < len(entries)}
            with indexing(self._connection):
                insert_rows(self._connection, data_assets, filled)
        except Conflict as error:
            which = entries[0].asset.location if len(entries) == 1 else f"one of {len(entries)} locations"
            raise Conflict(
                f"another data asset stands at {which} by now, or was stored before; read it again and repeat"
            ) from error.__cause__

    def _update(self, entries: Sequence[DataCatalogEntry]) -> None:
        if not entries:
            return
        columns, now = self._columns(entries), self._transaction.clock()
        changing = zip(*(columns[name] for name in mappers.CHANGING), strict=True)
        rows = [
            {"stored_id": entry.id, "stored_version": entry.version, "ended": None if entry.status.is_current else now}
            | dict(zip(mappers.CHANGING, values, strict=True))
            for entry, values in zip(entries, changing, strict=True)
        ]
        if self._connection.execute(_UPDATE, rows).rowcount != len(entries):
            raise _Stale

    def _staleness(self, entries: Sequence[DataCatalogEntry]) -> str:
        """Which one is not what is stored, once nothing of this change is."""
        for chunk in chunked(entries):
            query = select(data_assets.c.public_id, data_assets.c.version)
            rows = self._connection.execute(query.where(data_assets.c.public_id.in_([entry.id for entry in chunk])))
            versions = {row.public_id: row.version for row in rows}
            for entry in chunk:
                stored = versions.get(entry.id, 0)
                if stored != entry.version:
                    return f"data asset {entry.asset.location} has version {stored}, not {entry.version}; read it again and repeat"
        return f"data asset {entries[0].asset.location} was changed by somebody else; read it again and repeat"

    def _columns(self, entries: Sequence[DataCatalogEntry]) -> dict[str, Sequence[Any]]:
        transaction = self._transaction
        schemas, layouts = transaction.schemas, transaction.layouts
        ids = {name: transaction.dataset_id(name) for name in {entry.asset.dataset for entry in entries}}
        return mappers.entries_to_columns(
            entries,
            [ids[entry.asset.dataset] for entry in entries],
            [None if e.columns is None else schemas.id_of(mappers.columns_to_json(e.columns)) for e in entries],
            [None if entry.score is None else layouts.id_of(mappers.score_layout(entry.score)) for entry in entries],
        )

    def _entries(self, query: Select[Any], **parameters: Any) -> list[DataCatalogEntry]:
        return entries_from(self._transaction, self._connection.execute(query, parameters).all())


def entries_from(transaction: Transaction, rows: Sequence[Row[Any]]) -> list[DataCatalogEntry]:
    """The entries of rows of `ENTRIES`, what they share fetched once."""
    transaction.asset_keys.update((row.public_id, AssetKey(row.id, row.dataset_id)) for row in rows)
    transaction.standings.update((row.public_id, Standing.of_row(row)) for row in rows)
    transaction.schemas.load(row.schema_id for row in rows)
    transaction.layouts.load(row.score_layout_id for row in rows)
    return [
        mappers.entry_from_row(
            row, transaction.schemas.get(row.schema_id), transaction.layouts.get(row.score_layout_id)
        )
        for row in rows
    ]
