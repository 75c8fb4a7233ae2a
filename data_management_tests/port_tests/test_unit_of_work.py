import threading

import pytest

from data_management.domain.models import AssetStatus, Verdict
from data_management.errors import Conflict
from data_management_tests.fakes import NOON
from data_management_tests.port_tests.conftest import Catalog
from data_management_tests.port_tests.examples import EXAMINATION, SCORE, arrived, many, validation


class Boom(Exception):
    pass


def _boom(now: bool) -> None:
    if now:
        raise Boom


def test_what_is_committed_stays(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        entry = work.assets.save(arrived())
        with pytest.raises(Exception, match="no "):
            catalog.reader().asset(entry.id)  # not before the commit
    assert catalog.reader().asset(entry.id).status is AssetStatus.ARRIVED


def test_a_rolled_back_unit_of_work_leaves_no_trace(catalog: Catalog) -> None:
    def fail() -> None:
        with catalog.unit_of_work() as work:
            entry = work.assets.save(arrived())
            work.arrivals.open([entry])
            work.quality.add(validation(entry.id))
            raise Boom

    with pytest.raises(Boom):
        fail()
    with catalog.unit_of_work() as work:
        assert list(work.assets.current_of("orders")) == []
        assert work.arrivals.pending("orders", NOON).count == 0
    assert catalog.recorded() == []


def test_a_savepoint_undoes_its_part_alone(catalog: Catalog) -> None:
    entries = many(3)
    with catalog.unit_of_work() as work:
        for number, entry in enumerate(entries):
            try:
                with work.savepoint():
                    read = work.assets.save(entry).registered(EXAMINATION).scored(SCORE, Verdict.PASS)
                    work.arrivals.open([work.assets.save(read)])
                    work.quality.add(validation(entry.id))
                    _boom(number == 1)
            except Boom:
                pass
    with catalog.unit_of_work() as work:
        kept = list(work.assets.current_of("orders"))
        assert [entry.id for entry in kept] == [entries[0].id, entries[2].id]
        assert [entry.columns for entry in kept] == [EXAMINATION.columns] * 2
        assert [entry.score for entry in kept] == [SCORE] * 2
        assert work.arrivals.pending("orders", NOON).count == 2
        assert work.quality.current_checks([entries[2].id], "plan-a")
    assert {row[0] for row in catalog.recorded()} == {entries[0].id, entries[2].id}


def test_what_a_savepoint_shared_first_is_stored_anew_after_its_rollback(catalog: Catalog) -> None:
    entry = arrived()
    with catalog.unit_of_work() as work:
        with pytest.raises(Boom), work.savepoint():
            _boom(bool(work.assets.save(work.assets.save(arrived("x.csv")).registered(EXAMINATION))))
        work.assets.save(work.assets.save(entry).registered(EXAMINATION))
    assert catalog.reader().asset(entry.id).columns == EXAMINATION.columns


def test_after_a_conflict_the_unit_of_work_goes_on(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        work.assets.save(arrived("a.csv"))
        with pytest.raises(Conflict), work.savepoint():
            work.assets.save_all([arrived("b.csv"), arrived("a.csv")])
        work.assets.save(arrived("c.csv"))
    with catalog.unit_of_work() as work:
        assert [entry.asset.location.name for entry in work.assets.current_of("orders")] == ["a.csv", "c.csv"]


def test_the_outbox_keeps_the_order_of_what_happened(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        one, two = work.assets.save_all([arrived("1.csv"), arrived("2.csv")])
        scored = work.assets.save(two.registered(EXAMINATION).scored(SCORE, Verdict.PASS))
        work.assets.save_all([one.removed(), scored.removed()])
    assert catalog.recorded() == [
        (one.id, 1, 0, "DataAssetArrived"),
        (two.id, 1, 0, "DataAssetArrived"),
        (two.id, 2, 0, "DataAssetRegistered"),
        (two.id, 2, 1, "DataQualityUpdated"),
        (one.id, 2, 0, "DataAssetRemoved"),
        (two.id, 3, 0, "DataAssetRemoved"),
    ]


def test_writers_wait_for_each_other(catalog: Catalog) -> None:
    def write(name: str) -> None:
        with catalog.unit_of_work() as work:
            known = list(work.assets.current_of("orders"))
            work.assets.save(arrived(f"{len(known)}.csv"))

    threads = [threading.Thread(target=write, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with catalog.unit_of_work() as work:
        assert [entry.asset.location.name for entry in work.assets.current_of("orders")] == [
            f"{n}.csv" for n in range(8)
        ]
