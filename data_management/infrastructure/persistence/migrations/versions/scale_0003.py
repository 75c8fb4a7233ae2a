"""What a growing catalog needs: plans keep what they say."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plans", sa.Column("definition", sa.JSON))


def downgrade() -> None:
    op.drop_column("plans", "definition")
