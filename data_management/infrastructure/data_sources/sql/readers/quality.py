"""Scores, validations and plans, straight from the tables."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice, zip_longest
from typing import Any

from sqlalchemy import Row, Select, select

from data_management.application.views import (
    AssetPage,
    AssetView,
    FailingAsset,
    FailingPage,
    Pending,
    PlanView,
    ScorePage,
    ScorePoint,
    ValidationPage,
    ValidationView,
)
from data_management.domain.models import AssetCounts, Check, Verdict
from data_management.errors import InvalidInput, NotFound
from data_management.infrastructure.data_sources.sql.arrivals import holders_of, pending_of
from data_management.infrastructure.data_sources.sql.assets import ENTRIES, entries_from
from data_management.infrastructure.data_sources.sql.chunks import chunked
from data_management.infrastructure.data_sources.sql.counting import counts_of
from data_management.infrastructure.data_sources.sql.cursors import cursor, id_of
from data_management.infrastructure.data_sources.sql.quality import IN_ORDER, is_outdated, outdated_of, scores_of
from data_management.infrastructure.data_sources.sql.readers.base import JUDGED, SQLReader, asset_page, newest_first
from data_management.infrastructure.data_sources.sql.transaction import Transaction
from data_management.infrastructure.persistence import mappers
from data_management.infrastructure.persistence.tables import data_assets, dataset_scores, datasets, plans, validations

_MOST_OUTDATED = 100
_MOST_LOOKED_AT = 20_000
"""Data assets that one page of failing ones looks at; most are passed over by their verdict."""
_ITS = data_assets.c


class SQLQualityReader(SQLReader):
    def pending(self, dataset: str, plan_hash: str, at: datetime) -> Pending:
        with self._snapshot() as snapshot:
            dataset_id = snapshot.find_dataset_id(dataset)
            query = outdated_of(dataset_id, plan_hash, _MOST_OUTDATED)
            latest = None if dataset_id is None else next(iter(scores_of(snapshot, dataset, dataset_id, limit=1)), None)
            scored = latest.counts if latest else AssetCounts()
            return Pending(
                unscored=counts_of(snapshot.connection, dataset_id).judged != scored.judged,
                arrivals=pending_of(snapshot, dataset, at),
                outdated=len(snapshot.connection.scalars(query).all()),
                holders=holders_of(snapshot, dataset, at),
                verdict=latest.verdict if latest else None,
                scored_at=latest.at if latest else None,
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

    def failing(self, dataset: str, rule: str, after: str | None = None, limit: int = 50) -> FailingPage:
        with self._snapshot() as snapshot:
            dataset_id = snapshot.dataset_id(dataset)
            query: Select[Any] = select(_ITS.id, _ITS.verdict, _ITS.validation_id)
            query = query.where(_ITS.dataset_id == dataset_id)
            query = query.order_by(_ITS.id.desc()).limit(_MOST_LOOKED_AT + 1)
            if after is not None:
                query = query.where(_ITS.id < id_of(after))
            of_status = [snapshot.connection.execute(query.where(_ITS.status == each.value)).all() for each in JUDGED]
            rows = list(islice(newest_first(of_status), _MOST_LOOKED_AT + 1))
            looked_at = rows[:_MOST_LOOKED_AT]
            following = cursor(looked_at[-1].id) if len(rows) > _MOST_LOOKED_AT else None
            suspects = [row for row in looked_at if row.verdict != Verdict.PASS.value]
            checks = dict(islice(_checks(snapshot, suspects, rule), limit + 1))
            if len(checks) > limit:
                checks.popitem()
                following = cursor(next(reversed(checks)))
            return FailingPage(_with_checks(snapshot, checks), following)

    def judged_longest_ago(self, dataset: str, limit: int, plan_hash: str | None = None) -> list[AssetView]:
        its = data_assets.c
        with self._snapshot() as snapshot:
            dataset_id = snapshot.find_dataset_id(dataset)
            where = [its.dataset_id == dataset_id, its.status.in_([status.value for status in JUDGED])]
            if plan_hash is not None:
                of_plan = select(plans.c.id).where(plans.c.dataset_id == dataset_id, plans.c.hash == plan_hash)
                where.append(its.plan_id == of_plan.scalar_subquery())
            query = ENTRIES.where(*where).order_by(its.validation_id, its.id).limit(limit)
            return [*map(AssetView.of, entries_from(snapshot, snapshot.connection.execute(query).all()))]

    def outdated_assets(self, dataset: str, plan_hash: str, after: str | None = None, limit: int = 100) -> AssetPage:
        if limit < 1:
            raise InvalidInput(f"a page of {limit} data assets has no room; ask for 1 or more")
        its = data_assets.c
        with self._snapshot() as snapshot:
            where = is_outdated(snapshot.find_dataset_id(dataset), plan_hash)
            query = ENTRIES.where(*where, its.id > (id_of(after) if after is not None else 0))
            rows = snapshot.connection.execute(query.order_by(IN_ORDER).limit(limit + 1)).all()
            return asset_page(snapshot, rows, limit)

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


def _checks(snapshot: Transaction, suspects: Sequence[Row[Any]], rule: str) -> Iterator[tuple[int, Check]]:
    """Surrogate key → the rule's check, of those where it failed or errored."""
    its = validations.c
    query = select(its.id, its.checks_layout_id, its.checks)
    for chunk in chunked(suspects):
        wanted = query.where(its.id.in_([row.validation_id for row in chunk]))
        found = {row.id: row for row in snapshot.connection.execute(wanted)}
        snapshot.layouts.load(row.checks_layout_id for row in found.values())
        for suspect in chunk:
            row = found.get(suspect.validation_id)
            checks = mappers.checks_from(snapshot.layouts.get(row.checks_layout_id), row.checks) if row else ()
            for check in checks:
                if check.rule == rule and (check.errored or check.success is False):
                    yield suspect.id, check


def _with_checks(snapshot: Transaction, checks: dict[int, Check]) -> tuple[FailingAsset, ...]:
    rows = snapshot.connection.execute(ENTRIES.where(_ITS.id.in_(checks)).order_by(_ITS.id.desc())).all()
    entries = entries_from(snapshot, rows)
    return tuple(FailingAsset(AssetView.of(entry), checks[row.id]) for row, entry in zip(rows, entries, strict=True))
