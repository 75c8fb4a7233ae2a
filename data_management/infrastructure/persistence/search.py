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


def _triggers(index: str, of: str, key: str, fields: str) -> tuple[str, ...]:
    """External content of FTS5 is kept by whoever changes it: https://sqlite.org/fts5.html#external_content_tables."""
    new, old = (", ".join(f"{row}.{name}" for name in fields.split(", ")) for row in ("new", "old"))
    add = f"INSERT INTO {index}(rowid, {fields}) VALUES (new.{key}, {new});"  # noqa: S608  constants
    drop = (
        f"INSERT INTO {index}({index}, rowid, {fields}) VALUES ('delete', old.{key}, {old});"  # noqa: S608  constants
    )
    return (
        f"CREATE TRIGGER {index}_insert AFTER INSERT ON {of} BEGIN {add} END",
        f"CREATE TRIGGER {index}_delete AFTER DELETE ON {of} BEGIN {drop} END",
        f"CREATE TRIGGER {index}_update AFTER UPDATE OF {fields} ON {of} BEGIN {drop} {add} END",
    )


_FIELDS = "name, tags, owners, columns, location, description"
_SMALL = "detail='none', columnsize=0"  # which words there are, and nothing of where
STATEMENTS: Final = {
    "postgresql": (
        f"CREATE INDEX ix_dataset_words_search ON dataset_words USING gin ({DATASET_LEXEMES})",
        f"CREATE INDEX ix_data_assets_search ON data_assets USING gin ({LOCATION_LEXEMES})",
    ),
    "sqlite": (
        f"CREATE VIRTUAL TABLE dataset_search USING fts5({_FIELDS}, content='dataset_words', content_rowid='dataset_id', {_SMALL})",
        f"CREATE VIRTUAL TABLE data_asset_search USING fts5(location, content='data_assets', content_rowid='id', {_SMALL}, tokenize='ascii')",
        *(
            statement
            for index, of, key, fields in (
                ("dataset_search", "dataset_words", "dataset_id", _FIELDS),
                ("data_asset_search", "data_assets", "id", "location"),
            )
            for statement in _triggers(index, of, key, fields)
        ),
    ),
}
"""By dialect, what makes the search once the tables are there."""
