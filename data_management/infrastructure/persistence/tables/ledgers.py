"""The ledger of each dataset, and how far its consumers have come."""

from sqlalchemy import Column, ForeignKey, Index, String, Table

from data_management.infrastructure.persistence.tables.base import metadata
from data_management.infrastructure.persistence.types import ID, Exact, Name, UTCDateTime

acceptances = Table(  # the ledger of each dataset: what consumers may read, from one position to another
    "acceptances",
    metadata,
    Column("dataset_id", ID, ForeignKey("datasets.id"), primary_key=True, autoincrement=False),
    Column("position", ID, primary_key=True, autoincrement=False),
    Column("asset_id", ID, ForeignKey("data_assets.id"), nullable=False),
    Column("withdrawn", ID),  # the position from which on it is accepted no more
    Column("withdrawn_as", String(16)),
)
Index(
    "uq_acceptances_standing",
    acceptances.c.asset_id,
    unique=True,
    sqlite_where=acceptances.c.withdrawn.is_(None),
    postgresql_where=acceptances.c.withdrawn.is_(None),
)
Index("ix_acceptances_asset", acceptances.c.asset_id)
Index(
    "ix_acceptances_standing",
    acceptances.c.dataset_id,
    acceptances.c.position,
    sqlite_where=acceptances.c.withdrawn.is_(None),
    postgresql_where=acceptances.c.withdrawn.is_(None),
)
Index(
    "ix_acceptances_withdrawn",
    acceptances.c.dataset_id,
    acceptances.c.withdrawn,
    sqlite_where=acceptances.c.withdrawn.is_not(None),
    postgresql_where=acceptances.c.withdrawn.is_not(None),
)

dataset_positions = Table(
    "dataset_positions",
    metadata,
    Column("dataset_id", ID, ForeignKey("datasets.id"), primary_key=True, autoincrement=False),
    Column("last", ID, nullable=False),
    Column("pruned", ID, nullable=False),  # the highest position of a withdrawal that was pruned
)
"""How far each dataset has come: outlives its acceptances, which are pruned."""

dataset_consumers = Table(
    "dataset_consumers",
    metadata,
    Column("dataset_id", ID, ForeignKey("datasets.id"), primary_key=True, autoincrement=False),
    Column("name", Name, primary_key=True),
    Column("position", ID, nullable=False),
    Column("head", ID, nullable=False),  # how far the dataset had come when the consumer read up to `position`
    Column("moved_at", UTCDateTime, nullable=False),
    Column("holder", Exact),  # who works, or moved it last
    Column("lease_until", UTCDateTime),
)
