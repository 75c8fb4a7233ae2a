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


OF_DATASET: Final = "ð"
"""How a word begins that stands for a dataset, of which its id is the rest. Nobody looks for such a word: those of locations are ASCII."""


def _trigger(index: str, event: str, of: str, key: str, fields: str, values: str) -> str:
    """External content of FTS5 is kept by whoever changes it: https://sqlite.org/fts5.html#external_content_tables."""
    add = (
        f"INSERT INTO {index}(rowid, {fields}) VALUES (new.{key}, {values.format(row='new')});"  # noqa: S608  constants
    )
    drop = (
        f"INSERT INTO {index}({index}, rowid, {fields}) "  # noqa: S608  constants
        f"VALUES ('delete', old.{key}, {values.format(row='old')});"
    )
    when, act = {"insert": ("INSERT", add), "delete": ("DELETE", drop), "update": ("UPDATE", f"{drop} {add}")}[event]
    which = f" OF {_CHANGING[of]}" if event == "update" else ""
    return f"CREATE TRIGGER {index}_{event} AFTER {when}{which} ON {of} BEGIN {act} END"


_FIELDS = "name, tags, owners, columns, location, description"
_SMALL = "detail='none', columnsize=0"  # which words there are, and nothing of where
_TEXT = f"{{row}}.location || ' {OF_DATASET}' || {{row}}.dataset_id"
_CHANGING = {"dataset_words": _FIELDS, "data_assets": "location, dataset_id"}
_OF_DATASETS = ("dataset_words", "dataset_id", _FIELDS, ", ".join(f"{{row}}.{field}" for field in _FIELDS.split(", ")))
_OF_DATA_ASSETS = ("data_assets", "id", "location", _TEXT)
STATEMENTS: Final = {
    "postgresql": (
        f"CREATE INDEX ix_dataset_words_search ON dataset_words USING gin ({DATASET_LEXEMES})",
        f"CREATE INDEX ix_data_assets_search ON data_assets USING gin ({LOCATION_LEXEMES})",
    ),
    "sqlite": (
        f"CREATE VIRTUAL TABLE dataset_search USING fts5({_FIELDS}, content='dataset_words', content_rowid='dataset_id', {_SMALL})",
        "CREATE VIEW data_asset_search_texts AS SELECT id, location || ' ð' || dataset_id AS location FROM data_assets",
        f"CREATE VIRTUAL TABLE data_asset_search USING fts5(location, content='data_asset_search_texts', content_rowid='id', {_SMALL}, tokenize='ascii')",
        *(_trigger("dataset_search", event, *_OF_DATASETS) for event in ("insert", "delete", "update")),
        *(_trigger("data_asset_search", event, *_OF_DATA_ASSETS) for event in ("delete", "update")),
        "CREATE VIRTUAL TABLE data_asset_search_words USING fts5vocab(data_asset_search, instance)",
    ),
}
"""By dialect, what makes the search once the tables are there. Of data assets there is no trigger for those that are new: FTS5 writes what
it gathered at each statement that fires one, which costs more than all else of a row. Whoever inserts them fills the index, see `ADD_NEW`.
"""
LAST: Final = "SELECT coalesce(max(id), 0) FROM data_assets"
ADD_NEW: Final = (
    "INSERT INTO data_asset_search(rowid, location) SELECT id, location FROM data_asset_search_texts WHERE id > ?"
)
"""On SQLite: to the index, what came after the `LAST` of before."""
