from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update

from data_management.domain.models import OffsetMove
from data_management.errors import Conflict, InvalidInput, NotFound, Stale
from data_management.infrastructure.data_sources.sql.files import position_of
from data_management.infrastructure.data_sources.sql.transaction import Transaction
from data_management.infrastructure.persistence.dialects import insert_new
from data_management.infrastructure.persistence.tables import dataset_consumers

_ITS = dataset_consumers.c


class SQLOffsetRepository:
    """Its writes of one dataset take turns with all others, so that positions do not move between two statements."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._connection = transaction.connection

    def standing(self, dataset: str, consumer: str) -> int | None:
        row = self._find(self._locked(dataset), consumer)
        return None if row is None else int(row.position)

    def open(self, dataset: str, consumer: str, holder: str, now: datetime, lease_until: datetime) -> int:
        dataset_id = self._locked(dataset)
        row = self._stored(dataset_id, consumer, now)
        _must_be_free(row, now, holder)
        self._change(row, holder=holder, lease_until=lease_until)
        return int(row.position)

    def renew(self, dataset: str, consumer: str, holder: str, lease_until: datetime) -> bool:
        return self._change_held(dataset, consumer, holder, {"lease_until": lease_until})

    def release(self, dataset: str, consumer: str, holder: str) -> bool:
        return self._change_held(dataset, consumer, holder, {"holder": None, "lease_until": None})

    def move(self, move: OffsetMove, now: datetime) -> None:
        dataset_id = self._locked(move.dataset)
        head, pruned = position_of(self._transaction, dataset_id)
        if not 0 <= move.before <= move.to <= move.head <= head:
            raise InvalidInput(
                f"consumer {move.consumer!r} cannot move from {move.before} to {move.to}, having seen dataset {move.dataset!r} at position "
                f"{move.head}: it is at {head}; give the positions as they were given"
            )
        row = self._stored(dataset_id, move.consumer, now)
        if (
            move.holder is not None
            and row.holder == move.holder
            and row.lease_until is None
            and row.position == move.to
        ):
            return  # the answer to the first try was lost
        if row.position != move.before:
            raise Stale(
                f"consumer {move.consumer!r} of dataset {move.dataset!r} is at position {row.position}, not at {move.before}: another process "
                "works as the same consumer, or it was reset; ask anew what it is given"
            )
        if row.holder != move.holder if move.holder else _is_held(row, now):
            raise Conflict(
                f"consumer {move.consumer!r} of dataset {move.dataset!r} is not held by who would move it: another process works as the same "
                "consumer, whose lease ran out or still lasts; what it was given is given again"
            )
        if pruned > move.head:
            raise Conflict(
                f"consumer {move.consumer!r} of dataset {move.dataset!r}: files that were withdrawn while it worked were pruned, and "
                "it could not be told of them; what it was given is given again without them"
            )
        self._change(row, position=move.to, head=move.head, moved_at=now, holder=move.holder, lease_until=None)

    def reset(self, dataset: str, consumer: str, to: int | None, now: datetime) -> int:
        dataset_id = self._locked(dataset)
        row = self._known(dataset, dataset_id, consumer)
        _must_be_free(row, now)
        head, pruned = position_of(self._transaction, dataset_id)
        position = head if to is None else to
        if not 0 <= position <= head:
            raise InvalidInput(
                f"dataset {dataset!r} has come to position {head}; a consumer of it cannot stand at {position}"
            )
        if 0 < position < pruned:
            raise InvalidInput(
                f"dataset {dataset!r}: files that were withdrawn up to position {pruned} are pruned; reset consumer {consumer!r} to the "
                f"beginning, or to {pruned} or later"
            )
        self._change(row, position=position, head=position, moved_at=now, holder=None, lease_until=None)
        return position

    def forget(self, dataset: str, consumer: str, now: datetime) -> None:
        dataset_id = self._locked(dataset)
        row = self._known(dataset, dataset_id, consumer)
        _must_be_free(row, now)
        self._connection.execute(delete(dataset_consumers).where(*_its(row)))

    def _locked(self, dataset: str) -> int:
        self._transaction.lock(dataset)
        return self._transaction.dataset_id(dataset)

    def _find(self, dataset_id: int, consumer: str) -> Row[Any] | None:
        query = select(dataset_consumers).where(_ITS.dataset_id == dataset_id, _ITS.name == consumer)
        return self._connection.execute(query).one_or_none()

    def _stored(self, dataset_id: int, consumer: str, now: datetime) -> Row[Any]:
        """The row of a consumer, who is new at 0."""
        row = self._find(dataset_id, consumer)
        if row is None:
            new = {"dataset_id": dataset_id, "name": consumer, "position": 0, "head": 0, "moved_at": now}
            self._connection.execute(insert_new(self._connection, dataset_consumers), new)
            row = self._find(dataset_id, consumer)
        assert row is not None
        return row

    def _known(self, dataset: str, dataset_id: int, consumer: str) -> Row[Any]:
        row = self._find(dataset_id, consumer)
        if row is None:
            raise NotFound(
                f"dataset {dataset!r} has no consumer {consumer!r}; `data-management consumers list` names those that there are"
            )
        return row

    def _change(self, row: Row[Any], **values: Any) -> None:
        self._connection.execute(update(dataset_consumers).where(*_its(row)).values(values))

    def _change_held(self, dataset: str, consumer: str, holder: str, values: dict[str, Any]) -> bool:
        """Of a lease: no position is read, so that a heartbeat waits for nobody."""
        here = (_ITS.dataset_id == self._transaction.dataset_id(dataset), _ITS.name == consumer)
        held = (_ITS.holder == holder, _ITS.lease_until.is_not(None))
        return bool(self._connection.execute(update(dataset_consumers).where(*here, *held).values(values)).rowcount)


def _its(row: Row[Any]) -> tuple[Any, ...]:
    return _ITS.dataset_id == row.dataset_id, _ITS.name == row.name


def _is_held(row: Row[Any], now: datetime) -> bool:
    return row.lease_until is not None and row.lease_until > now


def _must_be_free(row: Row[Any], now: datetime, holder: str | None = None) -> None:
    if _is_held(row, now) and row.holder != holder:
        raise Conflict(
            f"consumer {row.name!r} is at work in another process, until {row.lease_until:%Y-%m-%d %H:%M:%S} UTC if that shows no sign of "
            "life; wait for it, or give this one a name of its own"
        )
