"""The ledger of each dataset: from which position on, and up to which, a data asset is what consumers may read."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)

from data_management.domain.models import AssetStatus, DataCatalogEntry, Withdrawal
from data_management.infrastructure.data_sources.sql.chunks import chunked
from data_management.infrastructure.data_sources.sql.transaction import AssetKey, Transaction
from data_management.infrastructure.persistence.dialects import insert_new
from data_management.infrastructure.persistence.tables import (
    acceptances,
    data_assets,
    dataset_consumers,
    dataset_positions,
)

_ITS = acceptances.c
_STANDING = select(_ITS.asset_id).where(
    _ITS.asset_id.in_(bindparam("assets", expanding=True)), _ITS.withdrawn.is_(None)
)
_ACCEPT = insert(acceptances)
_WITHDRAW = (
    update(acceptances)
    .where(_ITS.asset_id == bindparam("asset"), _ITS.withdrawn.is_(None))
    .values(withdrawn=bindparam("at"), withdrawn_as=bindparam("because"))
)
_NEXT = (
    update(dataset_positions)
    .where(dataset_positions.c.dataset_id == bindparam("dataset"))
    .values(last=dataset_positions.c.last + bindparam("count", type_=Integer))
    .returning(dataset_positions.c.last)
)


def record_changes(transaction: Transaction, entries: Sequence[DataCatalogEntry]) -> None:
    """Of entries as they are stored now, by the only writer of their datasets: what became accepted, and what is so no more."""
    decided = [entry for entry in entries if entry.status is AssetStatus.ACCEPTED or Withdrawal.of(entry)]
    keyed = sorted(((transaction.asset_key(entry.id), entry) for entry in decided), key=lambda each: each[0].dataset_id)
    for dataset_id, of_dataset in groupby(keyed, key=lambda each: each[0].dataset_id):
        _record(transaction, dataset_id, list(of_dataset))


def _record(transaction: Transaction, dataset_id: int, keyed: Sequence[tuple[AssetKey, DataCatalogEntry]]) -> None:
    standing = _standing(transaction, [key.id for key, _ in keyed])
    reasons = [(key.id, Withdrawal.of(entry)) for key, entry in keyed]
    withdrawn = [(key, why) for key, why in reasons if why is not None and key in standing]
    accepted = [key for key, why in reasons if why is None and key not in standing]
    if not withdrawn and not accepted:
        return
    position = _take(transaction, dataset_id, len(withdrawn) + len(accepted))
    if withdrawn:
        rows = [{"asset": key, "at": at, "because": why.value} for at, (key, why) in enumerate(withdrawn, position)]
        transaction.connection.execute(_WITHDRAW, rows)
    if accepted:
        first = position + len(withdrawn)
        transaction.connection.execute(
            _ACCEPT,
            [{"dataset_id": dataset_id, "position": at, "asset_id": key} for at, key in enumerate(accepted, first)],
        )


def withdraw_all(transaction: Transaction, dataset_id: int) -> None:
    """The dataset is retired."""
    of_dataset = (_ITS.dataset_id == dataset_id, _ITS.withdrawn.is_(None))
    count = transaction.connection.scalar(select(func.count()).where(*of_dataset)) or 0
    if not count:
        return
    before = _take(transaction, dataset_id, count) - 1
    numbered = (
        select(_ITS.position, func.row_number().over(order_by=_ITS.position).label("number"))
        .where(*of_dataset)
        .subquery()
    )
    transaction.connection.execute(
        update(acceptances)
        .where(*of_dataset, _ITS.position == numbered.c.position)
        .values(withdrawn=numbered.c.number + before, withdrawn_as=Withdrawal.RETIRED.value)
    )


def accept_all(transaction: Transaction, dataset_id: int) -> None:
    """The dataset is declared again."""
    its = data_assets.c
    stands = exists(select(_ITS.position).where(_ITS.asset_id == its.id, _ITS.withdrawn.is_(None)))
    accepted = (its.dataset_id == dataset_id, its.status == AssetStatus.ACCEPTED.value, ~stands)
    count = transaction.connection.scalar(select(func.count()).select_from(data_assets).where(*accepted)) or 0
    if not count:
        return
    before = _take(transaction, dataset_id, count) - 1
    numbered = select(literal(dataset_id), func.row_number().over(order_by=its.id) + before, its.id).where(*accepted)
    transaction.connection.execute(_ACCEPT.from_select(["dataset_id", "position", "asset_id"], numbered))


def is_awaited(asset_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a consumer was given the data asset, and not been told yet that it was withdrawn."""
    its = dataset_consumers.c
    return exists(
        select(_ITS.position)
        .join(dataset_consumers, its.dataset_id == _ITS.dataset_id)
        .where(_ITS.asset_id == asset_id, _ITS.position <= its.position, _ITS.withdrawn > its.position)
    )


def forget_acceptances(connection: Connection, assets: Sequence[int]) -> None:
    """They are pruned: whoever stands before the last of their withdrawals cannot be told any more."""
    of = select(_ITS.dataset_id, func.max(_ITS.withdrawn).label("last")).where(_ITS.asset_id.in_(assets))
    its = dataset_positions.c
    for dataset_id, last in connection.execute(of.group_by(_ITS.dataset_id)).all():
        connection.execute(
            update(dataset_positions).where(its.dataset_id == dataset_id, its.pruned < last).values(pruned=last)
        )
    connection.execute(delete(acceptances).where(_ITS.asset_id.in_(assets)))


def _standing(transaction: Transaction, assets: Iterable[int]) -> set[int]:
    return {
        key for chunk in chunked(assets) for key in transaction.connection.scalars(_STANDING, {"assets": chunk}).all()
    }


def _take(transaction: Transaction, dataset_id: int, count: int) -> int:
    """The first of `count` positions that are taken now."""
    taken = {"dataset": dataset_id, "count": count}
    last = transaction.connection.scalar(_NEXT, taken)
    if last is None:
        new = {"dataset_id": dataset_id, "last": 0, "pruned": 0}
        transaction.connection.execute(insert_new(transaction.connection, dataset_positions), new)
        last = transaction.connection.scalar(_NEXT, taken)
    assert last is not None
    return int(last) - count + 1
