"""Leases when several claim at once, on SQLite and on Postgres."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import Engine

from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.data_sources.sql import SQLUnitOfWorkFactory
from data_management_tests.fakes import NOON
from data_management_tests.port_tests.examples import AFTER_LEASE, LEASE, many

ARRIVALS, RUNS = 200, 6


def queue(engine: Engine, count: int) -> list[str]:
    with SQLUnitOfWorkFactory(engine, utc_now)() as work:
        saved = work.assets.save_all(many(count))
        work.arrivals.open(saved)
    return [entry.id for entry in saved]


def test_runs_that_claim_at_once_share_the_arrivals_and_each_is_held_once(either: Engine) -> None:
    ids, units, begin = queue(either, ARRIVALS), SQLUnitOfWorkFactory(either, utc_now), threading.Barrier(RUNS)

    def run(name: str) -> list[str]:
        mine: list[str] = []
        begin.wait(30)
        while True:
            with units() as work:
                claimed = [asset_id for asset_id, _ in work.arrivals.claim("orders", name, NOON, LEASE, 7)]
            if not claimed:
                return mine
            mine += claimed

    with ThreadPoolExecutor(RUNS) as pool:
        held = list(pool.map(run, [f"run-{number}" for number in range(RUNS)]))
    assert Counter(asset_id for of_run in held for asset_id in of_run) == Counter(ids)


def test_an_expired_lease_is_claimed_again_by_one_alone(either: Engine) -> None:
    ids, units = queue(either, 5), SQLUnitOfWorkFactory(either, utc_now)
    with units() as work:
        work.arrivals.claim("orders", "dead", NOON, LEASE, 10)
    begin, until = threading.Barrier(4), AFTER_LEASE + timedelta(minutes=1)

    def claim(name: str) -> list[tuple[str, int]]:
        begin.wait(30)
        with units() as work:
            return list(work.arrivals.claim("orders", name, AFTER_LEASE, until, 100))

    with ThreadPoolExecutor(4) as pool:
        claimed = [each for found in pool.map(claim, "abcd") for each in found]
    assert Counter(claimed) == Counter((asset_id, 1) for asset_id in ids)


def test_in_postgres_a_claim_takes_what_is_free_and_waits_for_nobody(postgres: Engine) -> None:
    ids, units = queue(postgres, 6), SQLUnitOfWorkFactory(postgres, utc_now)
    with units() as first:
        one = first.arrivals.claim("orders", "one", NOON, LEASE, 2)
        with units() as second:
            two = second.arrivals.claim("orders", "two", NOON, LEASE, 2)
    with units() as writer:
        writer.assets.current_at("orders", [])  # holds the dataset as its writer
        with units() as third:
            three = third.arrivals.claim("orders", "three", NOON, LEASE, 2)
    assert [asset_id for found in (one, two, three) for asset_id, _ in found] == ids


def test_in_postgres_a_heartbeat_does_not_wait_for_the_run_that_stores(postgres: Engine) -> None:
    ids, units, later = queue(postgres, 3), SQLUnitOfWorkFactory(postgres, utc_now), AFTER_LEASE + timedelta(minutes=1)
    with units() as work:
        work.arrivals.claim("orders", "run", NOON, LEASE, 3)
    with units() as storing:
        storing.arrivals.complete(ids[:1])
        with units() as beat:
            assert beat.arrivals.renew("run", later) == 2
    with units() as work:
        assert work.arrivals.holds("run", ids) == frozenset(ids[1:])
