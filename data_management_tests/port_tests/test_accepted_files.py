"""What consumers of a dataset are given: what became accepted, and what is so no more."""

from contextlib import suppress
from dataclasses import replace

import pytest

from data_management.application.file_changes import DatasetFile
from data_management.application.ports import UnitOfWork
from data_management.domain.models import DataCatalogEntry, DataLocation, Verdict, VersionToken, Withdrawal
from data_management.errors import InvalidInput, NotFound
from data_management_tests.fakes import NOON
from data_management_tests.port_tests.conftest import Catalog
from data_management_tests.port_tests.examples import EXAMINATION, SCORE, arrived, many

Change = tuple[int, str, Withdrawal | None]


def accepted(catalog: Catalog, *names: str, dataset: str = "orders") -> list[DataCatalogEntry]:
    """Each in a transaction of its own."""
    found = []
    for name in names:
        with catalog.unit_of_work() as work:
            (entry,) = work.assets.save_all([arrived(name, dataset=dataset)])
            found.append(work.assets.save(entry.registered(EXAMINATION).scored(SCORE, Verdict.WARN)))
    return found


def save(catalog: Catalog, *entries: DataCatalogEntry) -> list[DataCatalogEntry]:
    with catalog.unit_of_work() as work:
        return work.assets.save_all(entries)


def told(catalog: Catalog, after: int = 0, limit: int | None = None, dataset: str = "orders") -> list[Change]:
    changes = catalog.reader().file_changes(dataset, after, limit)
    return sorted(map(_change, [*changes.accepted, *changes.withdrawn]))


def _change(file: DatasetFile) -> Change:
    return file.position, file.name, file.withdrawn


def test_files_are_given_in_the_order_in_which_they_were_accepted(catalog: Catalog) -> None:
    accepted(catalog, "b.csv", "a.csv", "c.csv")
    assert told(catalog) == [(1, "b.csv", None), (2, "a.csv", None), (3, "c.csv", None)]
    assert told(catalog, after=2) == [(3, "c.csv", None)]
    assert told(catalog, after=3) == []


def test_a_file_says_where_it_is_and_what_it_holds(catalog: Catalog) -> None:
    (entry,) = accepted(catalog, "a.csv")
    (file,) = catalog.reader().file_changes("orders", 0).accepted
    assert file == DatasetFile(
        id=entry.id,
        dataset="orders",
        position=1,
        uri="file:///landing/orders/a.csv",
        version_token="v1",
        size_bytes=10,
        row_count=100,
        columns=EXAMINATION.columns,
        verdict=Verdict.WARN,
        arrived_at=NOON,
        content_sha256=EXAMINATION.content_sha256,
    )


def test_an_object_says_how_this_version_of_it_is_read(catalog: Catalog) -> None:
    entry = arrived("a.csv")
    asset = replace(
        entry.asset, location=DataLocation("s3://bucket/a%20b.csv"), version_token=VersionToken("12-1700000000-abc")
    )
    with catalog.unit_of_work() as work:
        (entry,) = work.assets.save_all([replace(entry, asset=asset)])
        work.assets.save(entry.registered(EXAMINATION).scored(SCORE, Verdict.WARN))
    (file,) = catalog.reader().file_changes("orders", 0).accepted
    assert file.object_request == {"Bucket": "bucket", "Key": "a b.csv", "IfMatch": '"abc"'}


def test_each_dataset_counts_for_itself(catalog: Catalog) -> None:
    accepted(catalog, "a.csv")
    accepted(catalog, "b.csv", dataset="customers")
    assert told(catalog) == [(1, "a.csv", None)]
    assert told(catalog, dataset="customers") == [(1, "b.csv", None)]


def test_what_waits_is_quarantined_or_cannot_be_read_is_not_given(catalog: Catalog) -> None:
    first, second, third, _ = save(catalog, *many(4))
    save(
        catalog,
        first.registered(EXAMINATION),
        second.registered(EXAMINATION).scored(SCORE, Verdict.FAIL, "bad"),
        third.rejected("no CSV"),
    )
    assert told(catalog) == []
    assert catalog.reader().file_changes("orders", 0).head == 0


@pytest.mark.parametrize("why", list(Withdrawal))
def test_a_file_that_is_accepted_no_more_is_withdrawn(catalog: Catalog, why: Withdrawal) -> None:
    entry, _ = accepted(catalog, "a.csv", "b.csv")
    with catalog.unit_of_work() as work:
        match why:
            case Withdrawal.SUPERSEDED:
                work.assets.save(entry.superseded())
            case Withdrawal.REMOVED:
                work.assets.save(entry.removed())
            case Withdrawal.QUARANTINED:
                work.assets.save(entry.scored(SCORE, Verdict.FAIL, "bad"))
            case Withdrawal.REJECTED:
                work.assets.save(entry.rejected("damaged"))
            case Withdrawal.ERASED:
                work.assets.erase(entry.erased("ann", NOON))
            case Withdrawal.RETIRED:
                work.datasets.retire("orders", NOON)
    assert (3, "a.csv", why) in told(catalog, after=2)
    changes = catalog.reader().file_changes("orders", 2)
    assert [file.id for file in changes.withdrawn][:1] == [entry.id]


def test_a_file_that_came_and_went_meanwhile_is_not_given(catalog: Catalog) -> None:
    first, second = accepted(catalog, "a.csv", "b.csv")
    save(catalog, first.removed(), second.scored(SCORE, Verdict.FAIL, "bad"))
    assert told(catalog) == []
    assert told(catalog, after=1) == [(3, "a.csv", Withdrawal.REMOVED)]
    assert told(catalog, after=2) == [(3, "a.csv", Withdrawal.REMOVED), (4, "b.csv", Withdrawal.QUARANTINED)]
    assert told(catalog, after=3) == [(4, "b.csv", Withdrawal.QUARANTINED)]


def test_a_newer_version_is_another_file(catalog: Catalog) -> None:
    (old,) = accepted(catalog, "a.csv")
    with catalog.unit_of_work() as work:
        _, new = work.assets.save_all([old.superseded(), arrived("a.csv", "v2")])
        work.assets.save(new.registered(EXAMINATION).scored(SCORE, Verdict.PASS))
    changes = catalog.reader().file_changes("orders", 1)
    assert [file.id for file in changes.withdrawn] == [old.id]
    assert [(file.id, file.version_token) for file in changes.accepted] == [(new.id, "v2")]


def test_a_file_that_is_judged_again_and_stays_accepted_changes_nothing(catalog: Catalog) -> None:
    (entry,) = accepted(catalog, "a.csv")
    (again,) = save(catalog, entry.registered(EXAMINATION))
    assert told(catalog) == [(1, "a.csv", None)]
    save(catalog, again.scored(SCORE, Verdict.PASS))
    assert told(catalog) == [(1, "a.csv", None)]
    assert told(catalog, after=1) == []


def test_a_file_that_is_back_is_given_again(catalog: Catalog) -> None:
    (entry,) = accepted(catalog, "a.csv")
    (bad,) = save(catalog, entry.scored(SCORE, Verdict.FAIL, "bad"))
    save(catalog, bad.scored(SCORE, Verdict.PASS))
    assert told(catalog) == [(3, "a.csv", None)]
    assert told(catalog, after=1) == [(2, "a.csv", Withdrawal.QUARANTINED), (3, "a.csv", None)]
    assert told(catalog, after=2) == [(3, "a.csv", None)]


def test_a_retired_dataset_that_is_declared_again_gives_its_files_anew(catalog: Catalog) -> None:
    entries = accepted(catalog, "a.csv", "b.csv")
    accepted(catalog, "other.csv", dataset="customers")
    with catalog.unit_of_work() as work:
        assert work.datasets.retire("orders", NOON)
        assert not work.datasets.retire("orders", NOON)
    assert told(catalog) == []
    assert told(catalog, dataset="customers") == [(1, "other.csv", None)]
    with catalog.unit_of_work() as work:
        assert work.datasets.restore("orders")
        assert not work.datasets.restore("orders")
    assert told(catalog) == [(5, "a.csv", None), (6, "b.csv", None)]
    save(catalog, entries[0].removed())
    assert told(catalog, after=6) == [(7, "a.csv", Withdrawal.REMOVED)]


def test_a_renamed_dataset_goes_on_counting(catalog: Catalog) -> None:
    accepted(catalog, "a.csv")
    with catalog.unit_of_work() as work:
        work.datasets.rename("orders", "sales")
    accepted(catalog, "b.csv", dataset="sales")
    assert told(catalog, dataset="sales") == [(1, "a.csv", None), (2, "b.csv", None)]


def test_positions_have_no_gaps_where_a_transaction_was_undone(catalog: Catalog) -> None:
    class Stop(Exception):
        pass

    def accept_in_vain(work: UnitOfWork, name: str) -> None:
        (entry,) = work.assets.save_all([arrived(name)])
        work.assets.save(entry.registered(EXAMINATION).scored(SCORE, Verdict.PASS))
        raise Stop

    accepted(catalog, "a.csv")
    with suppress(Stop), catalog.unit_of_work() as work:
        accept_in_vain(work, "b.csv")
    with catalog.unit_of_work() as work, suppress(Stop), work.savepoint():
        accept_in_vain(work, "c.csv")
    accepted(catalog, "d.csv")
    assert told(catalog) == [(1, "a.csv", None), (2, "d.csv", None)]


def test_a_page_ends_where_its_limit_is_and_the_next_goes_on_there(catalog: Catalog) -> None:
    entries = accepted(catalog, "a.csv", "b.csv", "c.csv", "d.csv")
    save(catalog, entries[0].removed())
    after, seen, ends = 1, [], []
    while True:
        changes = catalog.reader().file_changes("orders", after, 2)
        seen += [_change(file) for file in (*changes.accepted, *changes.withdrawn)]
        ends.append(changes.to)
        after = changes.to
        if changes.is_complete:
            break
    assert ends == [3, 5]
    assert seen == [(2, "b.csv", None), (3, "c.csv", None), (4, "d.csv", None), (5, "a.csv", Withdrawal.REMOVED)]


def test_an_erased_name_is_known_by_its_id(catalog: Catalog) -> None:
    (entry,) = accepted(catalog, "ann.smith.csv")
    with catalog.unit_of_work() as work:
        work.assets.erase(entry.erased("ann", NOON, with_name=True))
    (file,) = catalog.reader().file_changes("orders", 1).withdrawn
    assert (file.id, file.name, file.columns) == (entry.id, f"erased-{entry.id}", ())


@pytest.mark.parametrize("after", [-1, 2])
def test_a_position_that_the_dataset_has_not_come_to_is_refused(catalog: Catalog, after: int) -> None:
    accepted(catalog, "a.csv")
    with pytest.raises(InvalidInput, match=rf"'orders' has come to position 1, not to {after}"):
        catalog.reader().file_changes("orders", after)


def test_an_unknown_dataset_and_a_look_without_room_are_refused(catalog: Catalog) -> None:
    with pytest.raises(NotFound, match="'nobody'"):
        catalog.reader().file_changes("nobody", 0)
    with pytest.raises(InvalidInput, match="no room"):
        catalog.reader().file_changes("orders", 0, 0)


def test_a_long_and_hostile_location_comes_back_as_it_is(catalog: Catalog) -> None:
    location = DataLocation("file:///landing/" + "%E6%BC%A2" * 900 + "/x'%22;--.csv")
    entry = arrived()
    entry = replace(entry, asset=replace(entry.asset, location=location, version_token=VersionToken("v\udcff\x00")))
    (saved,) = save(catalog, entry)
    save(catalog, saved.registered(EXAMINATION).scored(SCORE, Verdict.PASS))
    (file,) = catalog.reader().file_changes("orders", 0).accepted
    assert (file.location, file.version_token) == (location, "v\udcff\x00")
