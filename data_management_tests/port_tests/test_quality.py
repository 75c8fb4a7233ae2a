from dataclasses import asdict, replace

import pytest

from data_management.application.ports import UnitOfWork
from data_management.domain.events import DatasetQualityUpdated, DatasetRegistered
from data_management.domain.models import AssetStatus, Plan, RuleTotals, Verdict
from data_management.errors import NotFound
from data_management_tests.port_tests.conftest import Catalog
from data_management_tests.port_tests.examples import (
    CHECKS,
    EXAMINATION,
    NO_SCORE,
    ORDERS,
    SCORE,
    arrived,
    dataset_score,
    many,
    validation,
)

ACCEPTED, QUARANTINED = AssetStatus.ACCEPTED, AssetStatus.QUARANTINED


def test_a_dataset_comes_back_as_it_was_saved(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        assert asdict(work.datasets.get("orders")) == asdict(ORDERS)
        assert work.datasets.get("orders").plan_hash == ORDERS.plan_hash
        assert work.datasets.find("nothing") is None
        with pytest.raises(NotFound, match="nothing"):
            work.datasets.get("nothing")


def test_a_dataset_can_be_replaced(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        work.datasets.save(replace(ORDERS, contract_version="2", description="bad \udce9 name"))
        assert work.datasets.get("orders").contract_version == "2"
    with catalog.unit_of_work() as work:
        assert work.datasets.get("orders").description == "bad \udce9 name"


def test_a_dataset_s_events_follow_its_own_versions(catalog: Catalog) -> None:
    registered = DatasetRegistered(aggregate_id="orders", contract_version="2")
    scored = DatasetQualityUpdated(
        aggregate_id="orders",
        verdict="pass",
        value=1.0,
        lower=None,
        previous=None,
        accepted=1,
        quarantined=0,
        rejected=0,
    )
    with catalog.unit_of_work() as work:
        work.datasets.save(ORDERS, [registered])
        work.quality.add_score(dataset_score(), [scored, scored])
    assert catalog.recorded() == [
        ("orders", 2, 0, "DatasetRegistered"),
        ("orders", 3, 0, "DatasetQualityUpdated"),
        ("orders", 3, 1, "DatasetQualityUpdated"),
    ]


def test_a_validation_is_stored_once_per_request(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        asset_id = work.assets.save(arrived()).id
        assert work.quality.add(validation(asset_id))
        assert not work.quality.add(validation(asset_id, checks=()))
        assert work.quality.add(validation(asset_id, "run-2"))
        assert work.quality.add(validation(asset_id, plan_hash="plan-b"))
    assert len(catalog.reader().validations(asset_id).validations) == 3


def test_the_last_validation_added_is_current(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        asset_id, other = (entry.id for entry in work.assets.save_all(many(2)))
        work.quality.add(validation(asset_id, checks=CHECKS[:1]))
        work.quality.add(validation(asset_id, "run-2"))
        work.quality.add(validation(asset_id, checks=()))  # known, and stays what it was
        assert work.quality.current_checks([asset_id, other, "nobody"], "plan-a") == {asset_id: CHECKS}
        assert work.quality.current_checks([asset_id], "plan-b") == {}
        work.quality.add(validation(asset_id, plan_hash="plan-b"))
        assert work.quality.current_checks([asset_id], "plan-a") == {}


def test_a_validation_of_nobody_is_refused(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work, pytest.raises(NotFound):
        work.quality.add(validation("nobody"))


def test_outdated_are_those_that_another_plan_judged(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        waiting, old, bad, new, gone = work.assets.save_all(many(5))
        for entry, verdict, plan in [(old, "pass", "a"), (bad, "fail", "b"), (new, "pass", "c"), (gone, "pass", "a")]:
            scored = work.assets.save(entry.registered(EXAMINATION).scored(SCORE, Verdict(verdict), "why"))
            work.quality.add(validation(entry.id, plan_hash=plan))
        work.assets.save(scored.superseded())
        assert work.quality.outdated("orders", "c", 10) == (old.id, bad.id)
        assert work.quality.outdated("orders", "c", 1) == (old.id,)
        assert work.quality.outdated("orders", "other", 10) == (old.id, bad.id, new.id)
        assert work.quality.outdated("customers", "c", 10) == ()
        work.quality.add(validation(old.id, plan_hash="c"))
        assert work.quality.outdated("orders", "c", 10) == (bad.id,)
    assert waiting.version == 1


def test_totals_move_by_differences(catalog: Catalog) -> None:
    rows = RuleTotals(rule="b", evaluated=100, unexpected=3, passed=1)
    whole = RuleTotals(rule="a", failed=1, errored=1)
    with catalog.unit_of_work() as work:
        work.quality.change_totals("orders", ACCEPTED, [rows, whole, rows])
        work.quality.change_totals("orders", QUARANTINED, [whole])
    with catalog.unit_of_work() as work:
        doubled = RuleTotals(rule="b", evaluated=200, unexpected=6, passed=2)
        assert work.quality.totals("orders", ACCEPTED) == (whole, doubled)
        work.quality.change_totals("orders", ACCEPTED, [RuleTotals(rule="b").plus(rows, -1)])
        assert work.quality.totals("orders", ACCEPTED) == (whole, rows)
        assert work.quality.totals("orders", QUARANTINED) == (whole,)
        assert work.quality.totals("customers", ACCEPTED) == ()
        work.quality.change_totals("orders", ACCEPTED, [])


def test_totals_that_become_empty_are_no_more(catalog: Catalog) -> None:
    rows = RuleTotals(rule="b", evaluated=100, unexpected=3, passed=1)
    with catalog.unit_of_work() as work:
        work.quality.change_totals("orders", ACCEPTED, [rows])
        work.quality.change_totals("orders", ACCEPTED, [RuleTotals(rule="b").plus(rows, -1)])
        assert work.quality.totals("orders", ACCEPTED) == ()
        work.quality.change_totals("orders", ACCEPTED, [RuleTotals(rule="b", passed=1)])
        assert work.quality.totals("orders", ACCEPTED) == (RuleTotals(rule="b", passed=1),)


def test_totals_can_be_forgotten(catalog: Catalog) -> None:
    one = RuleTotals(rule="a", passed=1)
    with catalog.unit_of_work() as work:
        for dataset in ("orders", "customers"):
            work.quality.change_totals(dataset, ACCEPTED, [one])
            work.quality.change_totals(dataset, QUARANTINED, [one])
        work.quality.reset_totals("orders")
        work.quality.reset_totals("nothing")
        assert work.quality.totals("orders", ACCEPTED) == work.quality.totals("orders", QUARANTINED) == ()
        assert work.quality.totals("customers", ACCEPTED) == (one,)


def test_a_dataset_s_score_is_stored_once_per_request(catalog: Catalog) -> None:
    event = DatasetRegistered(aggregate_id="orders", contract_version="1")
    with catalog.unit_of_work() as work:
        assert work.quality.latest_score("orders") is None
        assert work.quality.add_score(dataset_score(), [event])
        assert not work.quality.add_score(dataset_score(value=1.0), [event])
        assert work.quality.add_score(dataset_score("run-2", value=50.0, score=NO_SCORE))
    with catalog.unit_of_work() as work:
        assert work.quality.latest_score("orders") == dataset_score("run-2", score=NO_SCORE)
        assert work.quality.latest_score("nothing") is None
    assert len(catalog.recorded()) == 1


def test_outdated_are_counted(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        for number, entry in enumerate(work.assets.save_all(many(5))):
            judged = work.assets.save(entry.registered(EXAMINATION).scored(SCORE, Verdict.WARN))
            work.quality.add(validation(judged.id, plan_hash="a" if number < 3 else "b"))
        assert work.quality.count_outdated("orders", "b") == 3
        assert work.quality.count_outdated("orders", "a") == 2
        assert work.quality.count_outdated("customers", "a") == 0
        assert work.quality.count_outdated("nothing", "a") == 0


def test_a_plan_is_kept_as_it_was_first_said(catalog: Catalog) -> None:
    plan = Plan.of(ORDERS)
    with catalog.unit_of_work() as work:
        work.datasets.keep_plan("orders", plan)
    with catalog.unit_of_work() as work:
        work.datasets.keep_plan("orders", replace(plan, rules=()))
        with pytest.raises(NotFound, match="nothing"):
            work.datasets.keep_plan("nothing", plan)
    (kept,) = catalog.reader().plans("orders")
    assert kept.is_present
    assert kept.definition == plan
    assert catalog.reader().plans("customers") == []


def keep_and_fail(work: UnitOfWork) -> None:
    work.datasets.keep_plan("orders", Plan.of(ORDERS))
    work.datasets.get("nothing")


def test_a_plan_kept_in_a_part_that_was_undone_is_kept_again(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        with pytest.raises(NotFound), work.savepoint():
            keep_and_fail(work)
        work.datasets.keep_plan("orders", Plan.of(ORDERS))
    assert [view.hash for view in catalog.reader().plans("orders")] == [ORDERS.plan_hash]


def test_plans_come_newest_first_and_those_never_kept_have_no_definition(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        work.quality.add_score(dataset_score("run-1", plan_hash="older"))
        work.datasets.keep_plan("orders", Plan.of(ORDERS))
    with pytest.raises(NotFound, match="nothing"):
        catalog.reader().plans("nothing")
    present, older = catalog.reader().plans("orders")
    assert (present.hash, older.hash) == (ORDERS.plan_hash, "older")
    assert older.definition is None
    assert not older.is_present
