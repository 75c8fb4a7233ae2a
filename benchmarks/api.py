"""What HTTP costs: the API's answers at many entries beside the façade's, and beside the same SQL run by the driver alone.

Run: ``PYTHONPATH=. .venv/bin/python benchmarks/api.py [--entries 1000000] [--requests 400] [--postgres]``. The server is `data-management serve`, a
process of its own; one client asks it over one connection, one request after another, each for another thing where there is one.
"""

import argparse
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine, event

from benchmarks.catalog import grow
from data_management.application.commands import RegisterDatasetCommand
from data_management.application.ports import Search
from data_management.domain.models import AssetStatus
from data_management.infrastructure.data_sources.sql import SQLCatalogReader
from data_management.infrastructure.data_sources.sql.cursors import cursor
from data_management.infrastructure.persistence.engine import CatalogPlace, postgres_url
from data_management.infrastructure.persistence.schema import open_catalog, upgrade_catalog
from data_management_tests.integration.persistence.application import application
from data_management_tests.port_tests.examples import CUSTOMERS, ORDERS
from data_management_tests.postgres import PostgresServer

VARIANTS, PAGE = 20, 100
Statements = Sequence[tuple[str, Any]]


@dataclass(frozen=True)
class Case:
    """The same question to the server and to the reader; of each variant another one."""

    name: str
    path: Callable[[int], str]
    ask: Callable[[SQLCatalogReader, int], object]


def cases(entries: int) -> list[Case]:
    chosen = random.Random(1).sample(range(1, entries + 1), VARIANTS)
    ids, behind = [f"grown-{number}" for number in chosen], [cursor(number) for number in chosen]
    rejected = (AssetStatus.REJECTED,)
    return [
        Case("get a dataset", lambda _: "/v1/datasets/orders", lambda reader, _: reader.dataset("orders")),
        Case("get a data asset", lambda n: f"/v1/data-assets/{ids[n]}", lambda reader, n: reader.asset(ids[n])),
        Case("list: first page", lambda _: "/v1/data-assets?dataset=orders", lambda reader, _: reader.assets("orders")),
        Case(
            "list: a page of rejected ones",
            lambda _: "/v1/data-assets?dataset=orders&status=rejected",
            lambda reader, _: reader.assets("orders", rejected),
        ),
        Case(
            "list: a page somewhere",
            lambda n: f"/v1/data-assets?dataset=orders&cursor={behind[n]}",
            lambda reader, n: reader.assets("orders", after=behind[n]),
        ),
        Case(
            "search: one file",
            lambda n: f"/v1/search?q={chosen[n]}.csv",
            lambda reader, n: reader.search(Search(f"{chosen[n]}.csv", ("dataset", "data_asset"))),
        ),
        Case(
            "search: a word that all have",
            lambda _: "/v1/search?q=landing",
            lambda reader, _: reader.search(Search("landing", ("dataset", "data_asset"))),
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--postgres", action="store_true", help="in Postgres 18 instead of SQLite")
    options = parser.parse_args()
    with catalog(options.postgres) as (home, place, environment):
        upgrade_catalog(place)
        engine = open_catalog(place)
        try:
            app = application(engine)
            app.run(RegisterDatasetCommand(ORDERS))
            app.run(RegisterDatasetCommand(CUSTOMERS))
            grow(engine, options.entries)
            with serving(home, environment) as client:
                measure(engine, client, options)
        finally:
            engine.dispose()


def measure(engine: Engine, client: httpx.Client, options: argparse.Namespace) -> None:
    print(f"\n## {engine.dialect.name}, {options.entries:,} entries, {options.requests} requests each\n")
    print("| ms | SQL p50 | SQL p99 | façade p50 | façade p99 | HTTP p50 | HTTP p99 |\n|---|---|---|---|---|---|---|")
    reader = SQLCatalogReader(engine)
    for case in cases(options.entries):
        figures = [*compared(engine, reader, case, options.requests)]
        figures += timed(partial(got, client, case), options.requests)
        print(f"| {case.name} | {' | '.join(f'{1000 * each:.2f}' for each in figures)} |", flush=True)


def compared(engine: Engine, reader: SQLCatalogReader, case: Case, count: int) -> tuple[float, ...]:
    """p50 and p99 of the driver, then of the façade."""
    statements = [recorded(engine, partial(case.ask, reader, number)) for number in range(VARIANTS)]
    with engine.connect() as connection:
        driver = connection.connection.cursor()
        alone = timed(lambda number: run(driver, statements[number]), count)
        driver.close()
    return alone + timed(partial(case.ask, reader), count)


def recorded(engine: Engine, ask: Callable[[], object]) -> Statements:
    """The queries that it makes, as the driver is given them."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert seen
    return seen


def run(driver: Any, statements: Statements) -> None:
    for statement, parameters in statements:
        driver.execute(statement, parameters)
        driver.fetchall()


def got(client: httpx.Client, case: Case, number: int) -> None:
    answer = client.get(case.path(number))
    assert answer.status_code == 200, answer.text


def timed(act: Callable[[int], object], count: int) -> tuple[float, float]:
    """p50 and p99 in seconds, after each variant was asked for once."""
    taken = []
    for number in range(-VARIANTS, count):
        began = time.perf_counter()
        act(number % VARIANTS)
        if number >= 0:
            taken.append(time.perf_counter() - began)
    taken.sort()
    return taken[len(taken) // 2], taken[math.ceil(0.99 * len(taken)) - 1]


@contextmanager
def catalog(postgres: bool) -> Iterator[tuple[Path, CatalogPlace, Mapping[str, str]]]:
    home = Path(tempfile.mkdtemp(prefix="data-management-benchmark-"))
    (home / ".data_management").mkdir()
    server = PostgresServer(settings={"shared_buffers": "256MB"}) if postgres else None
    try:
        if server is None:
            yield home, home / ".data_management" / "catalog.db", {}
        else:
            yield home, postgres_url(server.url()), {"DATA_MANAGEMENT_CATALOG": server.url()}
    finally:
        if server is not None:
            server.close()
        shutil.rmtree(home)


@contextmanager
def serving(home: Path, environment: Mapping[str, str]) -> Iterator[httpx.Client]:
    command = [str(Path(sys.executable).with_name("data-management")), "serve", "--dev", "--port", "0"]
    process = subprocess.Popen(
        command,
        env={**os.environ, "DATA_MANAGEMENT_HOME": str(home), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        key = process.stdout.readline().strip().rpartition(" ")[2]
        url = process.stdout.readline().split()[2].removesuffix("/v1,")
        with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=120) as client:
            yield client
    finally:
        process.terminate()
        process.wait(60)
        process.stdout.close()


if __name__ == "__main__":
    main()
