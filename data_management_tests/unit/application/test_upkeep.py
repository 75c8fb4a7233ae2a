"""Datasets whose contract is gone, and files that must be forgotten."""

from dataclasses import replace

import pytest

from data_management.application.commands import ClaimBatchCommand, EraseDataAssetsCommand, RetireDatasetCommand
from data_management.application.queries import GetPendingQuery, GetQualityHistoryQuery
from data_management.application.services import audit, erase
from data_management.domain.events import DataAssetErased, DatasetRegistered, DatasetRetired
from data_management.domain.models import AssetStatus, DataLocation, Landing, ObjectStore, RuleScope, RuleTotals
from data_management.errors import Conflict, InvalidInput, NotFound
from data_management_tests.examples import aggregate_check, clean, examination, not_null, orders, row_count, rows_check
from data_management_tests.unit.application.world import World, uri

A = DataLocation(uri("a.csv"))


def with_files(*names: str) -> World:
    world = World(lambda request: clean(rows=10) if request.locations[0].name == "a.csv" else clean(rows=70))
    for name in names:
        world.drop(name)
    world.look_and_run()
    return world


def test_a_retired_dataset_keeps_its_history_and_comes_back_when_a_contract_declares_it_again() -> None:
    world = with_files("a.csv")
    assert world.app.run(RetireDatasetCommand("orders"))
    assert not world.app.run(RetireDatasetCommand("orders"))
    view = world.view()
    assert view.retired_at == world.clock()
    assert (view.counts.accepted, len(world.app.ask(GetQualityHistoryQuery("orders")).points)) == (1, 1)
    world.look_and_run("run-2")
    assert world.view().retired_at is None
    kinds = [type(event) for event in world.catalog.events]
    assert [kind for kind in kinds if kind in (DatasetRegistered, DatasetRetired)] == [
        DatasetRegistered,
        DatasetRetired,
        DatasetRegistered,
    ]


def test_a_dataset_that_a_run_is_judging_does_not_retire() -> None:
    world = World()
    world.drop("a.csv")
    world.look()
    world.app.run(ClaimBatchCommand("orders", "run-1", 60.0))
    with pytest.raises(Conflict, match="'orders' is being judged by 1 run"):
        world.app.run(RetireDatasetCommand("orders"))
    with pytest.raises(NotFound, match="'nothing'"):
        world.app.run(RetireDatasetCommand("nothing"))


def test_what_is_erased_leaves_totals_counts_and_score_by_the_difference() -> None:
    world = with_files("a.csv", "b.csv")
    assert [total.evaluated for total in world.view().totals] == [80, 80]
    world.files.remove(A.uri)
    erased = erase(world.app, A, "ann")
    assert (erased.newly, erased.ended) == (1, ("orders",))
    view = world.view()
    assert [total.evaluated for total in view.totals] == [70, 70]
    assert (view.counts.accepted, view.counts.rows) == (1, 70)
    assert view.latest is not None
    assert view.latest.counts == view.counts
    assert not world.app.ask(GetPendingQuery("orders", world.dataset.plan_hash, world.clock())).unscored


def test_all_versions_are_erased_and_erasing_again_changes_nothing() -> None:
    world = with_files("a.csv")
    world.drop("a.csv", "v2")
    world.look_and_run("run-2")
    world.files.remove(A.uri)
    first = erase(world.app, A, "ann")
    assert [entry.status for entry in first.tombstones] == [AssetStatus.SUPERSEDED, AssetStatus.REMOVED]
    assert first.newly == 2
    events, scores = len(world.catalog.events), len(world.app.ask(GetQualityHistoryQuery("orders")).points)
    world.clock.advance(days=1)
    again = erase(world.app, A, "bob")
    assert (again.newly, again.ended) == (0, ())
    assert [entry.asset.erased_by for entry in again.tombstones] == ["ann", "ann"]
    assert len(world.catalog.events) == events
    assert len(world.app.ask(GetQualityHistoryQuery("orders")).points) == scores


def test_a_name_may_be_erased_later_and_is_then_known_by_its_id_alone() -> None:
    world = with_files("a.csv")
    world.files.remove(A.uri)
    (entry,) = erase(world.app, A, "ann").tombstones
    (nameless,) = erase(world.app, A, "bob", with_name=True).tombstones
    assert nameless.asset.location.name == f"erased-{entry.id}"
    assert nameless.asset.erased_by == "ann"
    assert all(A.uri not in repr(event) for event in world.catalog.events)
    assert erase(world.app, nameless.asset.location, "bob", with_name=True).newly == 0
    with pytest.raises(NotFound, match="knows nothing of"):
        erase(world.app, A, "bob")


def test_a_file_that_still_stands_must_be_deleted_first() -> None:
    world = with_files("a.csv")
    with pytest.raises(InvalidInput, match=r"still stands, .* delete it first"):
        erase(world.app, A, "ann")
    assert world.statuses() == {"a.csv": ["accepted"]}


def test_an_object_that_still_stands_is_found_in_its_landing_s_store() -> None:
    store = ObjectStore(endpoint_url="https://minio.example")
    landing = Landing(DataLocation("s3://bucket/orders"), "*.csv", store=store)
    world = World(dataset=replace(orders(), landing=landing))
    here = DataLocation("s3://bucket/orders/a.csv")
    world.files.put(here.uri)
    world.files.stores[here.uri] = store
    world.look_and_run()
    with pytest.raises(InvalidInput, match=r"still stands, .* delete it first"):
        erase(world.app, here, "ann")
    world.files.remove(here.uri)
    assert erase(world.app, here, "ann").newly == 1


def test_a_run_that_holds_an_erased_file_does_not_bring_it_back() -> None:
    world = World()
    world.drop("a.csv")
    world.look()

    def erased_meanwhile(_: object) -> object:
        world.files.remove(A.uri)
        world.app.run(EraseDataAssetsCommand(A, "ann"))
        return clean()

    world.engine.outcomes = erased_meanwhile  # type: ignore[assignment]
    assert world.run().outcomes == ()
    assert world.statuses(current_only=False) == {"a.csv": ["removed"]}
    (asset,) = world.assets(current_only=False)
    assert asset.columns is None
    assert any(isinstance(event, DataAssetErased) for event in world.catalog.events)


def test_sums_that_drifted_are_found_and_mended_and_the_dataset_scored_anew() -> None:
    whole = replace(row_count("whole"), scope=RuleScope.DATASET)
    world = World(dataset=orders(not_null(), whole))
    world.engine.outcomes = lambda request: examination(
        *(rows_check(each, 0) for each in request.rules if each.name != "whole"),
        *(aggregate_check(each, success=True) for each in request.rules if each.name == "whole"),
    )
    for name in ("a.csv", "b.csv"):
        world.drop(name)
    world.look_and_run()
    sound = world.view()
    (before,) = audit(world.app)
    assert (before.found.is_sound, before.mended) == (True, False)
    with world.catalog.unit_of_work() as work:
        work.quality.change_totals("orders", AssetStatus.ACCEPTED, [RuleTotals("id.required", 100, 50, failed=1)])
    (found,) = audit(world.app)
    assert (found.found.is_sound, found.mended) == (False, False)
    assert world.view().totals != sound.totals
    (mended,) = audit(world.app, mend=True)
    assert mended.mended
    assert world.view().totals == sound.totals
    assert len(world.app.ask(GetQualityHistoryQuery("orders")).points) == 2
    (after,) = audit(world.app, mend=True)
    assert (after.found.is_sound, after.mended) == (True, False)
