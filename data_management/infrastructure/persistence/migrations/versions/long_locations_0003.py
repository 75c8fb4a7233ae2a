"""URIs that an index of Postgres cannot hold: a key stands for them, and they stand beside it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("data_assets", sa.Column("long_location", sa.Text))


def downgrade() -> None:
    op.drop_column("data_assets", "long_location")
