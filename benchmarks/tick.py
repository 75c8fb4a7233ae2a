"""A sensor's look at a landing of known files, beside ``scandir`` + ``stat`` of the same folder.

Run: ``PYTHONPATH=. .venv/bin/python benchmarks/tick.py [--files 100000] [--postgres]``. All files but one are known; the one is new, and recorded,
in each round. The limit is one ``os.scandir`` with a ``stat`` of every entry. Beside it: the same look where the catalog knows nothing
better than to be asked file by file, which is what a reconciliation does.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from data_management.application.services import Application, reconcile, record_landing
from data_management.domain.models import DataLocation, Dataset, Landing
from data_management.domain.services import DataValidationService
from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.data_sources.local import LocalDataLocationService
from data_management.infrastructure.data_sources.sql import SQLCatalogReader, SQLUnitOfWorkFactory
from data_management.infrastructure.persistence.engine import CatalogPlace, postgres_url
from data_management.infrastructure.persistence.schema import open_catalog, upgrade_catalog
from data_management_tests.fakes import FakeLandingAnnouncements, FakeQualityEngine
from data_management_tests.port_tests.examples import ORDERS
from data_management_tests.postgres import PostgresServer

ROUNDS = 7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--postgres", action="store_true", help="the catalog in Postgres, not in SQLite")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="data-management-benchmark-")))
        place: CatalogPlace = folder / "catalog.db"
        if options.postgres:
            server = PostgresServer()
            stack.callback(server.close)
            place = postgres_url(server.url())
        upgrade_catalog(place)
        engine = open_catalog(place)
        stack.callback(engine.dispose)
        app = Application(
            unit_of_work=SQLUnitOfWorkFactory(engine, utc_now),
            reader=SQLCatalogReader(engine),
            engine=FakeQualityEngine(),
            locations=LocalDataLocationService(),
            announcements=FakeLandingAnnouncements(),
            clock=lambda: datetime.now(UTC),
            validation=DataValidationService(),
        )
        landing = folder / "landing"
        dataset = replace(ORDERS, landing=Landing(DataLocation.from_path(landing), "*.csv"))
        measure(app, dataset, landing, options.files)


def measure(app: Application, dataset: Dataset, landing: Path, files: int) -> None:
    landing.mkdir()
    for number in range(files):
        (landing / f"orders-2026-{number:08}.csv").write_bytes(b"id\n1\n")
    first = timed(lambda: record_landing(app, dataset, settle_seconds=0))
    limit, ours = [], []
    for number in range(ROUNDS):
        (landing / f"new-{number}.csv").write_bytes(b"id\n1\n")
        limit.append(timed(lambda: scandir_and_stat(landing)))
        ours.append(timed(lambda: must_find_one(app, dataset)))
    whole = timed(lambda: reconcile(app, dataset, settle_seconds=0))
    best = statistics.median(limit)
    print("| step | ms | µs a file | × limit |\n|---|---|---|---|")
    for what, seconds in (
        ("scandir + stat (the limit)", best),
        ("a tick: all known but one", statistics.median(ours)),
        ("a reconciliation", whole),
        ("the first tick: all new", first),
    ):
        print(f"| {what} | {1000 * seconds:,.0f} | {1e6 * seconds / files:.1f} | {seconds / best:.1f} |")


def must_find_one(app: Application, dataset: Dataset) -> None:
    report = record_landing(app, dataset, settle_seconds=0)
    assert report.new == 1, report


def scandir_and_stat(folder: Path) -> int:
    with os.scandir(folder) as entries:
        return sum(entry.stat().st_size for entry in entries)


def timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
