"""Who may ask, who did what, and what was asked before."""

from sqlalchemy import Boolean, Column, Index, String, Table

from data_management.infrastructure.persistence.tables.base import json, metadata
from data_management.infrastructure.persistence.types import ID, Exact, Name, Prose, UTCDateTime

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Name, primary_key=True),
    Column("name", Exact, nullable=False),
    Column("role", String(16), nullable=False),
    Column("secret_sha256", String(64), nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("created_by", Exact, nullable=False),
    Column("datasets", json),
    Column("samples", Boolean, nullable=False),
    Column("expires_at", UTCDateTime),
    Column("revoked_at", UTCDateTime),
)

audit = Table(
    "audit",
    metadata,
    Column("id", ID, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    Column("who", Name, nullable=False),
    Column("action", Name, nullable=False),
    Column("subject", Name, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("before", json),
    Column("after", json),
    Column("reason", Prose),
    Column("request_id", Exact),
    Column("client", Exact),
    sqlite_autoincrement=True,
)

requests = Table(  # those that came with a key under which they may come again
    "requests",
    metadata,
    Column("who", Name, primary_key=True),
    Column("request_key", Name, primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("subjects", json, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
Index("ix_requests_at", requests.c.at)
