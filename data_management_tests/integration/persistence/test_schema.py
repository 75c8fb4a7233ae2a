import re
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine

from data_management.errors import Unavailable
from data_management.infrastructure import persistence
from data_management.infrastructure.persistence import schema
from data_management.infrastructure.persistence.engine import create_catalog_engine, writing
from data_management.infrastructure.persistence.schema import SchemaState, check, open_catalog, upgrade
from data_management.infrastructure.persistence.tables import metadata

MIGRATIONS = Path(persistence.__file__).parent / "migrations"


@pytest.fixture
def bare(path: Path) -> Iterator[Engine]:
    engine = create_catalog_engine(path)
    yield engine
    engine.dispose()


def config() -> Config:
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    return made


def stamp(path: Path, revision: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE {schema.VERSION_TABLE} SET version_num = ?", [revision])


def indexes(engine: Engine) -> dict[str, str]:
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    with engine.connect() as connection:
        return {
            name: re.sub(r"[\s\"]+|data_assets\.|arrivals\.|outbox\.", "", sql)
            for name, sql in connection.exec_driver_sql(query)
        }


def test_an_empty_file_is_brought_to_the_current_schema(bare: Engine) -> None:
    assert check(bare) is SchemaState.EMPTY
    upgrade(bare)
    assert check(bare) is SchemaState.CURRENT
    upgrade(bare)
    assert check(bare) is SchemaState.CURRENT


def test_migrations_and_tables_say_the_same(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"version_table": schema.VERSION_TABLE, "compare_type": True, "compare_server_default": True},
        )
        assert compare_metadata(context, metadata) == []


def test_migrations_and_tables_make_the_same_indexes(engine: Engine) -> None:
    made = create_engine("sqlite://")
    metadata.create_all(made)
    assert indexes(engine) == indexes(made)
    made.dispose()


def test_the_list_of_revisions_is_that_of_the_migrations() -> None:
    scripts = ScriptDirectory.from_config(config())
    assert tuple(script.revision for script in reversed(list(scripts.walk_revisions()))) == schema.REVISIONS


def test_a_migration_can_be_undone(engine: Engine) -> None:
    settings = config()
    with writing(engine).begin() as connection:
        settings.attributes["connection"] = connection
        command.downgrade(settings, "base")
    assert check(engine) is SchemaState.EMPTY
    upgrade(engine)
    assert check(engine) is SchemaState.CURRENT


def test_arrival_numbers_are_never_used_again(engine: Engine) -> None:
    with engine.connect() as connection:
        sql = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'arrivals'").scalar_one()
    assert "AUTOINCREMENT" in sql


@pytest.mark.parametrize("embedded", [True, False])
def test_a_newer_schema_is_refused(engine: Engine, path: Path, embedded: bool) -> None:
    stamp(path, "9999")
    assert check(engine) is SchemaState.NEWER
    with pytest.raises(Unavailable, match=r"catalog\.db has a newer schema .* upgrade data-management"):
        open_catalog(path, embedded=embedded)
    with pytest.raises(Unavailable, match="newer"):
        upgrade(engine)


def test_an_older_schema_is_refused_where_others_may_use_it(
    engine: Engine, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "REVISIONS", (*schema.REVISIONS, "9999"))
    assert check(engine) is SchemaState.OLDER
    with pytest.raises(Unavailable, match=r"older schema; run `data-management db upgrade`"):
        open_catalog(path, embedded=False)


def test_an_older_catalog_keeps_what_it_holds(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(schema, "REVISIONS", ("0001",))
        open_catalog(path, embedded=True).dispose()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO datasets VALUES (1, 'orders', 1, '{}')")
        connection.execute("INSERT INTO plans VALUES (7, 1, 'abc')")
    open_catalog(path, embedded=True).dispose()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT id, hash, definition FROM plans").fetchall() == [(7, "abc", None)]


def test_a_catalog_of_others_is_neither_created_nor_filled(path: Path) -> None:
    with pytest.raises(Unavailable, match="does not exist; create it with `data-management db upgrade`"):
        open_catalog(path, embedded=False)
    assert not path.exists()
    path.touch()
    with pytest.raises(Unavailable, match="no schema yet; run `data-management db upgrade`"):
        open_catalog(path, embedded=False)


def test_a_current_catalog_opens_for_anyone(engine: Engine, path: Path) -> None:
    open_catalog(path, embedded=False).dispose()


def test_an_embedded_catalog_makes_its_folder(tmp_path: Path) -> None:
    open_catalog(tmp_path / "a" / "b 100%" / "catalog.db", embedded=True).dispose()
    assert (tmp_path / "a" / "b 100%" / "catalog.db").exists()


def test_the_first_use_may_happen_in_many_threads_at_once(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        engines = list(pool.map(lambda _: open_catalog(path, embedded=True), range(8)))
    assert {check(engine) for engine in engines} == {SchemaState.CURRENT}
    for engine in engines:
        engine.dispose()


def test_a_failed_migration_leaves_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "REVISIONS", ("0001", "no such revision"))
    with pytest.raises(Exception, match="no such revision"):
        open_catalog(path, embedded=True)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
