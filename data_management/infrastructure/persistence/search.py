"""What of the search is no table that SQLAlchemy knows: FTS5 tables with their triggers, and expressions of Postgres."""

from typing import Final

DATASET_LEXEMES: Final = (
    "array_to_tsvector(array_remove(string_to_array(dataset_words.name || ' ' || dataset_words.tags || ' ' || "
    "dataset_words.owners || ' ' || dataset_words.columns || ' ' || dataset_words.location || ' ' || "
    "dataset_words.description, ' '), ''))"
)
LOCATION_LEXEMES: Final = (
    "array_to_tsvector(array_remove(regexp_split_to_array(lower(data_assets.location), '[^a-z0-9]+'), ''))"
)


def _trigger(index: str, event: str, of: str, key: str, fields: str) -> str:
    """External content of FTS5 is kept by whoever changes it: https://sqlite.org/fts5.html#external_content_tables."""
    new, old = (", ".join(f"{row}.{name}" for name in fields.split(", ")) for row in ("new", "old"))
    add = f"INSERT INTO {index}(rowid, {fields}) VALUES (new.{key}, {new});"  # noqa: S608  constants
    drop = (
        f"INSERT INTO {index}({index}, rowid, {fields}) VALUES ('delete', old.{key}, {old});"  # noqa: S608  constants
    )
    when, act = {
        "insert": ("INSERT", add),
        "delete": ("DELETE", drop),
        "update": (f"UPDATE OF {fields}", f"{drop} {add}"),
    }[event]
    return f"CREATE TRIGGER {index}_{event} AFTER {when} ON {of} BEGIN {act} END"


_FIELDS = "name, tags, owners, columns, location, description"
_SMALL = "detail='none', columnsize=0"  # which words there are, and nothing of where
_OF_DATASETS = ("dataset_words", "dataset_id", _FIELDS)
_OF_DATA_ASSETS = ("data_assets", "id", "location")
STATEMENTS: Final = {
    "postgresql": (
        f"CREATE INDEX ix_dataset_words_search ON dataset_words USING gin ({DATASET_LEXEMES})",
        f"CREATE INDEX ix_data_assets_search ON data_assets USING gin ({LOCATION_LEXEMES})",
    ),
    "sqlite": (
        f"CREATE VIRTUAL TABLE dataset_search USING fts5({_FIELDS}, content='dataset_words', content_rowid='dataset_id', {_SMALL})",
        f"CREATE VIRTUAL TABLE data_asset_search USING fts5(location, content='data_assets', content_rowid='id', {_SMALL}, tokenize='ascii')",
        *(_trigger("dataset_search", event, *_OF_DATASETS) for event in ("insert", "delete", "update")),
        *(_trigger("data_asset_search", event, *_OF_DATA_ASSETS) for event in ("delete", "update")),
        "CREATE VIRTUAL TABLE data_asset_search_words USING fts5vocab(data_asset_search, instance)",
    ),
}
"""By dialect, what makes the search once the tables are there. Of data assets there is no trigger for those that are new: FTS5 writes what
it gathered at each statement that fires one, which costs more than all else of a row. Whoever inserts them fills the index, see `ADD_NEW`.
"""
LAST: Final = "SELECT coalesce(max(id), 0) FROM data_assets"
ADD_NEW: Final = "INSERT INTO data_asset_search(rowid, location) SELECT id, location FROM data_assets WHERE id > ?"
"""On SQLite: to the index, what came after the `LAST` of before."""
