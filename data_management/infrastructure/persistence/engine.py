"""The SQLite engine: transactions as SQLite means them, and foreign errors as the product's own."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from data_management.errors import Conflict, Unavailable

BUSY_SECONDS = 30.0
_WRITES = "data_management_writes"
_PRIMARY = 0xFF  # SQLite's extended result codes carry the primary one in the lowest byte
_ENCODER = json.JSONEncoder(separators=(",", ":"), default=str)
_REASONS = {
    sqlite3.SQLITE_BUSY: f"is locked by another process for more than {BUSY_SECONDS:g} s; stop what holds it, then retry",
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


def create_catalog_engine(path: Path, *, busy_seconds: float = BUSY_SECONDS) -> Engine:
    """An engine for the catalog in the file `path`, for one process; nothing is opened yet.

    Connections begin as readers (``BEGIN``); those of `writing` wait for their turn to write (``BEGIN IMMEDIATE``).
    Errors surface as `Unavailable` or `Conflict`. Dispose of it in the end.
    """
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": busy_seconds},
        max_overflow=-1,
        json_serializer=_dumps,
        json_deserializer=json.loads,
    )
    event.listen(engine, "connect", _configure(busy_seconds))
    event.listen(engine, "begin", _begin)
    event.listen(engine, "savepoint", lambda connection, _name: _must_be_in_transaction(connection))
    event.listen(engine, "commit", _must_be_in_transaction)
    event.listen(engine, "handle_error", _translate)
    return engine


def writing(engine: Engine) -> Engine:
    """The same engine, its pool shared, whose transactions write."""
    return engine.execution_options(**{_WRITES: True})


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """A part of the transaction that is undone by itself when it raises."""
    part = connection.begin_nested()
    try:
        yield
    except BaseException:
        if _is_in_transaction(connection):  # else SQLite has undone everything, and what it raised says why
            part.rollback()
        raise
    part.commit()


def file_of(engine: Engine) -> str:
    """What to call the catalog in messages: its file, or its URL without the password."""
    return engine.url.database if engine.dialect.name == "sqlite" and engine.url.database else str(engine.url)


def _configure(busy_seconds: float) -> Any:
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we begin transactions, see `_begin`
        try:
            _switch_to_wal(connection, busy_seconds)
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise

    return configure


def _switch_to_wal(connection: sqlite3.Connection, busy_seconds: float) -> None:
    """Switching needs the file alone for a moment, and SQLite's busy timeout does not wait for that."""
    give_up = time.monotonic() + busy_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(0.01)
        else:
            return


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _must_be_in_transaction(connection: Connection) -> None:
    """After some errors (disk full, I/O) SQLite undoes the whole transaction itself; going on would store only the rest."""
    if not _is_in_transaction(connection):
        raise Unavailable(
            f"catalog {file_of(connection.engine)} undid this change after an error; nothing of it was stored, retry"
        )


def _is_in_transaction(connection: Connection) -> bool:
    driver = connection.connection.dbapi_connection
    return not isinstance(driver, sqlite3.Connection) or driver.in_transaction


def _translate(context: ExceptionContext) -> None:
    """Raise the product's error in place of SQLAlchemy's; a mistake of our own stays what it is."""
    original = context.original_exception
    name = file_of(context.engine) if context.engine else "the catalog"
    if isinstance(context.sqlalchemy_exception, IntegrityError):
        raise Conflict(
            f"catalog {name}: somebody else stored the same thing first ({original}); read it again and repeat"
        ) from original
    if isinstance(original, PoolTimeout):
        raise Unavailable(
            f"catalog {name} has no free connection; close a unit of work that is open, then retry"
        ) from original
    if not isinstance(original, sqlite3.Error):
        return
    code = getattr(original, "sqlite_errorcode", None)
    reason = _REASONS.get(code & _PRIMARY) if code is not None else None
    if reason is not None:
        raise Unavailable(f"catalog {name} {reason} ({original})") from original
    if str(original).startswith(("no such table", "no such column")):
        raise Unavailable(
            f"catalog {name} has another schema than this version expects ({original}); run `data-management db upgrade`"
        ) from original


def _dumps(value: Any) -> str:
    """Compact, and ASCII: half a surrogate pair (a file name that is not UTF-8) passes through as an escape."""
    return _ENCODER.encode(value)
