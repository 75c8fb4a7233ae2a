"""Where SQLite and Postgres spell the same thing in their own constructs."""

import hashlib
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, Table, func, literal_column, text
from sqlalchemy.dialects import postgresql, sqlite

Insert = sqlite.Insert | postgresql.Insert

_LOCKS = 1684108385  # "data", so that our advisory locks are not those of others in the same database
_MIGRATION = 0
_LOCK = text("SELECT pg_advisory_xact_lock(:ours, :key)")


def upsert(dialect: str, table: Table) -> Insert:
    """An insert that knows ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def insert_new(connection: Connection, table: Table) -> Insert:
    """An insert that leaves alone what is there already, by any of the table's unique keys."""
    return _insert_new(connection.dialect.name, table)


def insert_new_returning_id(connection: Connection, table: Table) -> Any:
    """The same for one row; its id, or nothing where it was there already."""
    return _insert_new_returning_id(connection.dialect.name, table)


@cache  # a statement that is used again is compiled once, and not even looked up
def _insert_new(dialect: str, table: Table) -> Insert:
    return upsert(dialect, table).on_conflict_do_nothing()


@cache
def _insert_new_returning_id(dialect: str, table: Table) -> Any:
    return _insert_new(dialect, table).returning(table.c.id)


def joined(dialect: str, text_of_rows: ColumnElement[str]) -> ColumnElement[str]:
    """The text of all rows in lines: one value, which a driver hands over faster than many."""
    aggregate = func.string_agg if dialect == "postgresql" else func.group_concat
    found: ColumnElement[str] = aggregate(text_of_rows, literal_column("'\n'"), type_=String)
    return found


def a_failed_statement_is_alone(connection: Connection) -> bool:
    """Whether the transaction can go on after it; on Postgres only what a savepoint encloses is undone alone."""
    return connection.dialect.name != "postgresql"


def lock_dataset(connection: Connection, name: str) -> bool:
    """Wait until no other transaction writes this dataset, and keep them out until this one ends; False where there is no need.

    SQLite has one writer at a time anyway. A lock taken within a savepoint ends with its rollback.
    """
    if connection.dialect.name != "postgresql":
        return False
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    connection.execute(_LOCK, {"ours": _LOCKS, "key": int.from_bytes(digest, signed=True) or 1})
    return True


def let_one_migrate(connection: Connection) -> None:
    """Of several that would change the schema one goes on, the others wait for as long as it takes."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(_LOCK, {"ours": _LOCKS, "key": _MIGRATION})
