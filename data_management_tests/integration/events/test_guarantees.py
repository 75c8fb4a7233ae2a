"""What the product promises of events, with its numbers: ``EVENTS=10000 TRANSACTIONS=1000`` for all of them."""

import os
import random
import threading
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import Engine, select

from data_management.application.messaging import CloudEvent, RecordedEvent
from data_management.application.services import EventRelay, RelayPolicy
from data_management.domain.models import DataCatalogEntry, Verdict
from data_management.errors import Conflict, Unavailable
from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.data_sources.sql import SQLCatalogReader, SQLUnitOfWorkFactory
from data_management.infrastructure.persistence.tables import outbox
from data_management_tests.fakes import FakePublisher
from data_management_tests.port_tests.examples import EXAMINATION, SCORE, many
from data_management_tests.unit.application.relaying import DOWN, Relaying, in_order

EVENTS = int(os.environ.get("EVENTS", "900"))
TRANSACTIONS = int(os.environ.get("TRANSACTIONS", "12"))
WRITERS = 16


def scored(entry: DataCatalogEntry) -> DataCatalogEntry:
    """With two more events."""
    return entry.registered(EXAMINATION).scored(SCORE, Verdict.PASS)


def all_of(reader: SQLCatalogReader) -> Iterator[RecordedEvent]:
    after = 0
    while page := reader.events(after, limit=500):
        yield from page
        after = page[-1].position


def recorded(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.scalars(select(outbox.c.event_id)))


def test_no_event_is_lost_when_three_of_ten_publishes_fail(engine: Engine, unit_of_work: SQLUnitOfWorkFactory) -> None:
    chance = random.Random(3)
    publisher = FakePublisher(
        fails=lambda _: DOWN if chance.random() < 0.15 else None, lost=lambda _: chance.random() < 0.15 / 0.85
    )
    relaying = Relaying(publisher, unit_of_work=unit_of_work, policy=RelayPolicy())
    files = many(EVENTS // 3 + 1)
    for start in range(0, len(files), 500):
        with unit_of_work() as work:
            work.assets.save_all([scored(entry) for entry in work.assets.save_all(files[start : start + 500])])
        relaying.tick(seconds_later=1)
    reader = SQLCatalogReader(engine)
    for _ in range(100):
        relaying.tick(seconds_later=60)
        (destination,) = reader.destinations()
        if not destination.behind and not destination.waiting:
            break
    published: dict[str, set[str]] = defaultdict(set)
    for event in publisher.published:
        published[event.id].add(str(event))
    assert len(published) >= EVENTS
    assert set(published) == recorded(engine), "0 missing, and no duplicate has an id of its own"
    assert {len(told) for told in published.values()} == {1}, "a duplicate says the same"
    assert 1.1 * len(published) < len(publisher.published) < 1.3 * len(published)
    assert in_order(publisher.published)
    assert (destination.behind, destination.waiting, destination.dead) == (0, 0, 0)


@pytest.mark.timeout(300 + 2 * TRANSACTIONS)
def test_no_event_of_many_writers_is_skipped_or_out_of_order(
    engine: Engine, unit_of_work: SQLUnitOfWorkFactory
) -> None:
    publisher = FakePublisher(most=100)
    relays = [EventRelay(unit_of_work=unit_of_work, publishers=[publisher], clock=utc_now) for _ in range(2)]
    relays[0].tick()
    with unit_of_work() as work:
        ids = [entry.id for entry in work.assets.save_all(many(40))]
    written = threading.Event()

    def write(seed: int) -> int:
        chance, conflicts = random.Random(seed), 0
        for _ in range(TRANSACTIONS):
            conflicts += change(unit_of_work, chance.choice(ids))
        return conflicts

    troubles: list[Unavailable] = []

    with ThreadPoolExecutor(WRITERS + 3) as pool:
        followed, ticking = pool.submit(follow, engine, written), [
            pool.submit(relay, each, written, troubles) for each in relays
        ]
        try:
            list(pool.map(write, range(WRITERS)))
            for each in relays:
                each.tick()
        finally:
            written.set()
        while relays[0].tick().is_behind:
            pass
        seen = [*followed.result()]
    assert sum(each.result() for each in ticking) > 2
    expected = 40 + 2 * WRITERS * TRANSACTIONS
    events = list(all_of(SQLCatalogReader(engine)))
    assert [event.position for event in events] == list(range(1, expected + 1)), "gap-free"
    assert seen == events[: len(seen)], "a reader that followed saw the same order, and nothing appeared behind it"
    assert len(seen) >= expected - 200
    assert {event.id for event in events} == recorded(engine)
    assert set(publisher.ids) == recorded(engine)
    assert len(publisher.ids) <= expected + 100 * len(troubles), "where storing failed, a page is repeated"
    assert in_order(publisher.published)
    assert all_versions(list({event.id: event for event in publisher.published}.values()))


def relay(which: EventRelay, written: threading.Event, troubles: list[Unavailable]) -> int:
    """Ticks until all is written; how many."""
    ticks = 0
    while not written.is_set():
        try:
            which.tick()
            ticks += 1
        except Unavailable as trouble:  # SQLite lets a writer wait for 30 s where many others hurry
            troubles.append(trouble)
        written.wait(0.02)
    return ticks


def follow(engine: Engine, written: threading.Event) -> list[RecordedEvent]:
    """What a consumer sees that reads on by position, while positions are given."""
    seen: list[RecordedEvent] = []
    reader = SQLCatalogReader(engine)
    while True:
        last = written.is_set()
        with suppress(Unavailable):  # all connections are in use
            page = reader.events(after=seen[-1].position if seen else 0, limit=70)
            seen += page
            if last and not page:
                return seen
        written.wait(0.01)


def change(unit_of_work: SQLUnitOfWorkFactory, asset_id: str) -> int:
    """Change a data asset in a transaction of its own, whoever else does; how often another was quicker."""
    for conflicts in range(10_000):
        try:
            with unit_of_work() as work:
                work.assets.save(scored(work.assets.get(asset_id)))
        except (Conflict, Unavailable):  # another was quicker, or SQLite too busy; nothing was stored
            continue
        return conflicts
    raise AssertionError("never came to an end")


def all_versions(published: list[CloudEvent]) -> bool:
    """Whether each subject's versions follow one another without a gap."""
    last: dict[str, int] = {}
    for event in published:
        version = last.get(event.subject, 0)
        if event.aggregateversion not in (version, version + 1):
            return False
        last[event.subject] = event.aggregateversion
    return True
