"""Forgetting the past. Each step takes one range of an index, so that many steps cost no more than one."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, delete, exists, func, select, type_coerce, update

from data_management.domain.models import Prunable, PruneStep
from data_management.infrastructure.data_sources.sql.acceptances import forget_acceptances, is_awaited
from data_management.infrastructure.data_sources.sql.chunks import chunked
from data_management.infrastructure.data_sources.sql.last import last_accepted
from data_management.infrastructure.data_sources.sql.transaction import Transaction
from data_management.infrastructure.persistence import mappers
from data_management.infrastructure.persistence.tables import (
    arrivals,
    audit,
    data_assets,
    dataset_scores,
    datasets,
    deliveries,
    destinations,
    outbox,
    validations,
)

_DAY_MICROSECONDS = 86_400_000_000
_STRETCH = 20
"""How many rows a step reads for each that it may change."""


class SQLRetentionRepository:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._connection = transaction.connection

    def prune(self, what: Prunable, before: datetime, after: int, most: int) -> PruneStep:
        match what:
            case Prunable.ASSETS:
                return self._prune_assets(before, after, most)
            case Prunable.CHECKS:
                return self._prune_checks(before, after, most)
            case Prunable.EVENTS:
                return self._prune_events(before, after, most)
            case Prunable.SCORES:
                return self._prune_scores(before, after, most)
            case Prunable.AUDIT:
                return self._prune_audit(before, after, most)

    def _prune_assets(self, before: datetime, after: int, most: int) -> PruneStep:
        its = data_assets.c
        query = select(its.id, its.dataset_id).where(*_ended(before)).order_by(its.ended_at, its.id)
        query = query.limit(most).offset(after)  # `after` those that stay
        rows = self._connection.execute(query).all()
        while self._lock({row.dataset_id for row in rows}):
            rows = self._connection.execute(query).all()
        kept = _kept_assets(self._transaction, {row.dataset_id for row in rows})
        ids = [row.id for row in rows if row.id not in kept]
        for chunk in chunked(ids):
            forget_acceptances(self._connection, chunk)
            for table in (arrivals, validations):
                self._connection.execute(delete(table).where(table.c.asset_id.in_(chunk)))
            self._connection.execute(delete(data_assets).where(its.id.in_(chunk)))
        self._transaction.forget()
        kept_so_far = after + len(rows) - len(ids)
        return PruneStep(removed=len(ids), next=kept_so_far if len(rows) == most else None)

    def _prune_checks(self, before: datetime, after: int, most: int) -> PruneStep:
        nothing = self._transaction.layouts.id_of(mappers.checks_layout(()))
        its = validations.c
        query = _old_checks(before, nothing).with_only_columns(its.id).order_by(its.id)
        ids, following = self._window(query, its.id, after, most)
        while self._lock(self._datasets_of(ids)):
            ids, following = self._window(query, its.id, after, most)
        for chunk in chunked(ids):
            self._connection.execute(
                update(validations).where(its.id.in_(chunk)).values(checks_layout_id=nothing, checks=[])
            )
        return PruneStep(removed=len(ids), next=following)

    def _prune_events(self, before: datetime, after: int, most: int) -> PruneStep:
        its = outbox.c
        query = select(its.position).where(*_old_events(self._transaction, before)).order_by(its.position)
        positions, following = self._window(query, its.position, after, most)
        for chunk in chunked(positions):
            self._connection.execute(delete(outbox).where(its.position.in_(chunk)))
        return PruneStep(removed=len(positions), next=following)

    def _prune_scores(self, before: datetime, after: int, most: int) -> PruneStep:
        its = dataset_scores.c
        query = select(its.id).where(*_old_scores(before), its.id > after).order_by(its.id).limit(most)
        ids = self._connection.scalars(query).all()
        for chunk in chunked(ids):
            self._connection.execute(delete(dataset_scores).where(its.id.in_(chunk)))
        return PruneStep(removed=len(ids), next=ids[-1] if len(ids) == most else None)

    def _prune_audit(self, before: datetime, after: int, most: int) -> PruneStep:
        """Records come in the order of time, but for clocks that differ: behind a stretch that is young nothing is old."""
        its = audit.c
        query = select(its.id, its.at).where(its.id > after).order_by(its.id).limit(most)
        rows = self._connection.execute(query).all()
        ids = [row.id for row in rows if row.at < before]
        for chunk in chunked(ids):
            self._connection.execute(delete(audit).where(its.id.in_(chunk)))
        return PruneStep(removed=len(ids), next=rows[-1].id if ids and len(rows) == most else None)

    def _datasets_of(self, validation_ids: Sequence[int]) -> set[int]:
        query = select(data_assets.c.dataset_id).join(validations, validations.c.asset_id == data_assets.c.id)
        return {
            dataset_id
            for chunk in chunked(validation_ids)
            for dataset_id in self._connection.scalars(query.where(validations.c.id.in_(chunk)).distinct())
        }

    def _lock(self, dataset_ids: set[int]) -> bool:
        """Be the only writer of these datasets; True where one was not locked yet, and what was read may be out of date."""
        if not dataset_ids:
            return False
        query = select(datasets.c.name).where(datasets.c.id.in_(dataset_ids))
        return self._transaction.lock_all(self._connection.scalars(query))

    def _window(self, query: Select[Any], key: Any, after: int, most: int) -> tuple[Sequence[int], int | None]:
        """The first `most` keys of `query` after one, of a stretch that is read at once, and where to go on.

        Where nothing is old, a step reads a stretch and no more: it holds a lock.
        """
        end = after + _STRETCH * most
        found = self._connection.scalars(query.where(key > after, key <= end).limit(most)).all()
        if len(found) == most:
            return found, found[-1]
        last = self._connection.scalar(select(func.max(key))) or 0
        return found, end if end < last else None


def prunable_of(snapshot: Transaction, before: datetime, audit_before: datetime) -> dict[Prunable, int]:
    """How much each kind is; of checks, those whose data assets stay."""
    assets, connection = data_assets.c, snapshot.connection
    ended = select(assets.id).where(*_ended(before))
    of = connection.scalars(select(assets.dataset_id).where(*_ended(before)).distinct())
    kept = _kept_assets(snapshot, of)
    stay = sum(
        connection.scalar(select(func.count()).select_from(ended.where(assets.id.in_(chunk)).subquery())) or 0
        for chunk in chunked(kept)
    )
    nothing = snapshot.layouts.find(mappers.checks_layout(())) or 0
    gone = ended.where(assets.id.not_in(kept))
    checks = _old_checks(before, nothing).where(validations.c.asset_id.not_in(gone))
    events = select(outbox.c.id).where(*_old_events(snapshot, before))
    scores = select(dataset_scores.c.id).where(*_old_scores(before))

    def count(query: Select[Any]) -> int:
        return connection.scalar(select(func.count()).select_from(query.subquery())) or 0

    return {
        Prunable.ASSETS: count(ended) - stay,
        Prunable.CHECKS: count(checks),
        Prunable.EVENTS: count(events),
        Prunable.SCORES: count(scores),
        Prunable.AUDIT: count(select(audit.c.id).where(audit.c.at < audit_before)),
    }


def _ended(before: datetime) -> tuple[ColumnElement[bool], ...]:
    """Tombstones stay: they are the record of an erasure. So does what a consumer has still to be told of."""
    its = data_assets.c
    return its.ended_at < before, its.erased_at.is_(None), ~is_awaited(its.id)


def _kept_assets(transaction: Transaction, dataset_ids: Iterable[int]) -> set[int]:
    """The last ones ever accepted: what new files are compared with, and what their columns were found to hold."""
    found = (
        last_accepted(transaction.connection, dataset_id, column)
        for dataset_id in dataset_ids
        for column in (data_assets.c.schema_id, data_assets.c.profile)
    )
    return {last.id for last in found if last is not None}


def _old_checks(before: datetime, nothing: int) -> Select[Any]:
    """Validations that are not their data asset's last, and still have checks."""
    its = validations.c
    return (
        select(its.id)
        .join(data_assets, data_assets.c.id == its.asset_id)
        .where(its.at < before, its.checks_layout_id != nothing, data_assets.c.validation_id != its.id)
    )


def _old_events(transaction: Transaction, before: datetime) -> tuple[ColumnElement[bool], ...]:
    """Those that the relay has seen, that every destination has passed, and that none still waits for or has as a dead letter."""
    its = outbox.c
    passed = transaction.connection.scalar(select(func.min(destinations.c.position)))
    waits = exists(select(deliveries.c.position).where(deliveries.c.position == its.position))
    everywhere = its.position.is_not(None) if passed is None else its.position <= passed
    return everywhere, its.occurred_at < before, ~waits


def _old_scores(before: datetime) -> tuple[ColumnElement[bool], ...]:
    its = dataset_scores.c
    day = type_coerce(its.at, BigInteger) // _DAY_MICROSECONDS
    last_of_days = select(func.max(its.id)).where(its.at < before).group_by(its.dataset_id, day)
    return its.at < before, its.id.not_in(last_of_days)
