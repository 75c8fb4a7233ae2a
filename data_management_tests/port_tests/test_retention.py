"""What is forgotten of the past, and what never is."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from data_management.application.messaging import Delivery, Destination
from data_management.application.ports import AuditFilter
from data_management.domain.models import AssetCounts, AuditRecord, DataCatalogEntry, Outcome, Prunable, Verdict
from data_management.errors import NotFound
from data_management_tests.fakes import NOON
from data_management_tests.port_tests.conftest import Catalog
from data_management_tests.port_tests.examples import (
    CHECKS,
    EXAMINATION,
    SCORE,
    arrived,
    dataset_score,
    many,
    validation,
)

LATER = NOON + timedelta(days=100)
AFTER_NOON = NOON + timedelta(seconds=1)


def prune(catalog: Catalog, what: Prunable, before: datetime = AFTER_NOON, most: int = 1000) -> int:
    """All steps, each in a unit of work of its own; how much, which is what was foretold."""
    foretold = catalog.reader().prunable(before)[what]
    removed, after = 0, 0
    while True:
        with catalog.unit_of_work() as work:
            step = work.retention.prune(what, before, after, most)
        assert step.removed <= most
        removed += step.removed
        if step.next is None:
            break
        after = step.next
    assert removed == foretold
    assert catalog.reader().prunable(before)[what] == 0
    return removed


def judged(catalog: Catalog, count: int, dataset: str = "orders") -> list[DataCatalogEntry]:
    with catalog.unit_of_work() as work:
        saved = [
            work.assets.save(entry.registered(EXAMINATION).scored(SCORE, Verdict.WARN))
            for entry in work.assets.save_all(many(count, dataset))
        ]
        for entry in saved:
            work.quality.add(validation(entry.id, dataset=dataset))
    return saved


@pytest.mark.parametrize("most", [1, 2, 1000])
def test_superseded_and_removed_data_assets_go_with_their_validations(catalog: Catalog, most: int) -> None:
    entries = judged(catalog, 6)
    with catalog.unit_of_work() as work:
        work.assets.save(entries[0].superseded())
        work.assets.save_all([entry.removed() for entry in entries[1:4]])
    assert prune(catalog, Prunable.ASSETS, most=most) == 4
    left = [asset.id for asset in catalog.reader().assets(current_only=False).assets]
    assert left == [entry.id for entry in entries[4:]]
    assert catalog.reader().validations(left[0]).validations[0].checks == CHECKS
    with pytest.raises(NotFound):
        catalog.reader().validations(entries[0].id)
    with catalog.unit_of_work() as work:
        assert work.assets.counts("orders") == AssetCounts(accepted=2, rows=200)


def test_a_data_asset_counts_from_its_end_and_not_from_its_arrival(catalog: Catalog) -> None:
    first, second, _ = judged(catalog, 3)
    with catalog.unit_of_work() as work:
        work.assets.save(first.removed())
    catalog.clock.advance(days=10)
    with catalog.unit_of_work() as work:
        work.assets.save(second.removed())
    assert prune(catalog, Prunable.ASSETS, NOON + timedelta(days=5)) == 1
    assert prune(catalog, Prunable.ASSETS, NOON + timedelta(days=20)) == 1


def test_the_last_one_ever_accepted_stays_for_new_files_are_compared_with_it(catalog: Catalog) -> None:
    entries = judged(catalog, 3)
    other = judged(catalog, 1, "customers")
    with catalog.unit_of_work() as work:
        work.assets.save_all([entry.removed() for entry in [*entries, *other]])
    assert prune(catalog, Prunable.ASSETS, most=1) == 2
    with catalog.unit_of_work() as work:
        assert work.assets.last_columns("orders") == EXAMINATION.columns
        assert work.assets.last_columns("customers") == EXAMINATION.columns
    assert catalog.reader().classifications("orders") == EXAMINATION.classifications


def test_arrivals_that_were_superseded_go_too(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        (entry,) = work.assets.save_all([arrived()])
        work.arrivals.open([entry])
        work.assets.save(entry.superseded())
    assert prune(catalog, Prunable.ASSETS) == 1
    with catalog.unit_of_work() as work:
        assert work.arrivals.pending("orders", LATER).count == 0


@pytest.mark.parametrize("most", [1, 1000])
def test_checks_of_all_but_the_last_validation_go_and_scores_stay(catalog: Catalog, most: int) -> None:
    first, second = judged(catalog, 2)
    with catalog.unit_of_work() as work:
        for number in range(2, 5):
            work.quality.add(validation(first.id, f"run-{number}"))
        work.quality.add(validation(second.id, "run-2", at=LATER))
    assert prune(catalog, Prunable.CHECKS, most=most) == 4
    views = catalog.reader().validations(first.id).validations
    assert [view.checks for view in views] == [CHECKS, (), (), ()]
    assert [view.is_pruned for view in views] == [False, True, True, True]
    assert {view.score for view in views} == {SCORE}
    with catalog.unit_of_work() as work:
        assert work.quality.current_checks([first.id], "plan-a") == {first.id: CHECKS}


def test_checks_made_since_stay(catalog: Catalog) -> None:
    (entry,) = judged(catalog, 1)
    with catalog.unit_of_work() as work:
        work.quality.add(validation(entry.id, "run-2"))
    assert prune(catalog, Prunable.CHECKS, NOON) == 0


def with_events(catalog: Catalog, count: int, positions: int) -> list[Delivery]:
    """Events of which the first few have positions, and the destination "a" that stands before them; the deliveries of those."""
    with catalog.unit_of_work() as work:
        work.outbox.destination("a")
        work.assets.save_all(many(count))
        work.outbox.assign_positions(positions)
        return [Delivery(event) for event in work.outbox.after(0, count)]


@pytest.mark.parametrize("most", [1, 2, 1000])
def test_events_that_every_destination_took_go_and_those_without_a_position_stay(catalog: Catalog, most: int) -> None:
    with_events(catalog, 6, positions=4)
    recorded = catalog.recorded()
    with catalog.unit_of_work() as work:
        work.outbox.advance(Destination("a", 4), [])
    assert prune(catalog, Prunable.EVENTS, NOON) == 0
    assert prune(catalog, Prunable.EVENTS, most=most) == 4
    assert catalog.recorded() == recorded[4:]


def test_events_that_a_destination_has_still_to_take_stay(catalog: Catalog) -> None:
    with_events(catalog, 4, positions=4)
    recorded = catalog.recorded()
    with catalog.unit_of_work() as work:
        work.outbox.destination("b")
        work.outbox.advance(Destination("b", 4), [])
    assert prune(catalog, Prunable.EVENTS) == 0
    with catalog.unit_of_work() as work:
        work.outbox.advance(Destination("a", 3), [])
    assert prune(catalog, Prunable.EVENTS) == 3
    assert catalog.recorded() == recorded[3:]


def test_events_that_wait_for_another_try_and_dead_letters_stay(catalog: Catalog) -> None:
    first, second, third, _ = with_events(catalog, 4, positions=4)
    recorded = catalog.recorded()
    dead = replace(first, attempts=20, reason="refused", died_at=NOON)
    with catalog.unit_of_work() as work:
        work.outbox.advance(Destination("a", 4), [dead, replace(third, attempts=1, not_before=NOON, reason="down")])
    assert prune(catalog, Prunable.EVENTS, most=1) == 2
    assert catalog.recorded() == [recorded[0], recorded[2]]
    with catalog.unit_of_work() as work:
        (due,) = work.outbox.due("a", NOON, 10)
        assert due.event == third.event
        work.outbox.settle(Destination("a", 4), [due], [], NOON)
        assert work.outbox.retry_dead(NOON) == 1
        assert [each.event for each in work.outbox.due("a", NOON, 10)] == [first.event]
    assert second.event not in catalog.reader().events(0)
    assert prune(catalog, Prunable.EVENTS) == 1


def test_positions_and_cursors_go_on_when_all_events_are_pruned(catalog: Catalog) -> None:
    with_events(catalog, 3, positions=3)
    with catalog.unit_of_work() as work:
        work.outbox.advance(Destination("a", 3), [])
        work.consumers.move("reports", 0, 2, NOON)
    assert prune(catalog, Prunable.EVENTS) == 3
    assert catalog.reader().last_events() == []
    assert catalog.reader().consumer_position("reports") == 2
    (destination,) = catalog.reader().destinations()
    assert (destination.behind, destination.waiting, destination.dead) == (0, 0, 0)
    with catalog.unit_of_work() as work:
        work.assets.save(arrived("new.csv"))
        assert work.outbox.assign_positions(10) == 1
        assert [event.position for event in work.outbox.after(3, 10)] == [4]
        assert work.outbox.destination("later") == Destination("later", 4)
    assert [event.position for event in catalog.reader().events(2)] == [4]


@pytest.mark.parametrize("most", [1, 1000])
def test_of_old_scores_the_last_of_each_day_stays(catalog: Catalog, most: int) -> None:
    hours = (0, 1, 2, 13, 14, 36, 240)
    with catalog.unit_of_work() as work:
        for hour in hours:
            work.quality.add_score(dataset_score(f"{hour}", value=float(hour), at=NOON + timedelta(hours=hour)))
        work.quality.add_score(dataset_score("0", dataset="customers"))
    assert prune(catalog, Prunable.SCORES, NOON + timedelta(days=5), most) == 3
    assert [point.score.value for point in catalog.reader().scores("orders").points] == [240.0, 36.0, 14.0, 2.0]
    assert len(catalog.reader().scores("customers").points) == 1


def test_scores_of_days_that_are_not_old_stay(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        for hour in range(3):
            work.quality.add_score(dataset_score(f"{hour}", at=NOON + timedelta(hours=hour)))
    assert prune(catalog, Prunable.SCORES, NOON + timedelta(hours=1, minutes=30)) == 1


@pytest.mark.parametrize("most", [1, 2, 1000])
def test_old_records_of_the_audit_go_and_ids_go_on(catalog: Catalog, most: int) -> None:
    with catalog.unit_of_work() as work:
        work.access.record([_audited(NOON + timedelta(hours=hour)) for hour in range(5)])
    assert prune(catalog, Prunable.AUDIT, NOON + timedelta(hours=3), most) == 3
    left = catalog.reader().audit_records(AuditFilter()).records
    assert [record.at for record in left] == [NOON + timedelta(hours=4), NOON + timedelta(hours=3)]
    assert prune(catalog, Prunable.AUDIT, LATER, most) == 2
    with catalog.unit_of_work() as work:
        work.access.record([_audited(LATER)])
    assert [record.id > left[0].id for record in catalog.reader().audit_records(AuditFilter()).records] == [True]


def test_how_much_of_the_audit_is_old_is_told_by_a_moment_of_its_own(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        work.access.record([_audited(NOON), _audited(LATER)])
    reader = catalog.reader()
    told = [reader.prunable(NOON)[Prunable.AUDIT], reader.prunable(NOON, LATER)[Prunable.AUDIT]]
    assert [*told, reader.prunable(LATER, NOON)[Prunable.AUDIT]] == [0, 1, 0]


def _audited(at: datetime) -> AuditRecord:
    return AuditRecord(at, "user/ann", "dataset.retire", "dataset/orders", Outcome.DONE)


def test_what_is_old_is_found_behind_much_that_is_not(catalog: Catalog) -> None:
    (entry,) = judged(catalog, 1)
    with catalog.unit_of_work() as work:
        for number in range(60):
            work.quality.add(validation(entry.id, f"young-{number}", at=LATER))
        for number in range(3):
            work.quality.add(validation(entry.id, f"old-{number}"))
    assert prune(catalog, Prunable.CHECKS, most=2) == 3
