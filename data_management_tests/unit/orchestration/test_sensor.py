"""The landing sensor: requests a run where something waits, once, whatever happens in between."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import dagster as dg
import pytest

from data_management.application.commands import (
    ClaimBatchCommand,
    RegisterDataAssetCommand,
    UpdateDataQualityCommand,
)
from data_management.application.services import reconcile
from data_management.domain.models import Revalidate, Revalidation, ScorePolicy
from data_management.errors import Unavailable
from data_management_tests.examples import clean, dirty, in_range, not_null, orders, row_count
from data_management_tests.unit.application.world import uri
from data_management_tests.unit.orchestration.project import Project, events

STRICT = orders(policy=ScorePolicy(max_quarantined=0))


def keys(result: dg.SensorResult) -> list[str | None]:
    return [request.run_key for request in result.run_requests or []]


def landed(result: dg.SensorResult) -> list[str]:
    return [event.asset_key.to_user_string() for event in result.asset_events or []]


def test_a_new_file_requests_one_run_for_its_dataset() -> None:
    project = Project()
    project.world.drop("a.csv")
    result = project.tick()
    assert keys(result) == ["orders:1:0"]
    assert landed(result) == ["landing/orders"]
    (request,) = result.run_requests or []
    assert request.asset_selection == [dg.AssetKey("orders")]


def test_the_same_arrivals_ask_with_the_same_key_and_land_once() -> None:
    project = Project()
    project.world.drop("a.csv")
    first, second = project.tick(), project.tick()
    assert keys(first) == keys(second)  # Dagster starts one run per key
    assert landed(second) == []


def test_nothing_new_is_a_skip_with_a_reason() -> None:
    project = Project()
    result = project.tick()
    assert keys(result) == []
    assert result.skip_reason is not None
    assert "Nothing new in 1 landing(s)" in str(result.skip_reason)


def test_a_test_tick_takes_nothing_from_the_real_one() -> None:
    project = Project()
    project.world.drop("a.csv")
    tested = project.tick(test=True)
    real = project.tick()
    assert keys(tested) == keys(real) == ["orders:1:0"]
    assert landed(real) == ["landing/orders"]
    assert project.world.statuses() == {"a.csv": ["arrived"]}


def test_a_file_that_arrives_during_a_run_gets_a_run_of_its_own() -> None:
    project = Project()
    project.world.drop("a.csv")
    project.tick()
    project.materialize()
    assert keys(project.tick()) == []
    project.world.drop("b.csv")
    assert keys(project.tick()) == ["orders:2:0"]


def test_a_lost_cursor_does_no_harm() -> None:
    project = Project()
    project.world.drop("a.csv")
    project.tick()
    project.materialize()
    for cursor in ("not json", json.dumps({"reported": 7}), None):
        project.cursor = cursor
        assert keys(project.tick()) == []
    assert project.world.statuses() == {"a.csv": ["accepted"]}


def test_what_a_dead_run_held_is_asked_for_again_under_a_new_key() -> None:
    project = Project()
    project.world.drop("a.csv")
    assert keys(project.tick()) == ["orders:1:0"]
    job = project.defs.resolve_implicit_global_asset_job_def()
    run = project.instance.create_run_for_job(job, asset_selection={dg.AssetKey("orders")})
    project.world.app.run(ClaimBatchCommand("orders", run.run_id, 60))
    assert keys(project.tick()) == []
    project.instance.report_run_failed(run)
    assert keys(project.tick()) == ["orders:1:1"]


def test_what_a_run_left_is_asked_for_again_after_a_while() -> None:
    project = Project()
    project.world.drop("a.csv")
    (request,) = project.tick().run_requests or []
    job = project.defs.resolve_implicit_global_asset_job_def()
    run = project.instance.create_run_for_job(job, tags=request.tags)
    project.instance.report_run_failed(run)  # before it claimed anything
    ended = datetime.now(UTC)
    project.world.clock.now = ended
    assert keys(project.tick()) == []
    project.world.clock.advance(seconds=120)
    assert keys(project.tick()) == [f"orders:1:0:after-{run.run_id[:8]}"]


def test_a_run_under_way_that_has_not_scored_yet_asks_for_no_other() -> None:
    project = Project()
    project.world.drop("a.csv")
    (request,) = project.tick().run_requests or []
    (entry,) = project.world.app.run(ClaimBatchCommand("orders", "r", 60)).entries
    checks = clean().checks
    project.world.app.execute(
        RegisterDataAssetCommand(entry.id, clean()),
        UpdateDataQualityCommand(entry.id, project.world.dataset, checks, "r"),
    )
    job = project.defs.resolve_implicit_global_asset_job_def()
    started = dg.DagsterRunStatus.STARTED
    run = project.instance.create_run_for_job(job, tags=request.tags, status=started)
    assert keys(project.tick()) == []
    project.instance.report_run_failed(run)  # it died before it scored
    project.world.clock.now = datetime.now(UTC)
    project.world.clock.advance(seconds=120)
    assert len(keys(project.tick())) == 1


def test_while_a_run_of_the_dataset_waits_none_is_requested() -> None:
    project = Project()
    project.world.drop("a.csv")
    (request,) = project.tick().run_requests or []
    job = project.defs.resolve_implicit_global_asset_job_def()
    project.instance.create_run_for_job(job, tags=request.tags, status=dg.DagsterRunStatus.NOT_STARTED)
    project.world.drop("b.csv")
    assert keys(project.tick()) == []


def test_a_changed_contract_asks_for_a_run_though_no_file_is_new() -> None:
    project = Project()
    project.world.drop("a.csv")
    project.tick()
    project.materialize()
    changed = Project(dataset=orders(not_null(), in_range(), row_count()))
    changed.world.catalog = project.world.catalog
    changed.world.app = project.world.app
    (key,) = keys(changed.tick())
    assert key is not None
    assert key.startswith("orders:0:0:")


def test_a_quarantined_file_is_not_asked_for_again() -> None:
    project = Project({"a.csv": dirty(3)})
    project.world.drop("a.csv")
    project.tick()
    project.materialize()
    assert keys(project.tick()) == []


def test_a_landing_that_cannot_be_listed_fails_the_tick_when_it_is_the_only_one() -> None:
    project = Project()
    project.world.files.unavailable = Unavailable("landing /landing/orders: permission denied")
    with pytest.raises(dg.Failure) as failure:
        project.tick()
    assert "permission denied" in str(failure.value.description)


def test_files_that_keep_the_verdict_of_an_earlier_contract_ask_for_no_run() -> None:
    project = Project()
    project.world.drop("a.csv")
    project.tick()
    project.materialize()
    for of, requested in ((Revalidate.NEW, 0), (Revalidate.CURRENT, 1)):
        changed = Project(dataset=replace(orders(not_null(), row_count()), revalidation=Revalidation(of)))
        changed.world, changed.instance = project.world, project.instance
        assert len(keys(changed.tick())) == requested, of


def test_who_deletes_a_bad_file_gets_a_run_that_opens_the_gate() -> None:
    project = Project({"bad.csv": dirty(3)}, STRICT)
    project.world.drop("a.csv")
    project.world.drop("bad.csv")
    project.tick()
    assert "verdict failed ERROR" in events(project.materialize())
    project.world.files.remove(uri("bad.csv"))
    assert len(keys(project.tick())) == 1
    assert project.world.statuses() == {"a.csv": ["accepted"]}
    assert {"verdict passed", "materialized orders"} <= {*events(project.materialize())}
    assert keys(project.tick()) == []


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_verdict_that_was_reached_without_dagster_is_told_by_a_run(*, by_hand: bool) -> None:
    """By ``data-management run``, which scores; or by the nightly reconciliation, which leaves that to a run."""
    project = Project({"bad.csv": dirty(3)}, STRICT)
    project.world.drop("a.csv")
    project.world.drop("bad.csv")
    project.tick()
    project.materialize()
    project.world.files.remove(uri("bad.csv"))
    reconcile(project.world.app, project.world.dataset, 0.0)
    if by_hand:
        assert project.world.run("cli-1").assessed is not None
    assert len(keys(project.tick())) == 1
    assert "verdict passed" in events(project.materialize())
    assert keys(project.tick()) == []
    assert events(project.materialize()) == [], "and who clicks Materialize once more finds nothing new"
    assert keys(project.tick()) == []


def test_while_a_run_has_not_told_its_verdict_yet_none_is_requested() -> None:
    project = Project()
    project.world.drop("a.csv")
    (request,) = project.tick().run_requests or []
    job = project.defs.resolve_implicit_global_asset_job_def()
    project.instance.create_run_for_job(job, tags=request.tags, status=dg.DagsterRunStatus.STARTED)
    project.world.run("r")
    assert keys(project.tick()) == []


def test_a_landing_without_any_of_its_files_is_warned_of_and_asks_for_no_run() -> None:
    project = Project()
    project.world.drop("a.csv")
    project.tick()
    project.materialize()
    project.world.files.remove(uri("a.csv"))
    assert keys(project.tick()) == []
    assert project.world.statuses() == {"a.csv": ["accepted"]}
