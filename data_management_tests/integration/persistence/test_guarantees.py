"""What the catalog promises under load, on SQLite and on Postgres. ``GUARANTEES=full`` takes the numbers of the promise."""

import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine, text

from data_management.application.commands import RecordArrivalsCommand, RegisterDatasetCommand
from data_management.application.ports import FoundFile
from data_management.domain.models import DataLocation, VersionToken
from data_management.errors import Conflict
from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.data_sources.sql import SQLCatalogReader, SQLUnitOfWorkFactory
from data_management.infrastructure.persistence.engine import CatalogPlace, create_catalog_engine
from data_management_tests.fakes import NOON
from data_management_tests.integration.persistence.application import application
from data_management_tests.port_tests.examples import ORDERS, arrived

FULL = os.environ.get("GUARANTEES") == "full"
FILES, DELIVERIES, CHUNK = (500, 5, 50) if FULL else (60, 5, 10)
CLIENTS, WRITES = (32, 100) if FULL else (8, 10)
SECONDS = 800 if FULL else 200
PROCESSES, SHARED_FILES = (50, 100) if FULL else (5, 20)


def counted(engine: Engine, query: str) -> dict[str, int]:
    with engine.connect() as connection:
        return {str(row[0]): int(row[1]) for row in connection.execute(text(query))}


def number(engine: Engine, query: str) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text(query)) or 0)


def sound(engine: Engine) -> bool:
    if engine.dialect.name != "sqlite":
        return True
    with engine.connect() as connection:
        integrity = connection.scalar(text("PRAGMA integrity_check"))
        return integrity == "ok" and not connection.execute(text("PRAGMA foreign_key_check")).all()


def test_1_a_file_version_is_recorded_once(either: Engine) -> None:
    """Each version of each file is delivered several times, shuffled, by ticks that overlap; then the first version returns."""
    app, chance = application(either), random.Random(1)
    app.run(RegisterDatasetCommand(ORDERS))
    for token in ("a", "b", "a"):
        found = [_found(f"{number}.csv", token) for number in range(FILES)]
        ticks = []
        for _ in range(DELIVERIES):
            chance.shuffle(found)
            ticks += [tuple(found[at : at + CHUNK]) for at in range(0, FILES, CHUNK)]
        with ThreadPoolExecutor(4) as sensors:
            recorded = list(sensors.map(lambda tick: app.run(RecordArrivalsCommand("orders", tick)), ticks))
        assert sum(each.new for each in recorded) == FILES
    assert counted(either, "SELECT status, count(*) FROM data_assets GROUP BY status") == {
        "superseded": 2 * FILES,
        "arrived": FILES,
    }
    versions = "SELECT location, count(*) FROM data_assets GROUP BY location"
    assert Counter(counted(either, versions).values()) == {3: FILES}
    assert number(either, "SELECT count(*) FROM arrivals") == FILES
    assert counted(either, "SELECT type, count(*) FROM outbox WHERE aggregate = 'data_asset' GROUP BY type") == {
        "DataAssetArrived": 3 * FILES,
        "DataAssetSuperseded": 2 * FILES,
    }
    assert sound(either)


def test_5_no_update_is_lost(either: Engine) -> None:
    """Clients write with the version that they expect. Each success raises it by one; whoever comes late gets a conflict."""
    units, reader = SQLUnitOfWorkFactory(either, utc_now), SQLCatalogReader(either)
    with units() as work:
        entry = work.assets.save(arrived())

    def read() -> int:
        return reader.asset(entry.id).version

    def write(expected: int) -> bool:
        with units() as work:
            work.assets.save(replace(entry, version=expected, row_count=expected))
        return True

    def client(seed: int) -> list[tuple[int, bool]]:
        chance, outcomes = random.Random(seed), []
        for _ in range(WRITES):
            expected = read() - (chance.random() < 0.1)  # some are behind for sure
            outcomes.append((expected, _succeeds(write, expected)))
        return outcomes

    with ThreadPoolExecutor(CLIENTS) as clients:
        outcomes = [outcome for found in clients.map(client, range(CLIENTS)) for outcome in found]
    won = [expected for expected, success in outcomes if success]
    assert len(outcomes) == CLIENTS * WRITES
    assert len(won) >= WRITES
    assert len(won) < len(outcomes)
    assert reader.asset(entry.id).version - entry.version == len(won)
    assert sorted(won) == list(range(entry.version, entry.version + len(won)))  # each version was replaced once
    print(f"{either.dialect.name}: {len(won)} successes, {len(outcomes) - len(won)} conflicts")  # noqa: T201


def test_6_many_processes_record_the_same_files_once(place: CatalogPlace, tmp_path: Path) -> None:
    """Nobody made the catalog before: they do that at once, too."""
    where = str(place) if isinstance(place, Path) else place.render_as_string(hide_password=False)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATA_MANAGEMENT")}
    command = [sys.executable, "-m", "data_management_tests.integration.persistence.writer"]
    processes = [
        subprocess.Popen(
            [*command, str(seed), str(SHARED_FILES)],
            env=kept | {"DATA_MANAGEMENT_CATALOG": where, "DATA_MANAGEMENT_HOME": str(tmp_path)},
            stderr=subprocess.PIPE,
            text=True,
        )
        for seed in range(PROCESSES)
    ]
    try:
        complaints = [process.communicate(timeout=SECONDS)[1] for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert set(complaints) == {""}
    assert {process.returncode for process in processes} == {0}
    engine = create_catalog_engine(place)
    try:
        assert number(engine, "SELECT count(*) FROM data_assets") == SHARED_FILES
        current = "SELECT count(DISTINCT location) FROM data_assets WHERE is_current"
        assert number(engine, current) == SHARED_FILES
        assert number(engine, "SELECT count(*) FROM arrivals") == SHARED_FILES
        assert counted(engine, "SELECT type, count(*) FROM outbox GROUP BY type") == {
            "DataAssetArrived": SHARED_FILES,
            "DatasetRegistered": 1,
        }
        assert SQLCatalogReader(engine).dataset("orders").counts.pending == SHARED_FILES
        assert sound(engine)
    finally:
        engine.dispose()


def _found(name: str, token: str) -> FoundFile:
    return FoundFile(DataLocation(f"file:///landing/orders/{name}"), VersionToken(token), 1, NOON)


def _succeeds(write: Callable[[int], bool], expected: int) -> bool:
    try:
        return write(expected)
    except Conflict:
        return False
