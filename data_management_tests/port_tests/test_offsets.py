"""How far consumers of datasets have come, and that one of a name works at a time."""

from datetime import datetime, timedelta

import pytest

from data_management.application.file_changes import FileChanges
from data_management.domain.models import DataCatalogEntry, OffsetMove, Prunable, Verdict
from data_management.errors import Conflict, InvalidInput, NotFound, Pruned, Stale
from data_management_tests.fakes import NOON
from data_management_tests.port_tests.conftest import Catalog
from data_management_tests.port_tests.examples import AFTER_LEASE, EXAMINATION, LEASE, SCORE
from data_management_tests.port_tests.test_accepted_files import accepted, save

BEFORE_LEASE_ENDS = LEASE - timedelta(seconds=1)


def open_as(
    catalog: Catalog, holder: str = "p1", now: datetime = NOON, until: datetime = LEASE, consumer: str = "clean"
) -> int:
    with catalog.unit_of_work() as work:
        return work.offsets.open("orders", consumer, holder, now, until)


def move(
    catalog: Catalog,
    before: int,
    to: int,
    *,
    head: int | None = None,
    holder: str | None = "p1",
    now: datetime = NOON,
    consumer: str = "clean",
) -> None:
    with catalog.unit_of_work() as work:
        work.offsets.move(OffsetMove("orders", consumer, before, to, to if head is None else head, holder), now)


def unseen(catalog: Catalog, limit: int | None = None, consumer: str = "clean") -> FileChanges:
    return catalog.reader().unseen_files("orders", consumer, limit)


def names(changes: FileChanges) -> tuple[list[str], list[str]]:
    return [file.name for file in changes.accepted], [file.name for file in changes.withdrawn]


def consumed(catalog: Catalog, limit: int | None = None, consumer: str = "clean") -> tuple[list[str], list[str]]:
    """A whole consumption: what it was given."""
    open_as(catalog, consumer=consumer)
    changes = unseen(catalog, limit, consumer)
    move(catalog, changes.after, changes.to, head=changes.head, consumer=consumer)
    return names(changes)


def prune(catalog: Catalog) -> int:
    """All that ended until now."""
    with catalog.unit_of_work() as work:
        return work.retention.prune(Prunable.ASSETS, NOON + timedelta(days=1), 0, 100).removed


def quarantined(catalog: Catalog, entry: DataCatalogEntry) -> DataCatalogEntry:
    return save(catalog, entry.scored(SCORE, Verdict.FAIL, "bad"))[0]


def test_a_new_consumer_stands_at_the_beginning(catalog: Catalog) -> None:
    accepted(catalog, "a.csv", "b.csv")
    assert names(unseen(catalog)) == (["a.csv", "b.csv"], [])
    assert open_as(catalog) == 0


def test_what_was_done_is_not_given_again(catalog: Catalog) -> None:
    first, _ = accepted(catalog, "a.csv", "b.csv")
    assert consumed(catalog) == (["a.csv", "b.csv"], [])
    assert consumed(catalog) == ([], [])
    accepted(catalog, "c.csv")
    save(catalog, first.removed())
    assert consumed(catalog) == (["c.csv"], ["a.csv"])
    assert open_as(catalog) == 4


def test_each_consumer_comes_on_by_itself(catalog: Catalog) -> None:
    accepted(catalog, "a.csv")
    assert consumed(catalog) == (["a.csv"], [])
    assert consumed(catalog, consumer="report") == (["a.csv"], [])


def test_what_was_not_done_is_given_again(catalog: Catalog) -> None:
    accepted(catalog, "a.csv")
    open_as(catalog)
    with catalog.unit_of_work() as work:
        assert work.offsets.release("orders", "clean", "p1")
        assert not work.offsets.release("orders", "clean", "p1")
    assert open_as(catalog, "p2") == 0
    assert names(unseen(catalog)) == (["a.csv"], [])


def test_two_processes_do_not_work_as_one_consumer(catalog: Catalog) -> None:
    accepted(catalog, "a.csv")
    open_as(catalog)
    with pytest.raises(Conflict, match="'clean' is at work in another process"):
        open_as(catalog, "p2", BEFORE_LEASE_ENDS)
    assert open_as(catalog, "p2", AFTER_LEASE, AFTER_LEASE + timedelta(minutes=1)) == 0
    with pytest.raises(Conflict, match="'clean'"):
        move(catalog, 0, 1, now=AFTER_LEASE)
    move(catalog, 0, 1, holder="p2", now=AFTER_LEASE)
    assert open_as(catalog, "p3", AFTER_LEASE, AFTER_LEASE + timedelta(minutes=1)) == 1


def test_a_sign_of_life_extends_the_lease_of_who_holds_it(catalog: Catalog) -> None:
    open_as(catalog)
    with catalog.unit_of_work() as work:
        assert work.offsets.renew("orders", "clean", "p1", AFTER_LEASE + timedelta(minutes=1))
        assert not work.offsets.renew("orders", "clean", "p2", AFTER_LEASE + timedelta(minutes=9))
        assert not work.offsets.renew("orders", "other", "p1", AFTER_LEASE)
    with pytest.raises(Conflict):
        open_as(catalog, "p2", AFTER_LEASE)
    move(catalog, 0, 0)
    with catalog.unit_of_work() as work:
        assert not work.offsets.renew("orders", "clean", "p1", AFTER_LEASE)


def test_who_overslept_may_finish_where_nobody_else_began(catalog: Catalog) -> None:
    accepted(catalog, "a.csv")
    open_as(catalog)
    move(catalog, 0, 1, now=AFTER_LEASE)
    assert consumed(catalog) == ([], [])


def test_a_move_that_is_repeated_changes_nothing(catalog: Catalog) -> None:
    accepted(catalog, "a.csv")
    open_as(catalog)
    move(catalog, 0, 1)
    move(catalog, 0, 1)
    with pytest.raises(Conflict):
        move(catalog, 0, 1, holder="p2")


def test_a_consumer_without_a_lease_moves_by_compare_and_set(catalog: Catalog) -> None:
    accepted(catalog, "a.csv", "b.csv")
    move(catalog, 0, 1, holder=None, consumer="remote")
    with pytest.raises(Conflict, match="'remote' of dataset 'orders' is at position 1, not at 0"):
        move(catalog, 0, 2, holder=None, consumer="remote")
    move(catalog, 1, 2, holder=None, consumer="remote")
    open_as(catalog, consumer="remote")
    with pytest.raises(Conflict):
        move(catalog, 2, 2, holder=None, consumer="remote", now=BEFORE_LEASE_ENDS)
    move(catalog, 2, 2, holder=None, consumer="remote", now=AFTER_LEASE)


@pytest.mark.parametrize(("before", "to", "head"), [(0, 2, 2), (1, 0, 1), (-1, 1, 1), (0, 1, 0)])
def test_positions_that_make_no_sense_are_refused(catalog: Catalog, before: int, to: int, head: int) -> None:
    accepted(catalog, "a.csv")
    open_as(catalog)
    with pytest.raises(InvalidInput, match="'clean' cannot move"):
        move(catalog, before, to, head=head)


def test_a_file_that_was_withdrawn_for_a_time_is_not_given_again(catalog: Catalog) -> None:
    (entry,) = accepted(catalog, "a.csv")
    consumed(catalog)
    bad = quarantined(catalog, entry)
    save(catalog, bad.scored(SCORE, Verdict.PASS))
    changes = unseen(catalog)
    assert (names(changes), changes.to) == (([], []), 3)
    assert consumed(catalog) == ([], [])


def test_a_file_that_is_back_is_given_to_who_was_told_that_it_was_withdrawn(catalog: Catalog) -> None:
    (entry,) = accepted(catalog, "a.csv")
    consumed(catalog)
    bad = quarantined(catalog, entry)
    assert consumed(catalog) == ([], ["a.csv"])
    save(catalog, bad.scored(SCORE, Verdict.PASS))
    assert consumed(catalog) == (["a.csv"], [])


def test_a_file_that_a_limited_look_passed_while_it_was_withdrawn_is_not_lost_when_it_is_back(catalog: Catalog) -> None:
    first, *_ = accepted(catalog, "a.csv", "b.csv", "c.csv")
    bad = quarantined(catalog, first)
    assert consumed(catalog, limit=1) == (["b.csv"], [])
    save(catalog, bad.scored(SCORE, Verdict.PASS))
    given, withdrawn = consumed(catalog)
    assert given == ["c.csv", "a.csv"]
    assert withdrawn == ["a.csv"]


def test_a_limited_look_is_gone_on_with(catalog: Catalog) -> None:
    accepted(catalog, "a.csv", "b.csv", "c.csv")
    assert consumed(catalog, limit=2) == (["a.csv", "b.csv"], [])
    assert consumed(catalog, limit=2) == (["c.csv"], [])
    assert consumed(catalog, limit=2) == ([], [])


def test_consumers_are_listed_with_what_is_behind_them(catalog: Catalog) -> None:
    accepted(catalog, "a.csv", "b.csv")
    consumed(catalog, limit=1)
    open_as(catalog, consumer="report")
    with catalog.unit_of_work() as work:
        work.offsets.open("customers", "clean", "p1", NOON, LEASE)
    listed = [
        (view.dataset, view.name, view.position, view.behind, view.working_until)
        for view in catalog.reader().consumers()
    ]
    assert listed == [
        ("customers", "clean", 0, 0, LEASE),
        ("orders", "clean", 1, 1, None),
        ("orders", "report", 0, 2, LEASE),
    ]
    assert [view.name for view in catalog.reader().consumers("orders")] == ["clean", "report"]
    assert [view.dataset for view in catalog.reader().consumers(name="clean")] == ["customers", "orders"]
    with pytest.raises(NotFound):
        catalog.reader().consumers("nobody")


def test_a_consumer_is_set_back_and_forth(catalog: Catalog) -> None:
    accepted(catalog, "a.csv", "b.csv")
    consumed(catalog)
    with catalog.unit_of_work() as work:
        assert work.offsets.reset("orders", "clean", 1, NOON) == 1
    assert consumed(catalog) == (["b.csv"], [])
    with catalog.unit_of_work() as work:
        work.offsets.reset("orders", "clean", 0, NOON)
        assert work.offsets.reset("orders", "clean", None, NOON) == 2
        with pytest.raises(InvalidInput, match="has come to position 2"):
            work.offsets.reset("orders", "clean", 3, NOON)
        with pytest.raises(NotFound, match="no consumer 'nobody'"):
            work.offsets.reset("orders", "nobody", 0, NOON)
    assert consumed(catalog) == ([], [])


def test_a_consumer_is_forgotten(catalog: Catalog) -> None:
    accepted(catalog, "a.csv")
    consumed(catalog)
    with catalog.unit_of_work() as work:
        work.offsets.forget("orders", "clean", NOON)
        with pytest.raises(NotFound):
            work.offsets.forget("orders", "clean", NOON)
    assert consumed(catalog) == (["a.csv"], [])


def test_a_consumer_at_work_is_neither_reset_nor_forgotten(catalog: Catalog) -> None:
    open_as(catalog)
    with catalog.unit_of_work() as work:
        with pytest.raises(Conflict, match="at work"):
            work.offsets.reset("orders", "clean", 0, BEFORE_LEASE_ENDS)
        with pytest.raises(Conflict, match="at work"):
            work.offsets.forget("orders", "clean", BEFORE_LEASE_ENDS)
        work.offsets.forget("orders", "clean", AFTER_LEASE)


@pytest.mark.parametrize("dataset", ["nobody"])
def test_an_unknown_dataset_has_no_consumers(catalog: Catalog, dataset: str) -> None:
    with catalog.unit_of_work() as work:
        with pytest.raises(NotFound):
            work.offsets.open(dataset, "clean", "p1", NOON, LEASE)
        with pytest.raises(NotFound):
            work.offsets.move(OffsetMove(dataset, "clean", 0, 0, 0), NOON)
    with pytest.raises(NotFound):
        catalog.reader().unseen_files(dataset, "clean")


def test_a_consumer_of_a_renamed_dataset_goes_on(catalog: Catalog) -> None:
    accepted(catalog, "a.csv")
    consumed(catalog)
    with catalog.unit_of_work() as work:
        work.datasets.rename("orders", "sales")
    accepted(catalog, "b.csv", dataset="sales")
    assert names(catalog.reader().unseen_files("sales", "clean")) == (["b.csv"], [])


def test_what_a_consumer_has_still_to_be_told_is_not_pruned(catalog: Catalog) -> None:
    first, second, _ = accepted(catalog, "a.csv", "b.csv", "last.csv")
    consumed(catalog)
    consumed(catalog, consumer="report")
    save(catalog, first.removed(), second.removed())
    consumed(catalog, consumer="report")
    assert prune(catalog) == 0
    assert consumed(catalog) == ([], ["a.csv", "b.csv"])
    assert prune(catalog) == 2


def test_a_consumer_that_has_seen_nothing_holds_nothing_back(catalog: Catalog) -> None:
    first, _ = accepted(catalog, "a.csv", "last.csv")
    open_as(catalog)
    save(catalog, first.removed())
    assert prune(catalog) == 1
    assert consumed(catalog) == (["last.csv"], [])


def test_a_forgotten_consumer_holds_nothing_back(catalog: Catalog) -> None:
    first, _ = accepted(catalog, "a.csv", "last.csv")
    consumed(catalog)
    save(catalog, first.removed())
    with catalog.unit_of_work() as work:
        work.offsets.forget("orders", "clean", NOON)
    assert prune(catalog) == 1


def test_who_stands_before_what_was_pruned_is_told_so(catalog: Catalog) -> None:
    first, _ = accepted(catalog, "a.csv", "last.csv")
    save(catalog, first.removed())
    prune(catalog)
    for after in (1, 2):
        with pytest.raises(Pruned, match="withdrawn up to position 3 are pruned"):
            catalog.reader().file_changes("orders", after)
    assert names(catalog.reader().file_changes("orders", 0)) == (["last.csv"], [])
    assert names(catalog.reader().file_changes("orders", 3)) == ([], [])
    open_as(catalog)
    move(catalog, 0, 3)
    with catalog.unit_of_work() as work, pytest.raises(InvalidInput, match="up to position 3 are pruned"):
        work.offsets.reset("orders", "clean", 2, NOON)


def test_who_could_not_be_told_of_a_withdrawal_begins_again(catalog: Catalog) -> None:
    first, _ = accepted(catalog, "a.csv", "last.csv")
    open_as(catalog)
    changes = unseen(catalog)
    save(catalog, first.removed())
    prune(catalog)
    with pytest.raises(Conflict, match="pruned"):
        move(catalog, changes.after, changes.to, head=changes.head)
    assert names(unseen(catalog)) == (["last.csv"], [])


def test_positions_go_on_when_everything_is_pruned(catalog: Catalog) -> None:
    first, _ = accepted(catalog, "a.csv", "b.csv")
    save(catalog, first.removed())
    prune(catalog)
    (entry,) = accepted(catalog, "c.csv")
    changes = catalog.reader().file_changes("orders", 3)
    assert [(file.id, file.position) for file in changes.accepted] == [(entry.id, 4)]
    assert EXAMINATION.columns == changes.accepted[0].columns


def test_where_a_consumer_stands_is_told_before_it_is_changed(catalog: Catalog) -> None:
    accepted(catalog, "a.csv", "b.csv")
    with catalog.unit_of_work() as work:
        assert work.offsets.standing("orders", "clean") is None
    move(catalog, 0, 1, head=2, holder=None)
    with catalog.unit_of_work() as work:
        assert work.offsets.standing("orders", "clean") == 1
        with pytest.raises(NotFound):
            work.offsets.standing("nobody", "clean")


def test_a_move_from_where_it_does_not_stand_is_stale(catalog: Catalog) -> None:
    accepted(catalog, "a.csv", "b.csv")
    move(catalog, 0, 1, head=2, holder=None)
    with pytest.raises(Stale, match="is at position 1, not at 0"):
        move(catalog, 0, 2, holder=None)
