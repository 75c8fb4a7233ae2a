"""What breaks below a catalog in Postgres surfaces as `Unavailable` with advice and without secrets; nothing acknowledged is lost."""

import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime

import psycopg
import pytest
from sqlalchemy import Engine, text

from data_management.application.commands import ForgetConsumerCommand, RecordArrivalsCommand
from data_management.application.ports import FoundFile
from data_management.application.services import consume_files
from data_management.application.services.facade import Done
from data_management.domain.models import VersionToken
from data_management.errors import Conflict, DataManagementError, Interrupted, InvalidInput, Unavailable
from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.data_sources.sql import SQLCatalogReader, SQLUnitOfWorkFactory
from data_management.infrastructure.persistence.dialects import lock_dataset
from data_management.infrastructure.persistence.engine import connect, create_catalog_engine, postgres_url
from data_management.infrastructure.persistence.schema import open_catalog, upgrade_catalog
from data_management_tests.fakes import NOON
from data_management_tests.integration.faults.proxy import Cut, CuttingProxy
from data_management_tests.integration.persistence.application import application
from data_management_tests.port_tests.examples import CUSTOMERS, ORDERS, arrived
from data_management_tests.postgres import PostgresServer


@contextmanager
def opened(url: str, options: str = "", wait_seconds: float = 30.0) -> Iterator[Engine]:
    engine = create_catalog_engine(postgres_url(f"{url}?options={options}"), wait_seconds=wait_seconds)
    try:
        yield engine
    finally:
        engine.dispose()


@pytest.fixture
def url(postgres: Engine, postgres_catalog: str) -> str:
    """Of a catalog with two datasets."""
    return postgres_catalog


def save(engine: Engine, *names: str) -> None:
    with SQLUnitOfWorkFactory(engine, utc_now)() as work:
        for name in names:
            work.assets.save(arrived(name))


def stored(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM data_assets")) or 0)


def administer(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def cut_all_connections(url: str) -> None:
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    administer(url, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")


WRONG = {
    "a wrong password": (lambda url: url.replace("Pg%21", "canary%21"), "refuses this user or password; correct"),
    "an unknown user": (lambda url: url.replace("//postgres:", "//somebody:"), "refuses this user or password"),
    "an unknown database": (lambda url: url + "_not", "does not exist; create the database"),
    "a port that nobody listens on": (lambda url: _with_port(url, 1), "cannot be reached; check that the server runs"),
    "an unknown host": (lambda url: url.replace("127.0.0.1", "no-such-host.invalid"), "cannot be reached"),
}


def _with_port(url: str, port: int) -> str:
    before, _, after = url.rpartition(":")
    return f"{before}:{port}/{after.partition('/')[2]}"


@pytest.mark.parametrize("what", WRONG)
def test_a_server_that_cannot_be_used_says_why_at_once_and_no_secret(url: str, what: str) -> None:
    change, expected = WRONG[what]
    began = time.monotonic()
    with pytest.raises(Unavailable, match=expected) as caught:
        open_catalog(postgres_url(change(url)))
    assert time.monotonic() - began < 20  # it does not wait for what was never there
    for secret in ("Pg!@", "Pg%21", "canary"):
        assert secret not in str(caught.value)
    assert "catalog postgresql://" in str(caught.value)


@pytest.mark.parametrize(
    "bad",
    [
        "postgresql://user:s3cr3t@x@host/db",
        "postgresql://user@host:s3cr3t/db",
        "mysql://user:s3cr3t@host/db",
        "://s3cr3t",
        "s3cr3t",
    ],
)
def test_a_url_that_cannot_be_understood_is_not_repeated(bad: str) -> None:
    with pytest.raises(InvalidInput, match="write postgresql://USER:PASSWORD@HOST") as caught:
        postgres_url(bad)
    assert "s3cr3t" not in str(caught.value)


def test_a_password_may_come_from_the_environment(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = postgres_url(url)
    monkeypatch.setenv("PGPASSWORD", str(whole.password))
    with opened(f"postgresql://{whole.username}@{whole.host}:{whole.port}/{whole.database}") as engine:
        assert SQLCatalogReader(engine).dataset("orders").name == "orders"


def test_without_psycopg_the_extra_is_named(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(Unavailable, match=r"install data-management\[postgres\]"):
        create_catalog_engine(postgres_url(url))


def test_a_user_without_rights_is_told_to_be_granted_them(url: str) -> None:
    role = f"clerk_{postgres_url(url).database}"
    administer(url, f"CREATE ROLE {role} LOGIN PASSWORD 'x'")
    try:
        clerk = postgres_url(url).set(username=role, password="x")
        with pytest.raises(Unavailable, match="may not be accessed by this user; GRANT"):
            open_catalog(clerk)
    finally:
        administer(url, f"DROP ROLE {role}")


def test_a_read_only_server_is_named_read_only(url: str) -> None:
    with opened(url, "-cdefault_transaction_read_only%3Don") as standby:
        assert SQLCatalogReader(standby).dataset("orders").name == "orders"
        with pytest.raises(Unavailable, match="the server is read-only"):
            save(standby, "a.csv")


def test_a_statement_that_takes_too_long_is_cancelled(url: str) -> None:
    with opened(url, "-cstatement_timeout%3D50ms") as engine, engine.connect() as connection:  # noqa: SIM117
        with pytest.raises(Unavailable, match="took too long over one statement"):
            connection.execute(text("SELECT pg_sleep(10)"))


def test_a_writer_that_never_ends_is_named_locked_and_readers_do_not_wait(url: str, postgres: Engine) -> None:
    with opened(url, wait_seconds=0.1) as waiting:
        with SQLUnitOfWorkFactory(postgres, utc_now)() as work:
            work.assets.current_at("orders", [])
            with pytest.raises(Unavailable, match="is locked by another transaction for too long"):
                save(waiting, "a.csv")
            assert SQLCatalogReader(waiting).dataset("orders").name == "orders"
            with SQLUnitOfWorkFactory(waiting, utc_now)() as other:
                other.assets.save(arrived("b.csv", dataset="customers"))  # nor do those of another dataset
        save(waiting, "a.csv")


def test_a_transaction_that_idles_is_ended_so_that_it_locks_nobody_out(url: str) -> None:
    with opened(url) as engine:
        with pytest.raises(Interrupted, match=r"idled too long|lost the connection"):  # noqa: PT012, SIM117
            with SQLUnitOfWorkFactory(engine, utc_now)() as work:
                work.assets.save(arrived("a.csv"))
                work._connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 20")
                time.sleep(0.3)
                work.assets.save(arrived("b.csv"))
        assert stored(engine) == 0


def test_a_full_disk_loses_nothing_that_was_acknowledged(url: str, postgres: Engine) -> None:
    administer(
        url,
        """CREATE FUNCTION fill_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF (SELECT count(*) FROM data_assets) >= 5 THEN
        RAISE EXCEPTION 'could not extend file "base/1": No space left on device' USING ERRCODE = 'disk_full'; END IF;
        RETURN NEW; END $$""",
        "CREATE TRIGGER full_disk BEFORE INSERT ON data_assets FOR EACH ROW EXECUTE FUNCTION fill_up()",
    )
    acknowledged = 0
    with pytest.raises(Unavailable, match="the server's disk is full; free some space there"):  # noqa: PT012
        for number in range(10):
            save(postgres, f"{number}-a.csv", f"{number}-b.csv")
            acknowledged += 2
    assert stored(postgres) == acknowledged == 4
    administer(url, "DROP TRIGGER full_disk ON data_assets")
    save(postgres, "after.csv")
    assert stored(postgres) == 5


def test_a_caller_that_goes_on_after_an_error_stores_nothing(postgres: Engine) -> None:
    with pytest.raises(Unavailable, match="undid this change after an error"):  # noqa: PT012, SIM117
        with SQLUnitOfWorkFactory(postgres, utc_now)() as work:
            work.assets.save(arrived("a.csv"))
            with suppress(Exception):
                work._connection.exec_driver_sql("SELECT 1 / 0")
    assert stored(postgres) == 0


def test_a_conflict_tells_no_values(postgres: Engine) -> None:
    save(postgres, "secret-name.csv")
    row = "SELECT 'x', dataset_id, location, 'v', 0, 'arrived', true, 1 FROM data_assets"
    columns = "public_id, dataset_id, location, version_token, arrived_at, status, is_current, version"
    with SQLUnitOfWorkFactory(postgres, utc_now)() as work:  # noqa: SIM117
        with pytest.raises(Conflict, match="stored the same thing first") as caught, work.savepoint():
            work._connection.exec_driver_sql(f"INSERT INTO data_assets ({columns}) {row}")
    assert "secret-name" not in str(caught.value)


def test_a_pool_that_is_used_up_says_so(url: str) -> None:
    with opened(url, wait_seconds=0.05) as engine:
        held = [engine.connect() for _ in range(15)]
        with pytest.raises(Unavailable, match="has no free connection; close a unit of work"):
            connect(engine)
        for connection in held:
            connection.close()


def test_a_connection_that_is_cut_in_a_unit_of_work_undoes_it_and_the_next_one_works(
    url: str, postgres: Engine
) -> None:
    with (  # noqa: PT012
        pytest.raises(Interrupted, match="do it again"),
        SQLUnitOfWorkFactory(postgres, utc_now)() as work,
    ):
        work.assets.save(arrived("a.csv"))
        cut_all_connections(url)
        with work.savepoint():
            work.assets.save(arrived("b.csv"))
    assert stored(postgres) == 0
    save(postgres, "a.csv", "b.csv")
    assert stored(postgres) == 2


def test_connections_that_are_cut_between_units_of_work_are_not_noticed(url: str, postgres: Engine) -> None:
    for number in range(3):
        save(postgres, f"{number}.csv")
        SQLCatalogReader(postgres).datasets()
        cut_all_connections(url)
    assert stored(postgres) == 3


def test_a_deadlock_ends_one_of_two(url: str) -> None:
    with opened(url, "-cdeadlock_timeout%3D20ms") as engine:
        met = threading.Barrier(2)

        def lock(first: str, second: str) -> DataManagementError | None:
            try:
                with engine.begin() as connection:
                    lock_dataset(connection, first)
                    met.wait(10)
                    lock_dataset(connection, second)
            except DataManagementError as error:
                return error
            return None

        with ThreadPoolExecutor(2) as pool:
            ends = list(pool.map(lock, ("a", "b"), ("b", "a")))
    failed = [error for error in ends if error is not None]
    assert [type(error) for error in failed] == [Interrupted]
    assert "to end a deadlock; do it again" in str(failed[0])


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.close()


def test_a_server_that_is_restarted_is_waited_for_where_it_answered_before(own_server: PostgresServer) -> None:
    place = postgres_url(own_server.url())
    upgrade_catalog(place)
    engine = open_catalog(place)
    try:
        with SQLUnitOfWorkFactory(engine, utc_now)() as work:
            work.datasets.save(ORDERS)
            work.datasets.save(CUSTOMERS)
        own_server.stop()
        later = threading.Timer(0.7, own_server.start)
        later.start()
        save(engine, "a.csv")
        later.join()
        assert stored(engine) == 1
        own_server.stop()
        other = create_catalog_engine(place)
        with pytest.raises(Unavailable, match="cannot be reached"):
            SQLCatalogReader(other).datasets()
        other.dispose()
    finally:
        engine.dispose()


def test_no_error_of_the_driver_is_left_untranslated(postgres: Engine) -> None:
    """What a server can report in trouble, by its SQLSTATE, with the family that it ends in."""
    families: dict[str, type[DataManagementError]] = {
        "40001": Interrupted,
        "40P01": Interrupted,
        "53100": Unavailable,
        "53200": Unavailable,
        "53300": Interrupted,
        "55P03": Unavailable,
        "57014": Unavailable,
        "57P01": Interrupted,
        "57P03": Interrupted,
        "58030": Unavailable,
        "08006": Interrupted,
        "25006": Unavailable,
        "42501": Unavailable,
        "42P01": Unavailable,
        "54000": InvalidInput,
        "XX001": Unavailable,
        "23505": Conflict,
    }
    for state, family in families.items():
        with postgres.connect() as connection, pytest.raises(DataManagementError, match="trouble") as caught:
            connection.exec_driver_sql(f"DO $$ BEGIN RAISE EXCEPTION 'trouble' USING ERRCODE = '{state}'; END $$")
        assert type(caught.value) is family, state
        assert isinstance(caught.value.__cause__, psycopg.Error)


def test_what_a_cut_connection_undid_is_done_again_and_nothing_twice(url: str, postgres: Engine) -> None:
    app, cuts = application(postgres), iter((True, True))
    now = app.clock()

    def cut() -> datetime:
        if next(cuts, False):
            cut_all_connections(url)
        return now

    app._context = replace(app._context, clock=cut)
    found = tuple(FoundFile(arrived(f"{n}.csv").asset.location, VersionToken("v1"), 1, NOON) for n in range(3))
    recorded = app.execute(RecordArrivalsCommand("orders", found), RecordArrivalsCommand("orders", found[:1]))
    assert [done.value.new for done in recorded if isinstance(done, Done)] == [3, 0]
    assert next(cuts, None) is None
    assert stored(postgres) == 3


def test_a_consumer_is_forgotten_where_the_answer_to_that_was_lost(url: str, postgres: Engine) -> None:
    address = postgres_url(url)
    assert address.host is not None
    assert address.port is not None
    with CuttingProxy(address.host, address.port) as proxy:
        through = open_catalog(address.set(port=proxy.port))
        try:
            app, reader = application(through), SQLCatalogReader(postgres)
            for message in range(1, 30):
                with consume_files(app, "orders", "clean"):
                    pass
                proxy.cut_at(message, Cut.ANSWERED)
                app.run(ForgetConsumerCommand("orders", "clean"))
                assert reader.consumers("orders") == []
                if not proxy.cuts:
                    break
            assert not proxy.cuts, "each message of forgetting was cut, that of COMMIT too"
            assert message > 1
        finally:
            through.dispose()


def test_two_that_lock_each_other_out_both_end_well(url: str) -> None:
    """They record arrivals of the same two datasets, each beginning with the other's second."""
    with opened(url, "-cdeadlock_timeout%3D20ms") as engine:
        met = threading.Barrier(2)

        def record(first: str, second: str) -> list[object]:
            app = application(engine)

            def wait() -> datetime:
                with suppress(threading.BrokenBarrierError):
                    met.wait(2)
                return NOON

            app._context = replace(app._context, clock=wait)
            news = [
                (name, FoundFile(arrived(dataset=name).asset.location, VersionToken("v1"), 1, NOON))
                for name in (first, second)
            ]
            return [type(each) for each in app.execute(*(RecordArrivalsCommand(name, (file,)) for name, file in news))]

        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(record, ("orders", "customers"), ("customers", "orders")))
        assert done == [[Done, Done], [Done, Done]]
        assert stored(engine) == 2


def test_a_catalog_may_live_in_a_schema_of_its_own(empty_database: str) -> None:
    administer(empty_database, "CREATE SCHEMA apart")
    place = postgres_url(f"{empty_database}?options=-csearch_path%3Dapart")
    upgrade_catalog(place)
    engine = open_catalog(place)
    with engine.connect() as connection:
        tables = connection.scalars(text("SELECT DISTINCT schemaname FROM pg_tables WHERE tablename = 'data_assets'"))
        assert list(tables) == ["apart"]
    engine.dispose()
    with pytest.raises(Unavailable, match="no schema yet"):
        open_catalog(postgres_url(empty_database))
