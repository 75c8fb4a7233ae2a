"""The ledger of what consumers of a dataset may read, and how far each has come."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "acceptances",
        sa.Column("dataset_id", _ID, nullable=False),
        sa.Column("position", _ID, nullable=False),
        sa.Column("asset_id", _ID, nullable=False),
        sa.Column("withdrawn", _ID),
        sa.Column("withdrawn_as", sa.String(16)),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_acceptances_dataset_id_datasets"),
        sa.ForeignKeyConstraint(["asset_id"], ["data_assets.id"], name="fk_acceptances_asset_id_data_assets"),
        sa.PrimaryKeyConstraint("dataset_id", "position", name="pk_acceptances"),
    )
    op.create_table(
        "dataset_positions",
        sa.Column("dataset_id", _ID, nullable=False),
        sa.Column("last", _ID, nullable=False),
        sa.Column("pruned", _ID, nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_dataset_positions_dataset_id_datasets"),
        sa.PrimaryKeyConstraint("dataset_id", name="pk_dataset_positions"),
    )
    op.create_table(
        "dataset_consumers",
        sa.Column("dataset_id", _ID, nullable=False),
        sa.Column("name", _NAME, nullable=False),
        sa.Column("position", _ID, nullable=False),
        sa.Column("head", _ID, nullable=False),
        sa.Column("moved_at", sa.BigInteger, nullable=False),
        sa.Column("holder", sa.String),
        sa.Column("lease_until", sa.BigInteger),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_dataset_consumers_dataset_id_datasets"),
        sa.PrimaryKeyConstraint("dataset_id", "name", name="pk_dataset_consumers"),
    )
    _those_accepted_before_in_the_order_of_arrival()
    standing, withdrawn = sa.text("withdrawn IS NULL"), sa.text("withdrawn IS NOT NULL")
    op.create_index("ix_acceptances_asset", "acceptances", ["asset_id"])
    for name, columns, where, unique in (
        ("uq_acceptances_standing", ["asset_id"], standing, True),
        ("ix_acceptances_standing", ["dataset_id", "position"], standing, False),
        ("ix_acceptances_withdrawn", ["dataset_id", "withdrawn"], withdrawn, False),
    ):
        op.create_index(name, "acceptances", columns, unique=unique, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_table("dataset_consumers")
    op.drop_table("dataset_positions")
    op.drop_table("acceptances")


def _those_accepted_before_in_the_order_of_arrival() -> None:
    op.execute(
        "INSERT INTO acceptances (dataset_id, position, asset_id) "
        "SELECT dataset_id, row_number() OVER (PARTITION BY dataset_id ORDER BY data_assets.id), data_assets.id "
        "FROM data_assets JOIN datasets ON datasets.id = dataset_id WHERE status = 'accepted' AND retired_at IS NULL"
    )
    op.execute(
        "INSERT INTO dataset_positions (dataset_id, last, pruned) "
        "SELECT dataset_id, max(position), 0 FROM acceptances GROUP BY dataset_id"
    )
