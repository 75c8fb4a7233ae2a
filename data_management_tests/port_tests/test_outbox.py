"""Events, their positions, and where they were delivered."""

from datetime import timedelta

import pytest

from data_management.application.messaging import Delivery, Destination, RecordedEvent
from data_management.application.ports import UnitOfWork
from data_management.domain.models import Verdict
from data_management.errors import NotFound
from data_management_tests.fakes import NOON
from data_management_tests.port_tests.conftest import Catalog
from data_management_tests.port_tests.examples import AFTER_LEASE, EXAMINATION, LEASE, SCORE, many

LATER = NOON + timedelta(hours=1)


def record(catalog: Catalog, files: int = 1) -> list[str]:
    """Three events for each file, without positions yet; the files' ids."""
    with catalog.unit_of_work() as work:
        entries = work.assets.save_all(many(files))
        for entry in entries:
            work.assets.save(entry.registered(EXAMINATION).scored(SCORE, Verdict.PASS))
    return [entry.id for entry in entries]


def positioned(catalog: Catalog, files: int = 1) -> tuple[RecordedEvent, ...]:
    """The same, with positions; and the destination "a" stands before them."""
    with catalog.unit_of_work() as work:
        work.outbox.destination("a")
    record(catalog, files)
    with catalog.unit_of_work() as work:
        work.outbox.assign_positions(1000)
        return work.outbox.after(0, 1000)


def waiting(event: RecordedEvent, minutes: float | None = None) -> Delivery:
    """An event that waits until `minutes` past noon; without, behind another."""
    if minutes is None:
        return Delivery(event)
    return Delivery(event, attempts=1, not_before=NOON + timedelta(minutes=minutes), reason="down")


def due(work: UnitOfWork, minutes: float = 0) -> list[int]:
    return [each.event.position for each in work.outbox.due("a", NOON + timedelta(minutes=minutes), 100)]


def test_positions_are_gap_free_in_the_order_of_what_happened(catalog: Catalog) -> None:
    (asset_id,) = record(catalog)
    with catalog.unit_of_work() as work:
        assert work.outbox.after(0, 10) == ()
        assert [work.outbox.assign_positions(2), work.outbox.assign_positions(2)] == [2, 1]
        assert work.outbox.assign_positions(2) == 0
        events = work.outbox.after(0, 10)
        assert work.outbox.last_position() == 3
    assert [event.position for event in events] == [1, 2, 3]
    assert [event.type for event in events] == ["DataAssetArrived", "DataAssetRegistered", "DataQualityUpdated"]
    assert {event.subject for event in events} == {f"data_asset/{asset_id}"}
    assert [(event.aggregate_version, event.ordinal) for event in events] == [(1, 0), (2, 0), (2, 1)]
    assert events[2].data["verdict"] == "pass"
    assert catalog.reader().events(after=1, limit=1) == [events[1]]
    assert catalog.reader().last_events(limit=2) == [events[1], events[2]]


def test_positions_of_a_transaction_that_failed_are_given_again(catalog: Catalog) -> None:
    def fail() -> None:
        with catalog.unit_of_work() as work:
            assert work.outbox.assign_positions(10) == 3
            raise NotFound("on purpose")

    record(catalog)
    with pytest.raises(NotFound):
        fail()
    with catalog.unit_of_work() as work:
        assert work.outbox.last_position() == 0
        assert work.outbox.assign_positions(10) == 3
        assert work.outbox.last_position() == 3


def test_a_dataset_s_events_are_about_it(catalog: Catalog) -> None:
    from data_management.domain.events import DatasetRegistered
    from data_management_tests.port_tests.examples import ORDERS

    with catalog.unit_of_work() as work:
        work.datasets.save(ORDERS, [DatasetRegistered("orders", "1.0.0")])
        work.outbox.assign_positions(10)
        (event,) = work.outbox.after(0, 10)
    assert (event.subject, event.data) == ("dataset/orders", {"contract_version": "1.0.0"})


def test_a_new_destination_begins_with_what_happens_next(catalog: Catalog) -> None:
    record(catalog)
    with catalog.unit_of_work() as work:
        assert work.outbox.destination("a") == Destination("a", 0)
        work.outbox.assign_positions(10)
        assert work.outbox.destination("b") == Destination("b", 3)
        assert work.outbox.destination("a") == Destination("a", 0)


def test_a_destination_is_served_by_one_relay_until_its_lease_runs_out(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        assert not work.outbox.claim("a", "one", NOON, LEASE), "it is not known yet"
        work.outbox.destination("a")
        work.outbox.destination("b")
        assert work.outbox.claim("a", "one", NOON, LEASE)
        assert not work.outbox.claim("a", "two", NOON, LEASE)
        assert work.outbox.claim("b", "two", NOON, LEASE)
        assert work.outbox.renew("a", "one", LEASE)
        assert not work.outbox.renew("a", "two", LEASE)
    with catalog.unit_of_work() as work:
        assert work.outbox.claim("a", "two", AFTER_LEASE, AFTER_LEASE + timedelta(minutes=1))
        assert not work.outbox.renew("a", "one", LEASE)
        work.outbox.release("a", "one")
        assert not work.outbox.claim("a", "one", AFTER_LEASE, LATER)
        work.outbox.release("a", "two")
        assert work.outbox.claim("a", "one", AFTER_LEASE, LATER)


def test_an_event_that_waits_holds_back_its_own_subject_alone(catalog: Catalog) -> None:
    first, second, *_ = events = positioned(catalog, 2)
    with catalog.unit_of_work() as work:
        work.outbox.advance(Destination("a", 2, 1, LATER), [waiting(first, 5)])
    with catalog.unit_of_work() as work:
        assert work.outbox.destination("a") == Destination("a", 2, 1, LATER)
        assert work.outbox.held("a", {event.subject for event in events}) == {first.subject}
        assert work.outbox.held("b", {first.subject}) == frozenset()
        assert work.outbox.held("a", [second.subject]) == frozenset()
        assert due(work, 4) == []
        (delivery,) = work.outbox.due("a", NOON + timedelta(minutes=5), 10)
    assert delivery == waiting(first, 5)


def test_those_that_wait_longest_are_tried_first(catalog: Catalog) -> None:
    events = positioned(catalog, 3)
    with catalog.unit_of_work() as work:
        work.outbox.advance(Destination("a", 9), [waiting(events[0], 3), waiting(events[1], 1), waiting(events[2], 2)])
        assert due(work, 9) == [2, 3, 1]
        assert [each.event.position for each in work.outbox.due("a", LATER, 2)] == [2, 3]


def test_after_a_delivery_the_next_of_its_subject_is_due(catalog: Catalog) -> None:
    arrival, *others = positioned(catalog)
    with catalog.unit_of_work() as work:
        work.outbox.advance(Destination("a", 3), [waiting(arrival, 5), *map(waiting, others)])
        assert due(work, 9) == [1]
        work.outbox.settle(Destination("a", 3), work.outbox.due("a", LATER, 9), [], LATER)
    with catalog.unit_of_work() as work:
        (delivery,) = work.outbox.due("a", LATER, 9)
        assert (delivery.event.position, delivery.attempts) == (2, 0)
        work.outbox.settle(Destination("a", 3), [delivery], [], LATER)
        work.outbox.settle(Destination("a", 3), work.outbox.due("a", LATER, 9), [], LATER)
        assert work.outbox.held("a", [arrival.subject]) == frozenset()


def test_a_failed_attempt_is_remembered(catalog: Catalog) -> None:
    arrival, *_ = positioned(catalog)
    with catalog.unit_of_work() as work:
        work.outbox.advance(Destination("a", 1), [waiting(arrival, 1)])
        again = Delivery(arrival, attempts=2, not_before=LATER, reason="still dówn")
        work.outbox.settle(Destination("a", 1, 2, LATER), [], [again], LATER)
    with catalog.unit_of_work() as work:
        assert work.outbox.due("a", LATER, 9) == (again,)
        assert work.outbox.destination("a").failures == 2


def test_a_dead_letter_holds_nothing_back_and_can_be_tried_again(catalog: Catalog) -> None:
    arrival, second, third = positioned(catalog)
    dead = Delivery(arrival, attempts=9, reason="it is too large", died_at=NOON)
    with catalog.unit_of_work() as work:
        work.outbox.advance(Destination("a", 3), [waiting(arrival, 1), waiting(second), waiting(third)])
        work.outbox.settle(Destination("a", 3), [], [dead], LATER)
    (letter,) = catalog.reader().dead_letters()
    assert (letter.destination, letter.delivery) == ("a", dead)
    with catalog.unit_of_work() as work:
        assert [each.event.position for each in work.outbox.due("a", LATER, 9)] == [2]
        assert work.outbox.retry_dead(NOON, "nonsense") == 0
        assert work.outbox.retry_dead(NOON, arrival.id) == 1
        assert work.outbox.due("a", NOON, 9) == (Delivery(arrival, 0, NOON),), "alone: the others wait behind it again"
        assert work.outbox.retry_dead(NOON) == 0
    assert catalog.reader().dead_letters() == []


def test_what_is_delivered_first_is_dead_with_the_event_alone(catalog: Catalog) -> None:
    arrival, *_ = positioned(catalog)
    with catalog.unit_of_work() as work:
        work.outbox.advance(Destination("a", 1), [Delivery(arrival, attempts=1, reason="no", died_at=NOON)])
        assert work.outbox.held("a", [arrival.subject]) == frozenset()
        assert work.outbox.retry_dead(NOON) == 1
        assert due(work) == [1]


def test_destinations_tell_how_far_they_are(catalog: Catalog) -> None:
    first, second, third = positioned(catalog)
    with catalog.unit_of_work() as work:
        work.outbox.destination("b")
        work.outbox.advance(
            Destination("a", 2), [Delivery(first, 3, reason="no", died_at=NOON), waiting(second, 1), waiting(third)]
        )
    a, b = catalog.reader().destinations()
    assert (a.destination.name, a.behind, a.waiting, a.dead) == ("a", 1, 2, 1)
    assert (b.destination.name, b.behind, b.waiting, b.dead) == ("b", 0, 0, 0)


def test_a_destination_is_forgotten_with_what_waits_for_it(catalog: Catalog) -> None:
    first, *_ = positioned(catalog)
    with catalog.unit_of_work() as work:
        work.outbox.advance(Destination("a", 1), [waiting(first, 1)])
        work.outbox.forget("a")
        with pytest.raises(NotFound, match="'a'"):
            work.outbox.forget("a")
    assert catalog.reader().destinations() == []
    with catalog.unit_of_work() as work:
        assert work.outbox.destination("a").position == 3
        assert due(work, 9) == []
