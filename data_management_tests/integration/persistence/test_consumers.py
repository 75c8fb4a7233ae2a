"""Guarantee 12: a consumer reads each accepted file once, whenever it is killed. ``GUARANTEES=full`` kills 200 times."""

import json
import multiprocessing
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from data_management.application.ports import UnitOfWork
from data_management.domain.models import AssetStatus, DataCatalogEntry, Verdict
from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.data_sources.sql import SQLCatalogReader, SQLUnitOfWorkFactory
from data_management.infrastructure.persistence.engine import CatalogPlace, writing
from data_management.infrastructure.persistence.schema import open_catalog, upgrade_catalog
from data_management_tests.integration.persistence import consumer
from data_management_tests.port_tests.examples import EXAMINATION, ORDERS, SCORE, arrived

KILLS = 200 if os.environ.get("GUARANTEES") == "full" else 20
RIVALS = 2
STOPPED = 0.3
"""The share of those that are stopped first, for longer than their lease, so that the other takes over, and then go on."""
WRITERS, WRITES = 4, 10
LONGEST_LIFE = 0.5
"""Seconds; longer than the lease of one that was killed."""


def test_12_a_consumer_reads_each_accepted_file_once(place: CatalogPlace, tmp_path: Path) -> None:
    """Two processes work as the same consumer and are stopped and killed at random, while files come, are replaced, go bad and are mended."""
    upgrade_catalog(place)
    engine = open_catalog(place)
    where = str(place) if isinstance(place, Path) else place.render_as_string(hide_password=False)
    notes = tmp_path / "notes"
    notes.mkdir()
    try:
        with SQLUnitOfWorkFactory(engine, utc_now)() as work:
            work.datasets.save(ORDERS)
        watch_moves(engine)
        with traffic(engine):
            kills = kill_consumers(where, notes)
        finish(where, notes)
        moves = read_moves(engine)
        held = replay(moves, notes)
        assert kills == KILLS
        assert held == accepted_now(engine)
        assert ledger(engine) == list(range(1, SQLCatalogReader(engine).file_changes("orders", 0).head + 1))
        attempts = len(list(notes.iterdir()))
        told = f"{kills} kills, {attempts} attempts, {len(moves)} commits, {len(held)} files"
        print(f"{engine.dialect.name}: {told}")  # noqa: T201
        assert attempts > len(moves) > 0
    finally:
        engine.dispose()


def watch_moves(engine: Engine) -> None:
    """Every committed move of an offset is noted in its own transaction."""
    statements = ["CREATE TABLE moves (id INTEGER PRIMARY KEY, before INTEGER, after INTEGER, holder TEXT)"]
    insert = "INSERT INTO moves (before, after, holder) VALUES (OLD.position, NEW.position, NEW.holder);"
    watch = "CREATE TRIGGER watch AFTER UPDATE OF position ON dataset_consumers"
    if engine.dialect.name == "sqlite":
        statements.append(f"{watch} BEGIN {insert} END")
    else:
        statements[0] = statements[0].replace("INTEGER PRIMARY", "SERIAL PRIMARY")
        statements += [
            f"CREATE FUNCTION note() RETURNS trigger AS $$ BEGIN {insert} RETURN NULL; END $$ LANGUAGE plpgsql",
            f"{watch} FOR EACH ROW EXECUTE FUNCTION note()",
        ]
    with writing(engine).begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@contextmanager
def traffic(engine: Engine) -> Iterator[None]:
    """Files are accepted, replaced, removed, found bad and mended, by a thread."""
    stop, broken = threading.Event(), []

    def drive() -> None:
        chance, units, number = random.Random(12), SQLUnitOfWorkFactory(engine, utc_now), 0
        known: list[DataCatalogEntry] = []
        try:
            while not stop.wait(0.005):
                number += 1
                with units() as work:
                    known = _something_happens(work, chance, known, number)
        except BaseException as error:  # noqa: BLE001  told below
            broken.append(error)

    thread = threading.Thread(target=drive)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    assert not broken, broken


def _something_happens(
    work: UnitOfWork, chance: random.Random, known: list[DataCatalogEntry], number: int
) -> list[DataCatalogEntry]:
    what = chance.random()
    if what < 0.6 or not known:
        (entry,) = work.assets.save_all([arrived(f"{number}.csv")])
        return [*known, work.assets.save(entry.registered(EXAMINATION).scored(SCORE, Verdict.WARN))]
    one = known.pop(chance.randrange(len(known)))
    if what < 0.7:
        work.assets.save(one.removed())
        return known
    if what < 0.8:
        name = one.asset.location.name
        _, entry = work.assets.save_all([one.superseded(), arrived(name, f"v{number}")])
        return [*known, work.assets.save(entry.registered(EXAMINATION).scored(SCORE, Verdict.PASS))]
    is_bad = one.status is AssetStatus.QUARANTINED
    return [*known, work.assets.save(one.scored(SCORE, Verdict.PASS if is_bad else Verdict.FAIL, "bad"))]


def kill_consumers(where: str, notes: Path) -> int:
    """SIGKILL, each after a random time, some after they overslept their lease; how many died of it."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([consumer.__name__])
    chance, kills, seed = random.Random(7), 0, 0
    running: list[tuple[Any, float]] = []
    try:
        while kills < KILLS:
            while len(running) < RIVALS:
                seed += 1
                ours, theirs = context.Pipe(duplex=False)
                process = context.Process(target=consumer.work, args=(where, str(notes), seed, 60.0, theirs))
                process.start()
                theirs.close()
                assert ours.poll(60), "a consumer does not begin"
                running.append((process, time.monotonic() + chance.random() * LONGEST_LIFE))
            running.sort(key=lambda each: each[1])
            process, due = running.pop(0)
            time.sleep(max(0.0, due - time.monotonic()))
            if chance.random() < STOPPED:
                os.kill(process.pid, signal.SIGSTOP)
                time.sleep(1.75 * consumer.LEASE_SECONDS)
                os.kill(process.pid, signal.SIGCONT)
                time.sleep(0.1)
            process.kill()
            process.join()
            kills += process.exitcode == -9
    finally:
        for process, _ in running:
            process.kill()
            process.join()
    return kills


def finish(where: str, notes: Path) -> None:
    """One that nobody kills."""
    process = multiprocessing.get_context("forkserver").Process(target=consumer.work, args=(where, str(notes), 1 << 30))
    process.start()
    process.join(60)
    assert process.exitcode == 0


def read_moves(engine: Engine) -> list[tuple[int, int, str]]:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT before, after, holder FROM moves ORDER BY id"))
        return [(row[0], row[1], row[2]) for row in rows]


def replay(moves: list[tuple[int, int, str]], notes: Path) -> set[str]:
    """What a consumer holds that did what each committed attempt was given."""
    held: set[str] = set()
    at = 0
    for before, to, holder in moves:
        given = json.loads((notes / f"{holder}.json").read_text())
        assert (given["before"], given["to"]) == (before, to)
        assert before == at, "a move does not begin where the last one ended"
        held -= set(given["withdrawn"])
        assert not held & set(given["accepted"]), "a file was committed twice"
        held |= set(given["accepted"])
        at = to
    return held


def accepted_now(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.scalars(text("SELECT public_id FROM data_assets WHERE status = 'accepted'")))


def ledger(engine: Engine) -> list[int]:
    """All positions that were given."""
    query = "SELECT position FROM acceptances UNION ALL SELECT withdrawn FROM acceptances WHERE withdrawn IS NOT NULL ORDER BY 1"
    with engine.connect() as connection:
        return list(connection.scalars(text(query)))


def test_positions_have_no_gaps_with_many_writers(either: Engine) -> None:
    """Some of them fail, and what they took is given to the next."""

    class Undone(Exception):
        pass

    def accept(name: str, *, is_undone: bool) -> None:
        with suppress(Undone), SQLUnitOfWorkFactory(either, utc_now)() as work:
            (entry,) = work.assets.save_all([arrived(name)])
            work.assets.save(entry.registered(EXAMINATION).scored(SCORE, Verdict.PASS))
            if is_undone:
                raise Undone

    def write(seed: int) -> None:
        for number in range(WRITES):
            accept(f"{seed}-{number}.csv", is_undone=number % 3 == 0)

    with ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(write, range(WRITERS)))
    given = ledger(either)
    assert given == list(range(1, len(given) + 1))
    assert len(given) == len(accepted_now(either)) == WRITERS * (WRITES - (WRITES + 2) // 3)
