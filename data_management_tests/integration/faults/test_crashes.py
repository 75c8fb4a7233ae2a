"""Guarantee 2: a crash loses and doubles nothing. ``GUARANTEES=full`` kills 200 times over 500 files, ``CRASH_SEED`` repeats a run.

A process group looks at a landing, judges what is there and delivers events over HTTP, while files are dropped, replaced and deleted. It
is killed by SIGKILL at a random moment, right after an outcome was stored, or while a delivery waits for its answer; then the next one starts.
"""

import json
import os
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from data_management.application.services import audit
from data_management.infrastructure.data_sources.sql import SQLCatalogReader
from data_management.infrastructure.messaging.encoding import event_of
from data_management.infrastructure.persistence.engine import CatalogPlace, create_catalog_engine
from data_management_tests.integration.events.test_guarantees import all_of, all_versions, recorded
from data_management_tests.integration.events.test_webhooks import SECRET
from data_management_tests.integration.faults.feed import Feed
from data_management_tests.integration.faults.groups import Groups, leftovers
from data_management_tests.integration.persistence.application import application
from data_management_tests.integration.persistence.test_guarantees import FULL, number, sound
from data_management_tests.integration.pipeline.project import Project
from data_management_tests.servers.receiver import Received, Receiver, receiving
from data_management_tests.unit.application.relaying import in_order

POINTS, FILES = (200, 500) if FULL else (20, 60)
SEED = int(os.environ.get("CRASH_SEED", random.randrange(10**6)))
WITH_POOL = 20
"""One point of so many runs the product's worker processes, the others examine in the run's own process."""
INNOCENT = "every run that read it died"


class Moments:
    """When a group is killed."""

    def __init__(self, chance: random.Random, receiver: Receiver, acknowledged: Path) -> None:
        self._chance, self._receiver, self._acknowledged = chance, receiver, acknowledged
        self.counts: Counter[str] = Counter()

    def wait(self, *, pool: bool) -> None:
        until = time.monotonic() + (8 if pool else 0.9)
        why = self._chance.choice(["time", "time", "outcome", "delivery"])
        self.counts[why] += 1
        match why:
            case "time":
                time.sleep(self._chance.uniform(0, 6 if pool else 0.9))
            case "outcome":
                self._grown(lambda: self._acknowledged.stat().st_size, self._chance.randint(1, 60), until)
            case "delivery":
                self._grown(lambda: len(self._receiver.received), self._chance.randint(1, 8), until)

    def _grown(self, size: Callable[[], int], by: int, until: float) -> None:
        before = size()
        while size() < before + by and time.monotonic() < until:
            time.sleep(0.001)


@contextmanager
def opened(place: CatalogPlace) -> Iterator[Engine]:
    engine = create_catalog_engine(place)
    try:
        yield engine
    finally:
        engine.dispose()


def rows(engine: Engine, query: str) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(text(query)).all())


@pytest.mark.timeout(120 + 4 * POINTS)
def test_2_a_crash_loses_and_doubles_nothing(current: CatalogPlace, tmp_path: Path, temporary: Path) -> None:
    chance = random.Random(SEED)
    home = tmp_path / "project"
    home.mkdir()
    where = str(current) if isinstance(current, Path) else current.render_as_string(hide_password=False)
    with receiving() as receiver, opened(current) as engine:
        receiver.answer = slow_now_and_then(random.Random(SEED))
        project = Project(home, catalog=where, events=receiver.url, events_secret=SECRET, lease_seconds=1)
        groups = Groups(project, tmp_path, temporary)
        feed = Feed(home / "landing" / "orders", chance)
        moments = Moments(chance, receiver, groups.acknowledged)
        try:
            for point in range(POINTS):
                due = FILES * (point + 1) // POINTS - len(feed.versions)
                feed.drop(due - due // 2)
                pool = point % WITH_POOL == 0
                group = groups.start("pool" if pool else "judge", *chance.choice([[], ["judge"]]), "sense", "relay")
                feed.drop(due // 2)
                feed.disturb()
                moments.wait(pool=pool)
                groups.kill(group)
                leftovers(groups.spools)
                assert point % 10 != 9 or sound(engine), f"point {point}"
            last = groups.start("pool", "sense", "relay")
            feed.drop(1)  # whoever reads next removes what killed processes left in the spool
            wait_until_all_is_done(engine, feed)
            assert groups.end(last) == [0, 0, 0]
            killed_alone = innocents(engine)
            assert_the_catalog_is_whole(engine, feed, killed_alone)
            if killed_alone:
                assert groups.run("revalidate") == 0
            assert {name: status for name, status, _ in current_files(engine)} == feed.expected
            assert groups.run("deliver") == 0
            again = assert_all_events_came_in_order(engine, receiver)
            assert_what_was_acknowledged_is_there(engine, groups.acknowledged)
            assert leftovers(groups.spools) == []
        finally:
            groups.close()
            complaints = groups.complaints.read_text()
            print(f"{engine.dialect.name}: CRASH_SEED={SEED}", complaints[-3000:])  # noqa: T201
        assert "Traceback" not in complaints
        print(  # noqa: T201
            f"{POINTS} kills {dict(moments.counts)}, {len(feed.versions)} files in {feed.versions.total()} versions, {len(feed.deleted)} "
            f"deleted: 0 lost, 0 double; {number(engine, 'SELECT count(*) FROM outbox')} events, {again} delivered again; "
            f"{len(killed_alone)} files rejected as those that kill, and accepted by the next re-validation"
        )


def slow_now_and_then(chance: random.Random) -> Callable[[Received], int]:
    """So that a kill finds deliveries that came and were not answered."""

    def answer(_: Received) -> int:
        time.sleep(chance.choice([0, 0, 0, 0.02]))
        return 204

    return answer


def current_files(engine: Engine) -> list[tuple[str, str, str]]:
    """Name, status and version token."""
    query = "SELECT location, status, version_token FROM data_assets WHERE is_current"
    return [(row[0].rpartition("/")[2], row[1], row[2]) for row in rows(engine, query)]


def innocents(engine: Engine) -> set[str]:
    """Files that four killed runs in a row held, the last time alone: a crash and a deadly file look the same."""
    found = rows(engine, f"SELECT location FROM data_assets WHERE is_current AND reason LIKE '%{INNOCENT}%'")
    return {row[0].rpartition("/")[2] for row in found}


def wait_until_all_is_done(engine: Engine, feed: Feed) -> None:
    """Every file that lies there is judged in its last version, what was deleted is gone, and all events are delivered."""
    until = time.monotonic() + 120
    waiting = "SELECT (SELECT count(*) FROM arrivals) + (SELECT count(*) FROM deliveries)"
    behind = "SELECT count(*) FROM outbox WHERE position IS NULL OR position > (SELECT max(position) FROM destinations)"
    while time.monotonic() < until:
        there = {(name, token) for name, _, token in current_files(engine)}
        if there == feed.tokens and not number(engine, waiting) and not number(engine, behind):
            return
        time.sleep(0.1)
    raise AssertionError(
        f"after two minutes {number(engine, waiting)} wait, {number(engine, behind)} events are behind, and catalog and landing "
        f"differ in {there ^ feed.tokens}; {rows(engine, 'SELECT * FROM arrivals')}; {rows(engine, 'SELECT * FROM destinations')}"
    )


def assert_the_catalog_is_whole(engine: Engine, feed: Feed, killed_alone: set[str]) -> None:
    statuses = {name: status for name, status, _ in current_files(engine)}
    assert statuses == feed.expected | dict.fromkeys(killed_alone, "rejected")
    versions = Counter(row[0].rpartition("/")[2] for row in rows(engine, "SELECT location FROM data_assets"))
    assert all(versions[name] <= most for name, most in feed.versions.items()), "no version is there twice"
    told = "SELECT aggregate_id, type, count(*) FROM outbox WHERE aggregate = 'data_asset' GROUP BY aggregate_id, type"
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for asset, kind, count in rows(engine, told):
        counts[asset][kind] = count
    judged = Counter(dict(rows(engine, "SELECT asset_id, count(*) FROM validations GROUP BY asset_id")))
    for key, asset, status in rows(engine, "SELECT id, public_id, status FROM data_assets"):
        outcomes = counts[asset]["DataQualityUpdated"] + counts[asset]["DataAssetRejected"]
        assert counts[asset]["DataAssetArrived"] == 1
        assert counts[asset]["DataAssetRegistered"] == counts[asset]["DataQualityUpdated"] == judged[key] <= 1
        assert outcomes == 1 or (status in ("superseded", "removed") and outcomes == 0), (status, counts[asset])
    assert sound(engine)
    assert [each.found.differences for each in audit(application(engine))] == [()]
    assert number(engine, "SELECT count(*) FROM destinations WHERE holder IS NOT NULL") == 0


def assert_all_events_came_in_order(engine: Engine, receiver: Receiver) -> int:
    """Each with one id and one body; how many came more than once."""
    bodies: dict[str, set[bytes]] = defaultdict(set)
    events = [event_of(json.loads(each.body)) for each in receiver.received]
    for event, received in zip(events, receiver.received, strict=True):
        bodies[event.id].add(received.body)
    assert set(bodies) == recorded(engine)
    assert {len(told) for told in bodies.values()} == {1}
    assert in_order(events)
    assert all_versions(list({event.id: event for event in events}.values()))
    positions = [event.position for event in all_of(SQLCatalogReader(engine))]
    assert positions == list(range(1, len(bodies) + 1))
    return len(events) - len(bodies)


def assert_what_was_acknowledged_is_there(engine: Engine, acknowledged: Path) -> None:
    told = Counter(line.split()[0] for line in acknowledged.read_text().splitlines())
    outcomes = "('DataQualityUpdated', 'DataAssetRejected')"
    query = (
        f"SELECT a.location FROM outbox o JOIN data_assets a ON a.public_id = o.aggregate_id WHERE o.type IN {outcomes}"
    )
    stored = Counter(row[0].rpartition("/")[2] for row in rows(engine, query))
    assert told
    assert told <= stored
