"""Events, where they are delivered, and who reads them."""

from sqlalchemy import Column, ForeignKey, Index, Integer, SmallInteger, String, Table, UniqueConstraint

from data_management.infrastructure.persistence.tables.base import json, metadata
from data_management.infrastructure.persistence.types import ID, Name, Prose, UTCDateTime

outbox = Table(
    "outbox",
    metadata,
    Column("id", ID, primary_key=True),
    Column("event_id", String(32), nullable=False, unique=True),
    Column("aggregate", String(16), nullable=False),
    Column("aggregate_id", Name, nullable=False),
    Column("aggregate_version", Integer, nullable=False),
    Column("ordinal", SmallInteger, nullable=False),
    Column("type", String(64), nullable=False),
    Column("payload", json, nullable=False),
    Column("occurred_at", UTCDateTime, nullable=False),
    Column("position", ID, unique=True),  # assigned by the relay, gap-free
    UniqueConstraint("aggregate", "aggregate_id", "aggregate_version", "ordinal"),
)
Index(
    "ix_outbox_waiting",
    outbox.c.id,
    sqlite_where=outbox.c.position.is_(None),
    postgresql_where=outbox.c.position.is_(None),
)

positions = Table(
    "positions",
    metadata,
    Column("name", Name, primary_key=True),
    Column("last", ID, nullable=False),
)
"""The last position that was given: outlives the events, which are pruned."""

destinations = Table(
    "destinations",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", Name, nullable=False, unique=True),
    Column("position", ID, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("paused_until", UTCDateTime),
    Column("holder", String),
    Column("lease_until", UTCDateTime),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("position", ID, ForeignKey("outbox.position"), primary_key=True, autoincrement=False),
    Column("destination_id", ID, ForeignKey("destinations.id"), primary_key=True, autoincrement=False),
    Column("subject", Name, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", UTCDateTime),
    Column("reason", Prose),
    Column("died_at", UTCDateTime),
)
Index(
    "ix_deliveries_due",
    deliveries.c.destination_id,
    deliveries.c.not_before,
    deliveries.c.position,
    sqlite_where=deliveries.c.not_before.is_not(None),
    postgresql_where=deliveries.c.not_before.is_not(None),
)
Index(
    "ix_deliveries_subject",
    deliveries.c.destination_id,
    deliveries.c.subject,
    deliveries.c.position,
    sqlite_where=deliveries.c.died_at.is_(None),
    postgresql_where=deliveries.c.died_at.is_(None),
)
Index(
    "ix_deliveries_dead",
    deliveries.c.position,
    sqlite_where=deliveries.c.died_at.is_not(None),
    postgresql_where=deliveries.c.died_at.is_not(None),
)

consumers = Table(
    "consumers",
    metadata,
    Column("name", Name, primary_key=True),
    Column("position", ID, nullable=False),
    Column("moved_at", UTCDateTime, nullable=False),
)

seen_events = Table(
    "seen_events",
    metadata,
    Column("consumer", Name, primary_key=True),
    Column("event_id", Name, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
)
Index("ix_seen_events_at", seen_events.c.at)
