import random
from contextlib import suppress
from dataclasses import asdict, replace

import pytest

from data_management.domain.events import DatasetRegistered
from data_management.domain.models import AssetCounts, AssetStatus, Column, DataLocation, RuleTotals, Verdict
from data_management.errors import Conflict, NotFound
from data_management_tests.fakes import NOON
from data_management_tests.port_tests.conftest import Catalog
from data_management_tests.port_tests.examples import (
    CUSTOMERS,
    EXAMINATION,
    LEASE,
    NO_SCORE,
    SCORE,
    arrived,
    dataset_score,
    many,
    validation,
)

HOSTILE = [
    "it's.csv",
    'say "hi".csv',
    "'; DROP TABLE data_assets; --.csv",
    "naïve ünïcödé 数据.csv",
    "50%.csv",
    "a#b?c.csv",
    "new\nline.csv",
    "caf\udce9.csv",
    ":param.csv",
    "%(x)s.csv",
]


def test_an_entry_comes_back_as_it_was_saved(catalog: Catalog) -> None:
    entry = arrived()
    with catalog.unit_of_work() as work:
        saved = work.assets.save(entry)
        registered = work.assets.save(saved.registered(EXAMINATION))
        scored = work.assets.save(registered.scored(SCORE, Verdict.FAIL, "too few"))
    with catalog.unit_of_work() as work:
        found = work.assets.get(entry.id)
    assert (saved.version, registered.version, scored.version) == (1, 2, 3)
    assert saved.events == registered.events == scored.events == ()
    assert asdict(found) == asdict(scored)
    assert found.columns == EXAMINATION.columns
    assert found.score == SCORE


def test_an_entry_without_columns_differs_from_one_that_was_not_read(catalog: Catalog) -> None:
    empty = replace(EXAMINATION, columns=(), profile=(), notes=(), row_count=0)
    with catalog.unit_of_work() as work:
        one, two = work.assets.save_all([arrived("1.csv"), arrived("2.csv")])
        work.assets.save(one.registered(empty).scored(NO_SCORE, Verdict.PASS))
        found = work.assets.get_many([one.id, two.id])
    assert [entry.columns for entry in found] == [(), None]
    assert [entry.row_count for entry in found] == [0, None]
    assert found[0].score == NO_SCORE


def test_an_unknown_entry_is_not_found(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        with pytest.raises(NotFound, match="nobody"):
            work.assets.get("nobody")
        assert work.assets.get_many(["nobody"]) == []


def test_an_entry_of_an_unknown_dataset_is_refused(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work, pytest.raises(NotFound, match="nothing"):
        work.assets.save(arrived(dataset="nothing"))


def test_many_come_in_the_order_asked(catalog: Catalog) -> None:
    entries = many(1200)
    with catalog.unit_of_work() as work:
        work.assets.save_all(entries)
        wanted = [entry.id for entry in reversed(entries)]
        assert [entry.id for entry in work.assets.get_many([*wanted, "nobody"])] == wanted


def test_a_stale_save_is_a_conflict(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        saved = work.assets.save(arrived())
        work.assets.save(saved.registered(EXAMINATION))
        with pytest.raises(Conflict, match="version 2, not 1"):
            work.assets.save(saved.rejected("late"))
    with catalog.unit_of_work() as work:
        assert work.assets.get(saved.id).status is AssetStatus.REGISTERED


def test_an_entry_that_was_never_stored_cannot_be_changed(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work, pytest.raises(Conflict):
        work.assets.save(replace(arrived(), version=3))


def test_the_same_entry_is_not_inserted_twice(catalog: Catalog) -> None:
    entry = arrived()
    with catalog.unit_of_work() as work:
        work.assets.save(entry)
        with pytest.raises(Conflict):
            work.assets.save(entry)


def test_one_location_has_one_current_entry(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        first = work.assets.save(arrived(token="v1"))
        with pytest.raises(Conflict, match="stands at"):
            work.assets.save(arrived(token="v2"))
        assert [entry.id for entry in work.assets.current_of("orders")] == [first.id]


def test_two_datasets_may_share_a_location(catalog: Catalog) -> None:
    ours = arrived("a.csv")
    theirs = replace(ours, asset=replace(ours.asset, id="theirs", dataset="customers"), events=())
    with catalog.unit_of_work() as work:
        work.assets.save_all([ours, theirs])
        assert [e.id for e in work.assets.current_at("customers", [ours.asset.location]).values()] == ["theirs"]


def test_a_file_that_returns_is_a_new_arrival(catalog: Catalog) -> None:
    ids = []
    for token in ("A", "B", "A"):
        with catalog.unit_of_work() as work:
            known = list(work.assets.current_of("orders"))
            saved = work.assets.save_all([*(entry.superseded() for entry in known), arrived(token=token)])
            ids.append(saved[-1].id)
    with catalog.unit_of_work() as work:
        assert [entry.status for entry in work.assets.get_many(ids)] == [
            AssetStatus.SUPERSEDED,
            AssetStatus.SUPERSEDED,
            AssetStatus.ARRIVED,
        ]
        location = DataLocation("file:///landing/orders/a.csv")
        assert work.assets.current_at("orders", [location])[location].id == ids[2]


def test_those_that_end_make_room_whatever_the_order(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        old = work.assets.save(arrived(token="v1"))
        new, ended = work.assets.save_all([arrived(token="v2"), old.superseded()])
    assert (new.version, ended.version) == (1, 2)


def test_saving_many_is_all_or_none(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        first, second = work.assets.save_all([arrived("1.csv"), arrived("2.csv")])
        work.assets.save(second.registered(EXAMINATION))
    before = catalog.recorded()
    with catalog.unit_of_work() as work:
        with pytest.raises(Conflict, match=r"2\.csv has version 2, not 1"):
            work.assets.save_all([arrived("3.csv"), first.rejected("no"), second.rejected("no")])
        assert [entry.version for entry in work.assets.current_of("orders")] == [1, 2]
    assert catalog.recorded() == before


def test_saving_none_is_nothing(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        assert work.assets.save_all([]) == []


def test_current_ones_come_in_the_order_of_their_locations(catalog: Catalog) -> None:
    names = ["b.csv", "a/z.csv", "a-1.csv", "Z.csv", "a.csv", "%C3%A9.csv"]
    with catalog.unit_of_work() as work:
        saved = work.assets.save_all([*(arrived(name) for name in names), arrived("0.csv", dataset="customers")])
        work.assets.save(saved[0].removed())
        found = [entry.asset.location.uri for entry in work.assets.current_of("orders")]
    assert found == sorted(f"file:///landing/orders/{name}" for name in names[1:])


def test_current_ones_may_be_changed_while_they_are_read(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        work.assets.save_all(many(1100))
        removed = [work.assets.save(entry.removed()).id for entry in work.assets.current_of("orders")]
        assert len(set(removed)) == 1100
        assert list(work.assets.current_of("orders")) == []


def test_locations_that_are_not_known_are_left_out(catalog: Catalog) -> None:
    entries = many(700)
    with catalog.unit_of_work() as work:
        work.assets.save_all(entries)
        asked = [entry.asset.location for entry in entries] + [DataLocation("file:///landing/orders/none")]
        assert len(work.assets.current_at("orders", asked)) == 700
        assert work.assets.current_at("nothing", asked) == {}
        assert list(work.assets.current_of("nothing")) == []


def test_counts_are_of_current_entries(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        waiting, read, good, bad, broken, gone = work.assets.save_all(many(6))
        work.assets.save(read.registered(EXAMINATION))
        work.assets.save(good.registered(EXAMINATION).scored(SCORE, Verdict.PASS))
        work.assets.save(bad.registered(EXAMINATION).scored(SCORE, Verdict.FAIL, "bad"))
        work.assets.save(broken.rejected("broken"))
        work.assets.save(gone.removed())
        assert work.assets.counts("orders") == AssetCounts(pending=2, accepted=1, quarantined=1, rejected=1, rows=100)
        assert work.assets.counts("nothing") == AssetCounts()
    assert waiting.version == 1


def test_counts_follow_every_change_of_an_entry(catalog: Catalog) -> None:
    def counts() -> AssetCounts:
        return catalog.reader().dataset("orders").counts

    with catalog.unit_of_work() as work:
        entry, other = work.assets.save_all(many(2))
    assert counts() == AssetCounts(pending=2)
    with catalog.unit_of_work() as work:  # it was read by nobody here
        entry = work.assets.save(entry.registered(EXAMINATION).scored(SCORE, Verdict.PASS))
    assert counts() == AssetCounts(pending=1, accepted=1, rows=100)
    with catalog.unit_of_work() as work:
        more = replace(EXAMINATION, row_count=150)
        entry = work.assets.save(work.assets.get(entry.id).registered(more).scored(SCORE, Verdict.PASS))
        assert work.assets.counts("orders") == AssetCounts(pending=1, accepted=1, rows=150)
        entry = work.assets.save(entry.registered(EXAMINATION).scored(SCORE, Verdict.FAIL, "bad"))
    assert counts() == AssetCounts(pending=1, quarantined=1)
    with catalog.unit_of_work() as work:
        work.assets.save_all([entry.superseded(), other.removed(), arrived("0000.csv", "v2")])
    assert counts() == AssetCounts(pending=1)
    with catalog.unit_of_work() as work:
        work.assets.erase(work.assets.all_at(entry.asset.location)[0].erased("ann", NOON))
    assert counts() == AssetCounts(pending=1)


def test_a_change_that_is_undone_is_not_counted(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        entry = work.assets.save(arrived())
        with suppress(Conflict), work.savepoint():
            entry_there = work.assets.save(entry.rejected("broken"))
            work.assets.save(entry)  # out of date
        assert entry_there.version == 2
        with suppress(Conflict):
            work.assets.save_all([entry.rejected("broken"), arrived()])  # another stands there
        work.assets.save(entry.registered(EXAMINATION))
    with suppress(ZeroDivisionError), catalog.unit_of_work() as work:
        work.assets.save_all(many(3))
        raise ZeroDivisionError
    assert catalog.reader().dataset("orders").counts == AssetCounts(pending=1)


def test_counting_anew_finds_the_same(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        good, *_ = work.assets.save_all(many(3))
        work.assets.save(good.registered(EXAMINATION).scored(SCORE, Verdict.PASS))
        work.assets.recount("orders")
        work.assets.recount("customers")
        assert work.assets.counts("orders") == AssetCounts(pending=2, accepted=1, rows=100)
        with pytest.raises(NotFound):
            work.assets.recount("nothing")
    assert catalog.reader().audit("orders").counts is None
    assert catalog.reader().dataset("customers").counts == AssetCounts()


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_data(catalog: Catalog, name: str) -> None:
    location = DataLocation.from_path(f"/landing/{name}")
    entry = arrived()
    hostile_id = name.encode("utf-8", "replace").decode()
    entry = replace(entry, asset=replace(entry.asset, id=hostile_id, location=location), events=())
    with catalog.unit_of_work() as work:
        saved = work.assets.save(entry)
        work.assets.save(saved.rejected(f"{name} is broken"))
    with catalog.unit_of_work() as work:
        found = work.assets.current_at("orders", [location])[location]
        assert found.asset.location.path == location.path
        assert work.assets.get(entry.id).id == entry.id
    assert catalog.reader().asset_at(location).id == entry.id


def test_the_last_columns_are_those_of_the_latest_arrival_ever_accepted(catalog: Catalog) -> None:
    old, new = (replace(EXAMINATION, columns=(Column(name, "BIGINT"),)) for name in ("old", "new"))
    with catalog.unit_of_work() as work:
        assert work.assets.last_columns("orders") is None
        first, second, third = work.assets.save_all(many(3))
        second = work.assets.save(second.registered(new).scored(SCORE, Verdict.WARN))
        work.assets.save(first.registered(old).scored(SCORE, Verdict.PASS))
        assert work.assets.last_columns("orders") == new.columns
        work.assets.save(third.registered(old).scored(SCORE, Verdict.FAIL, "bad"))
        work.assets.save(second.superseded())
    with catalog.unit_of_work() as work:
        assert work.assets.last_columns("orders") == new.columns
        assert work.assets.last_columns("nothing") is None


def test_the_last_columns_follow_what_one_transaction_accepts(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        for number, entry in enumerate(work.assets.save_all(many(3))):
            columns = (Column(f"c{number}", "DATE"),)
            work.assets.save(entry.registered(replace(EXAMINATION, columns=columns)).scored(SCORE, Verdict.PASS))
            assert work.assets.last_columns("orders") == columns


UNSTORABLE = ["a\x00b", "\x00", "half \ud83d pair", "caf\udce9", "an escape \u241b0000", "\u241b"]


@pytest.mark.parametrize("name", UNSTORABLE)
def test_what_no_database_can_store_comes_back_as_it_was(catalog: Catalog, name: str) -> None:
    location, run = DataLocation(f"s3://bucket/{name}"), f"run {name}"
    entry = arrived(dataset=name, token=name)
    entry = replace(entry, asset=replace(entry.asset, location=location), events=())
    total = RuleTotals(rule=name, passed=1)
    with catalog.unit_of_work() as work:
        work.datasets.save(replace(CUSTOMERS, name=name, description=name), [DatasetRegistered(name, name)])
        saved = work.assets.save(entry)
        work.arrivals.open([saved])
        assert work.arrivals.claim(name, run, NOON, LEASE, 1) == ((entry.id, 0),)
        read = work.assets.save(saved.registered(replace(EXAMINATION, columns=(Column(name, "VARCHAR"),))))
        work.assets.save(read.scored(SCORE, Verdict.FAIL, f"{name} is broken"))
        work.quality.add(validation(entry.id, request_key=name, contract_version=name, dataset=name))
        work.quality.change_totals(name, AssetStatus.ACCEPTED, [total])
        work.quality.add_score(dataset_score(request_key=name, dataset=name, reasons=(name,)))
    reader = catalog.reader()
    with catalog.unit_of_work() as work:
        found = work.assets.current_at(name, [location])[location]
        assert (found.asset.location, found.asset.version_token.value) == (location, name)
        assert found.columns == (Column(name, "VARCHAR"),)
        assert work.datasets.get(name).description == name
        assert work.arrivals.holders(name, NOON) == (run,)
        assert work.quality.totals(name, AssetStatus.ACCEPTED) == (total,)
        latest = work.quality.latest_score(name)
        assert latest is not None
        assert (latest.request_key, latest.reasons) == (name, (name,))
    assert reader.current_tokens(name) == {location.uri: name}
    assert name in [view.name for view in reader.datasets()]
    assert reader.validations(entry.id).validations[0].contract_version == name
    assert (name, 1, 0, "DatasetRegistered") in catalog.recorded()


def test_a_very_long_location_is_as_good_as_any(catalog: Catalog) -> None:
    noise = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=6000))
    one, two = (arrived(f"{noise}-{number}.csv") for number in (1, 2))
    places = [one.asset.location, two.asset.location]
    with catalog.unit_of_work() as work:
        work.assets.save_all([one, two, *many(600)])
    with catalog.unit_of_work() as work:
        found = work.assets.current_at("orders", places)
        assert {place: entry.id for place, entry in found.items()} == dict(zip(places, (one.id, two.id), strict=True))
        assert {entry.asset.location for entry in work.assets.current_of("orders")} >= set(places)
        with pytest.raises(Conflict, match="another data asset stands at"):
            work.assets.save(arrived(f"{noise}-1.csv"))
        work.assets.save(found[places[0]].superseded())
        work.assets.save(arrived(f"{noise}-1.csv", "v2"))
    assert catalog.reader().asset_at(places[1]).location == places[1].uri
    assert catalog.reader().current_tokens("orders", places) == {places[0].uri: "v2", places[1].uri: "v1"}
