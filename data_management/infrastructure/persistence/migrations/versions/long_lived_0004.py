"""What a catalog needs that lives long: plans keep what they say, data assets when they ended; retired and erased."""

import time

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plans", sa.Column("definition", sa.JSON))
    op.add_column("data_assets", sa.Column("ended_at", sa.BigInteger))
    op.add_column("data_assets", sa.Column("erased_at", sa.BigInteger))
    op.add_column("data_assets", sa.Column("erased_by", sa.String))
    op.add_column("datasets", sa.Column("retired_at", sa.BigInteger))
    _those_that_ended_count_from_now()
    ended = sa.text("ended_at IS NOT NULL")
    op.create_index("ix_data_assets_ended", "data_assets", ["ended_at"], sqlite_where=ended, postgresql_where=ended)


def downgrade() -> None:
    op.drop_index("ix_data_assets_ended", "data_assets")
    op.drop_column("datasets", "retired_at")
    for column in ("erased_by", "erased_at", "ended_at"):
        op.drop_column("data_assets", column)
    op.drop_column("plans", "definition")


def _those_that_ended_count_from_now() -> None:
    """When they did was not kept."""
    data_assets = sa.table("data_assets", sa.column("is_current", sa.Boolean), sa.column("ended_at", sa.BigInteger))
    now = time.time_ns() // 1000
    op.execute(data_assets.update().where(data_assets.c.is_current.is_(sa.false())).values(ended_at=now))
