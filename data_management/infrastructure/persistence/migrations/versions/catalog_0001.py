"""The catalog: datasets, data assets, the arrival queue, validations, scores and the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    _definitions()
    _assets()
    _arrivals()
    _quality()
    _outbox()


def downgrade() -> None:
    for table in (
        "outbox",
        "dataset_scores",
        "dataset_totals",
        "validations",
        "arrivals",
        "data_assets",
        "plans",
        "layouts",
        "schemas",
        "datasets",
    ):
        op.drop_table(table)


def _definitions() -> None:
    op.create_table(
        "datasets",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", _NAME, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("definition", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_datasets"),
        sa.UniqueConstraint("name", name="uq_datasets_name"),
    )
    for interned in ("schemas", "layouts"):
        op.create_table(
            interned,
            sa.Column("id", _ID, nullable=False),
            sa.Column("hash", sa.String(32), nullable=False),
            sa.Column("content", sa.JSON, nullable=False),
            sa.PrimaryKeyConstraint("id", name=f"pk_{interned}"),
            sa.UniqueConstraint("hash", name=f"uq_{interned}_hash"),
        )
    op.create_table(
        "plans",
        sa.Column("id", _ID, nullable=False),
        sa.Column("dataset_id", _ID, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plans"),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_plans_dataset_id_datasets"),
        sa.UniqueConstraint("dataset_id", "hash", name="uq_plans_dataset_id_hash"),
    )


def _assets() -> None:
    op.create_table(
        "data_assets",
        sa.Column("id", _ID, nullable=False),
        sa.Column("public_id", _NAME, nullable=False),
        sa.Column("dataset_id", _ID, nullable=False),
        sa.Column("location", _NAME, nullable=False),
        sa.Column("version_token", sa.String, nullable=False),
        sa.Column("arrived_at", sa.BigInteger, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("is_current", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("size_bytes", _ID),
        sa.Column("content_sha256", sa.String(64)),
        sa.Column("schema_id", _ID),
        sa.Column("row_count", _ID),
        sa.Column("profile", sa.JSON),
        sa.Column("notes", sa.JSON),
        sa.Column("verdict", sa.String(8)),
        sa.Column("score_layout_id", _ID),
        sa.Column("score", sa.JSON),
        sa.Column("plan_id", _ID),
        sa.Column("validation_id", _ID),
        sa.PrimaryKeyConstraint("id", name="pk_data_assets"),
        sa.UniqueConstraint("public_id", name="uq_data_assets_public_id"),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_data_assets_dataset_id_datasets"),
        sa.ForeignKeyConstraint(["schema_id"], ["schemas.id"], name="fk_data_assets_schema_id_schemas"),
        sa.ForeignKeyConstraint(["score_layout_id"], ["layouts.id"], name="fk_data_assets_score_layout_id_layouts"),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_data_assets_plan_id_plans"),
    )
    op.create_index(
        "uq_data_assets_current",
        "data_assets",
        ["dataset_id", "location"],
        unique=True,
        sqlite_where=sa.text("is_current = 1"),
        postgresql_where=sa.text("is_current"),
    )
    op.create_index("ix_data_assets_page", "data_assets", ["dataset_id", "status", "id", "row_count"])
    op.create_index("ix_data_assets_plan", "data_assets", ["plan_id", "status"])


def _arrivals() -> None:
    op.create_table(
        "arrivals",
        sa.Column("number", _ID, nullable=False, primary_key=True),
        sa.Column("asset_id", _ID, nullable=False),
        sa.Column("dataset_id", _ID, nullable=False),
        sa.Column("attempts", sa.SmallInteger, nullable=False),
        sa.Column("returns", sa.SmallInteger, nullable=False),
        sa.Column("run_id", sa.String),
        sa.Column("lease_until", sa.BigInteger),
        sa.Column("pending_from", sa.BigInteger),
        sa.ForeignKeyConstraint(["asset_id"], ["data_assets.id"], name="fk_arrivals_asset_id_data_assets"),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_arrivals_dataset_id_datasets"),
        sa.UniqueConstraint("asset_id", name="uq_arrivals_asset_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_arrivals_queue", "arrivals", ["dataset_id", "attempts", "number"])
    held = sa.text("run_id IS NOT NULL")
    op.create_index("ix_arrivals_run", "arrivals", ["run_id"], sqlite_where=held, postgresql_where=held)


def _quality() -> None:
    op.create_table(
        "validations",
        sa.Column("id", _ID, nullable=False),
        sa.Column("asset_id", _ID, nullable=False),
        sa.Column("plan_id", _ID, nullable=False),
        sa.Column("request_key", sa.String, nullable=False),
        sa.Column("contract_version", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("row_count", _ID, nullable=False),
        sa.Column("verdict", sa.String(8), nullable=False),
        sa.Column("score_layout_id", _ID, nullable=False),
        sa.Column("score", sa.JSON, nullable=False),
        sa.Column("checks_layout_id", _ID, nullable=False),
        sa.Column("checks", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_validations"),
        sa.ForeignKeyConstraint(["asset_id"], ["data_assets.id"], name="fk_validations_asset_id_data_assets"),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_validations_plan_id_plans"),
        sa.ForeignKeyConstraint(["score_layout_id"], ["layouts.id"], name="fk_validations_score_layout_id_layouts"),
        sa.ForeignKeyConstraint(["checks_layout_id"], ["layouts.id"], name="fk_validations_checks_layout_id_layouts"),
        sa.UniqueConstraint("asset_id", "plan_id", "request_key", name="uq_validations_asset_id_plan_id_request_key"),
    )
    op.create_table(
        "dataset_totals",
        sa.Column("dataset_id", _ID, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("rule", _NAME, nullable=False),
        sa.Column("evaluated", _ID),
        sa.Column("unexpected", _ID),
        sa.Column("passed", _ID, nullable=False),
        sa.Column("failed", _ID, nullable=False),
        sa.Column("errored", _ID, nullable=False),
        sa.PrimaryKeyConstraint("dataset_id", "status", "rule", name="pk_dataset_totals"),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_dataset_totals_dataset_id_datasets"),
    )
    op.create_table(
        "dataset_scores",
        sa.Column("id", _ID, nullable=False),
        sa.Column("dataset_id", _ID, nullable=False),
        sa.Column("plan_id", _ID, nullable=False),
        sa.Column("request_key", sa.String, nullable=False),
        sa.Column("contract_version", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("verdict", sa.String(8), nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("value", sa.Float),
        sa.Column("score_layout_id", _ID, nullable=False),
        sa.Column("score", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dataset_scores"),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_dataset_scores_dataset_id_datasets"),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_dataset_scores_plan_id_plans"),
        sa.ForeignKeyConstraint(["score_layout_id"], ["layouts.id"], name="fk_dataset_scores_score_layout_id_layouts"),
        sa.UniqueConstraint(
            "dataset_id", "plan_id", "request_key", name="uq_dataset_scores_dataset_id_plan_id_request_key"
        ),
    )
    op.create_index("ix_dataset_scores_history", "dataset_scores", ["dataset_id", "id"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", _ID, nullable=False),
        sa.Column("event_id", sa.String(32), nullable=False),
        sa.Column("aggregate", sa.String(16), nullable=False),
        sa.Column("aggregate_id", _NAME, nullable=False),
        sa.Column("aggregate_version", sa.Integer, nullable=False),
        sa.Column("ordinal", sa.SmallInteger, nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("occurred_at", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.SmallInteger, nullable=False),
        sa.Column("not_before", sa.BigInteger),
        sa.Column("position", _ID),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("event_id", name="uq_outbox_event_id"),
        sa.UniqueConstraint("position", name="uq_outbox_position"),
        sa.UniqueConstraint(
            "aggregate",
            "aggregate_id",
            "aggregate_version",
            "ordinal",
            name="uq_outbox_aggregate_aggregate_id_aggregate_version_ordinal",
        ),
    )
    waiting = sa.text("position IS NULL")
    op.create_index("ix_outbox_waiting", "outbox", ["id"], sqlite_where=waiting, postgresql_where=waiting)
