"""Data assets: versions of files, their arrivals, and how they were judged."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from data_management.infrastructure.persistence.tables.base import json, metadata
from data_management.infrastructure.persistence.types import ID, Exact, Name, Prose, UTCDateTime

Tries = Integer().with_variant(SmallInteger, "sqlite")  # whose integers have one width, whatever they are called

schemas = Table(  # columns as read; most files of a dataset share one
    "schemas",
    metadata,
    Column("id", ID, primary_key=True),
    Column("hash", String(32), nullable=False, unique=True),
    Column("content", json, nullable=False),
)

layouts = Table(  # what scores and checks made by one plan share: everything but the numbers
    "layouts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("hash", String(32), nullable=False, unique=True),
    Column("content", json, nullable=False),
)

data_assets = Table(
    "data_assets",
    metadata,
    Column("id", ID, primary_key=True),
    Column("public_id", Name, nullable=False, unique=True),
    Column("dataset_id", ID, ForeignKey("datasets.id"), nullable=False),
    Column("location", Name, nullable=False),  # or what stands for a long one in indexes, see `mappers.location_key`
    Column("version_token", Exact, nullable=False),
    Column("arrived_at", UTCDateTime, nullable=False),
    Column("status", String(16), nullable=False),
    Column("is_current", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("reason", Prose),
    Column("size_bytes", ID),
    Column("content_sha256", String(64)),
    Column("schema_id", ID, ForeignKey("schemas.id")),
    Column("row_count", ID),
    Column("profile", json),
    Column("notes", json),
    Column("verdict", String(8)),
    Column("score_layout_id", ID, ForeignKey("layouts.id")),
    Column("score", json),
    Column("plan_id", ID, ForeignKey("plans.id")),  # of the current validation
    Column("ended_at", UTCDateTime),  # superseded or removed
    Column("erased_at", UTCDateTime),
    Column("erased_by", Exact),
    Column("validation_id", ID),  # no foreign key: the two tables would refer to each other
    Column("long_location", Text),  # the URI where `location` only stands for it
)
Index(
    "uq_data_assets_current",
    data_assets.c.dataset_id,
    data_assets.c.location,
    unique=True,
    sqlite_where=text("is_current = 1"),  # as SQLAlchemy writes the condition: SQLite compares the words
    postgresql_where=text("is_current"),
)
Index(
    "ix_data_assets_page",
    data_assets.c.dataset_id,
    data_assets.c.status,
    data_assets.c.id,
    data_assets.c.row_count,
)
Index(
    "ix_data_assets_ended",
    data_assets.c.ended_at,
    sqlite_where=data_assets.c.ended_at.is_not(None),
    postgresql_where=data_assets.c.ended_at.is_not(None),
)
Index("ix_data_assets_plan", data_assets.c.plan_id, data_assets.c.status)

arrivals = Table(
    "arrivals",
    metadata,
    Column("number", ID, primary_key=True),
    Column("asset_id", ID, ForeignKey("data_assets.id"), nullable=False, unique=True),
    Column("dataset_id", ID, ForeignKey("datasets.id"), nullable=False),
    Column("attempts", Tries, nullable=False, default=0),
    Column("returns", Tries, nullable=False, default=0),
    Column("run_id", Exact),
    Column("lease_until", UTCDateTime),
    Column("pending_from", UTCDateTime),
    sqlite_autoincrement=True,  # a number is never used again, or a watermark would stand still
)
Index("ix_arrivals_queue", arrivals.c.dataset_id, arrivals.c.attempts, arrivals.c.number)
Index(
    "ix_arrivals_run",
    arrivals.c.run_id,
    sqlite_where=arrivals.c.run_id.is_not(None),
    postgresql_where=arrivals.c.run_id.is_not(None),
)

validations = Table(
    "validations",
    metadata,
    Column("id", ID, primary_key=True),
    Column("asset_id", ID, ForeignKey("data_assets.id"), nullable=False),
    Column("plan_id", ID, ForeignKey("plans.id"), nullable=False),
    Column("request_key", Exact, nullable=False),
    Column("contract_version", Exact, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("row_count", ID, nullable=False),
    Column("verdict", String(8), nullable=False),
    Column("score_layout_id", ID, ForeignKey("layouts.id"), nullable=False),
    Column("score", json, nullable=False),
    Column("checks_layout_id", ID, ForeignKey("layouts.id"), nullable=False),
    Column("checks", json, nullable=False),
    UniqueConstraint("asset_id", "plan_id", "request_key"),
)
