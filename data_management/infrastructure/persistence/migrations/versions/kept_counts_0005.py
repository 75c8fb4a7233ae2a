"""How many files of a dataset are in which state, kept by difference; attempts that a small integer cannot hold."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_FIGURES = ("pending", "accepted", "quarantined", "rejected", "rows")
_TRIES = ("attempts", "returns")


def upgrade() -> None:
    op.create_table(
        "dataset_counts",
        sa.Column(
            "dataset_id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            sa.ForeignKey("datasets.id", name="fk_dataset_counts_dataset_id_datasets"),
            autoincrement=False,
            nullable=False,
        ),
        *(sa.Column(figure, sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False) for figure in _FIGURES),
        sa.PrimaryKeyConstraint("dataset_id", name="pk_dataset_counts"),
    )
    _count_what_is_there()
    if (
        op.get_bind().dialect.name == "postgresql"
    ):  # SQLite's integers are as wide as they need to be, whatever they are called
        for column in _TRIES:
            op.alter_column("arrivals", column, type_=sa.Integer, existing_nullable=False)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for column in _TRIES:
            op.execute(f"UPDATE arrivals SET {column} = 32767 WHERE {column} > 32767")  # noqa: S608  a constant
            op.alter_column("arrivals", column, type_=sa.SmallInteger, existing_nullable=False)
    op.drop_table("dataset_counts")


def _count_what_is_there() -> None:
    op.execute("""
        INSERT INTO dataset_counts (dataset_id, pending, accepted, quarantined, rejected, rows)
        SELECT dataset_id,
            COALESCE(SUM(CASE WHEN status IN ('arrived', 'registered') THEN 1 ELSE 0 END), 0),
            COALESCE(SUM(CASE WHEN status = 'accepted' THEN 1 ELSE 0 END), 0),
            COALESCE(SUM(CASE WHEN status = 'quarantined' THEN 1 ELSE 0 END), 0),
            COALESCE(SUM(CASE WHEN status = 'rejected' THEN 1 ELSE 0 END), 0),
            COALESCE(SUM(CASE WHEN status = 'accepted' THEN row_count ELSE 0 END), 0)
        FROM data_assets
        WHERE status IN ('arrived', 'registered', 'accepted', 'quarantined', 'rejected')
        GROUP BY dataset_id
        """)
