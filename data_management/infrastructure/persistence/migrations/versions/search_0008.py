"""SQLite's index of data assets is filled with all that is new at once, tells which words it has, and knows the dataset of each."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_EVENTS = {"insert": "INSERT", "delete": "DELETE", "update": "UPDATE OF {of}"}
_ADD = "INSERT INTO data_asset_search(rowid, location) VALUES (new.id, {new});"
_DROP = "INSERT INTO data_asset_search(data_asset_search, rowid, location) VALUES ('delete', old.id, {old});"
_ACTS = {"insert": _ADD, "delete": _DROP, "update": f"{_DROP} {_ADD}"}
_TEXT = "{row}.location || ' ð' || {row}.dataset_id"


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    _drop(*_EVENTS)
    op.execute(
        "CREATE VIEW data_asset_search_texts AS SELECT id, location || ' ð' || dataset_id AS location FROM data_assets"
    )
    _make("data_asset_search_texts", _TEXT, "location, dataset_id", "delete", "update")
    op.execute("CREATE VIRTUAL TABLE data_asset_search_words USING fts5vocab(data_asset_search, instance)")


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute("DROP TABLE data_asset_search_words")
    _drop("delete", "update")
    op.execute("DROP VIEW data_asset_search_texts")
    _make("data_assets", "{row}.location", "location", *_EVENTS)


def _drop(*events: str) -> None:
    for event in events:
        op.execute(f"DROP TRIGGER data_asset_search_{event}")
    op.execute("DROP TABLE data_asset_search")


def _make(content: str, text: str, of: str, *events: str) -> None:
    op.execute(
        f"CREATE VIRTUAL TABLE data_asset_search USING fts5(location, content='{content}', content_rowid='id', "
        "detail='none', columnsize=0, tokenize='ascii')"
    )
    for event in events:
        when, act = _EVENTS[event].format(of=of), _ACTS[event].format(
            new=text.format(row="new"), old=text.format(row="old")
        )
        op.execute(f"CREATE TRIGGER data_asset_search_{event} AFTER {when} ON data_assets BEGIN {act} END")
    op.execute("INSERT INTO data_asset_search(data_asset_search) VALUES ('rebuild')")
