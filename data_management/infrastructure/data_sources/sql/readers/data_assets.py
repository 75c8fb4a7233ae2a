"""Data assets and their versions, straight from the tables."""

from collections.abc import Sequence
from functools import cache
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy import Select, String, bindparam, select, type_coerce

from data_management.application.views import AssetPage, AssetView, DatasetProfile, LastArrival
from data_management.domain.models import AssetStatus, Classification, ColumnProfile, DataLocation, merged_profiles
from data_management.errors import InvalidInput, NotFound
from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.data_sources.sql.assets import ENTRIES, entries_from
from data_management.infrastructure.data_sources.sql.chunks import chunked
from data_management.infrastructure.data_sources.sql.cursors import id_of
from data_management.infrastructure.data_sources.sql.last import last_accepted
from data_management.infrastructure.data_sources.sql.readers.base import SQLReader, asset_page, newest_first
from data_management.infrastructure.data_sources.sql.transaction import Transaction
from data_management.infrastructure.persistence import mappers
from data_management.infrastructure.persistence.dialects import joined
from data_management.infrastructure.persistence.profiles import classifications_from_json, profiles_from_json
from data_management.infrastructure.persistence.tables import data_assets, datasets

_ENDED = tuple(status for status in AssetStatus if not status.is_current)
_ITS = data_assets.c


class SQLDataAssetReader(SQLReader):
    def asset(self, asset_id: str) -> AssetView:
        with self._snapshot() as snapshot:
            return _one(snapshot, ENTRIES.where(data_assets.c.public_id == asset_id), f"data asset {asset_id!r}")

    def assets(
        self,
        dataset: str | None = None,
        statuses: tuple[AssetStatus, ...] = (),
        after: str | None = None,
        limit: int = 100,
        current_only: bool = True,
        *,
        newest_first: bool = False,
    ) -> AssetPage:
        if limit < 1:
            raise InvalidInput(f"a page of {limit} data assets has no room; ask for 1 or more")
        wanted = [
            status
            for status in AssetStatus
            if (not statuses or status in statuses) and (status.is_current or not current_only)
        ]
        its_id = data_assets.c.id
        query = ENTRIES.order_by(its_id.desc() if newest_first else its_id).limit(limit + 1)
        if after is not None:
            query = query.where(its_id < id_of(after) if newest_first else its_id > id_of(after))
        with self._snapshot() as snapshot:
            if dataset is None:
                queries = [query.where(data_assets.c.status.in_([status.value for status in wanted]))]
            else:  # one range of an index per status
                query = query.where(data_assets.c.dataset_id == snapshot.find_dataset_id(dataset))
                queries = [query.where(data_assets.c.status == status.value) for status in wanted]
            found = [snapshot.connection.execute(each).all() for each in queries]
            rows = list(islice(merge(*found, key=lambda row: row.id, reverse=newest_first), limit + 1))
            return asset_page(snapshot, rows, limit)

    def asset_at(self, location: DataLocation, dataset: str | None = None) -> AssetView:
        wanted = select(datasets.c.id)
        query = (
            ENTRIES.where(  # the index begins with the dataset
                data_assets.c.dataset_id.in_(wanted if dataset is None else wanted.where(datasets.c.name == dataset)),
                data_assets.c.location == mappers.location_key(location.uri),
                data_assets.c.is_current,
            )
            .order_by(data_assets.c.id)
            .limit(1)
        )
        with self._snapshot() as snapshot:
            return _one(snapshot, query, f"current data asset at {location}")

    def asset_ids(self, dataset: str, status: AssetStatus) -> list[str]:
        its = data_assets.c
        with self._snapshot() as snapshot:
            query = select(its.public_id).where(
                its.dataset_id == snapshot.find_dataset_id(dataset), its.status == status.value
            )
            return sorted(snapshot.connection.scalars(query))

    def versions(self, asset_id: str, after: str | None = None, limit: int = 20) -> AssetPage:
        with self._snapshot() as snapshot:
            where = select(_ITS.dataset_id, _ITS.location).where(_ITS.public_id == asset_id)
            found = snapshot.connection.execute(where).one_or_none()
            if found is None:
                raise NotFound(
                    f"the catalog has no data asset {asset_id!r}; `data-management assets list` names those that it has"
                )
            query = ENTRIES.where(_ITS.dataset_id == found.dataset_id, _ITS.location == found.location)
            query = query.order_by(_ITS.id.desc()).limit(limit + 1)
            if after is not None:
                query = query.where(_ITS.id < id_of(after))
            queries = [query.where(_ITS.is_current), *(query.where(_ITS.status == each.value) for each in _ENDED)]
            rows = newest_first([snapshot.connection.execute(each).all() for each in queries])
            return asset_page(snapshot, list(islice(rows, limit + 1)), limit)

    def versions_at(self, location: DataLocation) -> list[AssetView]:
        query = ENTRIES.where(data_assets.c.location == mappers.location_key(location.uri)).order_by(data_assets.c.id)
        with self._snapshot() as snapshot:
            views = map(AssetView.of, entries_from(snapshot, snapshot.connection.execute(query).all()))
            return [view for view in views if view.location == location.uri]

    def current_tokens(self, dataset: str, locations: Sequence[DataLocation] | None = None) -> dict[str, str]:
        at = data_assets.c
        query = select(at.location, at.long_location, at.version_token).where(at.is_current)
        found: dict[str, str] = {}
        with self._reading() as connection:
            snapshot = Transaction(connection, utc_now)
            query = query.where(at.dataset_id == snapshot.find_dataset_id(dataset))
            queries = (
                [query]
                if locations is None
                else [
                    query.where(at.location.in_([mappers.location_key(place.uri) for place in chunk]))
                    for chunk in chunked(locations)
                ]
            )
            for each in queries:
                rows = connection.execute(each)
                found.update((mappers.location_of(key, uri), token) for key, uri, token in rows)
        return found

    def standing_versions(self, dataset: str, first: str, last: str) -> str:
        with self._reading() as connection:
            query = _standing(connection.dialect.name)
            told: str | None = connection.scalar(query, {"dataset": dataset, "first": first, "last": last})
            return told or ""

    def last_arrival(self, dataset: str) -> LastArrival | None:
        its = data_assets.c
        query = select(its.id, its.location, its.long_location, its.arrived_at).order_by(its.id.desc()).limit(1)
        with self._snapshot() as snapshot:
            query = query.where(its.dataset_id == snapshot.find_dataset_id(dataset))
            # one end of a range of an index per status
            found = [
                snapshot.connection.execute(query.where(its.status == status.value)).all() for status in AssetStatus
            ]
        rows = [row for each in found for row in each]
        last = max(rows, key=lambda row: row.id, default=None)
        if last is None:
            return None
        return LastArrival(DataLocation(mappers.location_of(last.location, last.long_location)), last.arrived_at)

    def classifications(self, dataset: str) -> tuple[Classification, ...]:
        with self._snapshot() as snapshot:
            return _classifications(snapshot, snapshot.find_dataset_id(dataset))

    def profile(self, dataset: str) -> DatasetProfile:
        its = data_assets.c
        files = rows = 0
        merged: dict[str, ColumnProfile] = {}
        with self._snapshot() as snapshot:
            dataset_id = snapshot.dataset_id(dataset)
            query = select(its.profile, its.row_count, its.schema_id).where(
                its.dataset_id == dataset_id, its.status == AssetStatus.ACCEPTED.value
            )
            schema_ids: dict[int | None, None] = {}
            for profile, row_count, schema_id in snapshot.connection.execute(query.order_by(its.id)):
                files, rows = files + 1, rows + (row_count or 0)
                merged = merged_profiles(merged, profiles_from_json(profile))
                schema_ids.pop(schema_id, None)
                schema_ids[schema_id] = None
            snapshot.schemas.load(schema_ids)
            types = {c.name: c.type for each in schema_ids for c in snapshot.schemas.get(each) or ()}
            return DatasetProfile(files, rows, tuple(merged.values()), _classifications(snapshot, dataset_id), types)


@cache
def _standing(dialect: str) -> Select[Any]:
    at = data_assets.c
    line = type_coerce(at.location, String) + " " + type_coerce(at.version_token, String)  # as `version_at`
    of_dataset = select(datasets.c.id).where(datasets.c.name == bindparam("dataset")).scalar_subquery()
    between = (at.location >= bindparam("first"), at.location <= bindparam("last"))
    return select(joined(dialect, line)).where(at.dataset_id == of_dataset, at.is_current, *between)


def _one(snapshot: Transaction, query: Select[Any], what: str) -> AssetView:
    entries = entries_from(snapshot, snapshot.connection.execute(query).all())
    if not entries:
        raise NotFound(f"the catalog has no {what}; `data-management assets list` names those that it has")
    return AssetView.of(entries[0])


def _classifications(snapshot: Transaction, dataset_id: int | None) -> tuple[Classification, ...]:
    last = None if dataset_id is None else last_accepted(snapshot.connection, dataset_id, data_assets.c.profile)
    return classifications_from_json(last.value) if last else ()
