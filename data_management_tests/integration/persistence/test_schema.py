import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text

from data_management.application.ports import Search
from data_management.errors import Unavailable
from data_management.infrastructure import persistence
from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.data_sources.sql import SQLCatalogReader, SQLUnitOfWorkFactory
from data_management.infrastructure.persistence import schema
from data_management.infrastructure.persistence.engine import CatalogPlace, create_catalog_engine, writing
from data_management.infrastructure.persistence.schema import (
    SchemaState,
    check,
    check_catalog,
    open_catalog,
    upgrade,
    upgrade_catalog,
)
from data_management.infrastructure.persistence.tables import metadata
from data_management_tests.port_tests.examples import arrived

MIGRATIONS = Path(persistence.__file__).parent / "migrations"


@contextmanager
def engine_of(place: CatalogPlace) -> Iterator[Engine]:
    engine = create_catalog_engine(place)
    try:
        yield engine
    finally:
        engine.dispose()


def config() -> Config:
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    return made


def stamp(place: CatalogPlace, revision: str) -> None:
    with engine_of(place) as engine, writing(engine).begin() as connection:
        connection.execute(text(f"UPDATE {schema.VERSION_TABLE} SET version_num = :it"), {"it": revision})


def indexes(engine: Engine) -> dict[str, str]:
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    with engine.connect() as connection:
        return {
            name: re.sub(r"[\s\"]+|data_assets\.|arrivals\.|outbox\.|deliveries\.", "", sql)
            for name, sql in connection.exec_driver_sql(query)
        }


def test_an_empty_place_is_brought_to_the_current_schema(bare: Engine) -> None:
    assert check(bare) is SchemaState.EMPTY
    upgrade(bare)
    assert check(bare) is SchemaState.CURRENT
    upgrade(bare)
    assert check(bare) is SchemaState.CURRENT


def test_migrations_and_tables_say_the_same(either: Engine) -> None:
    with either.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "version_table": schema.VERSION_TABLE,
                "compare_type": True,
                "compare_server_default": True,
                "include_name": lambda name, _kind, _parents: "_search"
                not in (name or ""),  # they are made by DDL of their own
            },
        )
        assert compare_metadata(context, metadata) == []


def test_migrations_and_tables_make_the_same_indexes(engine: Engine) -> None:
    made = create_engine("sqlite://")
    metadata.create_all(made)
    assert indexes(engine) == indexes(made)
    made.dispose()


def test_migrations_and_tables_make_the_same_indexes_in_postgres(postgres: Engine, empty_database: str) -> None:
    def found(engine: Engine) -> list[str]:
        query = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> :ours ORDER BY 1"
        with engine.connect() as connection:
            return list(connection.scalars(text(query), {"ours": schema.VERSION_TABLE}))

    made = create_engine(empty_database.replace("postgresql:", "postgresql+psycopg:"))
    metadata.create_all(made)
    assert found(postgres) == found(made)
    made.dispose()


def test_the_list_of_revisions_is_that_of_the_migrations() -> None:
    scripts = ScriptDirectory.from_config(config())
    assert tuple(script.revision for script in reversed(list(scripts.walk_revisions()))) == schema.REVISIONS


def test_a_migration_can_be_undone(either: Engine) -> None:
    settings = config()
    with writing(either).begin() as connection:
        settings.attributes["connection"] = connection
        command.downgrade(settings, "base")
    assert check(either) is SchemaState.EMPTY
    upgrade(either)
    assert check(either) is SchemaState.CURRENT


def test_events_of_an_older_catalog_get_their_positions(bare: Engine, path: Path) -> None:
    settings = config()
    with writing(bare).begin() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0001")
        connection.exec_driver_sql(
            "INSERT INTO outbox (event_id, aggregate, aggregate_id, aggregate_version, ordinal, type, payload, occurred_at, "
            "attempts) VALUES ('e', 'dataset', 'orders', 1, 0, 'DatasetRegistered', '{}', 0, 0)"
        )
    assert check(bare) is SchemaState.OLDER
    upgrade(bare)
    with SQLUnitOfWorkFactory(bare, utc_now)() as work:
        assert work.outbox.assign_positions(10) == 1
        assert [event.id for event in work.outbox.after(0, 10)] == ["e"]


def test_files_of_an_older_catalog_that_are_accepted_get_their_positions(bare: Engine) -> None:
    """In the order of arrival; a retired dataset's get none until it is back."""
    settings = config()
    rows = [
        ("b", 1, "accepted"),
        ("x", 1, "quarantined"),
        ("a", 1, "accepted"),
        ("c", 2, "accepted"),
        ("r", 3, "accepted"),
    ]
    with writing(bare).begin() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0004")
        for number, name in enumerate(("orders", "customers", "gone"), 1):
            connection.execute(
                text(
                    "INSERT INTO datasets (id, name, version, definition, retired_at) VALUES (:id, :name, 1, '{}', :at)"
                ),
                {"id": number, "name": name, "at": 1 if name == "gone" else None},
            )
        for number, (name, dataset, status) in enumerate(rows, 1):
            connection.execute(
                text(
                    "INSERT INTO data_assets (id, public_id, dataset_id, location, version_token, arrived_at, status, is_current, version) "
                    "VALUES (:id, :name, :dataset, :uri, 'v1', 0, :status, :true, 1)"
                ),
                {
                    "id": number,
                    "name": name,
                    "dataset": dataset,
                    "uri": f"file:///{name}",
                    "status": status,
                    "true": True,
                },
            )
    upgrade(bare)
    reader = SQLCatalogReader(bare)
    given = {name: reader.file_changes(name, 0) for name in ("orders", "customers", "gone")}
    assert [(file.id, file.position) for file in given["orders"]] == [("b", 1), ("a", 2)]
    assert [(file.id, file.position) for file in given["customers"]] == [("c", 1)]
    assert (list(given["gone"]), given["gone"].head) == ([], 0)
    with SQLUnitOfWorkFactory(bare, utc_now)() as work:
        assert work.datasets.restore("gone")
    assert [(file.id, file.position) for file in reader.file_changes("gone", 0)] == [("r", 1)]


def test_files_of_an_older_catalog_are_found_and_so_are_those_that_come(bare: Engine) -> None:
    settings = config()
    with writing(bare).begin() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0007")
        connection.exec_driver_sql("INSERT INTO datasets (id, name, version, definition) VALUES (1, 'orders', 1, '{}')")
        connection.exec_driver_sql(
            "INSERT INTO data_assets (public_id, dataset_id, location, version_token, arrived_at, status, is_current, version) "
            "VALUES ('old', 1, 'file:///landing/old.csv', '1', 0, 'arrived', true, 1)"
        )
    upgrade(bare)
    with SQLUnitOfWorkFactory(bare, utc_now)() as work:
        work.assets.save(arrived("new.csv"))
    found = SQLCatalogReader(bare).search(Search("landing", ("data_asset",))).hits
    assert [hit.name for hit in found] == ["new.csv", "old.csv"]
    with writing(bare).begin() as connection:
        settings.attributes["connection"] = connection
        command.downgrade(settings, "0007")
        connection.exec_driver_sql(
            "INSERT INTO data_assets (public_id, dataset_id, location, version_token, arrived_at, status, is_current, version) "
            "VALUES ('back', 1, 'file:///landing/back.csv', '1', 0, 'arrived', true, 1)"
        )
    upgrade(bare)
    found = SQLCatalogReader(bare).search(Search("landing", ("data_asset",))).hits
    assert [hit.name for hit in found] == ["back.csv", "new.csv", "old.csv"]


def test_arrival_numbers_are_never_used_again(engine: Engine) -> None:
    with engine.connect() as connection:
        sql = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'arrivals'").scalar_one()
    assert "AUTOINCREMENT" in sql


@pytest.mark.parametrize("embedded", [True, False])
def test_a_newer_schema_is_refused(current: CatalogPlace, embedded: bool) -> None:
    stamp(current, "9999")
    with engine_of(current) as engine:
        assert check(engine) is SchemaState.NEWER
        with pytest.raises(Unavailable, match=r"has a newer schema .* upgrade data-management"):
            open_catalog(current, embedded=embedded)
        with pytest.raises(Unavailable, match="newer"):
            upgrade(engine)


def test_an_older_schema_is_refused_where_others_may_use_it(
    current: CatalogPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "REVISIONS", (*schema.REVISIONS, "9999"))
    with engine_of(current) as engine:
        assert check(engine) is SchemaState.OLDER
    with pytest.raises(Unavailable, match=r"older schema; run `data-management db upgrade`"):
        open_catalog(current, embedded=False)


def test_an_older_catalog_keeps_what_it_holds(bare: Engine) -> None:
    settings = config()
    with writing(bare).begin() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0003")
        connection.exec_driver_sql("INSERT INTO datasets (id, name, version, definition) VALUES (1, 'orders', 1, '{}')")
        connection.exec_driver_sql("INSERT INTO plans (id, dataset_id, hash) VALUES (7, 1, 'abc')")
        connection.exec_driver_sql(
            "INSERT INTO data_assets (public_id, dataset_id, location, version_token, arrived_at, status, is_current, version) "
            "VALUES ('old', 1, 'file:///a', '1', 0, 'superseded', false, 1), ('new', 1, 'file:///a', '2', 0, 'arrived', true, 1)"
        )
    upgrade(bare)
    with bare.connect() as connection:
        assert connection.exec_driver_sql("SELECT id, hash, definition FROM plans").all() == [(7, "abc", None)]
        ended = "SELECT public_id FROM data_assets WHERE ended_at IS NOT NULL AND erased_at IS NULL"
        assert connection.exec_driver_sql(ended).scalars().all() == ["old"]


def test_a_catalog_of_others_is_neither_created_nor_filled(path: Path) -> None:
    with pytest.raises(Unavailable, match="does not exist; create it with `data-management db upgrade`"):
        open_catalog(path, embedded=False)
    assert not path.exists()
    path.touch()
    with pytest.raises(Unavailable, match="no schema yet; run `data-management db upgrade`"):
        open_catalog(path, embedded=False)


def test_an_empty_database_is_not_filled_unasked(bare: Engine, place: CatalogPlace) -> None:
    with bare.connect():
        pass  # SQLite makes its file here
    with pytest.raises(Unavailable, match="no schema yet; run `data-management db upgrade`"):
        open_catalog(place)
    assert inspect(bare).get_table_names() == []


def test_upgrading_and_checking_say_what_they_found(place: CatalogPlace) -> None:
    with pytest.raises(Unavailable, match="`data-management db upgrade`"):
        check_catalog(place)
    assert str(upgrade_catalog(place)).endswith(f"is now at schema {schema.REVISIONS[-1]}")
    assert str(upgrade_catalog(place)).endswith("already")
    assert str(check_catalog(place)).endswith(f"has the current schema ({schema.REVISIONS[-1]})")


def test_a_current_catalog_opens_for_anyone(current: CatalogPlace) -> None:
    open_catalog(current, embedded=False).dispose()


def test_an_embedded_catalog_makes_its_folder(tmp_path: Path) -> None:
    open_catalog(tmp_path / "a" / "b 100%" / "catalog.db", embedded=True).dispose()
    assert (tmp_path / "a" / "b 100%" / "catalog.db").exists()


def test_the_first_use_may_happen_in_many_threads_at_once(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        engines = list(pool.map(lambda _: open_catalog(path, embedded=True), range(8)))
    assert {check(engine) for engine in engines} == {SchemaState.CURRENT}
    for engine in engines:
        engine.dispose()


def test_many_may_upgrade_at_once(place: CatalogPlace) -> None:
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(upgrade_catalog, [place] * 8))
    assert {each.revision for each in said} == {schema.REVISIONS[-1]}
    assert any(each.upgraded for each in said)
    assert check_catalog(place)


def test_many_processes_may_upgrade_at_once(empty_database: str) -> None:
    from data_management.infrastructure.persistence.engine import postgres_url

    program = (
        "import sys\n"
        "from data_management.infrastructure.persistence.engine import postgres_url\n"
        "from data_management.infrastructure.persistence.schema import upgrade_catalog\n"
        "upgrade_catalog(postgres_url(sys.stdin.read()))"
    )
    processes = [subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, text=True) for _ in range(4)]
    for process in processes:
        process.communicate(empty_database, timeout=60)
    assert [process.returncode for process in processes] == [0] * 4
    assert check_catalog(postgres_url(empty_database))


def test_an_upgrade_waits_for_the_one_that_is_under_way(empty_database: str) -> None:
    from data_management.infrastructure.persistence.dialects import let_one_migrate
    from data_management.infrastructure.persistence.engine import postgres_url

    place = postgres_url(empty_database)
    with engine_of(place) as first, ThreadPoolExecutor(1) as pool:
        with writing(first).begin() as connection:
            let_one_migrate(connection)
            second = pool.submit(upgrade_catalog, place)
            waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            while not connection.scalar(text(waiting)):
                assert not second.done()
            assert check(first) is SchemaState.EMPTY
        assert second.result(timeout=30)


def test_a_failed_migration_leaves_nothing(place: CatalogPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "REVISIONS", (*schema.REVISIONS, "no such revision"))
    with pytest.raises(Exception, match="no such revision"):
        upgrade_catalog(place)
    with engine_of(place) as engine:
        assert inspect(engine).get_table_names() == []


def test_a_file_that_failed_to_be_made_holds_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "REVISIONS", ("0001", "no such revision"))
    with pytest.raises(Exception, match="no such revision"):
        open_catalog(path, embedded=True)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
