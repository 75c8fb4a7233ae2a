import json
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event

from data_management.errors import Unavailable
from data_management.infrastructure.persistence.engine import postgres, sqlite
from data_management.infrastructure.persistence.engine.transactions import (
    REACHED,
    Reached,
    must_be_whole,
    must_be_whole_to_commit,
)
from data_management.infrastructure.persistence.engine.translation import CatalogPlace

WAIT_SECONDS = 30.0
_ENCODER = json.JSONEncoder(separators=(",", ":"), default=str)


def create_catalog_engine(place: CatalogPlace, *, wait_seconds: float = WAIT_SECONDS) -> Engine:
    """An engine for the catalog in a file, or at a Postgres URL, for one process; nothing is opened yet.

    Whoever has to wait for another (for its turn to write, for a lock) gives up after `wait_seconds`. Errors surface as `Unavailable`
    or `Conflict`. Dispose of it in the end.
    """
    dialect: Any = sqlite if isinstance(place, Path) else postgres
    try:
        engine = create_engine(
            **dialect.options(place, wait_seconds),
            json_serializer=_dumps,
            json_deserializer=json.loads,
            hide_parameters=True,  # they are people's data
        )
    except ImportError as error:
        raise Unavailable(
            f"a catalog in Postgres needs psycopg, which cannot be imported ({error}); install data-management[postgres]"
        ) from error
    reached = Reached()
    event.listen(engine, "connect", lambda _connection, _record: reached.note())
    dialect.listen(engine, wait_seconds)
    event.listen(engine, "savepoint", lambda connection, _name: must_be_whole(connection))
    event.listen(engine, "commit", must_be_whole_to_commit)
    return engine.execution_options(**{REACHED: reached})


def _dumps(value: Any) -> str:
    """Compact, and ASCII: half a surrogate pair (a file name that is not UTF-8) passes through as an escape."""
    return _ENCODER.encode(value)
