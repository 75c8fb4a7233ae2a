"""Beginning and ending transactions, whichever database it is."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import TimeoutError as PoolTimeout

from data_management.errors import Interrupted, Unavailable
from data_management.infrastructure.persistence.engine.translation import name_of

WRITES = "data_management_writes"
REACHED = "data_management_reached"
RESTART_SECONDS = 30.0
"""How long a server that was there before may be away."""
_FAILED, _UNKNOWN = 3, 4  # libpq's PGTransactionStatusType


class Reached:
    """Whether this engine ever had a connection."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def note(self) -> None:
        self._event.set()

    def __bool__(self) -> bool:
        return self._event.is_set()


def writing(engine: Engine) -> Engine:
    """The same engine, its pool shared, whose transactions write."""
    return engine.execution_options(**{WRITES: True})


def reading(engine: Engine) -> Engine:
    """The same engine, whose transactions read one state of the catalog, however many statements they take."""
    if engine.dialect.name == "sqlite":
        return engine  # each of its transactions does
    return engine.execution_options(isolation_level="REPEATABLE READ")


def connect(engine: Engine, *, wait_seconds: float = RESTART_SECONDS) -> Connection:
    """A connection; a server that answered before and is being restarted is waited for. `Unavailable` where it stays away."""
    give_up = time.monotonic() + wait_seconds
    while True:
        try:
            return engine.connect()
        except PoolTimeout as error:
            raise Unavailable(
                f"catalog {name_of(engine)} has no free connection; close a unit of work that is open, then retry"
            ) from error
        except Interrupted as error:
            if not engine.get_execution_options().get(REACHED) or time.monotonic() > give_up:
                raise Unavailable(error.message) from error.__cause__
            time.sleep(0.1)


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """A part of the transaction that is undone by itself when it raises."""
    part = connection.begin_nested()
    try:
        yield
    except BaseException:
        if _is_open(connection):  # else the database has undone everything, and what it raised says why
            part.rollback()
        raise
    part.commit()


def must_be_whole(connection: Connection) -> None:
    """After some errors SQLite undoes the whole transaction itself (disk full, I/O), and Postgres will not commit it.

    Going on would store only the rest, or nothing while it looks like success.
    """
    if not _is_open(connection) or _has_failed(connection):
        raise Unavailable(
            f"catalog {name_of(connection.engine)} undid this change after an error; nothing of it was stored, retry"
        )


def must_be_whole_to_commit(connection: Connection) -> None:
    try:
        must_be_whole(connection)
    except Unavailable:
        if _is_open(connection) and connection.connection.dbapi_connection is not None:
            connection.connection.dbapi_connection.rollback()  # SQLAlchemy takes the transaction for ended
        raise


def _is_open(connection: Connection) -> bool:
    if connection.closed or connection.invalidated:
        return False
    driver = connection.connection.dbapi_connection
    if isinstance(driver, sqlite3.Connection):
        return driver.in_transaction
    return driver is not None and driver.info.transaction_status != _UNKNOWN


def _has_failed(connection: Connection) -> bool:
    driver = connection.connection.dbapi_connection
    if isinstance(driver, sqlite3.Connection) or driver is None:
        return False
    return bool(driver.info.transaction_status == _FAILED)
