"""The catalog under load, each figure beside its limit in the same run, on SQLite and on Postgres.

Run: ``PYTHONPATH=. .venv/bin/python benchmarks/catalog.py [--entries 1000000]``. The server is PostgreSQL 18 from the tests' wheel, with
its own defaults: every commit reaches the disk, as on SQLite.

- arrivals: 1,000 new files a command, through the façade, beside the same rows by the driver's ``executemany`` in one transaction, which
  leaves the search index alone on SQLite;
- pages: the first page of a list, of a filtered one, and of all datasets, at many entries beside 10,000;
- bytes: what an entry and a check take, indexes included.
"""

import argparse
import json
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from data_management.application.commands import RecordArrivalsCommand, RegisterDatasetCommand
from data_management.application.ports import FoundFile
from data_management.domain.models import AssetStatus, DataLocation, Verdict, VersionToken
from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.data_sources.sql import SQLCatalogReader, SQLUnitOfWorkFactory
from data_management.infrastructure.data_sources.sql.search import rebuild
from data_management.infrastructure.persistence.engine import CatalogPlace, postgres_url
from data_management.infrastructure.persistence.schema import open_catalog, upgrade_catalog
from data_management_tests.fakes import NOON
from data_management_tests.integration.persistence.application import application
from data_management_tests.port_tests.examples import CHECKS, CUSTOMERS, EXAMINATION, ORDERS, SCORE, many, validation
from data_management_tests.postgres import PostgresServer

BATCH, SMALL = 1000, 10_000
TABLES = ("data_assets", "arrivals", "outbox")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--batches", type=int, default=10)
    options = parser.parse_args()
    found: dict[str, Measured] = {}
    with places() as chosen:
        for name, place in chosen.items():
            print(f"{name} …", file=sys.stderr, flush=True)
            upgrade_catalog(place)
            engine = open_catalog(place)
            try:
                recorded, bytes_ = arrivals(engine, place, options.batches), sizes(engine)
                found[name] = Measured(recorded, bytes_, pages(engine, options.entries))
            finally:
                engine.dispose()
    show(found, options.entries)


@dataclass(frozen=True)
class Measured:
    arrivals: dict[str, float]
    """Seconds for `BATCH` files, the limit first."""
    sizes: dict[str, float]
    """Bytes."""
    pages: dict[str, tuple[float, float]]
    """Seconds with few and with many entries."""


def show(found: Mapping[str, Measured], entries: int) -> None:
    rows = [
        f"| {name}, {what} | {1000 * seconds:,.0f} | {BATCH / seconds:,.0f} | {seconds / next(iter(its.arrivals.values())):.1f} |"
        for name, its in found.items()
        for what, seconds in its.arrivals.items()
    ]
    print("| arrivals of 1,000 files | ms | files a second | × limit |\n|---|---|---|---|", *rows, sep="\n")
    heads = [f"{name}, {SMALL:,}{'' if number else ' entries'} | {entries:,} | ×" for number, name in enumerate(found)]
    print(f"\n| ms | {' | '.join(heads)} |\n|---|{'---|---|---|' * len(found)}")
    for what in next(iter(found.values())).pages:
        pairs = [its.pages[what] for its in found.values()]
        cells = [f"{1000 * few:.1f} | {1000 * much:.1f} | {much / few:.1f}" for few, much in pairs]
        print(f"| {what} | {' | '.join(cells)} |")
    print(f"\n| bytes, indexes included | {' | '.join(found)} |\n|---|{'---|' * len(found)}")
    for what in next(iter(found.values())).sizes:
        print(f"| {what} | {' | '.join(f'{its.sizes[what]:,.0f}' for its in found.values())} |")


@contextmanager
def places() -> Iterator[dict[str, CatalogPlace]]:
    folder = Path(tempfile.mkdtemp(prefix="data-management-benchmark-"))
    server = PostgresServer(settings={"shared_buffers": "256MB"})
    try:
        yield {"SQLite": folder / "catalog.db", "Postgres": postgres_url(server.url())}
    finally:
        server.close()
        shutil.rmtree(folder)


def arrivals(engine: Engine, place: CatalogPlace, batches: int) -> dict[str, float]:
    app = application(engine)
    app.run(RegisterDatasetCommand(ORDERS))
    app.run(RegisterDatasetCommand(CUSTOMERS))
    ours, limit = [], []
    for batch in range(batches):
        tick = tuple(_found(f"{batch:04}/{number:05}.csv") for number in range(BATCH))
        command = RecordArrivalsCommand("orders", tick)
        ours.append(timed(lambda: app.run(command)))  # noqa: B023  called at once
        rows = written(engine)
        clear(engine)
        with driver(place) as connection:
            limit.append(timed(lambda: executemany(connection, rows)))  # noqa: B023  called at once
    return {"executemany (the limit)": statistics.median(limit), "one command": statistics.median(ours)}


def clear(engine: Engine) -> None:
    with engine.begin() as connection:
        rebuild(connection)  # the driver alone knows nothing of the search, whose triggers forget what it knows
        for table in reversed(TABLES):
            connection.execute(text(f"DELETE FROM {table}"))


def written(engine: Engine) -> dict[str, tuple[list[str], list[tuple[Any, ...]]]]:
    """The last batch's rows as they stand, by table, with the columns that are filled."""
    found = {}
    with engine.connect() as connection:
        for table in TABLES:
            key = "number" if table == "arrivals" else "id"
            result = connection.execute(text(f"SELECT * FROM {table} ORDER BY {key} DESC LIMIT {BATCH}"))
            columns, rows = list(result.keys()), [tuple(row) for row in result]
            filled = [place for place in range(len(columns)) if any(row[place] is not None for row in rows)]
            found[table] = ([columns[n] for n in filled], [_adapted([row[n] for n in filled]) for row in rows])
    return found


def executemany(connection: Any, tables: dict[str, tuple[list[str], list[tuple[Any, ...]]]]) -> None:
    mark = "?" if isinstance(connection, sqlite3.Connection) else "%s"
    cursor = connection.cursor()
    if isinstance(connection, sqlite3.Connection):
        cursor.execute("BEGIN IMMEDIATE")
    for table, (columns, rows) in tables.items():
        marks = ", ".join([mark] * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)
    connection.commit()


@contextmanager
def driver(place: CatalogPlace) -> Iterator[Any]:
    if isinstance(place, Path):
        connection: Any = sqlite3.connect(place, isolation_level=None)
        connection.execute("PRAGMA synchronous = FULL")
    else:
        import psycopg

        connection = psycopg.connect(place.set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        yield connection
    finally:
        connection.close()


def _adapted(row: list[Any]) -> tuple[Any, ...]:
    return tuple(json.dumps(value) if isinstance(value, (dict, list)) else value for value in row)


def sizes(engine: Engine) -> dict[str, float]:
    """What 1,000 judged entries add, and what 1,000 more validations of them."""
    units = SQLUnitOfWorkFactory(engine, utc_now)
    settle(engine, "DELETE FROM outbox")
    empty = size_of(engine)
    with units() as work:
        plain = replace(EXAMINATION, profile=(), classifications=(), notes=())
        entries = work.assets.save_all(many(BATCH, dataset="customers"))
        entries = work.assets.save_all([entry.registered(plain) for entry in entries])
        entries = work.assets.save_all([entry.scored(SCORE, Verdict.PASS) for entry in entries])
    settle(engine, "DELETE FROM outbox")
    with_entries = size_of(engine)
    checks = tuple(
        replace(CHECKS[0], rule=f"rule_{number}", evaluated=1000 + number, unexpected=number) for number in range(30)
    )
    with units() as work:
        for entry in entries:
            work.quality.add(validation(entry.id, dataset="customers", checks=checks))
    settle(engine)
    with_checks = size_of(engine)
    return {
        "an entry, judged, of 2 columns, without profile": (with_entries - empty) / BATCH,
        "a check, one of 30 of a validation": (with_checks - with_entries) / BATCH / len(checks),
    }


def settle(engine: Engine, first: str | None = None) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        driver_connection = connection.connection.dbapi_connection
        assert driver_connection is not None
        if engine.dialect.name == "sqlite":
            connection.rollback()
            for statement in (first, "VACUUM"):
                if statement:
                    driver_connection.execute(statement)
        else:
            for statement in (first, "VACUUM FULL", "ANALYZE"):
                if statement:
                    connection.execute(text(statement))


def size_of(engine: Engine) -> int:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            return int(connection.scalar(text("PRAGMA page_count")) or 0) * int(
                connection.scalar(text("PRAGMA page_size")) or 0
            )
        return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)


def pages(engine: Engine, entries: int) -> dict[str, tuple[float, float]]:
    reader = SQLCatalogReader(engine)
    asked: dict[str, Callable[[], object]] = {
        "first page of a dataset": lambda: reader.assets("orders"),
        "first page of its rejected ones": lambda: reader.assets("orders", (AssetStatus.REJECTED,)),
        "first page of all datasets": reader.assets,
        "the datasets, with counts": reader.datasets,
    }
    grow(engine, SMALL)
    few = {what: middle(ask) for what, ask in asked.items()}
    grow(engine, entries)
    return {what: (few[what], middle(ask)) for what, ask in asked.items()}


def grow(engine: Engine, entries: int) -> None:
    """Up to so many entries of ``orders``; one of 50 is rejected, so that a page of them is full."""
    series = (
        "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < :count)"
        if engine.dialect.name == "sqlite"
        else "WITH series(n) AS (SELECT generate_series(1, :count))"
    )
    insert = (
        "INSERT INTO data_assets (public_id, dataset_id, location, version_token, arrived_at, status, is_current, version, size_bytes, "
        "row_count, verdict) "
    )
    values = (
        "SELECT 'grown-' || (:base + n), (SELECT id FROM datasets WHERE name = 'orders'), 'file:///landing/orders/' || (:base + n) || '.csv', "
        "'1000-1700000000000000000', 1700000000000000, CASE WHEN n % 50 = 0 THEN 'rejected' ELSE 'accepted' END, :yes, 2, 1000, 1000, "
        "'pass' FROM series"
    )
    with engine.begin() as connection:
        known = int(connection.scalar(text("SELECT count(*) FROM data_assets")) or 0)
        body = f"{insert} {series} {values}" if engine.dialect.name == "sqlite" else f"{series} {insert} {values}"
        connection.execute(text(body), {"count": entries - known, "base": known, "yes": True})
        rebuild(connection)
    settle(engine)


def middle(ask: Callable[[], object]) -> float:
    ask()
    return statistics.median(timed(ask) for _ in range(15))


def timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _found(name: str) -> FoundFile:
    return FoundFile(
        DataLocation(f"file:///landing/orders/{name}"), VersionToken("1000-1700000000000000000"), 1000, NOON
    )


if __name__ == "__main__":
    main()
