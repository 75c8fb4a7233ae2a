"""Postgres through psycopg 3: limits on every wait, a bounded pool that notices a restart, errors by their SQLSTATE."""

import re
from typing import Any

from sqlalchemy import URL, Engine, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import ArgumentError

from data_management.errors import DataManagementError, Interrupted, InvalidInput, Unavailable
from data_management.infrastructure.persistence.engine.translation import another_schema, catalog_of, translate_common

STATEMENT_SECONDS = 60.0
"""No statement of ours reads so long; one that does hangs on something, or on a machine that is far too busy."""
IDLE_SECONDS = 60.0
"""A transaction never waits for anything but the database: one that idles belongs to a process that was stopped, and holds its locks."""
CONNECT_SECONDS = 10
POOL_SIZE, POOL_OVERFLOW = 5, 10
RECYCLE_SECONDS = 1800
_DEFAULTS = {
    "application_name": "data-management",
    "connect_timeout": str(CONNECT_SECONDS),
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",  # ms that sent data may stay unacknowledged: a server whose machine died
}
_HOST = re.compile(r"[\w.:%/\[\]-]*")
_EXAMPLE = "write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, special characters in the password percent-encoded (@ as %40, / as %2F)"

_AGAIN = {
    "40001": "undid this change because another one came between; do it again",
    "40P01": "undid this change to end a deadlock; do it again",
    "25P03": "ended a transaction that idled too long; do it again",
    "57P01": "is being stopped; do it again once it is back",
    "57P02": "crashed or is being stopped; do it again once it is back",
    "57P03": "is starting or stopping; do it again once it is ready",
    "57P05": "closed a connection that idled; do it again",
    "53300": "has no free connection left; raise its max_connections, or run fewer processes at once",
}
_REASONS = {
    "57014": "took too long over one statement, so it was cancelled; look for what slows the server down, or allow more in the URL: "
    "?options=-cstatement_timeout%3D120s",
    "55P03": "is locked by another transaction for too long; stop what holds it, then retry",
    "53100": "cannot grow, the server's disk is full; free some space there, then retry: nothing of this change was stored",
    "53200": "ran out of memory on the server; give it more, then retry",
    "25006": "cannot be written, the server is read-only (a standby?); name the primary one in DATA_MANAGEMENT_CATALOG",
    "42501": "may not be accessed by this user; GRANT it what is missing, or name another user",
    "28P01": "refuses this user or password; correct them in DATA_MANAGEMENT_CATALOG, PGPASSWORD or ~/.pgpass",
    "28000": "refuses this user or the way it authenticates; correct DATA_MANAGEMENT_CATALOG or the server's pg_hba.conf",
    "3D000": "does not exist; create the database, or name another one",
    "3F000": "has no schema of that name; create it, or correct the search_path",
    "58030": "cannot be read or written, the server's disk reports an error; check the disk",
    "XX001": "is damaged; restore it from a backup",
    "XX002": "has a damaged index; REINDEX the database",
}
_SCHEMA = ("42P01", "42703", "42704", "42883")
_TOO_LONG = ("54000", "22001")
_WORDS = {  # libpq tells no SQLSTATE of what happens before a connection stands
    "password authentication failed": "28P01",
    "no password supplied": "28P01",
    "pg_hba.conf": "28000",
    'role "': "28000",
    "authentication failed": "28000",
    "does not exist": "3D000",
    "permission denied for database": "42501",
    "starting up": "57P03",
    "shutting down": "57P03",
    "recovery mode": "57P03",
    "too many clients": "53300",
    "remaining connection slots": "53300",
    "too many connections": "53300",
}


def postgres_url(text: str) -> URL:
    """Of a libpq URI, as SQLAlchemy takes it; `InvalidInput` without a word of it, as it may hold a password."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise InvalidInput(f"the catalog's URL cannot be understood; {_EXAMPLE}") from None
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise InvalidInput(f"the catalog's URL has another scheme than postgresql://; {_EXAMPLE}")
    if not _HOST.fullmatch(url.host or ""):
        raise InvalidInput(f"the catalog's URL names a host that can be none; {_EXAMPLE}")
    return url.set(drivername="postgresql+psycopg")


def options(url: URL, wait_seconds: float) -> dict[str, Any]:
    limits = {
        "statement_timeout": STATEMENT_SECONDS,
        "lock_timeout": wait_seconds,
        "idle_in_transaction_session_timeout": IDLE_SECONDS,
    }
    ours = " ".join(f"-c {name}={round(seconds * 1000)}" for name, seconds in limits.items())
    theirs = url.query.get("options", "")
    said = theirs if isinstance(theirs, str) else " ".join(theirs)
    return {
        "url": url.set(query=_DEFAULTS | dict(url.query) | {"options": f"{ours} {said}".strip()}),
        "isolation_level": "READ COMMITTED",  # whatever the server's default is: see ADR 13
        "pool_size": POOL_SIZE,
        "max_overflow": POOL_OVERFLOW,
        "pool_timeout": wait_seconds,
        "pool_recycle": RECYCLE_SECONDS,
        "pool_pre_ping": True,
        "pool_use_lifo": True,
    }


def listen(engine: Engine, _wait_seconds: float) -> None:
    event.listen(engine, "handle_error", _translate)


def _translate(context: ExceptionContext) -> None:
    """Raise the product's error in place of SQLAlchemy's; a mistake of our own stays what it is."""
    import psycopg

    original = context.original_exception
    if context.is_pre_ping:
        return  # the pool connects anew
    said = _said(original)
    translate_common(context, said)
    if isinstance(original, psycopg.Error):
        error = _meaning(context, original.sqlstate or _state_of(said), said)
        if error is not None:
            raise error from original


def _meaning(context: ExceptionContext, state: str | None, said: str) -> DataManagementError | None:
    name = catalog_of(context)
    if state in _AGAIN:
        return Interrupted(f"{name} {_AGAIN[state]} ({said})")
    if state in _REASONS:
        return Unavailable(f"{name} {_REASONS[state]} ({said})")
    if state in _SCHEMA:
        return another_schema(context, said)
    if state in _TOO_LONG:
        return InvalidInput(f"{name} cannot hold a name or value that is so long; shorten it ({said})")
    if context.connection is None:
        return Interrupted(
            f"{name} cannot be reached; check that the server runs, and DATA_MANAGEMENT_CATALOG ({said})"
        )
    if context.is_disconnect or (state or "").startswith(("08", "57P")):
        return Interrupted(
            f"{name} lost the connection to its server; do it again: what was stored already is not stored twice ({said})"
        )
    return None


def _state_of(said: str) -> str | None:
    return next((state for words, state in _WORDS.items() if words in said), None)


def _said(error: BaseException | None) -> str:
    """The server's words in one line. Its "detail", which quotes values, stays out."""
    diagnostics = getattr(error, "diag", None)
    primary = diagnostics.message_primary if diagnostics is not None else None
    return " ".join((primary or str(error)).split())
