from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, func, or_, select, update

from data_management.domain.models import DataCatalogEntry, PendingArrivals
from data_management.infrastructure.data_sources.sql.chunks import chunked
from data_management.infrastructure.data_sources.sql.transaction import Transaction
from data_management.infrastructure.persistence.dialects import upsert
from data_management.infrastructure.persistence.tables import arrivals, data_assets

_ITS = arrivals.c
_AMONG = data_assets.c.public_id.in_(bindparam("asset_ids", expanding=True))
_STORED = select(func.count()).select_from(data_assets).where(_AMONG)
_TO_QUEUE = select(data_assets.c.id, data_assets.c.dataset_id).where(_AMONG).order_by(data_assets.c.id)
_COMPLETE = delete(arrivals).where(_ITS.asset_id.in_(select(data_assets.c.id).where(_AMONG)))
_HELD = (
    select(data_assets.c.public_id)
    .join(arrivals, data_assets.c.id == _ITS.asset_id)
    .where(_AMONG, _ITS.run_id == bindparam("run_id"))
)


@cache
def _queue(dialect: str) -> Any:
    return upsert(dialect, arrivals).from_select(["asset_id", "dataset_id"], _TO_QUEUE).on_conflict_do_nothing()


class SQLArrivalRepository:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._connection = transaction.connection

    def open(self, entries: Sequence[DataCatalogEntry]) -> None:
        queue = _queue(self._connection.dialect.name)
        for chunk in chunked(dict.fromkeys(entry.id for entry in entries)):
            queued = self._connection.execute(queue, {"asset_ids": chunk}).rowcount
            if queued < len(chunk) and self._connection.scalar(_STORED, {"asset_ids": chunk}) != len(chunk):
                for asset_id in chunk:
                    self._transaction.asset_key(asset_id)  # tells which

    def pending(self, dataset: str, now: datetime) -> PendingArrivals:
        return pending_of(self._transaction, dataset, now)

    def claim(
        self, dataset: str, holder: str, now: datetime, lease_until: datetime, most: int
    ) -> tuple[tuple[str, int], ...]:
        dataset_id = self._transaction.find_dataset_id(dataset)
        free = (_ITS.dataset_id == dataset_id, _is_free(now))
        query = select(_ITS.attempts).where(*free).order_by(_ITS.attempts).limit(1)
        least = None if dataset_id is None or most < 1 else self._connection.scalar(query)
        if least is None:
            return ()
        claimed = self._connection.execute(
            select(_ITS.number, data_assets.c.public_id)
            .join(data_assets, data_assets.c.id == _ITS.asset_id)
            .where(*free, _ITS.attempts == least)
            .order_by(_ITS.number)
            .limit(max(1, most // 10**least))
            .with_for_update(of=arrivals, skip_locked=True)
        ).all()
        for chunk in chunked(claimed):
            self._connection.execute(
                update(arrivals)
                .where(_ITS.number.in_([row.number for row in chunk]))
                .values(run_id=holder, lease_until=lease_until, attempts=least + 1, pending_from=None)
            )
        return tuple((row.public_id, least) for row in claimed)

    def renew(self, holder: str, lease_until: datetime) -> int:
        """Those that the run completes at this moment are left out: waiting for them in another order could end in a deadlock."""
        held = select(_ITS.number).where(_ITS.run_id == holder).order_by(_ITS.number)
        return self._change(_ITS.number.in_(held.with_for_update(skip_locked=True)), lease_until=lease_until)

    def holds(self, holder: str, asset_ids: Sequence[str]) -> frozenset[str]:
        held: set[str] = set()
        for chunk in chunked(asset_ids):
            held.update(self._connection.scalars(_HELD, {"asset_ids": chunk, "run_id": holder}))
        return frozenset(held)

    def complete(self, asset_ids: Sequence[str]) -> None:
        for chunk in chunked(asset_ids):
            self._connection.execute(_COMPLETE, {"asset_ids": chunk})

    def release(self, holder: str, pending_from: datetime) -> int:
        return self._change(
            _ITS.run_id == holder,
            attempts=_ITS.attempts - 1,
            returns=_ITS.returns + 1,
            pending_from=pending_from,
            run_id=None,
            lease_until=None,
        )

    def expire(self, holder: str, now: datetime) -> int:
        return self._change(_ITS.run_id == holder, _ITS.lease_until > now, lease_until=now)

    def holders(self, dataset: str, now: datetime) -> tuple[str, ...]:
        return holders_of(self._transaction, dataset, now)

    def _change(self, *where: ColumnElement[bool], **values: Any) -> int:
        return self._connection.execute(update(arrivals).where(*where).values(**values)).rowcount


def pending_of(transaction: Transaction, dataset: str, now: datetime) -> PendingArrivals:
    query = select(func.count(), func.max(_ITS.number), func.max(_ITS.attempts + _ITS.returns)).where(
        _ITS.dataset_id == transaction.find_dataset_id(dataset),
        _is_free(now),
        or_(_ITS.pending_from.is_(None), _ITS.pending_from <= now),
    )
    count, watermark, attempts = transaction.connection.execute(query).one()
    return PendingArrivals(count=count, watermark=watermark or 0, attempts=attempts or 0)


def holders_of(transaction: Transaction, dataset: str, now: datetime) -> tuple[str, ...]:
    query = select(_ITS.run_id).where(
        _ITS.dataset_id == transaction.find_dataset_id(dataset), _ITS.run_id.is_not(None), _ITS.lease_until > now
    )
    return tuple(transaction.connection.scalars(query.distinct().order_by(_ITS.run_id)))


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(_ITS.lease_until.is_(None), _ITS.lease_until <= now)
