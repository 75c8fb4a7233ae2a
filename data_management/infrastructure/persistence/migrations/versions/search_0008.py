"""SQLite's index of data assets is filled with all that is new at once, and tells which words it has."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER data_asset_search_insert")
        op.execute("CREATE VIRTUAL TABLE data_asset_search_words USING fts5vocab(data_asset_search, instance)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE data_asset_search_words")
        op.execute(
            "CREATE TRIGGER data_asset_search_insert AFTER INSERT ON data_assets BEGIN "
            "INSERT INTO data_asset_search(rowid, location) VALUES (new.id, new.location); END"
        )
