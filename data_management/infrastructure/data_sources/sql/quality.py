from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, delete, func, select, update

from data_management.domain.events import DomainEvent
from data_management.domain.models import AssetStatus, Check, DatasetScore, RuleTotals, Validation, Verdict
from data_management.infrastructure.data_sources.sql.chunks import chunked
from data_management.infrastructure.data_sources.sql.datasets import SQLDatasetRepository
from data_management.infrastructure.data_sources.sql.transaction import Transaction
from data_management.infrastructure.persistence import mappers
from data_management.infrastructure.persistence.dialects import Insert, insert_new_returning_id, upsert
from data_management.infrastructure.persistence.tables import (
    data_assets,
    dataset_scores,
    dataset_totals,
    plans,
    validations,
)

_JUDGED = tuple(status.value for status in AssetStatus if status.is_judged)
SCORES: Select[Any] = select(dataset_scores, plans.c.hash.label("plan_hash")).join_from(dataset_scores, plans)
"""What `scores_from` reads."""

IN_ORDER = data_assets.c.id + 0
"""The order of arrival for the few that a condition leaves: else Postgres walks the primary key until it has found so many."""

_MAKE_CURRENT = (
    update(data_assets)
    .where(data_assets.c.id == bindparam("asset_key"))
    .values(validation_id=bindparam("validation_id"), plan_id=bindparam("plan_id"))
)
_CHECKS = (
    select(data_assets.c.public_id, validations.c.checks_layout_id, validations.c.checks)
    .join(validations, validations.c.id == data_assets.c.validation_id)
    .join(plans, plans.c.id == validations.c.plan_id)
    .where(data_assets.c.public_id.in_(bindparam("asset_ids", expanding=True)), plans.c.hash == bindparam("plan_hash"))
)
_DROP_EMPTY = delete(dataset_totals).where(
    dataset_totals.c.dataset_id == bindparam("its_dataset"),
    dataset_totals.c.status == bindparam("its_status"),
    dataset_totals.c.passed == 0,
    dataset_totals.c.failed == 0,
    dataset_totals.c.errored == 0,
)


@cache
def _add_totals(dialect: str) -> Insert:
    its, statement = dataset_totals.c, upsert(dialect, dataset_totals)
    added = statement.excluded
    rows_added = {
        name: case((added[name].is_(None), its[name]), else_=func.coalesce(its[name], 0) + added[name])
        for name in ("evaluated", "unexpected")
    }
    files_added = {name: its[name] + added[name] for name in ("passed", "failed", "errored")}
    return statement.on_conflict_do_update(
        index_elements=[its.dataset_id, its.status, its.rule], set_=rows_added | files_added
    )


class SQLQualityRepository:
    def __init__(self, transaction: Transaction, datasets: SQLDatasetRepository) -> None:
        self._transaction = transaction
        self._connection = transaction.connection
        self._datasets = datasets

    def add(self, validation: Validation) -> bool:
        asset = self._transaction.asset_key(validation.asset_id)
        layouts = self._transaction.layouts
        plan_id = self._transaction.plan_id(asset.dataset_id, validation.plan_hash)
        row = {
            "asset_id": asset.id,
            "plan_id": plan_id,
            "request_key": validation.request_key,
            "contract_version": validation.contract_version,
            "at": validation.at,
            "row_count": validation.row_count,
            "verdict": validation.verdict.value,
            "score_layout_id": layouts.id_of(mappers.score_layout(validation.score)),
            "score": mappers.score_numbers(validation.score),
            "checks_layout_id": layouts.id_of(mappers.checks_layout(validation.checks)),
            "checks": mappers.checks_outcomes(validation.checks),
        }
        stored = self._connection.scalar(insert_new_returning_id(self._connection, validations), row)
        if stored is None:
            return False
        current = {"asset_key": asset.id, "validation_id": stored, "plan_id": plan_id}
        self._connection.execute(_MAKE_CURRENT, current)
        self._transaction.checks[validation.asset_id] = (validation.plan_hash, validation.checks)
        return True

    def current_checks(self, asset_ids: Sequence[str], plan_hash: str) -> dict[str, tuple[Check, ...]]:
        added = self._transaction.checks
        mine = {key: added[key] for key in asset_ids if key in added}
        found = {key: checks for key, (plan, checks) in mine.items() if plan == plan_hash}
        for chunk in chunked(key for key in asset_ids if key not in mine):
            rows = self._connection.execute(_CHECKS, {"asset_ids": chunk, "plan_hash": plan_hash}).all()
            layouts = self._transaction.layouts
            layouts.load(row.checks_layout_id for row in rows)
            found |= {row.public_id: mappers.checks_from(layouts.get(row.checks_layout_id), row.checks) for row in rows}
        return found

    def outdated(self, dataset: str, plan_hash: str, limit: int) -> tuple[str, ...]:
        query = outdated_of(self._transaction.find_dataset_id(dataset), plan_hash, limit)
        return tuple(self._connection.scalars(query))

    def count_outdated(self, dataset: str, plan_hash: str) -> int:
        where = is_outdated(self._transaction.find_dataset_id(dataset), plan_hash)
        return self._connection.scalar(select(func.count()).select_from(data_assets).where(*where)) or 0

    def totals(self, dataset: str, status: AssetStatus) -> tuple[RuleTotals, ...]:
        self._transaction.lock(dataset)
        return totals_of(self._transaction, self._transaction.find_dataset_id(dataset), (status,))

    def change_totals(self, dataset: str, status: AssetStatus, deltas: Iterable[RuleTotals]) -> None:
        self._transaction.lock(dataset)
        dataset_id, deltas = self._transaction.dataset_id(dataset), sorted(deltas, key=lambda delta: delta.rule)
        rows = [
            {
                "dataset_id": dataset_id,
                "status": status.value,
                "rule": delta.rule,
                "evaluated": delta.evaluated,
                "unexpected": delta.unexpected,
                "passed": delta.passed,
                "failed": delta.failed,
                "errored": delta.errored,
            }
            for delta in deltas
        ]
        if not rows:
            return
        self._connection.execute(_add_totals(self._connection.dialect.name), rows)
        if any(delta.is_empty or min(delta.passed, delta.failed, delta.errored) < 0 for delta in deltas):
            self._connection.execute(_DROP_EMPTY, {"its_dataset": dataset_id, "its_status": status.value})

    def reset_totals(self, dataset: str) -> None:
        self._transaction.lock(dataset)
        dataset_id = self._transaction.find_dataset_id(dataset)
        self._connection.execute(delete(dataset_totals).where(dataset_totals.c.dataset_id == dataset_id))

    def add_score(self, score: DatasetScore, events: Sequence[DomainEvent] = ()) -> bool:
        self._transaction.lock(score.dataset)
        dataset_id = self._transaction.dataset_id(score.dataset)
        row = {
            "dataset_id": dataset_id,
            "plan_id": self._transaction.plan_id(dataset_id, score.plan_hash),
            "request_key": score.request_key,
            "contract_version": score.contract_version,
            "at": score.at,
            "verdict": score.verdict.value,
            "reasons": list(score.reasons),
            "counts": mappers.counts_to_json(score.counts),
            "value": score.score.value,
            "score_layout_id": self._transaction.layouts.id_of(mappers.score_layout(score.score)),
            "score": mappers.score_numbers(score.score),
        }
        if self._connection.scalar(insert_new_returning_id(self._connection, dataset_scores), row) is None:
            return False
        if events:
            self._datasets.touch(score.dataset)
            self._datasets.refresh_words(self._datasets.get(score.dataset))  # its files may have other columns by now
            self._datasets.record(score.dataset, events)
        return True

    def latest_score(self, dataset: str) -> DatasetScore | None:
        dataset_id = self._transaction.find_dataset_id(dataset)
        return next(iter(scores_of(self._transaction, dataset, dataset_id, limit=1)), None)


def outdated_of(dataset_id: int | None, plan_hash: str, limit: int) -> Select[Any]:
    """The ids of judged data assets that another plan judged, oldest first."""
    query = select(data_assets.c.public_id).where(*is_outdated(dataset_id, plan_hash))
    return query.order_by(IN_ORDER).limit(limit)


def is_outdated(dataset_id: int | None, plan_hash: str) -> tuple[ColumnElement[bool], ...]:
    """By the plans that are not this one: where there are none, nothing is read."""
    others = select(plans.c.id).where(plans.c.dataset_id == dataset_id, plans.c.hash != plan_hash)
    return data_assets.c.plan_id.in_(others), data_assets.c.status.in_(_JUDGED)


def totals_of(
    transaction: Transaction, dataset_id: int | None, statuses: Sequence[AssetStatus]
) -> tuple[RuleTotals, ...]:
    """By rule name; over several statuses together where there are several."""
    its = dataset_totals.c
    rows = transaction.connection.execute(
        select(its.rule, its.evaluated, its.unexpected, its.passed, its.failed, its.errored)
        .where(its.dataset_id == dataset_id, its.status.in_([status.value for status in statuses]))
        .order_by(its.rule, its.status)
    )
    sums: dict[str, RuleTotals] = {}
    for row in rows:
        total = RuleTotals(**row._mapping)  # noqa: SLF001  the row's public mapping
        sums[total.rule] = sums[total.rule].plus(total) if total.rule in sums else total
    return tuple(sums.values())


def scores_of(
    transaction: Transaction, dataset: str, dataset_id: int | None, limit: int, newest: int | None = None
) -> list[DatasetScore]:
    """Newest first, from the one with this surrogate key on where it is given."""
    its = dataset_scores.c
    query = SCORES.where(its.dataset_id == dataset_id).order_by(its.id.desc()).limit(limit)
    if newest is not None:
        query = query.where(its.id <= newest)
    rows = transaction.connection.execute(query).all()
    transaction.layouts.load(row.score_layout_id for row in rows)
    return [
        DatasetScore(
            dataset=dataset,
            plan_hash=row.plan_hash,
            contract_version=row.contract_version,
            request_key=row.request_key,
            at=row.at,
            score=mappers.score_from(transaction.layouts.get(row.score_layout_id), row.score),
            verdict=Verdict(row.verdict),
            reasons=tuple(row.reasons),
            counts=mappers.counts_from_json(row.counts),
        )
        for row in rows
    ]
