from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, insert, or_, select, update

from data_management.application.messaging import Delivery, Destination, RecordedEvent
from data_management.errors import NotFound
from data_management.infrastructure.data_sources.sql.chunks import chunked
from data_management.infrastructure.data_sources.sql.transaction import Transaction
from data_management.infrastructure.persistence.dialects import insert_new
from data_management.infrastructure.persistence.tables import deliveries, destinations, outbox, positions

EVENTS: Select[Any] = select(outbox).where(outbox.c.position.is_not(None))
"""What `event_of` reads."""
DELIVERIES: Select[Any] = select(
    outbox,
    deliveries.c.destination_id,
    deliveries.c.attempts,
    deliveries.c.not_before,
    deliveries.c.reason,
    deliveries.c.died_at,
).join_from(deliveries, outbox, deliveries.c.position == outbox.c.position)
"""What `delivery_of` reads."""

_COUNTER = "outbox"
_ITS = deliveries.c
_LAST = select(positions.c.last).where(positions.c.name == _COUNTER)
_WITHOUT = select(outbox.c.id).where(outbox.c.position.is_(None)).order_by(outbox.c.id)
_ASSIGN = update(outbox).where(outbox.c.id == bindparam("event")).values(position=bindparam("given"))
_AFTER = EVENTS.where(outbox.c.position > bindparam("after")).order_by(outbox.c.position).limit(bindparam("most"))
_DUE = (
    DELIVERIES.where(_ITS.destination_id == bindparam("destination"), _ITS.not_before <= bindparam("now"))
    .order_by(_ITS.not_before, _ITS.position)
    .limit(bindparam("most"))
)
_HELD = (
    select(_ITS.subject)
    .where(
        _ITS.destination_id == bindparam("destination"),
        _ITS.subject.in_(bindparam("subjects", expanding=True)),
        _ITS.died_at.is_(None),
    )
    .distinct()
)
_ONE = (_ITS.destination_id == bindparam("destination"), _ITS.position == bindparam("at"))
_LIVE = (
    _ITS.destination_id == bindparam("destination"),
    _ITS.subject == bindparam("about"),
    _ITS.died_at.is_(None),
)
_SUBJECTS = select(_ITS.subject).where(
    _ITS.destination_id == bindparam("destination"), _ITS.position.in_(bindparam("ended", expanding=True))
)
_PRESENT = select(outbox.c.position, outbox.c.aggregate, outbox.c.aggregate_id).where(
    outbox.c.position.in_(bindparam("told", expanding=True))
)
_INSERT = insert(deliveries)
_DELETE = delete(deliveries).where(*_ONE)
_CHANGE = (
    update(deliveries)
    .where(*_ONE)
    .values({name: bindparam(f"new_{name}") for name in ("attempts", "not_before", "reason", "died_at")})
)
_FIRST = select(func.min(_ITS.position)).where(*_LIVE).scalar_subquery()
_HOLD = update(deliveries).where(*_LIVE).values(not_before=None)
_PROMOTE = (
    update(deliveries)
    .where(_ITS.destination_id == bindparam("destination"), _ITS.position == _FIRST)
    .values(not_before=bindparam("now"))
)


class SQLOutboxRepository:
    def __init__(self, transaction: Transaction) -> None:
        self._connection = transaction.connection
        self._ids: dict[str, int] = {}

    def assign_positions(self, most: int) -> int:
        last = self._connection.scalar(_LAST.with_for_update())
        if last is None:
            self._connection.execute(insert_new(self._connection, positions), {"name": _COUNTER, "last": 0})
            last = self._connection.scalars(_LAST.with_for_update()).one()
        events = self._connection.scalars(_WITHOUT.limit(most)).all()
        if events:
            self._connection.execute(
                _ASSIGN, [{"event": event, "given": last + number} for number, event in enumerate(events, 1)]
            )
            self._connection.execute(
                update(positions).where(positions.c.name == _COUNTER).values(last=last + len(events))
            )
        return len(events)

    def last_position(self) -> int:
        return self._connection.scalar(_LAST) or 0

    def destination(self, name: str) -> Destination:
        query = select(destinations).where(destinations.c.name == name)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            new = {"name": name, "position": self.last_position(), "failures": 0}
            self._connection.execute(insert_new(self._connection, destinations), new)
            row = self._connection.execute(query).one()
        self._ids[name] = row.id
        return destination_of(row)

    def claim(self, destination: str, holder: str, now: datetime, lease_until: datetime) -> bool:
        its = destinations.c
        claimed = self._connection.execute(
            update(destinations)
            .where(its.name == destination, or_(its.holder.is_(None), its.holder == holder, its.lease_until <= now))
            .values(holder=holder, lease_until=lease_until)
        )
        return claimed.rowcount == 1

    def renew(self, destination: str, holder: str, lease_until: datetime) -> bool:
        return self._change_held(destination, holder, {"lease_until": lease_until})

    def release(self, destination: str, holder: str) -> None:
        self._change_held(destination, holder, {"holder": None, "lease_until": None})

    def after(self, position: int, most: int) -> tuple[RecordedEvent, ...]:
        return tuple(map(event_of, self._connection.execute(_AFTER, {"after": position, "most": most})))

    def due(self, destination: str, now: datetime, most: int) -> tuple[Delivery, ...]:
        parameters = {"destination": self._id(destination), "now": now, "most": most}
        return tuple(map(delivery_of, self._connection.execute(_DUE, parameters)))

    def held(self, destination: str, subjects: Iterable[str]) -> frozenset[str]:
        key, found = self._id(destination), set[str]()
        for chunk in chunked(dict.fromkeys(subjects)):
            found.update(self._connection.scalars(_HELD, {"destination": key, "subjects": chunk}))
        return frozenset(found)

    def advance(self, destination: Destination, waiting: Sequence[Delivery]) -> None:
        self._store(destination)
        key = self._id(destination.name)
        subjects = self._subjects_now([each.event.position for each in waiting])
        rows = [
            {
                "position": each.event.position,
                "destination_id": key,
                "subject": subjects.get(each.event.position, each.event.subject),
                "attempts": each.attempts,
                "not_before": each.not_before,
                "reason": each.reason,
                "died_at": each.died_at,
            }
            for each in waiting
        ]
        if rows:
            self._connection.execute(_INSERT, rows)

    def settle(
        self, destination: Destination, delivered: Sequence[Delivery], failed: Sequence[Delivery], now: datetime
    ) -> None:
        self._store(destination)
        key = self._id(destination.name)
        ended = [each.event.position for each in (*delivered, *(each for each in failed if each.died_at))]
        subjects = {
            subject
            for chunk in chunked(ended)
            for subject in self._connection.scalars(_SUBJECTS, {"destination": key, "ended": chunk})
        }
        if delivered:
            self._connection.execute(_DELETE, [{"destination": key, "at": each.event.position} for each in delivered])
        if failed:
            self._connection.execute(_CHANGE, [{"destination": key, **_changed(each)} for each in failed])
        self._promote([(key, subject) for subject in sorted(subjects)], now)

    def retry_dead(self, now: datetime, event_id: str | None = None) -> int:
        lock_destinations(self._connection)
        dead = select(_ITS.destination_id, _ITS.position, _ITS.subject).where(_ITS.died_at.is_not(None))
        if event_id is not None:
            dead = dead.join(outbox, outbox.c.position == _ITS.position).where(outbox.c.event_id == event_id)
        rows = self._connection.execute(dead).all()
        nothing = {"new_attempts": 0, "new_not_before": None, "new_reason": None, "new_died_at": None}
        if rows:
            self._connection.execute(
                _CHANGE, [{"destination": row.destination_id, "at": row.position, **nothing} for row in rows]
            )
        subjects = dict.fromkeys((row.destination_id, row.subject) for row in rows)
        if subjects:
            self._connection.execute(_HOLD, [{"destination": key, "about": subject} for key, subject in subjects])
        self._promote(subjects, now)
        return len(rows)

    def forget(self, destination: str) -> None:
        key = self._connection.scalar(select(destinations.c.id).where(destinations.c.name == destination))
        if key is None:
            raise NotFound(f"no relay ever served a destination {destination!r}; `events status` lists those it did")
        self._connection.execute(delete(deliveries).where(_ITS.destination_id == key))
        self._connection.execute(delete(destinations).where(destinations.c.id == key))
        self._ids.pop(destination, None)

    def _subjects_now(self, positions_: Sequence[int]) -> dict[int, str]:
        """What these events are about: a dataset may have been renamed since they were read."""
        rows = [row for chunk in chunked(positions_) for row in self._connection.execute(_PRESENT, {"told": chunk})]
        return {row.position: f"{row.aggregate}/{row.aggregate_id}" for row in rows}

    def _id(self, destination: str) -> int:
        if destination not in self._ids:
            self.destination(destination)
        return self._ids[destination]

    def _store(self, destination: Destination) -> None:
        self._connection.execute(
            update(destinations)
            .where(destinations.c.name == destination.name)
            .values(position=destination.position, failures=destination.failures, paused_until=destination.paused_until)
        )

    def _change_held(self, destination: str, holder: str, values: dict[str, Any]) -> bool:
        its = destinations.c
        held = update(destinations).where(its.name == destination, its.holder == holder).values(values)
        return self._connection.execute(held).rowcount == 1

    def _promote(self, subjects: Iterable[tuple[int, str]], now: datetime) -> None:
        """The first that waits of each (destination, subject) is due."""
        rows = [{"destination": key, "about": subject, "now": now} for key, subject in dict.fromkeys(subjects)]
        if rows:
            self._connection.execute(_PROMOTE, rows)


def rename_subject(connection: Connection, aggregate: str, name: str, to: str) -> None:
    """The events of an aggregate are another name's from now on, those that wait for a destination too."""
    lock_destinations(connection)
    ours = (outbox.c.aggregate == aggregate, outbox.c.aggregate_id == name)
    waiting = update(deliveries).where(_ITS.subject == f"{aggregate}/{name}")
    connection.execute(waiting.values(subject=f"{aggregate}/{to}"))
    connection.execute(update(outbox).where(*ours).values(aggregate_id=to))


def lock_destinations(connection: Connection) -> None:
    """Keep relays from storing outcomes until this transaction ends: they change their destination's row first."""
    connection.execute(select(destinations.c.id).order_by(destinations.c.id).with_for_update()).all()


def event_of(row: Row[Any]) -> RecordedEvent:
    return RecordedEvent(
        id=row.event_id,
        position=row.position,
        aggregate=row.aggregate,
        aggregate_id=row.aggregate_id,
        aggregate_version=row.aggregate_version,
        ordinal=row.ordinal,
        type=row.type,
        data=row.payload,
        occurred_at=row.occurred_at,
    )


def delivery_of(row: Row[Any]) -> Delivery:
    return Delivery(
        event=event_of(row),
        attempts=row.attempts,
        not_before=row.not_before,
        reason=row.reason,
        died_at=row.died_at,
    )


def destination_of(row: Row[Any]) -> Destination:
    return Destination(name=row.name, position=row.position, failures=row.failures, paused_until=row.paused_until)


def _changed(delivery: Delivery) -> dict[str, Any]:
    return {
        "at": delivery.event.position,
        "new_attempts": delivery.attempts,
        "new_not_before": delivery.not_before,
        "new_reason": delivery.reason,
        "new_died_at": delivery.died_at,
    }
