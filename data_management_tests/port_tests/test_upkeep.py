"""Datasets that retire and come back, data assets of which only a tombstone is left."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from data_management.application.messaging import Delivery, Destination
from data_management.application.ports import Search
from data_management.domain.events import DataAssetRejected, DatasetRegistered, DatasetRenamed, DatasetRetired
from data_management.domain.models import (
    AssetStatus,
    Check,
    DataCatalogEntry,
    DataLocation,
    Plan,
    Prunable,
    RuleScope,
    RuleTotals,
    Verdict,
)
from data_management.errors import Conflict, NotFound
from data_management_tests.fakes import NOON
from data_management_tests.port_tests.conftest import Catalog
from data_management_tests.port_tests.examples import (
    CHECKS,
    EXAMINATION,
    ORDERS,
    SCORE,
    arrived,
    dataset_score,
    validation,
)

HERE = DataLocation("file:///landing/orders/a.csv")


def judged(catalog: Catalog, name: str = "a.csv", token: str = "v1", dataset: str = "orders") -> DataCatalogEntry:
    with catalog.unit_of_work() as work:
        saved = work.assets.save(arrived(name, token, dataset))
        saved = work.assets.save(saved.registered(EXAMINATION).scored(SCORE, Verdict.WARN))
        work.quality.add(validation(saved.id, dataset=dataset, checks=(*CHECKS[:2], QUOTING)))
    return saved


LATER = NOON + timedelta(days=1)
QUOTING = replace(CHECKS[2], error="'Ann' is no number", samples=("Ann",))


def test_a_dataset_retires_once_and_comes_back(catalog: Catalog) -> None:
    retired = [DatasetRetired(aggregate_id="orders")]
    with catalog.unit_of_work() as work:
        assert work.datasets.retire("orders", NOON, retired)
        assert not work.datasets.retire("orders", NOON + timedelta(days=1), retired)
        assert not work.datasets.retire("nothing", NOON, retired)
    assert catalog.reader().dataset("orders").retired_at == NOON
    assert {view.name: view.retired_at for view in catalog.reader().datasets()} == {"customers": None, "orders": NOON}
    assert catalog.recorded() == [("orders", 2, 0, "DatasetRetired")]
    with catalog.unit_of_work() as work:
        assert work.datasets.restore("orders")
        assert not work.datasets.restore("orders")
        assert not work.datasets.restore("nothing")
    assert catalog.reader().dataset("orders").retired_at is None


def test_every_version_at_a_location_is_found_in_all_datasets(catalog: Catalog) -> None:
    first = judged(catalog)
    with catalog.unit_of_work() as work:
        work.assets.save(first.superseded())
    second = judged(catalog, token="v2")
    judged(catalog, "b.csv")
    with catalog.unit_of_work() as work:
        other = work.assets.save(DataCatalogEntry.arrived(replace(arrived(dataset="customers").asset, location=HERE)))
        assert [entry.id for entry in work.assets.all_at(HERE)] == [first.id, second.id, other.id]
        assert work.assets.all_at(DataLocation("file:///landing/orders/none.csv")) == []


def test_a_tombstone_says_who_erased_it_and_when_and_nothing_that_it_held(catalog: Catalog) -> None:
    entry = judged(catalog)
    with catalog.unit_of_work() as work:
        work.assets.erase(entry.erased("ann@example.com", NOON))
    view = catalog.reader().asset(entry.id)
    assert (view.status, view.erased_by, view.erased_at) == (AssetStatus.REMOVED, "ann@example.com", NOON)
    assert (view.location, view.score, view.row_count) == (HERE.uri, SCORE, 100)
    assert (view.columns, view.profile, view.notes, view.reading, view.classifications) == (None, (), (), {}, ())
    assert (view.reason, view.content_sha256) == (None, None)
    with catalog.unit_of_work() as work:
        assert work.assets.current_at("orders", [HERE]) == {}
        assert work.assets.get(entry.id).is_erased


def test_stored_checks_keep_their_counts_and_nothing_that_they_quote(catalog: Catalog) -> None:
    entry = judged(catalog)
    with catalog.unit_of_work() as work:
        work.quality.add(validation(entry.id, "run-2", checks=(QUOTING,)))
        work.assets.erase(entry.erased("ann", NOON))
    last, first = catalog.reader().validations(entry.id).validations
    erased = [check for view in (first, last) for check in view.checks]
    assert [(check.evaluated, check.unexpected, check.errored) for check in erased] == [
        (100, 1, False),
        (None, None, False),
        (None, None, True),
        (None, None, True),
    ]
    blank: list[Check] = [replace(check, observed=None, samples=(), error=None) for check in erased]
    assert [replace(check, error=None) for check in erased] == blank
    assert {check.error for check in erased} == {None, "erased"}


def test_columns_of_a_tombstone_are_not_what_new_files_are_compared_with(catalog: Catalog) -> None:
    older, newer = judged(catalog), judged(catalog, "b.csv")
    other = replace(EXAMINATION, columns=EXAMINATION.columns[:1], classifications=())
    with catalog.unit_of_work() as work:
        newer = work.assets.save(newer.registered(other).scored(SCORE, Verdict.WARN))
        assert work.assets.last_columns("orders") == other.columns
    with catalog.unit_of_work() as work:
        work.assets.erase(newer.erased("ann", NOON))
        assert work.assets.last_columns("orders") == EXAMINATION.columns
        assert work.assets.get(older.id).columns == EXAMINATION.columns


def test_its_name_goes_where_it_shall(catalog: Catalog) -> None:
    entry = judged(catalog)
    with catalog.unit_of_work() as work:
        saved = work.assets.erase(entry.erased("ann", NOON, with_name=True))
        assert saved.is_nameless
        assert work.assets.all_at(HERE) == []
        assert work.assets.get(entry.id).asset.location.uri == f"file:///landing/orders/erased-{entry.id}"
    assert catalog.reader().asset(entry.id).location.endswith(f"/erased-{entry.id}")


def test_a_tombstone_made_of_an_older_version_of_the_entry_is_a_conflict(catalog: Catalog) -> None:
    entry = judged(catalog)
    with catalog.unit_of_work() as work:
        work.assets.save(entry.removed())
    with catalog.unit_of_work() as work, pytest.raises(Conflict, match="read it again"):
        work.assets.erase(entry.erased("ann", NOON))


def test_tombstones_are_never_pruned(catalog: Catalog) -> None:
    entry, _ = judged(catalog), judged(catalog, "b.csv")
    with catalog.unit_of_work() as work:
        work.assets.erase(entry.erased("ann", NOON))
    later = NOON + timedelta(days=1)
    assert catalog.reader().prunable(later)[Prunable.ASSETS] == 0
    with catalog.unit_of_work() as work:
        assert work.retention.prune(Prunable.ASSETS, later, 0, 10).removed == 0
        assert work.assets.get(entry.id).is_erased


def test_the_definition_is_the_one_registered_last(catalog: Catalog) -> None:
    assert catalog.reader().definition("customers").contract_id == "sales"
    with pytest.raises(NotFound, match="nothing"):
        catalog.reader().definition("nothing")


def test_an_event_that_quotes_what_a_file_held_is_blanked(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        entry = work.assets.save(work.assets.save(arrived()).rejected("line 3: 'Ann' has no telephone number"))
        work.assets.erase(entry.erased("ann", NOON))
    assert [row[3] for row in catalog.recorded()] == ["DataAssetArrived", "DataAssetRejected", "DataAssetErased"]
    assert [told["reason"] for told in catalog.payloads(DataAssetRejected)] == ["erased"]


def test_what_is_still_to_be_delivered_and_dead_letters_are_blanked_too(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        work.outbox.destination("a")
        entry = work.assets.save(work.assets.save(arrived()).rejected("line 3: 'Ann' has no telephone number"))
        work.outbox.assign_positions(10)
        first, second = work.outbox.after(0, 10)
        dead = Delivery(second, 20, reason="refused", died_at=NOON)
        work.outbox.advance(Destination("a", second.position), [Delivery(first, 1, NOON, "down"), dead])
        work.assets.erase(entry.erased("ann", NOON, with_name=True))
    with catalog.unit_of_work() as work:
        (due,) = work.outbox.due("a", NOON, 10)
    (letter,) = catalog.reader().dead_letters()
    assert letter.delivery.event.data["reason"] == "erased"
    for event in (due.event, letter.delivery.event, *catalog.reader().events(0)):
        assert event.data["location"] == f"file:///landing/orders/erased-{entry.id}"
        assert "Ann" not in str(event.data)


def test_a_very_long_location_is_erased_as_any_other(catalog: Catalog) -> None:
    noise = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=6000))
    one, two = judged(catalog, f"{noise}/1.csv"), judged(catalog, f"{noise}/2.csv")
    with catalog.unit_of_work() as work:
        assert [entry.id for entry in work.assets.all_at(one.asset.location)] == [one.id]
        work.assets.erase(one.erased("ann", NOON))
        work.assets.erase(two.erased("ann", NOON, with_name=True))
    assert catalog.reader().asset(one.id).location == one.asset.location.uri
    assert catalog.reader().asset(two.id).location.endswith(f"{noise}/erased-{two.id}")
    with catalog.unit_of_work() as work:
        assert [entry.id for entry in work.assets.all_at(one.asset.location)] == [one.id]
        assert work.assets.all_at(two.asset.location) == []


def test_totals_that_are_the_sums_of_the_current_checks_pass_the_audit(catalog: Catalog) -> None:
    entries = [judged(catalog, f"{number}.csv") for number in range(3)]
    with catalog.unit_of_work() as work:
        work.datasets.save(replace(ORDERS, rules=()))
        plan = work.datasets.get("orders").plan_hash
        for entry in entries[:2]:
            work.quality.add(validation(entry.id, "run-2", plan_hash=plan))
        totals = [RuleTotals.of(check) for check in CHECKS]
        work.quality.change_totals("orders", AssetStatus.ACCEPTED, [each.plus(each) for each in totals])
    audit = catalog.reader().audit("orders")
    assert (audit.judged, audit.differences, audit.unfounded, audit.is_sound) == (3, (), (), True)
    assert catalog.reader().audit("customers").judged == 0
    with pytest.raises(NotFound, match="nothing"):
        catalog.reader().audit("nothing")


def test_an_audit_says_which_sums_differ(catalog: Catalog) -> None:
    entry = judged(catalog)
    stray = RuleTotals("gone", evaluated=5, unexpected=0, passed=1)
    with catalog.unit_of_work() as work:
        work.quality.add(validation(entry.id, "run-2", plan_hash=ORDERS.plan_hash, checks=CHECKS[:1]))
        work.quality.change_totals("orders", AssetStatus.QUARANTINED, [stray])
    audit = catalog.reader().audit("orders")
    assert [(each.status, each.stored, each.counted) for each in audit.differences] == [
        (AssetStatus.ACCEPTED, RuleTotals("id_not_null"), RuleTotals.of(CHECKS[0])),
        (AssetStatus.QUARANTINED, stray, RuleTotals("gone")),
    ]


def test_rules_over_the_whole_dataset_are_no_sums_and_not_audited(catalog: Catalog) -> None:
    whole = replace(ORDERS.rules[0], name="whole", scope=RuleScope.DATASET)
    with catalog.unit_of_work() as work:
        work.datasets.save(replace(ORDERS, rules=(whole,)))
        work.quality.change_totals("orders", AssetStatus.ACCEPTED, [RuleTotals("whole", passed=1)])
    assert catalog.reader().audit("orders").is_sound


def test_sums_of_which_nothing_is_left_agree_with_none(catalog: Catalog) -> None:
    entry = judged(catalog)
    errored, counted = QUOTING, replace(CHECKS[0], rule=QUOTING.rule)
    with catalog.unit_of_work() as work:
        work.quality.add(validation(entry.id, "run-2", plan_hash=ORDERS.plan_hash, checks=(errored,)))
        came, went = RuleTotals.of(counted), RuleTotals(counted.rule).plus(RuleTotals.of(counted), -1)
        for each in (came, RuleTotals.of(errored), went):
            work.quality.change_totals("orders", AssetStatus.ACCEPTED, [each])
    assert catalog.reader().audit("orders").is_sound


def test_a_judged_data_asset_without_a_validation_is_named(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        entry = work.assets.save(work.assets.save(arrived()).registered(EXAMINATION).scored(SCORE, Verdict.WARN))
    audit = catalog.reader().audit("orders")
    assert (audit.unfounded, audit.is_sound) == ((entry.id,), False)


def test_a_renamed_dataset_keeps_all_that_belongs_to_it(catalog: Catalog) -> None:
    entry = judged(catalog)
    with catalog.unit_of_work() as work:
        work.datasets.save(replace(ORDERS, object_id="o-1"), [DatasetRegistered("orders", "1.0.0")])
        work.arrivals.open([work.assets.save(arrived("b.csv"))])
        work.quality.add_score(dataset_score())
        work.datasets.keep_plan("orders", Plan.of(ORDERS))
        work.quality.change_totals("orders", AssetStatus.ACCEPTED, [RuleTotals("a", passed=1)])
    before = catalog.reader().dataset("orders")
    with catalog.unit_of_work() as work:
        assert work.datasets.find_by_object("sales", "o-1") == ORDERS
        work.datasets.rename("orders", "sales_orders", [DatasetRenamed("sales_orders", previous="orders")])
        assert work.datasets.get("sales_orders").object_id == "o-1"
        assert work.datasets.find("orders") is None
        assert work.assets.get(entry.id).asset.dataset == "sales_orders"
        assert work.arrivals.pending("sales_orders", LATER).count == 1
    renamed = catalog.reader().dataset("sales_orders")
    assert renamed == replace(before, name="sales_orders", version=before.version + 1)
    assert len(catalog.reader().scores("sales_orders").points) == 1
    assert {view.hash for view in catalog.reader().plans("sales_orders")} == {"plan-a", ORDERS.plan_hash}
    assert [row for row in catalog.recorded() if row[0] == "sales_orders"] == [
        ("sales_orders", 2, 0, "DatasetRegistered"),
        ("sales_orders", 3, 0, "DatasetRenamed"),
    ]


def test_events_of_a_renamed_dataset_that_wait_stay_in_their_order(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        work.outbox.destination("a")
        for number in range(3):
            work.datasets.save(ORDERS, [DatasetRegistered("orders", f"{number}.0.0")])
        work.outbox.assign_positions(10)
        first, second, third = work.outbox.after(0, 10)
        work.outbox.advance(Destination("a", 2), [Delivery(first, 1, NOON, "down"), Delivery(second)])
        (tried,) = work.outbox.due("a", NOON, 10)
    with catalog.unit_of_work() as work:
        work.datasets.rename("orders", "sales_orders", [DatasetRenamed("sales_orders", previous="orders")])
    with catalog.unit_of_work() as work:  # a relay had read its events before
        work.outbox.advance(Destination("a", 3), [Delivery(third)])
        assert work.outbox.held("a", ["dataset/orders", "dataset/sales_orders"]) == {"dataset/sales_orders"}
        for position in (1, 2, 3):
            work.outbox.settle(Destination("a", 3), [tried], [], NOON)
            due = work.outbox.due("a", NOON, 10)
            assert [each.event.position for each in due] == ([position + 1] if position < 3 else [])
            tried = due[0] if due else tried
            assert tried.event.subject == "dataset/sales_orders"


def test_the_name_that_a_dataset_had_can_be_another_s(catalog: Catalog) -> None:
    registered = DatasetRegistered("orders", "1.0.0")
    with catalog.unit_of_work() as work:
        work.datasets.save(ORDERS, [registered])
        work.datasets.rename("orders", "older", [DatasetRenamed("older", previous="orders")])
    with catalog.unit_of_work() as work:
        work.datasets.save(replace(ORDERS, contract_id="other"), [registered])
        work.datasets.save(replace(ORDERS, contract_id="other"), [registered])
    assert [view.name for view in catalog.reader().datasets()] == ["customers", "older", "orders"]


def test_a_dataset_cannot_take_the_name_of_another(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work, pytest.raises(Conflict, match="cannot be called 'customers', another one is"):
        work.datasets.rename("orders", "customers")
    with catalog.unit_of_work() as work, pytest.raises(NotFound, match="nothing"):
        work.datasets.rename("nothing", "something")
    assert [view.name for view in catalog.reader().datasets()] == ["customers", "orders"]


def test_a_schema_object_that_declared_nothing_is_not_found(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        work.datasets.save(replace(ORDERS, object_id="o-1"))
        assert work.datasets.find_by_object("sales", "o-2") is None
        assert work.datasets.find_by_object("other", "o-1") is None


def test_counting_anew_changes_nothing_that_is_right(catalog: Catalog) -> None:
    judged(catalog)
    judged(catalog, "b.csv")
    before = catalog.reader().dataset("orders")
    with catalog.unit_of_work() as work:
        work.assets.recount("orders")
        assert work.assets.counts("orders") == before.counts
    assert catalog.reader().dataset("orders") == before
    with pytest.raises(NotFound), catalog.unit_of_work() as work:
        work.assets.recount("nothing")


def test_what_searches_look_into_is_made_anew_from_the_columns_that_were_read_since(catalog: Catalog) -> None:
    judged(catalog)
    column = EXAMINATION.columns[-1].name
    with catalog.unit_of_work() as work:
        assert work.datasets.rebuild_search() == ("orders",)
        assert work.datasets.rebuild_search() == ()
    assert "orders" in {hit.name for hit in catalog.reader().search(Search(column)).hits}
