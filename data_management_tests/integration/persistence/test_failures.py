"""What breaks below the catalog surfaces as `Unavailable`, and nothing that was acknowledged is lost."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from data_management.domain.models import DataCatalogEntry
from data_management.errors import Conflict, Unavailable
from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.data_sources.sql import SQLCatalogReader, SQLUnitOfWork, SQLUnitOfWorkFactory
from data_management.infrastructure.persistence.engine import create_catalog_engine
from data_management.infrastructure.persistence.schema import open_catalog
from data_management_tests.port_tests.examples import arrived, many


@contextmanager
def opened(path: Path, wait_seconds: float = 0.1) -> Iterator[Engine]:
    engine = create_catalog_engine(path, wait_seconds=wait_seconds)
    try:
        yield engine
    finally:
        engine.dispose()


def stored(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return int(connection.execute("SELECT count(*) FROM data_assets").fetchone()[0])


def test_a_file_that_is_no_database(path: Path) -> None:
    path.write_bytes(b"this is not a database" * 100)
    with pytest.raises(Unavailable, match=r"catalog\.db is not a SQLite database; move it away"):
        open_catalog(path, embedded=True)


def test_a_damaged_file(engine: Engine, path: Path) -> None:
    with SQLUnitOfWorkFactory(engine, utc_now)() as work:
        work.assets.save_all(many(300))
    engine.dispose()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    with opened(path) as damaged, pytest.raises(Unavailable, match=r"catalog\.db is damaged; restore it"):
        SQLCatalogReader(damaged).datasets()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="its folder cannot be made"):
        open_catalog(tmp_path / "file" / "catalog.db", embedded=True)


def test_a_path_that_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be opened; check"):
        open_catalog(tmp_path, embedded=True)


def test_a_file_that_cannot_be_written(engine: Engine, path: Path) -> None:
    with opened(path) as readonly:
        event.listen(readonly, "connect", lambda connection, _: connection.execute("PRAGMA query_only = ON"))
        with (
            pytest.raises(Unavailable, match="cannot be written; check the permissions"),
            SQLUnitOfWorkFactory(readonly, utc_now)() as work,
        ):
            work.assets.save(arrived())


def test_a_writer_that_never_ends_is_named_locked(engine: Engine, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other, opened(path) as waiting:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match=r"catalog\.db is locked"), SQLUnitOfWorkFactory(waiting, utc_now)():
            pass
        assert SQLCatalogReader(waiting).dataset("orders").name == "orders"  # readers do not wait
        other.execute("ROLLBACK")
        with SQLUnitOfWorkFactory(waiting, utc_now)() as work:
            work.assets.save(arrived())


def test_a_catalog_without_its_tables(path: Path) -> None:
    with opened(path) as empty, pytest.raises(Unavailable, match="run `data-management db upgrade`"):
        SQLCatalogReader(empty).datasets()


def limit(engine: Engine, pages: int) -> None:
    event.listen(engine, "connect", lambda connection, _: connection.execute(f"PRAGMA max_page_count = {pages}"))


def save(engine: Engine, entries: list[DataCatalogEntry]) -> None:
    with SQLUnitOfWorkFactory(engine, utc_now)() as work:
        work.arrivals.open(work.assets.save_all(entries))


def undo(work: SQLUnitOfWork) -> None:
    """As SQLite does by itself after some errors."""
    work._connection.exec_driver_sql("ROLLBACK")


def test_a_full_disk_loses_nothing_that_was_acknowledged(engine: Engine, path: Path) -> None:
    batches = [[arrived(f"{number}-{each}.csv") for each in range(20)] for number in range(100)]
    acknowledged: list[DataCatalogEntry] = []
    with opened(path) as full:
        limit(full, path.stat().st_size // 4096 + 40)
        with pytest.raises(Unavailable, match="the disk is full; free some space"):  # noqa: PT012
            for batch in batches:
                save(full, batch)
                acknowledged += batch
        assert acknowledged
        reader = SQLCatalogReader(full)
        assert {reader.asset(entry.id).id for entry in acknowledged} == {entry.id for entry in acknowledged}
    assert stored(path) == len(acknowledged)
    with opened(path) as freed:
        save(freed, [arrived(f"after-{each}.csv") for each in range(100)])
    assert stored(path) == len(acknowledged) + 100


def test_a_disk_that_fills_up_within_a_savepoint_says_so(engine: Engine, path: Path) -> None:
    """SQLite undoes the whole transaction then, and the savepoint with it."""
    with opened(path) as full:
        limit(full, path.stat().st_size // 4096 + 10)
        with (  # noqa: PT012
            pytest.raises(Unavailable, match="the disk is full"),
            SQLUnitOfWorkFactory(full, utc_now)() as work,
        ):
            for number in range(1000):
                with work.savepoint():
                    work.assets.save(arrived(f"{number}.csv"))
    assert stored(path) == 0


def test_a_caller_that_goes_on_after_a_full_disk_stores_nothing(engine: Engine, path: Path) -> None:
    failures = 0
    with opened(path) as full:
        limit(full, path.stat().st_size // 4096 + 10)
        with (  # noqa: PT012
            pytest.raises(Unavailable, match="undid this change"),
            SQLUnitOfWorkFactory(full, utc_now)() as work,
        ):
            for number in range(1000):
                try:
                    with work.savepoint():
                        work.assets.save(arrived(f"{number}.csv"))
                except Unavailable:
                    failures += 1
    assert failures
    assert stored(path) == 0


def test_a_transaction_that_sqlite_undid_is_not_committed(engine: Engine, path: Path) -> None:
    with (  # noqa: PT012
        pytest.raises(Unavailable, match="undid this change"),
        SQLUnitOfWorkFactory(engine, utc_now)() as work,
    ):
        work.assets.save(arrived("before.csv"))
        undo(work)
    assert stored(path) == 0


def test_a_violated_constraint_is_a_conflict(engine: Engine) -> None:
    with SQLUnitOfWorkFactory(engine, utc_now)() as work, pytest.raises(Conflict, match="stored the same thing first"):
        work._connection.exec_driver_sql("INSERT INTO plans (dataset_id, hash) VALUES (999, 'x')")
