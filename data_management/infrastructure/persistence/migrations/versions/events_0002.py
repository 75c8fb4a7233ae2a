"""Events out and in: positions, destinations with what waits for them, consumers."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.drop_column("outbox", "attempts")  # they are a destination's, not the event's
    op.drop_column("outbox", "not_before")
    _positions()
    _destinations()
    _consumers()


def downgrade() -> None:
    for table in ("seen_events", "consumers", "deliveries", "destinations", "positions"):
        op.drop_table(table)
    op.add_column("outbox", sa.Column("attempts", sa.SmallInteger, nullable=False, server_default="0"))
    op.add_column("outbox", sa.Column("not_before", sa.BigInteger))


def _positions() -> None:
    positions = op.create_table(
        "positions",
        sa.Column("name", _NAME, nullable=False),
        sa.Column("last", _ID, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_positions"),
    )
    op.bulk_insert(positions, [{"name": "outbox", "last": 0}])


def _destinations() -> None:
    op.create_table(
        "destinations",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", _NAME, nullable=False),
        sa.Column("position", _ID, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("paused_until", sa.BigInteger),
        sa.Column("holder", sa.String),
        sa.Column("lease_until", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_destinations"),
        sa.UniqueConstraint("name", name="uq_destinations_name"),
    )
    op.create_table(
        "deliveries",
        sa.Column("position", _ID, nullable=False),
        sa.Column("destination_id", _ID, nullable=False),
        sa.Column("subject", _NAME, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("not_before", sa.BigInteger),
        sa.Column("reason", sa.Text),
        sa.Column("died_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("position", "destination_id", name="pk_deliveries"),
        sa.ForeignKeyConstraint(["position"], ["outbox.position"], name="fk_deliveries_position_outbox"),
        sa.ForeignKeyConstraint(
            ["destination_id"], ["destinations.id"], name="fk_deliveries_destination_id_destinations"
        ),
    )
    for name, columns, where in (
        ("ix_deliveries_due", ["destination_id", "not_before", "position"], "not_before IS NOT NULL"),
        ("ix_deliveries_subject", ["destination_id", "subject", "position"], "died_at IS NULL"),
        ("ix_deliveries_dead", ["position"], "died_at IS NOT NULL"),
    ):
        condition = sa.text(where)
        op.create_index(name, "deliveries", columns, sqlite_where=condition, postgresql_where=condition)


def _consumers() -> None:
    op.create_table(
        "consumers",
        sa.Column("name", _NAME, nullable=False),
        sa.Column("position", _ID, nullable=False),
        sa.Column("moved_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_consumers"),
    )
    op.create_table(
        "seen_events",
        sa.Column("consumer", _NAME, nullable=False),
        sa.Column("event_id", _NAME, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("consumer", "event_id", name="pk_seen_events"),
    )
    op.create_index("ix_seen_events_at", "seen_events", ["at"])
