"""What the fakes promise beyond their ports."""

import pytest

from data_management.application.ports import Changed, ExaminationRequest, Examined, Unreadable
from data_management.domain.models import DataLocation
from data_management.errors import Unavailable
from data_management_tests.fakes import NOON, FakeCatalog, FakeClock, FakeQualityEngine
from data_management_tests.port_tests.examples import EXAMINATION, ORDERS, arrived

A, B = (DataLocation(f"file:///landing/{name}.csv") for name in "ab")


def request(key: str, location: DataLocation = A) -> ExaminationRequest:
    return ExaminationRequest(key=key, locations=(location,))


def test_outcomes_are_found_by_key_uri_or_name_and_carry_the_request_s_key() -> None:
    engine = FakeQualityEngine({"1": "broken", A.uri: EXAMINATION, "b.csv": Changed("whatever")}, otherwise="unknown")
    requests = [request("1"), request("2"), request("3", B), request("4", DataLocation("file:///c"))]
    assert list(engine.examine(requests)) == [
        Unreadable("1", "broken"),
        Examined("2", EXAMINATION),
        Changed("3"),
        Unreadable("4", "unknown"),
    ]
    assert [each.key for each in engine.requests] == ["1", "2", "3", "4"]


def test_outcomes_can_be_made_by_a_callable_and_can_be_raised() -> None:
    engine = FakeQualityEngine(lambda asked: Unavailable("down") if asked.key == "2" else EXAMINATION)
    outcomes = engine.examine([request("1"), request("2")])
    assert next(outcomes) == Examined("1", EXAMINATION)
    with pytest.raises(Unavailable, match="down"):
        next(outcomes)


def test_an_outcome_that_was_forgotten_is_a_mistake_of_the_test() -> None:
    with pytest.raises(AssertionError, match="no outcome"):
        list(FakeQualityEngine().examine([request("1")]))


def test_a_catalog_begins_as_it_is_told() -> None:
    known, queued = arrived("a.csv"), arrived("b.csv")
    catalog = FakeCatalog([ORDERS], entries=[known], arrived=[queued])
    with catalog.unit_of_work() as work:
        assert [entry.version for entry in work.assets.get_many([known.id, queued.id])] == [1, 1]
        assert work.arrivals.pending("orders", NOON).count == 1
    assert catalog.events == []


def test_a_thread_that_would_wait_for_itself_is_told() -> None:
    catalog = FakeCatalog()
    with catalog.unit_of_work(), pytest.raises(AssertionError, match="open already"), catalog.unit_of_work():
        pass


def test_a_clock_stands_still_until_it_is_told() -> None:
    clock = FakeClock()
    assert clock() == clock()
    clock.advance(seconds=90)
    assert (clock() - NOON).total_seconds() == 90
