from dataclasses import replace

import pytest

from data_management.application.ports import CatalogReader
from data_management.application.views import AssetPage, LastArrival
from data_management.domain.models import (
    AssetCounts,
    AssetStatus,
    ColumnProfile,
    DataLocation,
    Examination,
    PendingArrivals,
    RuleTotals,
    Verdict,
    version_at,
)
from data_management.errors import InvalidInput, NotFound
from data_management_tests.fakes import NOON
from data_management_tests.port_tests.conftest import Catalog
from data_management_tests.port_tests.examples import (
    CHECKS,
    EXAMINATION,
    LEASE,
    SCORE,
    arrived,
    dataset_score,
    many,
    validation,
)


def pages(reader: CatalogReader, **query: object) -> list[AssetPage]:
    found, after = [], None
    while True:
        found.append(reader.assets(after=after, **query))  # type: ignore[arg-type]
        after = found[-1].next
        if after is None:
            return found


def test_datasets_are_listed_by_name(catalog: Catalog) -> None:
    views = catalog.reader().datasets()
    assert [view.name for view in views] == ["customers", "orders"]
    assert views[1].landing == "file:///landing/orders/**/*.csv"
    assert (views[0].landing, views[0].latest, views[0].counts, views[0].rules) == (None, None, AssetCounts(), ())


def test_a_dataset_shows_its_score_its_counts_and_the_sums_of_all_its_readable_files(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        work.assets.save(work.assets.save(arrived()).registered(EXAMINATION).scored(SCORE, Verdict.PASS))
        one = RuleTotals(rule="a", evaluated=10, unexpected=1, passed=1)
        work.quality.change_totals("orders", AssetStatus.ACCEPTED, [one])
        work.quality.change_totals("orders", AssetStatus.QUARANTINED, [one])
        work.quality.add_score(dataset_score("1"))
        work.quality.add_score(dataset_score("2", value=12.5))
    view = catalog.reader().dataset("orders")
    assert view.latest is not None
    assert view.latest.score.value == 12.5
    assert view.latest.counts == AssetCounts(1, 2, 3, 4, 5)
    assert view.counts == AssetCounts(accepted=1, rows=100)
    assert view.totals == (one.plus(one),)
    assert (view.description, view.owners) == ('orders, "quoted", ünïcödé', ("ann@example.com",))
    assert [(rule.name, rule.not_runnable) for rule in view.rules] == [("id_not_null", None), ("later", "needs SQL")]


def test_what_is_not_there_is_not_found(catalog: Catalog) -> None:
    reader = catalog.reader()
    for ask in (
        lambda: reader.dataset("nothing"),
        lambda: reader.asset("nothing"),
        lambda: reader.asset_at(DataLocation("file:///nothing")),
        lambda: reader.validations("nothing"),
        lambda: reader.scores("nothing"),
    ):
        with pytest.raises(NotFound, match="nothing"):
            ask()
    assert reader.assets("nothing") == AssetPage(())


def test_an_asset_shows_what_is_known_of_it(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        entry = work.assets.save(arrived())
        entry = work.assets.save(entry.registered(EXAMINATION).scored(SCORE, Verdict.FAIL, "too \udce9 bad"))
    view = catalog.reader().asset(entry.id)
    assert view == catalog.reader().asset_at(entry.asset.location)
    assert (view.status, view.verdict, view.score) == (AssetStatus.QUARANTINED, Verdict.FAIL, SCORE)
    assert (view.columns, view.profile, view.notes) == (EXAMINATION.columns, EXAMINATION.profile, EXAMINATION.notes)
    assert (view.version, view.arrived_at, view.size_bytes, view.version_token) == (2, NOON, 10, "v1")
    assert view.reason is not None
    assert view.reason.startswith("too ")


def test_pages_cover_all_exactly_once(catalog: Catalog) -> None:
    entries = many(25) + many(3, dataset="customers")
    with catalog.unit_of_work() as work:
        saved = work.assets.save_all(entries)
        for entry in saved[:4]:
            work.assets.save(entry.rejected("no"))
        work.assets.save_all([entry.removed() for entry in saved[5:8]])
    reader = catalog.reader()
    listed = [[asset.id for asset in page.assets] for page in pages(reader, limit=7, current_only=False)]
    assert [asset_id for page in listed for asset_id in page] == [entry.id for entry in entries]
    assert [len(page) for page in listed] == [7, 7, 7, 7]
    of_orders = [asset.id for page in pages(reader, dataset="orders", limit=4) for asset in page.assets]
    assert of_orders == [entry.id for entry in [*entries[:5], *entries[8:25]]]
    current = [asset.id for page in pages(reader, limit=4) for asset in page.assets]
    assert current == [entry.id for entry in [*entries[:5], *entries[8:]]]


def test_pages_can_be_of_some_statuses(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        saved = work.assets.save_all(many(9))
        work.assets.save_all([entry.rejected("no") for entry in saved[::3]])
        work.assets.save_all([saved[1].removed()])
    reader = catalog.reader()
    rejected = (AssetStatus.REJECTED,)
    assert [a.id for a in reader.assets("orders", rejected).assets] == [entry.id for entry in saved[::3]]
    assert [a.id for a in reader.assets(None, rejected).assets] == [entry.id for entry in saved[::3]]
    mixed = (AssetStatus.REJECTED, AssetStatus.REMOVED)
    assert [a.id for a in reader.assets("orders", mixed).assets] == [entry.id for entry in saved[::3]]
    listed = [
        a.id
        for page in pages(reader, dataset="orders", statuses=mixed, limit=2, current_only=False)
        for a in page.assets
    ]
    assert listed == [saved[number].id for number in (0, 1, 3, 6)]
    assert reader.assets("orders", (AssetStatus.REMOVED,)) == AssetPage(())


@pytest.mark.parametrize("cursor", ["", "x", "!!!", "Zm9v", "MQ", "é", "MQ==\n"])
def test_a_bad_cursor_is_invalid_input(catalog: Catalog, cursor: str) -> None:
    with pytest.raises(InvalidInput, match="cursor"):
        catalog.reader().assets(after=cursor)


def test_a_page_needs_room(catalog: Catalog) -> None:
    with pytest.raises(InvalidInput, match="page of 0"):
        catalog.reader().assets(limit=0)


def test_only_the_current_one_stands_at_a_location(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        old = work.assets.save(arrived(token="v1"))
        _, new = work.assets.save_all([old.superseded(), arrived(token="v2")])
    assert catalog.reader().asset_at(old.asset.location).id == new.id
    assert catalog.reader().asset_at(old.asset.location, new.asset.dataset).id == new.id
    with pytest.raises(NotFound):
        catalog.reader().asset_at(old.asset.location, "another")
    with catalog.unit_of_work() as work:
        work.assets.save(new.removed())
    with pytest.raises(NotFound):
        catalog.reader().asset_at(old.asset.location)


def test_the_last_arrival_counts_whatever_became_of_it(catalog: Catalog) -> None:
    assert catalog.reader().last_arrival("orders") is None
    assert catalog.reader().last_arrival("nobody knows it") is None
    with catalog.unit_of_work() as work:
        work.assets.save_all([arrived("b.csv"), arrived("a.csv"), arrived("z.csv", dataset="customers")])
    assert catalog.reader().last_arrival("orders") == LastArrival(DataLocation("file:///landing/orders/a.csv"), NOON)
    with catalog.unit_of_work() as work:
        work.assets.save(next(iter(work.assets.current_of("orders"))).removed())
    assert catalog.reader().last_arrival("orders") == LastArrival(DataLocation("file:///landing/orders/a.csv"), NOON)


def test_validations_come_newest_first(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        asset_id = work.assets.save(arrived()).id
        for number in range(4):
            work.quality.add(validation(asset_id, f"run-{number}", contract_version=str(number)))
    views = catalog.reader().validations(asset_id, limit=3).validations
    assert [view.contract_version for view in views] == ["3", "2", "1"]
    assert (views[0].checks, views[0].score, views[0].row_count, views[0].at) == (CHECKS, SCORE, 100, NOON)


def test_scores_come_newest_first(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        for number in range(4):
            work.quality.add_score(dataset_score(f"run-{number}", value=float(number)))
    points = catalog.reader().scores("orders", limit=3).points
    assert [point.score.value for point in points] == [3.0, 2.0, 1.0]
    assert points[0].reasons == dataset_score().reasons
    assert catalog.reader().scores("customers").points == ()


def test_a_score_says_where_the_one_before_was_of_another_plan(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        for number, plan in enumerate(("a", "a", "b", "b", "a")):
            work.quality.add_score(dataset_score(f"run-{number}", plan_hash=plan))
        work.quality.add_score(dataset_score("run", plan_hash="c", dataset="customers"))
    points = catalog.reader().scores("orders").points
    assert [(point.plan_hash, point.plan_changed) for point in points] == [
        ("a", True),
        ("b", False),
        ("b", True),
        ("a", False),
        ("a", False),
    ]
    assert [point.plan_changed for point in catalog.reader().scores("orders", limit=1).points] == [True]
    assert [point.plan_changed for point in catalog.reader().scores("customers").points] == [False]


def test_what_another_plan_judged_comes_in_pages(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        entries = work.assets.save_all(many(6))
        judged = [work.assets.save(entry.registered(EXAMINATION).scored(SCORE, Verdict.WARN)) for entry in entries]
        for number, entry in enumerate(judged):
            work.quality.add(validation(entry.id, plan_hash="new" if number == 1 else "old"))
        work.assets.save(judged[2].removed())
    first = catalog.reader().outdated_assets("orders", "new", limit=3)
    assert [asset.id for asset in first.assets] == [judged[number].id for number in (0, 3, 4)]
    second = catalog.reader().outdated_assets("orders", "new", first.next, limit=3)
    assert ([asset.id for asset in second.assets], second.next) == ([judged[5].id], None)
    assert catalog.reader().outdated_assets("customers", "new").assets == ()
    with pytest.raises(InvalidInput, match="no room"):
        catalog.reader().outdated_assets("orders", "new", limit=0)


def test_pending_tells_what_waits_and_who_works(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        saved = work.assets.save_all(many(3))
        work.arrivals.open(saved[:2])
        work.arrivals.claim("orders", "run", NOON, LEASE, 1)
        work.assets.save(saved[2].registered(EXAMINATION).scored(SCORE, Verdict.PASS))
        work.quality.add(validation(saved[2].id, plan_hash="old"))
    pending = catalog.reader().pending("orders", "new", NOON)
    assert pending.arrivals == replace(PendingArrivals(1, 0, 0), watermark=pending.arrivals.watermark)
    assert (pending.outdated, pending.holders) == (1, ("run",))
    assert catalog.reader().pending("orders", "old", NOON).outdated == 0
    nothing = catalog.reader().pending("nothing", "new", NOON)
    assert (nothing.arrivals, nothing.outdated, nothing.holders) == (PendingArrivals(0, 0, 0), 0, ())


def test_the_profile_of_a_dataset_is_that_of_its_accepted_files(catalog: Catalog) -> None:
    def profiled(nulls: int) -> Examination:
        return replace(EXAMINATION, profile=(ColumnProfile("id", nulls, minimum=nulls, count=1),))

    with catalog.unit_of_work() as work:
        one, two, bad = work.assets.save_all(many(3))
        work.assets.save(one.registered(profiled(1)).scored(SCORE, Verdict.PASS))
        work.assets.save(two.registered(profiled(2)).scored(SCORE, Verdict.PASS))
        work.assets.save(bad.registered(profiled(4)).scored(SCORE, Verdict.FAIL, "bad"))
    found = catalog.reader().profile("orders")
    assert found.types == {column.name: column.type for column in EXAMINATION.columns}
    assert (found.files, found.rows) == (2, 200)
    assert [(each.name, each.nulls, each.minimum, each.count) for each in found.columns] == [("id", 3, 1, 2)]
    assert found.classifications == EXAMINATION.classifications
    assert catalog.reader().classifications("orders") == EXAMINATION.classifications
    assert catalog.reader().classifications("nothing") == ()
    with pytest.raises(NotFound, match="nothing"):
        catalog.reader().profile("nothing")


def test_what_stands_is_told_in_bulk(catalog: Catalog) -> None:
    entries = many(6)
    with catalog.unit_of_work() as work:
        saved = work.assets.save_all([*entries, arrived("0003.csv", dataset="customers")])
        work.assets.save(saved[2].removed())
    uris = [entry.asset.location.uri for entry in entries]
    told = catalog.reader().standing_versions("orders", uris[1], uris[4])
    tokens = {entry.asset.location.uri: entry.asset.version_token.value for entry in entries}
    assert set(told.split("\n")) == {version_at(uri, tokens[uri]) for uri in (uris[1], uris[3], uris[4])}
    assert catalog.reader().standing_versions("orders", "x", "y") == ""
    assert catalog.reader().standing_versions("nothing", uris[0], uris[5]) == ""


def test_those_judged_longest_ago_come_first(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        first, second, third, broken = work.assets.save_all(many(4))
        work.assets.save(broken.rejected("broken"))
        judged = [
            work.assets.save(each.registered(EXAMINATION).scored(SCORE, Verdict.PASS))
            for each in (first, second, third)
        ]
        for entry in (judged[1], judged[0]):
            work.quality.add(validation(entry.id, "run-1"))
        work.quality.add(replace(validation(judged[2].id, "run-1"), plan_hash="another"))
        work.quality.add(validation(judged[1].id, "run-2"))
    reader = catalog.reader()
    assert [view.id for view in reader.judged_longest_ago("orders", 10)] == [first.id, third.id, second.id]
    assert [view.id for view in reader.judged_longest_ago("orders", 1)] == [first.id]
    plan_hash = validation(first.id).plan_hash
    assert [view.id for view in reader.judged_longest_ago("orders", 10, plan_hash)] == [first.id, second.id]
    assert reader.judged_longest_ago("nothing", 10, plan_hash) == []


def test_all_versions_at_a_location_are_shown(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        old = work.assets.save(arrived("a.csv"))
        work.assets.save(old.superseded())
        new = work.assets.save(arrived("a.csv", "v2"))
        work.assets.save(arrived("b.csv"))
    assert [view.id for view in catalog.reader().versions_at(old.asset.location)] == [old.id, new.id]
    assert catalog.reader().versions_at(DataLocation("file:///landing/orders/none.csv")) == []
