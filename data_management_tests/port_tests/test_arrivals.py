from datetime import timedelta

import pytest

from data_management.domain.models import DataCatalogEntry, PendingArrivals
from data_management.errors import NotFound
from data_management_tests.fakes import NOON
from data_management_tests.port_tests.conftest import Catalog
from data_management_tests.port_tests.examples import AFTER_LEASE, LEASE, arrived, many


def queued(catalog: Catalog, entries: list[DataCatalogEntry]) -> list[str]:
    with catalog.unit_of_work() as work:
        work.arrivals.open(work.assets.save_all(entries))
    return [entry.id for entry in entries]


def test_nothing_is_pending_at_first(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        assert work.arrivals.pending("orders", NOON) == PendingArrivals(0, 0, 0)
        assert work.arrivals.pending("nothing", NOON) == PendingArrivals(0, 0, 0)
        assert work.arrivals.claim("orders", "run", NOON, LEASE, 10) == ()
        assert work.arrivals.claim("nothing", "run", NOON, LEASE, 10) == ()


def test_arrivals_are_claimed_once_in_their_order(catalog: Catalog) -> None:
    ids = queued(catalog, many(5))
    with catalog.unit_of_work() as work:
        first = work.arrivals.claim("orders", "one", NOON, LEASE, 3)
    with catalog.unit_of_work() as work:
        second = work.arrivals.claim("orders", "two", NOON, LEASE, 3)
        assert work.arrivals.claim("orders", "three", NOON, LEASE, 3) == ()
    assert first == tuple((asset_id, 0) for asset_id in ids[:3])
    assert second == tuple((asset_id, 0) for asset_id in ids[3:])


def test_a_dataset_s_arrivals_are_its_own(catalog: Catalog) -> None:
    queued(catalog, many(2))
    theirs = queued(catalog, many(1, dataset="customers"))
    with catalog.unit_of_work() as work:
        assert work.arrivals.claim("customers", "run", NOON, LEASE, 10) == ((theirs[0], 0),)
        assert work.arrivals.pending("orders", NOON).count == 2


def test_a_queued_one_stays_as_it_is(catalog: Catalog) -> None:
    queued(catalog, many(2))
    with catalog.unit_of_work() as work:
        before = work.arrivals.pending("orders", NOON)
        work.arrivals.open(list(work.assets.current_of("orders")))
        assert work.arrivals.pending("orders", NOON) == before


def test_only_stored_entries_can_be_queued(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work, pytest.raises(NotFound):
        work.arrivals.open([arrived()])


def test_the_watermark_never_decreases(catalog: Catalog) -> None:
    marks = []
    for number in range(3):
        ids = queued(catalog, [arrived(f"{number}.csv")])
        with catalog.unit_of_work() as work:
            marks.append(work.arrivals.pending("orders", NOON).watermark)
            work.arrivals.complete(ids)
            assert work.arrivals.pending("orders", NOON) == PendingArrivals(0, 0, 0)
    assert marks == sorted(set(marks))


def test_an_expired_lease_can_be_claimed_again(catalog: Catalog) -> None:
    ids = queued(catalog, many(1))
    with catalog.unit_of_work() as work:
        work.arrivals.claim("orders", "dead", NOON, LEASE, 10)
        assert work.arrivals.pending("orders", NOON).count == 0
        assert work.arrivals.pending("orders", LEASE) == PendingArrivals(1, 1, 1)
        assert work.arrivals.holds("dead", ids) == frozenset(ids)
        assert work.arrivals.claim("orders", "next", AFTER_LEASE, AFTER_LEASE + timedelta(minutes=1), 10) == (
            (ids[0], 1),
        )
        assert work.arrivals.holds("dead", ids) == frozenset()


def test_attempts_shrink_claims_until_one_is_alone(catalog: Catalog) -> None:
    queued(catalog, many(1000))
    now, sizes = NOON, []
    for _ in range(5):
        with catalog.unit_of_work() as work:
            claimed = work.arrivals.claim("orders", "run", now, now + timedelta(minutes=1), 1000)
            sizes.append((len(claimed), {attempts for _, attempts in claimed}))
            rest = [asset_id for asset_id, _ in claimed[:1]]
            held = work.arrivals.claim("orders", "run", now, now + timedelta(minutes=1), 1)
            assert work.arrivals.holds("run", rest) == frozenset(rest)
        now += timedelta(minutes=2)
        with catalog.unit_of_work() as work:  # only those of the last claim stay in the queue
            others = {entry.id for entry in work.assets.current_of("orders")} - {key for key, _ in claimed}
            work.arrivals.complete(sorted(others))
        assert len(held) <= 1
    assert sizes == [(1000, {0}), (100, {1}), (10, {2}), (1, {3}), (1, {4})]


def test_those_tried_least_come_first(catalog: Catalog) -> None:
    tried = queued(catalog, many(2))
    with catalog.unit_of_work() as work:
        work.arrivals.claim("orders", "dead", NOON, LEASE, 10)
    fresh = queued(catalog, [arrived("new.csv")])
    with catalog.unit_of_work() as work:
        assert work.arrivals.claim("orders", "run", AFTER_LEASE, AFTER_LEASE + timedelta(minutes=1), 10) == (
            (fresh[0], 0),
        )
        assert {key for key, _ in work.arrivals.claim("orders", "run", AFTER_LEASE, AFTER_LEASE, 20)} == set(tried)


def test_a_renewed_lease_holds_on(catalog: Catalog) -> None:
    ids = queued(catalog, many(3))
    with catalog.unit_of_work() as work:
        work.arrivals.claim("orders", "run", NOON, LEASE, 2)
        assert work.arrivals.renew("run", AFTER_LEASE + timedelta(minutes=1)) == 2
        assert work.arrivals.renew("nobody", AFTER_LEASE) == 0
        assert work.arrivals.holds("run", ids) == frozenset(ids[:2])
        assert work.arrivals.holds("other", ids) == frozenset()
        assert work.arrivals.holds("run", ["nobody"]) == frozenset()


def test_giving_back_counts_no_attempt_but_changes_what_pending_says(catalog: Catalog) -> None:
    ids = queued(catalog, many(2))
    later = NOON + timedelta(seconds=30)
    with catalog.unit_of_work() as work:
        work.arrivals.claim("orders", "run", NOON, LEASE, 10)
        assert work.arrivals.release("run", later) == 2
        assert work.arrivals.release("run", later) == 0
        assert work.arrivals.pending("orders", NOON) == PendingArrivals(0, 0, 0)
        assert work.arrivals.pending("orders", later) == PendingArrivals(2, 2, 1)
        assert work.arrivals.holds("run", ids) == frozenset()
        assert work.arrivals.claim("orders", "again", NOON, LEASE, 10) == tuple((asset_id, 0) for asset_id in ids)


def test_a_dead_run_s_leases_can_be_ended(catalog: Catalog) -> None:
    ids = queued(catalog, many(2))
    with catalog.unit_of_work() as work:
        work.arrivals.claim("orders", "dead", NOON, LEASE, 10)
        assert work.arrivals.expire("dead", NOON) == 2
        assert work.arrivals.expire("dead", NOON) == 0
        assert work.arrivals.holders("orders", NOON) == ()
        assert work.arrivals.pending("orders", NOON) == PendingArrivals(2, 2, 1)
        assert work.arrivals.claim("orders", "next", NOON, LEASE, 20) == tuple((asset_id, 1) for asset_id in ids)


def test_holders_are_the_runs_with_a_lease(catalog: Catalog) -> None:
    queued(catalog, many(3))
    with catalog.unit_of_work() as work:
        work.arrivals.claim("orders", "b", NOON, LEASE, 1)
        work.arrivals.claim("orders", "a", NOON, LEASE, 2)
        assert work.arrivals.holders("orders", NOON) == ("a", "b")
        assert work.arrivals.holders("orders", LEASE) == ()
        assert work.arrivals.holders("customers", NOON) == ()


def test_completed_ones_are_off_the_queue(catalog: Catalog) -> None:
    ids = queued(catalog, many(3))
    with catalog.unit_of_work() as work:
        work.arrivals.claim("orders", "run", NOON, LEASE, 10)
        work.arrivals.complete([*ids[:2], "nobody"])
        assert work.arrivals.holds("run", ids) == frozenset(ids[2:])
        assert work.arrivals.release("run", NOON) == 1
