"""Read models straight from the tables, each answer from one snapshot."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from heapq import merge
from itertools import islice, zip_longest
from typing import Any

from sqlalchemy import Row, Select, select

from data_management.application.file_changes import ConsumerView, FileChanges
from data_management.application.ports import DatasetFilter
from data_management.application.views import (
    AssetPage,
    AssetView,
    DatasetPage,
    DatasetProfile,
    DatasetView,
    LastArrival,
    Pending,
    PlanView,
    ScorePage,
    ScorePoint,
    TotalsAudit,
    ValidationPage,
    ValidationView,
)
from data_management.domain.models import (
    AssetCounts,
    AssetStatus,
    Classification,
    ColumnProfile,
    DataLocation,
    Dataset,
    Prunable,
    Verdict,
    merged_profiles,
)
from data_management.errors import InvalidInput, NotFound
from data_management.infrastructure.data_sources.sql.access_reader import SQLAccessReader
from data_management.infrastructure.data_sources.sql.arrivals import holders_of, pending_of
from data_management.infrastructure.data_sources.sql.assets import ENTRIES, entries_from
from data_management.infrastructure.data_sources.sql.auditing import audit_of
from data_management.infrastructure.data_sources.sql.chunks import CHUNK
from data_management.infrastructure.data_sources.sql.counting import counts_from_row, counts_of
from data_management.infrastructure.data_sources.sql.cursors import cursor, id_of, name_cursor, name_of
from data_management.infrastructure.data_sources.sql.files import changes_behind, changes_unseen, consumers_of
from data_management.infrastructure.data_sources.sql.files_reader import SQLFilesReader, asset_page
from data_management.infrastructure.data_sources.sql.last import last_accepted
from data_management.infrastructure.data_sources.sql.quality import (
    IN_ORDER,
    is_outdated,
    outdated_of,
    scores_of,
    totals_of,
)
from data_management.infrastructure.data_sources.sql.retention import prunable_of
from data_management.infrastructure.data_sources.sql.search_reader import SQLSearchReader
from data_management.infrastructure.data_sources.sql.transaction import Transaction
from data_management.infrastructure.data_sources.sql.version_reader import SQLVersionReader
from data_management.infrastructure.persistence import mappers
from data_management.infrastructure.persistence.profiles import classifications_from_json, profiles_from_json
from data_management.infrastructure.persistence.tables import (
    data_assets,
    dataset_counts,
    dataset_scores,
    datasets,
    plans,
    validations,
)

_MOST_OUTDATED = 100
_JUDGED = tuple(status for status in AssetStatus if status.is_judged)
_DATASETS = select(datasets, *(each for each in dataset_counts.c if each.name != "dataset_id")).outerjoin(
    dataset_counts
)


class SQLCatalogReader(SQLAccessReader, SQLFilesReader, SQLSearchReader, SQLVersionReader):
    def file_changes(self, dataset: str, after: int, limit: int | None = None) -> FileChanges:
        with self._snapshot() as snapshot:
            return changes_behind(snapshot, dataset, after, limit)

    def unseen_files(self, dataset: str, consumer: str, limit: int | None = None) -> FileChanges:
        with self._snapshot() as snapshot:
            return changes_unseen(snapshot, dataset, consumer, limit)

    def consumers(self, dataset: str | None = None, name: str | None = None) -> list[ConsumerView]:
        with self._snapshot() as snapshot:
            return consumers_of(snapshot, dataset, name)

    def datasets(self) -> list[DatasetView]:
        with self._snapshot() as snapshot:
            rows = snapshot.connection.execute(_DATASETS.order_by(datasets.c.name)).all()
            return [_dataset(snapshot, row) for row in rows]

    def dataset(self, name: str) -> DatasetView:
        with self._snapshot() as snapshot:
            row = snapshot.connection.execute(_DATASETS.where(datasets.c.name == name)).one_or_none()
            if row is None:
                raise NotFound(
                    f"the catalog has no dataset {name!r}; `data-management datasets list` names those that it has"
                )
            return _dataset(snapshot, row)

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

    def validations(self, asset_id: str, after: str | None = None, limit: int = 20) -> ValidationPage:
        with self._snapshot() as snapshot:
            internal = snapshot.connection.scalar(select(data_assets.c.id).where(data_assets.c.public_id == asset_id))
            if internal is None:
                raise NotFound(
                    f"the catalog has no data asset {asset_id!r}; `data-management assets list` names those that it has"
                )
            its = validations.c
            query = select(validations, plans.c.hash.label("plan_hash")).join_from(validations, plans)
            query = query.where(its.asset_id == internal).order_by(its.id.desc()).limit(limit + 1)
            if after is not None:
                query = query.where(its.id < id_of(after))
            rows = snapshot.connection.execute(query).all()
            page = rows[:limit]
            following = cursor(page[-1].id) if len(rows) > limit else None
            return ValidationPage(tuple(_validations(snapshot, page)), following)

    def versions_at(self, location: DataLocation) -> list[AssetView]:
        query = ENTRIES.where(data_assets.c.location == mappers.location_key(location.uri)).order_by(data_assets.c.id)
        with self._snapshot() as snapshot:
            views = map(AssetView.of, entries_from(snapshot, snapshot.connection.execute(query).all()))
            return [view for view in views if view.location == location.uri]

    def judged_longest_ago(self, dataset: str, limit: int, plan_hash: str | None = None) -> list[AssetView]:
        its = data_assets.c
        with self._snapshot() as snapshot:
            dataset_id = snapshot.find_dataset_id(dataset)
            where = [its.dataset_id == dataset_id, its.status.in_([status.value for status in _JUDGED])]
            if plan_hash is not None:
                of_plan = select(plans.c.id).where(plans.c.dataset_id == dataset_id, plans.c.hash == plan_hash)
                where.append(its.plan_id == of_plan.scalar_subquery())
            query = ENTRIES.where(*where).order_by(its.validation_id, its.id).limit(limit)
            return [*map(AssetView.of, entries_from(snapshot, snapshot.connection.execute(query).all()))]

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

    def asset_ids(self, dataset: str, status: AssetStatus) -> list[str]:
        its = data_assets.c
        with self._snapshot() as snapshot:
            query = select(its.public_id).where(
                its.dataset_id == snapshot.find_dataset_id(dataset), its.status == status.value
            )
            return sorted(snapshot.connection.scalars(query))

    def pending(self, dataset: str, plan_hash: str, at: datetime) -> Pending:
        with self._snapshot() as snapshot:
            dataset_id = snapshot.find_dataset_id(dataset)
            query = outdated_of(dataset_id, plan_hash, _MOST_OUTDATED)
            return Pending(
                unscored=dataset_id is not None and _is_unscored(snapshot, dataset, dataset_id),
                arrivals=pending_of(snapshot, dataset, at),
                outdated=len(snapshot.connection.scalars(query).all()),
                holders=holders_of(snapshot, dataset, at),
            )

    def scores(self, dataset: str, after: str | None = None, limit: int = 100) -> ScorePage:
        its = dataset_scores.c
        with self._snapshot() as snapshot:
            dataset_id = snapshot.dataset_id(dataset)
            ids = select(its.id).where(its.dataset_id == dataset_id).order_by(its.id.desc()).limit(limit + 1)
            if after is not None:
                ids = ids.where(its.id < id_of(after))
            found = snapshot.connection.scalars(ids).all()
            scores = scores_of(snapshot, dataset, dataset_id, limit + 1, found[0]) if found else []
            points = [ScorePoint.of(*pair) for pair in zip_longest(scores, scores[1:])][:limit]
            return ScorePage(tuple(points), cursor(found[limit - 1]) if len(found) > limit else None)

    def score_at(self, dataset: str, at: datetime) -> ScorePoint:
        its = dataset_scores.c
        with self._snapshot() as snapshot:
            dataset_id = snapshot.dataset_id(dataset)
            query = select(its.id).where(its.dataset_id == dataset_id, its.at <= at).order_by(its.id.desc()).limit(1)
            found = snapshot.connection.scalar(query)
            if found is None:
                raise NotFound(f"dataset {dataset!r} has no score of {at.isoformat()} or before; take a later moment")
            return ScorePoint.of(*scores_of(snapshot, dataset, dataset_id, 2, found))

    def dataset_page(self, wanted: DatasetFilter, after: str | None = None, limit: int = 100) -> DatasetPage:
        its = datasets.c
        query = _DATASETS.where(its.name > (name_of(after) if after is not None else "")).order_by(its.name)
        if wanted.names is not None:
            query = query.where(its.name.in_(wanted.names))
        if wanted.retired is not None:
            query = query.where(its.retired_at.is_not(None) if wanted.retired else its.retired_at.is_(None))
        with self._snapshot() as snapshot:
            rows = list(islice(_declaring(snapshot, query, wanted), limit + 1))
            page = tuple(_dataset(snapshot, row) for row in rows[:limit])
        return DatasetPage(page, name_cursor(page[-1].name) if len(rows) > limit else None)

    def outdated_assets(self, dataset: str, plan_hash: str, after: str | None = None, limit: int = 100) -> AssetPage:
        if limit < 1:
            raise InvalidInput(f"a page of {limit} data assets has no room; ask for 1 or more")
        its = data_assets.c
        with self._snapshot() as snapshot:
            where = is_outdated(snapshot.find_dataset_id(dataset), plan_hash)
            query = ENTRIES.where(*where, its.id > (id_of(after) if after is not None else 0))
            rows = snapshot.connection.execute(query.order_by(IN_ORDER).limit(limit + 1)).all()
            return asset_page(snapshot, rows, limit)

    def prunable(self, before: datetime, audit_before: datetime | None = None) -> dict[Prunable, int]:
        with self._snapshot() as snapshot:
            return prunable_of(snapshot, before, audit_before or before)

    def definition(self, name: str) -> Dataset:
        with self._snapshot() as snapshot:
            dataset_id = snapshot.dataset_id(name)
            query = select(datasets.c.definition).where(datasets.c.id == dataset_id)
            return mappers.dataset_from_json(snapshot.connection.scalar(query))

    def audit(self, name: str) -> TotalsAudit:
        with self._snapshot() as snapshot:
            dataset_id = snapshot.dataset_id(name)
            query = select(datasets.c.definition).where(datasets.c.id == dataset_id)
            return audit_of(snapshot, mappers.dataset_from_json(snapshot.connection.scalar(query)))

    def plans(self, dataset: str) -> list[PlanView]:
        with self._snapshot() as snapshot:
            dataset_id = snapshot.dataset_id(dataset)
            present = snapshot.connection.scalar(select(datasets.c.definition).where(datasets.c.id == dataset_id))
            now = mappers.dataset_from_json(present).plan_hash
            query = select(plans.c.hash, plans.c.definition).where(plans.c.dataset_id == dataset_id)
            return [
                PlanView(row.hash, mappers.plan_from_json(row.definition), is_present=row.hash == now)
                for row in snapshot.connection.execute(query.order_by(plans.c.id.desc()))
            ]


def _dataset(snapshot: Transaction, row: Row[Any]) -> DatasetView:
    latest = scores_of(snapshot, row.name, row.id, limit=1)
    return DatasetView.of(
        mappers.dataset_from_json(row.definition),
        counts=counts_from_row(row),
        latest=ScorePoint.of(latest[0]) if latest else None,
        totals=totals_of(snapshot, row.id, _JUDGED),
        retired_at=row.retired_at,
        version=row.version,
    )


def _declaring(snapshot: Transaction, query: Select[Any], wanted: DatasetFilter) -> Iterator[Row[Any]]:
    """Those whose definitions name the owner and the tag; JSON is read here, alike of both databases."""
    last = None
    while rows := snapshot.connection.execute(
        query.limit(CHUNK) if last is None else query.where(datasets.c.name > last).limit(CHUNK)
    ).all():
        for row in rows:
            owners, tags = row.definition.get("owners", ()), row.definition.get("tags", ())
            if wanted.owner in (None, *owners) and wanted.tag in (None, *tags):
                yield row
        last = rows[-1].name


def _classifications(snapshot: Transaction, dataset_id: int | None) -> tuple[Classification, ...]:
    last = None if dataset_id is None else last_accepted(snapshot.connection, dataset_id, data_assets.c.profile)
    return classifications_from_json(last.value) if last else ()


def _is_unscored(snapshot: Transaction, dataset: str, dataset_id: int) -> bool:
    latest = scores_of(snapshot, dataset, dataset_id, limit=1)
    return counts_of(snapshot.connection, dataset_id).judged != (latest[0].counts if latest else AssetCounts()).judged


def _one(snapshot: Transaction, query: Select[Any], what: str) -> AssetView:
    entries = entries_from(snapshot, snapshot.connection.execute(query).all())
    if not entries:
        raise NotFound(f"the catalog has no {what}; `data-management assets list` names those that it has")
    return AssetView.of(entries[0])


def _validations(snapshot: Transaction, rows: Sequence[Row[Any]]) -> list[ValidationView]:
    layouts = snapshot.layouts
    layouts.load(key for row in rows for key in (row.score_layout_id, row.checks_layout_id))
    return [
        ValidationView(
            at=row.at,
            contract_version=row.contract_version,
            plan_hash=row.plan_hash,
            row_count=row.row_count,
            score=mappers.score_from(layouts.get(row.score_layout_id), row.score),
            verdict=Verdict(row.verdict),
            checks=mappers.checks_from(layouts.get(row.checks_layout_id), row.checks),
        )
        for row in rows
    ]
