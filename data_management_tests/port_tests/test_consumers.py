"""How far consumers of events have come."""

from datetime import timedelta

import pytest

from data_management.errors import Conflict
from data_management_tests.fakes import NOON
from data_management_tests.port_tests.conftest import Catalog


def test_a_new_consumer_stands_before_everything(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        assert work.consumers.position("report") == 0
    assert catalog.reader().consumer_position("report") == 0


def test_a_position_is_kept_for_each_consumer(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        work.consumers.move("report", 0, 5, NOON)
        work.consumers.move("report", 5, 7, NOON)
        work.consumers.move("other", 0, 1, NOON)
    with catalog.unit_of_work() as work:
        assert (work.consumers.position("report"), work.consumers.position("other")) == (7, 1)
    assert catalog.reader().consumer_position("report") == 7


@pytest.mark.parametrize("before", [0, 4, 6])
def test_two_processes_that_read_as_one_consumer_are_told(catalog: Catalog, before: int) -> None:
    with catalog.unit_of_work() as work:
        work.consumers.move("report", 0, 5, NOON)
        with pytest.raises(Conflict, match="'report'"):
            work.consumers.move("report", before, 9, NOON)
        assert work.consumers.position("report") == 5


def test_an_event_is_seen_once_by_each_consumer(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        assert not work.consumers.has_seen("report", "e1")
        assert work.consumers.mark_seen("report", "e1", NOON)
        assert not work.consumers.mark_seen("report", "e1", NOON + timedelta(days=1))
        assert work.consumers.mark_seen("other", "e1", NOON)
    with catalog.unit_of_work() as work:
        assert work.consumers.has_seen("report", "e1")
        assert not work.consumers.has_seen("report", "e2")
    assert catalog.reader().has_seen("report", "e1")
    assert not catalog.reader().has_seen("report", "e2")


def test_what_was_seen_long_ago_is_forgotten(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        work.consumers.mark_seen("report", "old", NOON)
        work.consumers.mark_seen("report", "new", NOON + timedelta(seconds=1))
        assert work.consumers.forget_seen(NOON + timedelta(seconds=1)) == 1
        assert not work.consumers.has_seen("report", "old")
        assert work.consumers.has_seen("report", "new")
