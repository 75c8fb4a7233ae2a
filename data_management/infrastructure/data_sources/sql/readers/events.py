"""Events as they were recorded, straight from the tables."""

from sqlalchemy import case, func, select

from data_management.application.messaging import DeadLetter, DestinationView, RecordedEvent
from data_management.infrastructure.data_sources.sql.consumers import is_seen, position_of
from data_management.infrastructure.data_sources.sql.outbox import (
    DELIVERIES,
    EVENTS,
    delivery_of,
    destination_of,
    event_of,
)
from data_management.infrastructure.data_sources.sql.readers.base import SQLReader
from data_management.infrastructure.persistence.tables import deliveries, destinations, outbox, positions


class SQLEventReader(SQLReader):
    def events(self, after: int, limit: int = 100) -> list[RecordedEvent]:
        query = EVENTS.where(outbox.c.position > after).order_by(outbox.c.position).limit(limit)
        with self._reading() as connection:
            return [event_of(row) for row in connection.execute(query)]

    def last_events(self, limit: int = 10) -> list[RecordedEvent]:
        query = EVENTS.order_by(outbox.c.position.desc()).limit(limit)
        with self._reading() as connection:
            return [event_of(row) for row in reversed(connection.execute(query).all())]

    def consumer_position(self, consumer: str) -> int:
        with self._reading() as connection:
            return position_of(connection, consumer)

    def has_seen(self, consumer: str, event_id: str) -> bool:
        with self._reading() as connection:
            return is_seen(connection, consumer, event_id)

    def dead_letters(self, limit: int = 100) -> list[DeadLetter]:
        query = (
            DELIVERIES.add_columns(destinations.c.name.label("destination"))
            .join(destinations, destinations.c.id == deliveries.c.destination_id)
            .where(deliveries.c.died_at.is_not(None))
            .order_by(deliveries.c.position, destinations.c.name)
            .limit(limit)
        )
        with self._reading() as connection:
            return [DeadLetter(row.destination, delivery_of(row)) for row in connection.execute(query)]

    def destinations(self) -> list[DestinationView]:
        died = deliveries.c.died_at
        counts = select(
            deliveries.c.destination_id,
            func.sum(case((died.is_(None), 1), else_=0)).label("waiting"),
            func.sum(case((died.is_not(None), 1), else_=0)).label("dead"),
        ).group_by(deliveries.c.destination_id)
        last = select(func.coalesce(func.max(positions.c.last), 0))
        with self._reading() as connection:
            counted = {row.destination_id: row for row in connection.execute(counts)}
            end = connection.scalars(last).one()
            rows = connection.execute(select(destinations).order_by(destinations.c.name)).all()
        return [
            DestinationView(
                destination=destination_of(row),
                behind=end - row.position,
                waiting=counted[row.id].waiting if row.id in counted else 0,
                dead=counted[row.id].dead if row.id in counted else 0,
            )
            for row in rows
        ]
