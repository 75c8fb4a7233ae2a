"""Who may (keys, the audit, requests that may come again), and search."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from data_management.domain.services.searching import Field, words_of
from data_management.infrastructure.persistence.search import DATASET_LEXEMES, LOCATION_LEXEMES

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_FIELDS = ", ".join(field.value for field in Field)


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", _NAME, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("secret_sha256", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
        sa.Column("datasets", sa.JSON),
        sa.Column("samples", sa.Boolean, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("revoked_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
    )
    op.create_table(
        "audit",
        sa.Column("id", _ID, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("who", _NAME, nullable=False),
        sa.Column("action", _NAME, nullable=False),
        sa.Column("subject", _NAME, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("before", sa.JSON),
        sa.Column("after", sa.JSON),
        sa.Column("reason", sa.Text),
        sa.Column("request_id", sa.String),
        sa.Column("client", sa.String),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "requests",
        sa.Column("who", _NAME, nullable=False),
        sa.Column("request_key", _NAME, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("subjects", sa.JSON, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("who", "request_key", name="pk_requests"),
    )
    op.create_index("ix_requests_at", "requests", ["at"])
    _search()


def _search() -> None:
    words = op.create_table(
        "dataset_words",
        sa.Column("dataset_id", _ID, nullable=False, autoincrement=False),
        *(sa.Column(field.value, sa.Text, nullable=False) for field in Field),
        sa.PrimaryKeyConstraint("dataset_id", name="pk_dataset_words"),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_dataset_words_dataset_id_datasets"),
    )
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.execute(f"CREATE INDEX ix_dataset_words_search ON dataset_words USING gin ({DATASET_LEXEMES})")
        op.execute(f"CREATE INDEX ix_data_assets_search ON data_assets USING gin ({LOCATION_LEXEMES})")
    else:
        _full_text("dataset_search", "dataset_words", "dataset_id", _FIELDS)
        _full_text("data_asset_search", "data_assets", "id", "location", ", tokenize='ascii'")
        op.execute("INSERT INTO data_asset_search(data_asset_search) VALUES ('rebuild')")
    datasets = sa.table(
        "datasets", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("definition", sa.JSON)
    )
    found = op.get_bind().execute(sa.select(datasets)).all()
    rows = [{"dataset_id": row.id} | _words(row.name, row.definition) for row in found]
    if rows:
        op.bulk_insert(words, rows)


def _full_text(index: str, of: str, key: str, fields: str, tokenize: str = "") -> None:
    small = f"detail='none', columnsize=0{tokenize}"
    op.execute(f"CREATE VIRTUAL TABLE {index} USING fts5({fields}, content='{of}', content_rowid='{key}', {small})")
    new, old = (", ".join(f"{row}.{name}" for name in fields.split(", ")) for row in ("new", "old"))
    add = f"INSERT INTO {index}(rowid, {fields}) VALUES (new.{key}, {new});"  # noqa: S608  constants
    drop = (
        f"INSERT INTO {index}({index}, rowid, {fields}) VALUES ('delete', old.{key}, {old});"  # noqa: S608  constants
    )
    for event, when, act in (
        ("insert", "INSERT", add),
        ("delete", "DELETE", drop),
        ("update", f"UPDATE OF {fields}", f"{drop} {add}"),
    ):
        op.execute(f"CREATE TRIGGER {index}_{event} AFTER {when} ON {of} BEGIN {act} END")


def _words(name: str, definition: dict[str, Any]) -> dict[str, str]:
    """Of its name and what its contract says; `data-management db audit --mend` adds the columns of its files."""
    columns = definition.get("columns", [])
    texts = {
        Field.NAME: [name],
        Field.TAGS: definition.get("tags", []),
        Field.OWNERS: definition.get("owners", []),
        Field.COLUMNS: [column["name"] for column in columns],
        Field.LOCATION: [(definition.get("landing") or {}).get("root", {}).get("uri", "")],
        Field.DESCRIPTION: [definition.get("description", ""), *(column.get("description", "") for column in columns)],
    }
    return {field.value: " ".join(word for text in its for word in words_of(text)) for field, its in texts.items()}


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for index in ("dataset_search", "data_asset_search"):
            for event in ("insert", "delete", "update"):
                op.execute(f"DROP TRIGGER {index}_{event}")
            op.execute(f"DROP TABLE {index}")
    else:
        op.drop_index("ix_data_assets_search", "data_assets")
    for table in ("dataset_words", "requests", "audit", "api_keys"):
        op.drop_table(table)
