"""Which schema a catalog has, and bringing it to the one that this version expects."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from data_management.application.views import CatalogSchema
from data_management.errors import Unavailable
from data_management.infrastructure.persistence.dialects import let_one_migrate
from data_management.infrastructure.persistence.engine import CatalogPlace, create_catalog_engine, name_of, writing

VERSION_TABLE = "catalog_schema"
"""Our own, so that the catalog can share a database with others that use Alembic (Dagster does)."""
REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008")
"""All that this version knows, oldest first: opening a catalog needs no Alembic. A test compares them with the migrations."""

_ALEMBIC = threading.Lock()  # its `context` is one per process


class SchemaState(StrEnum):
    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"
    NEWER = "newer"


def open_catalog(place: CatalogPlace, *, embedded: bool = False) -> Engine:
    """The engine of the catalog in a file, or at a Postgres URL, its schema the current one.

    An `embedded` catalog belongs to this installation alone: it is created, and upgraded, on first use, by any number of
    processes at once. Any other is `Unavailable` until somebody ran ``data-management db upgrade``.
    """
    if embedded:
        _make_folder(place)
    else:
        _must_exist(place)
    engine = create_catalog_engine(place)
    try:
        _make_current(engine, embedded=embedded)
    except BaseException:
        engine.dispose()
        raise
    return engine


def is_there(place: CatalogPlace) -> bool:
    """Whether there is a catalog to look for: a file may be missing, of a server only its answer tells."""
    return not isinstance(place, Path) or place.exists()


def _make_current(engine: Engine, *, embedded: bool) -> None:
    state = check(engine)
    if embedded and state in (SchemaState.EMPTY, SchemaState.OLDER):
        upgrade(engine)
    elif state is not SchemaState.CURRENT:
        raise Unavailable(_complaint(engine, state))


def check(engine: Engine) -> SchemaState:
    with engine.connect() as connection:
        return _state(connection)


def upgrade(engine: Engine) -> None:
    """Bring the schema to the current one, in one transaction; `Unavailable` where it is newer than this version.

    Of several processes one does the work; the others wait for it.
    """
    with writing(engine).begin() as connection:
        let_one_migrate(connection)
        state = _state(connection)
        if state is SchemaState.NEWER:
            raise Unavailable(_complaint(engine, state))
        if state is not SchemaState.CURRENT:
            _migrate(connection)


def _state(connection: Connection) -> SchemaState:
    if not inspect(connection).has_table(VERSION_TABLE):
        return SchemaState.EMPTY
    revision = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608  a constant
    if revision is None:
        return SchemaState.EMPTY
    if revision not in REVISIONS:
        return SchemaState.NEWER
    return SchemaState.CURRENT if revision == REVISIONS[-1] else SchemaState.OLDER


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    with _ALEMBIC:
        command.upgrade(config, REVISIONS[-1])


def _complaint(engine: Engine, state: SchemaState) -> str:
    name = name_of(engine)
    match state:
        case SchemaState.NEWER:
            return (
                f"catalog {name} has a newer schema than this version of data-management knows; "
                "upgrade data-management to the version that made it"
            )
        case SchemaState.OLDER:
            return f"catalog {name} has an older schema; run `data-management db upgrade`"
        case _:
            return f"catalog {name} has no schema yet; run `data-management db upgrade`"


def upgrade_catalog(place: CatalogPlace) -> CatalogSchema:
    """Bring the catalog to the current schema, creating its file where there is none."""
    _make_folder(place)
    with _opened(place) as engine:
        before = check(engine)
        upgrade(engine)
    return CatalogSchema(name_of(place), REVISIONS[-1], upgraded=before is not SchemaState.CURRENT)


def check_catalog(place: CatalogPlace) -> CatalogSchema:
    """That the catalog can be used; `Unavailable`, with what to do, where it cannot."""
    _must_exist(place)
    with _opened(place) as engine:
        state = check(engine)
        if state is not SchemaState.CURRENT:
            raise Unavailable(_complaint(engine, state))
    return CatalogSchema(name_of(place), REVISIONS[-1])


@contextmanager
def _opened(place: CatalogPlace) -> Iterator[Engine]:
    engine = create_catalog_engine(place)
    try:
        yield engine
    finally:
        engine.dispose()


def _make_folder(place: CatalogPlace) -> None:
    if isinstance(place, Path):
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unavailable(
                f"catalog {place} cannot be created, its folder cannot be made ({error}); name another place"
            ) from error


def _must_exist(place: CatalogPlace) -> None:
    if not is_there(place):
        raise Unavailable(f"catalog {name_of(place)} does not exist; create it with `data-management db upgrade`")
