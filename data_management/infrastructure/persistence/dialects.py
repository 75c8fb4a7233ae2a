"""Where SQLite and Postgres spell the same thing in their own constructs."""

from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Insert = sqlite.Insert | postgresql.Insert


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
