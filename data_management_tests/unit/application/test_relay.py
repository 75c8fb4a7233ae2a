"""The relay over fakes: what it delivers, in which order, and what it does when a destination fails."""

import json
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from data_management.application.messaging import CloudEvent, Destination, NotPublished
from data_management.application.ports import Deadline
from data_management.application.services import EventRelay, RelayPolicy, RelayState
from data_management.infrastructure.messaging.encoding import envelope_of, event_of
from data_management_tests.fakes import NOON, FakePublisher
from data_management_tests.fakes.messaging import FakeOutboxRepository
from data_management_tests.unit.application.relaying import DOWN, Relaying, in_order


def test_every_event_is_delivered_once_in_order() -> None:
    relaying = Relaying()
    (asset_id,) = relaying.arrive("a.csv")
    relaying.score(asset_id)
    report = relaying.tick()
    assert relaying.told() == ["DataAssetArrived", "DataAssetRegistered", "DataQualityUpdated"]
    assert report.positioned == 3
    (destination,) = report.destinations
    assert (destination.state, destination.delivered) == (RelayState.DONE, 3)
    assert relaying.tick().destinations[0].delivered == 0
    assert len(relaying.publisher.published) == 3


def test_the_envelope_is_a_cloud_event() -> None:
    relaying = Relaying()
    (asset_id,) = relaying.arrive("a.csv")
    relaying.tick()
    (event,) = relaying.publisher.published
    envelope = json.loads(json.dumps(envelope_of(event)))
    assert envelope == {
        "specversion": "1.0",
        "id": event.id,
        "source": "/test",
        "type": "data_management.DataAssetArrived.v1",
        "subject": f"data_asset/{asset_id}",
        "time": "2026-01-01T12:00:00.000000Z",
        "datacontenttype": "application/json",
        "partitionkey": f"data_asset/{asset_id}",
        "sequence": "0000000000000000001",
        "aggregateversion": 1,
        "data": {
            "aggregate_id": asset_id,
            "dataset": "orders",
            "location": "file:///landing/orders/a.csv",
            "version_token": "v1",
        },
    }
    assert event_of(envelope) == event


def test_without_destinations_events_get_their_positions_all_the_same() -> None:
    relaying = Relaying()
    relaying.arrive("a.csv", "b.csv")
    alone = EventRelay(unit_of_work=relaying.unit_of_work, publishers=(), clock=relaying.clock)
    assert alone.tick().positioned == 2
    assert [event.position for event in relaying.catalog.reader().events(0)] == [1, 2]


def test_what_another_relay_gave_positions_is_delivered() -> None:
    relaying = Relaying()
    relaying.arrive("a.csv")
    EventRelay(unit_of_work=relaying.unit_of_work, publishers=(), clock=relaying.clock).tick()
    relaying.tick()
    assert relaying.told() == ["DataAssetArrived"]


def test_a_failing_event_holds_back_its_own_data_asset_alone() -> None:
    relaying = Relaying()
    bad, good = relaying.arrive("bad.csv", "good.csv")
    relaying.publisher.fails = lambda event: DOWN if event.subject.endswith(bad) else None
    relaying.score(bad)
    relaying.score(good)
    report = relaying.tick()
    assert {event.subject for event in relaying.publisher.published} == {f"data_asset/{good}"}
    assert (report.destinations[0].delivered, report.destinations[0].failed) == (3, 1)
    relaying.publisher.fails = lambda _: None
    relaying.arrive("later.csv")
    relaying.tick(seconds_later=60)
    assert len(relaying.publisher.published) == 7
    assert in_order(relaying.publisher.published)


def test_what_happens_to_a_held_back_data_asset_waits_behind_it() -> None:
    relaying = Relaying()
    (bad,) = relaying.arrive("bad.csv")
    relaying.publisher.fails = lambda _: DOWN
    relaying.tick()
    relaying.publisher.fails = lambda _: None
    relaying.score(bad)
    relaying.tick()
    assert relaying.told() == []
    relaying.tick(seconds_later=60)
    assert relaying.told() == ["DataAssetArrived", "DataAssetRegistered", "DataQualityUpdated"]


def test_waits_grow_from_failure_to_failure() -> None:
    relaying = Relaying()
    relaying.arrive("a.csv")
    tried_at: list[timedelta] = []

    def fail(_: CloudEvent) -> NotPublished:
        tried_at.append(relaying.clock() - NOON)
        return DOWN

    relaying.publisher.fails = fail
    for _ in range(100):
        relaying.tick(seconds_later=1)
    waits = [(later - earlier).total_seconds() for earlier, later in pairwise(tried_at)]
    assert waits == [5, 10, 20, 40]


def test_an_event_that_fails_too_often_is_a_dead_letter_and_lets_others_pass() -> None:
    relaying = Relaying(policy=RelayPolicy(most_attempts=3, failures_before_pause=1000))
    (bad,) = relaying.arrive("bad.csv")
    relaying.publisher.fails = lambda event: DOWN if event.name == "DataAssetArrived" else None
    relaying.score(bad)
    reports = [relaying.tick(seconds_later=100).destinations[0] for _ in range(3)]
    assert [(report.failed, report.dead) for report in reports] == [(1, 0), (1, 0), (0, 1)]
    (letter,) = relaying.catalog.reader().dead_letters()
    assert (letter.delivery.attempts, letter.delivery.reason) == (3, "connection refused")
    assert relaying.told() == ["DataAssetRegistered", "DataQualityUpdated"]


def test_what_a_destination_never_takes_is_a_dead_letter_at_once() -> None:
    relaying = Relaying()
    (bad,) = relaying.arrive("bad.csv")
    relaying.score(bad)
    too_large = NotPublished("it is too large", forever=True)
    relaying.publisher.fails = lambda event: too_large if event.name == "DataAssetArrived" else None
    assert relaying.tick().destinations[0].dead == 1
    assert relaying.told() == ["DataAssetRegistered", "DataQualityUpdated"]


def test_a_lost_acknowledgement_repeats_the_event_with_its_id() -> None:
    relaying = Relaying()
    relaying.arrive("a.csv")
    relaying.publisher.lost = lambda _: True
    relaying.tick()
    relaying.publisher.lost = lambda _: False
    relaying.tick(seconds_later=60)
    first, second = relaying.publisher.published
    assert first == second


def test_a_destination_that_is_down_is_left_alone_for_a_while() -> None:
    relaying = Relaying(policy=RelayPolicy(failures_before_pause=2))
    relaying.publisher.most = 1
    calls: list[str] = []

    def fail(event: CloudEvent) -> NotPublished:
        calls.append(event.id)
        return DOWN

    relaying.publisher.fails = fail
    relaying.arrive(*(f"{number}.csv" for number in range(50)))
    assert relaying.tick().destinations[0].state is RelayState.PAUSED
    assert len(calls) == 2
    assert relaying.tick(seconds_later=1).destinations[0].state is RelayState.PAUSED
    assert len(calls) == 2
    relaying.tick(seconds_later=5)
    assert len(calls) == 3, "one more try, then a longer pause"
    relaying.publisher.fails = lambda _: None
    report = relaying.tick(seconds_later=100)
    assert (report.destinations[0].state, len(relaying.publisher.published)) == (RelayState.DONE, 50)


def test_one_destination_does_not_wait_for_another() -> None:
    down, up = FakePublisher("down:", fails=lambda _: DOWN), FakePublisher("up:")
    relaying = Relaying(down, up)
    (asset_id,) = relaying.arrive("a.csv")
    relaying.tick()
    relaying.score(asset_id)
    relaying.tick()
    assert relaying.told(up) == ["DataAssetArrived", "DataAssetRegistered", "DataQualityUpdated"]
    down.fails = lambda _: None
    relaying.tick(seconds_later=60)
    assert relaying.told(down) == relaying.told(up)
    assert len(up.published) == 3


def test_a_tick_stops_when_its_time_is_up_and_the_next_goes_on() -> None:
    relaying = Relaying()
    relaying.publisher.most = 1

    def slow(_: CloudEvent) -> None:
        relaying.clock.advance(seconds=1)

    relaying.publisher.fails = slow
    ids = relaying.arrive(*(f"{number}.csv" for number in range(10)))
    relaying.score(ids[9])
    report = relaying.relay.tick(Deadline.after(4, relaying.clock.ticks))
    assert (report.destinations[0].state, report.destinations[0].delivered) == (RelayState.BEHIND, 4)
    assert report.is_behind
    assert relaying.tick().destinations[0].delivered == 8
    assert len(set(relaying.publisher.ids)) == 12
    assert in_order(relaying.publisher.published)


def test_a_relay_that_is_killed_between_sending_and_storing_repeats_with_the_same_ids() -> None:
    relaying = Relaying()
    relaying.publisher.most = 2
    relaying.arrive(*(f"{number}.csv" for number in range(10)))

    def interrupt(_: CloudEvent) -> None:
        if len(relaying.publisher.published) == 5:
            relaying.publisher.fails = lambda _: None
            raise KeyboardInterrupt

    relaying.publisher.fails = interrupt
    with pytest.raises(KeyboardInterrupt):
        relaying.tick()
    assert len(relaying.publisher.published) == 5
    relaying.tick()
    assert len(set(relaying.publisher.ids)) == 10
    assert len(relaying.publisher.ids) == 11, "the one whose acknowledgement was on its way"
    assert relaying.catalog.state.leases == {}


def test_two_relays_do_not_serve_one_destination_at_once() -> None:
    relaying = Relaying()
    other = EventRelay(
        unit_of_work=relaying.unit_of_work, publishers=[FakePublisher()], clock=relaying.clock, source="/other"
    )
    states: list[RelayState] = []

    def meanwhile(_: CloudEvent) -> None:
        states.append(other.tick().destinations[0].state)

    relaying.publisher.fails = meanwhile
    relaying.arrive("a.csv", "b.csv")
    relaying.tick()
    assert states == [RelayState.BUSY, RelayState.BUSY]
    assert other.tick().destinations[0].state is RelayState.DONE


def test_a_relay_that_was_taken_for_dead_stores_nothing() -> None:
    relaying = Relaying()
    others = FakePublisher()
    other = EventRelay(unit_of_work=relaying.unit_of_work, publishers=[others], clock=relaying.clock)

    def sleep_too_long(_: CloudEvent) -> NotPublished:
        relaying.publisher.fails = lambda _: DOWN
        relaying.clock.advance(seconds=61)
        other.tick()
        return DOWN

    relaying.publisher.fails = sleep_too_long
    relaying.arrive("a.csv")
    assert relaying.tick().destinations[0].state is RelayState.BUSY
    assert relaying.told(others) == ["DataAssetArrived"]
    assert relaying.catalog.state.deliveries == {}


def test_how_far_a_destination_is_counts_from_when_it_was_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Postgres another relay may end its turn between two statements of ours."""
    relaying = Relaying()
    relaying.arrive("a.csv", "b.csv", "c.csv")
    claim = FakeOutboxRepository.claim

    def after_another_s_turn(outbox: FakeOutboxRepository, destination: str, *lease: Any) -> bool:
        outbox.advance(Destination(destination, 2), [])
        return claim(outbox, destination, *lease)

    monkeypatch.setattr(FakeOutboxRepository, "claim", after_another_s_turn)
    relaying.tick()
    assert [event.sequence[-1] for event in relaying.publisher.published] == ["3"]


def test_a_mistake_in_a_publisher_is_a_failure_of_what_it_was_given() -> None:
    broken, other = FakePublisher("broken:"), FakePublisher("other:")
    relaying = Relaying(broken, other)

    def break_down(_: CloudEvent) -> None:
        raise ValueError("canary")

    broken.fails = break_down
    relaying.arrive("a.csv")
    report = relaying.tick()
    assert [(each.failed, each.delivered) for each in report.destinations] == [(1, 0), (0, 1)]
    (delivery,) = relaying.catalog.state.deliveries.values()
    assert delivery.reason == "broken: failed by a mistake of data-management (ValueError); the log has it"


def test_a_long_turn_keeps_its_lease() -> None:
    relaying = Relaying()
    relaying.publisher.most = 1

    def slow(_: CloudEvent) -> None:
        relaying.clock.advance(seconds=15)

    relaying.publisher.fails = slow
    relaying.arrive(*(f"{number}.csv" for number in range(20)))
    assert relaying.tick().destinations[0].delivered == 20


def test_a_dead_letter_that_is_tried_again_is_delivered() -> None:
    relaying = Relaying()
    (bad,) = relaying.arrive("bad.csv")
    relaying.publisher.fails = lambda _: NotPublished("no", forever=True)
    relaying.tick()
    relaying.publisher.fails = lambda _: None
    with relaying.unit_of_work() as work:
        assert work.outbox.retry_dead(relaying.clock()) == 1
    relaying.score(bad)
    relaying.tick()
    assert relaying.told() == ["DataAssetArrived", "DataAssetRegistered", "DataQualityUpdated"]
