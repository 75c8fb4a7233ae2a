from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from data_management.errors import Conflict
from data_management.infrastructure.data_sources.sql.transaction import Transaction
from data_management.infrastructure.persistence.dialects import insert_new
from data_management.infrastructure.persistence.tables import consumers, seen_events


class SQLConsumerRepository:
    def __init__(self, transaction: Transaction) -> None:
        self._connection = transaction.connection

    def position(self, consumer: str) -> int:
        return position_of(self._connection, consumer)

    def move(self, consumer: str, before: int, to: int, now: datetime) -> None:
        if before == 0:
            new = {"name": consumer, "position": 0, "moved_at": now}
            self._connection.execute(insert_new(self._connection, consumers), new)
        moved = self._connection.execute(
            update(consumers)
            .where(consumers.c.name == consumer, consumers.c.position == before)
            .values(position=to, moved_at=now)
        )
        if moved.rowcount != 1:
            raise Conflict(
                f"consumer {consumer!r} does not stand at position {before} any more: another process reads events as the same "
                "consumer; give each a name of its own"
            )

    def has_seen(self, consumer: str, event_id: str) -> bool:
        return is_seen(self._connection, consumer, event_id)

    def mark_seen(self, consumer: str, event_id: str, now: datetime) -> bool:
        new = {"consumer": consumer, "event_id": event_id, "at": now}
        noted = insert_new(self._connection, seen_events).returning(seen_events.c.event_id)
        return self._connection.scalar(noted, new) is not None

    def forget_seen(self, before: datetime) -> int:
        return self._connection.execute(delete(seen_events).where(seen_events.c.at < before)).rowcount


def position_of(connection: Connection, consumer: str) -> int:
    return connection.scalar(select(consumers.c.position).where(consumers.c.name == consumer)) or 0


def is_seen(connection: Connection, consumer: str, event_id: str) -> bool:
    its = seen_events.c
    query = select(its.event_id).where(its.consumer == consumer, its.event_id == event_id)
    return connection.scalar(query) is not None
