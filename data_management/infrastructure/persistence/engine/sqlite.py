"""SQLite: transactions as SQLite means them, one writer at a time."""

import random
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.engine import ExceptionContext

from data_management.errors import Unavailable
from data_management.infrastructure.persistence.engine.transactions import WRITES
from data_management.infrastructure.persistence.engine.translation import another_schema, catalog_of, translate_common

_OFTEN, _SELDOM = 0.005, 0.03  # seconds between two tries
_PRIMARY = 0xFF  # SQLite's extended result codes carry the primary one in the lowest byte
_REASONS = {
    sqlite3.SQLITE_BUSY: "is locked by another process for too long; stop what holds it, then retry",
    sqlite3.SQLITE_LOCKED: "is locked within this process; close the other unit of work, then retry",
    sqlite3.SQLITE_FULL: "cannot grow, the disk is full; free some space, then retry: nothing of this change was stored",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; check that its folder exists and that you may write to it",
    sqlite3.SQLITE_READONLY: "cannot be written; check the permissions of the file and of its folder",
    sqlite3.SQLITE_PERM: "may not be accessed; check the permissions of the file and of its folder",
    sqlite3.SQLITE_AUTH: "may not be accessed; check the permissions of the file and of its folder",
    sqlite3.SQLITE_NOTADB: "is not a SQLite database; move it away, or name another file",
    sqlite3.SQLITE_CORRUPT: "is damaged; restore it from a backup (`sqlite3 FILE .recover` saves what can be saved)",
    sqlite3.SQLITE_IOERR: "cannot be read or written, the disk reports an error; check the disk and its mount",
}


def options(path: Path, wait_seconds: float) -> dict[str, Any]:
    return {
        "url": URL.create("sqlite", database=str(path)),
        "connect_args": {"timeout": wait_seconds},
        "max_overflow": -1,
    }


def listen(engine: Engine, wait_seconds: float) -> None:
    """Connections begin as readers (``BEGIN``); those of `writing` wait for their turn to write (``BEGIN IMMEDIATE``)."""
    event.listen(engine, "connect", _configure(wait_seconds))
    event.listen(engine, "begin", _begin(wait_seconds))
    event.listen(engine, "handle_error", _translate)


def _configure(wait_seconds: float) -> Any:
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we begin transactions, see `_begin`
        try:
            _switch_to_wal(connection, wait_seconds)
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise

    return configure


def _switch_to_wal(connection: sqlite3.Connection, wait_seconds: float) -> None:
    """Switching needs the file alone for a moment, and SQLite's busy timeout does not wait for that."""
    give_up = time.monotonic() + wait_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(0.01)
        else:
            return


def _begin(wait_seconds: float) -> Any:
    def begin(connection: Connection) -> None:
        if not connection.get_execution_options().get(WRITES, False):
            connection.exec_driver_sql("BEGIN")
        elif not _begins_to_write(connection.connection.dbapi_connection, wait_seconds):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return begin


def _begins_to_write(connection: Any, wait_seconds: float) -> bool:
    """Whether its turn came in time. Who has waited longer asks more often.

    SQLite's own busy handler does the reverse, so that among many writers some wait for ever.
    """
    began = time.monotonic()
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                waited = time.monotonic() - began
                if error.sqlite_errorcode & _PRIMARY != sqlite3.SQLITE_BUSY or waited > wait_seconds:
                    return False
                time.sleep(random.uniform(0.5, 1) * max(_OFTEN, _SELDOM / (1 + 10 * waited)))  # noqa: S311  no secret
            else:
                return True
    finally:
        connection.execute(f"PRAGMA busy_timeout = {round(wait_seconds * 1000)}")


def _translate(context: ExceptionContext) -> None:
    """Raise the product's error in place of SQLAlchemy's; a mistake of our own stays what it is."""
    original = context.original_exception
    translate_common(context, str(original))
    if not isinstance(original, sqlite3.Error):
        return
    code = getattr(original, "sqlite_errorcode", None)
    reason = _REASONS.get(code & _PRIMARY) if code is not None else None
    if reason is not None:
        raise Unavailable(f"{catalog_of(context)} {reason} ({original})") from original
    if str(original).startswith(("no such table", "no such column")):
        raise another_schema(context, str(original)) from original
