"""What a changed contract does to files that were judged before: new, current or all, within a budget."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from data_management.application.ports import ExaminationRequest
from data_management.application.queries import (
    GetPendingQuery,
    GetQualityHistoryQuery,
    ListPlansQuery,
    ListValidationsQuery,
)
from data_management.application.services import BatchReport, revalidate
from data_management.application.views import ScorePoint
from data_management.domain.events import DatasetQualityUpdated
from data_management.domain.models import Dataset, Examination, Revalidate, Revalidation, ScorePolicy, Severity
from data_management.domain.models.rules import Dimension
from data_management_tests.examples import clean, in_range, not_null, orders, row_count
from data_management_tests.unit.application.world import World

OLD = orders(not_null(), in_range())
STRICTER = orders(not_null(), in_range(severity=Severity.CRITICAL), version="2.0.0")


def judged_by(request: ExaminationRequest) -> Examination:
    return clean(*request.rules)


def world_with(files: int, dataset: Dataset = OLD) -> World:
    world = World(judged_by, dataset)
    for number in range(files):
        world.drop(f"{number:03}.csv")
    world.look_and_run()
    return world


def change(world: World, to: Dataset, of: Revalidate = Revalidate.CURRENT, **budget: float) -> None:
    world.dataset = replace(to, revalidation=Revalidation(of, **budget))  # type: ignore[arg-type]


def outdated(world: World) -> int:
    return world.app.ask(GetPendingQuery("orders", world.dataset.plan_hash, world.clock())).outdated


def history(world: World) -> Sequence[ScorePoint]:
    return world.app.ask(GetQualityHistoryQuery("orders")).points


def names(report: BatchReport) -> list[str]:
    return [outcome.name for outcome in report.outcomes]


def test_a_changed_plan_judges_the_current_files_again_unless_told_otherwise() -> None:
    world = world_with(3)
    change(world, STRICTER)
    assert names(world.run("run-2")) == ["000.csv", "001.csv", "002.csv"]
    assert outdated(world) == 0


def test_only_what_another_plan_judged_is_judged_again() -> None:
    world = world_with(3)
    change(world, STRICTER)
    world.drop("001.csv", "v2")
    assert names(world.look_and_run("run-2")) == ["001.csv", "000.csv", "002.csv"]


def test_with_new_what_was_judged_keeps_its_verdict_and_is_not_summed_with_what_arrives() -> None:
    world = world_with(2)
    change(world, STRICTER, Revalidate.NEW)
    assert world.look_and_run("run-2").outcomes == ()
    world.drop("late.csv")
    report = world.look_and_run("run-3")
    assert names(report) == ["late.csv"]
    assert report.outdated == 0, "nothing waits for the next run"
    assert outdated(world) == 2
    assert [total.evaluated for total in world.view().totals] == [100, 100]
    assert world.view().counts.accepted == 3
    (reason,) = history(world)[0].reasons
    assert reason == "2 file(s) were judged by an earlier contract and are not summed here: they keep their verdicts"


def test_with_new_a_file_that_could_not_be_read_is_not_tried_again() -> None:
    world = World({"broken.csv": "broken.csv: is empty (0 bytes)"}, OLD)
    world.drop("broken.csv")
    world.look_and_run()
    change(world, STRICTER, Revalidate.NEW)
    world.look_and_run("run-2")
    assert world.statuses() == {"broken.csv": ["rejected"]}
    change(world, orders(not_null(), version="3.0.0"))
    assert names(world.look_and_run("run-3")) == ["broken.csv"]


def test_with_new_the_nightly_revalidation_leaves_alone_what_an_earlier_contract_judged() -> None:
    world = world_with(2)
    change(world, STRICTER, Revalidate.NEW)
    world.drop("late.csv")
    world.look_and_run("run-2")
    assert names(revalidate(world.app, world.dataset, "nightly")) == ["late.csv"]


def test_with_all_every_version_of_the_contract_judges_every_file() -> None:
    world = World(judged_by, replace(OLD, revalidation=Revalidation(Revalidate.ALL)))
    world.drop("a.csv")
    world.look_and_run()
    change(world, replace(OLD, description="told better"), Revalidate.ALL)
    assert names(world.look_and_run("run-2")) == [], "the version is the same"
    change(world, replace(OLD, contract_version="1.0.1"), Revalidate.ALL)
    assert names(world.look_and_run("run-3")) == ["a.csv"]
    (asset,) = world.assets()
    versions = [each.contract_version for each in world.app.ask(ListValidationsQuery(asset.id)).validations]
    assert versions == ["1.0.1", "1.0.0"]


def test_with_current_a_version_that_changes_no_rule_judges_nothing_again() -> None:
    world = world_with(1)
    change(world, replace(OLD, contract_version="1.0.1"))
    assert names(world.look_and_run("run-2")) == []


def test_a_run_judges_as_many_files_again_as_the_budget_says_and_the_next_goes_on() -> None:
    world = world_with(5)
    change(world, STRICTER, most_files=2)
    first = world.run("run-2")
    assert (names(first), first.outdated) == (["000.csv", "001.csv"], 3)
    assert history(world)[0].reasons == (
        "3 file(s) were judged by an earlier contract and are not summed here: they wait to be judged again",
    )
    second = world.run("run-3")
    assert (names(second), second.outdated) == (["002.csv", "003.csv"], 1)
    third = world.run("run-4")
    assert (names(third), third.outdated) == (["004.csv"], 0)
    assert [total.passed for total in world.view().totals] == [5, 5]
    assert history(world)[0].reasons == ()


def test_arrivals_do_not_count_against_the_budget() -> None:
    world = world_with(3)
    change(world, STRICTER, most_files=1)
    world.drop("late-1.csv")
    world.drop("late-2.csv")
    assert names(world.look_and_run("run-2")) == ["late-1.csv", "late-2.csv", "000.csv"]


def test_a_run_stops_judging_again_when_its_time_is_over() -> None:
    world = world_with(120)

    def slowly(request: ExaminationRequest) -> Examination:
        world.clock.advance(seconds=1)
        return clean(*request.rules)

    world.engine.outcomes = slowly
    change(world, STRICTER, most_seconds=60)
    assert len(world.run("run-2", lease_seconds=1e6).outcomes) == 100, "the time is looked at after every 50"
    assert len(world.run("run-3", lease_seconds=1e6).outcomes) == 20


def test_a_wall_clock_that_is_set_back_lengthens_no_budget() -> None:
    world = world_with(120)

    def slowly(request: ExaminationRequest) -> Examination:
        world.clock.advance(seconds=1)
        world.clock.now -= timedelta(minutes=1)
        return clean(*request.rules)

    world.engine.outcomes = slowly
    change(world, STRICTER, most_seconds=60)
    assert len(world.run("run-2", lease_seconds=1e6).outcomes) == 100


def test_a_score_of_another_plan_than_the_one_before_says_so() -> None:
    world = world_with(1)
    change(world, STRICTER)
    report = world.run("run-2")
    assert report.assessed is not None
    assert report.assessed.plan_changed
    world.drop("b.csv")
    third = world.look_and_run("run-3")
    assert third.assessed is not None
    assert not third.assessed.plan_changed
    assert [point.plan_changed for point in history(world)] == [False, True, False]
    assert [point.plan_hash for point in history(world)] == [STRICTER.plan_hash] * 2 + [OLD.plan_hash]
    told = [event.plan_changed for event in world.catalog.events if isinstance(event, DatasetQualityUpdated)]
    assert told == [False, True, False]


def test_the_rules_that_made_a_validation_are_kept_as_they_were_defined() -> None:
    world = world_with(1)
    change(world, orders(not_null(), row_count(), policy=ScorePolicy(((Dimension.COVERAGE, 3.0),)), version="2.0.0"))
    world.run("run-2")
    (asset,) = world.assets()
    new, old = world.app.ask(ListValidationsQuery(asset.id)).validations
    plans = {view.hash: view for view in world.app.ask(ListPlansQuery("orders"))}
    then, now = plans[old.plan_hash], plans[new.plan_hash]
    assert then.definition is not None
    assert now.definition is not None
    assert [rule.definition_hash for rule in then.definition.rules] == [rule.definition_hash for rule in OLD.rules]
    assert [rule.name for rule in now.definition.rules] == ["id.required", "enough_rows"]
    assert now.definition.policy.weight_of(Dimension.COVERAGE) == 3.0
    assert (then.is_present, now.is_present) == (False, True)


@pytest.mark.parametrize("budget", [Revalidation(most_files=2), Revalidation(most_files=2, most_seconds=60.0)])
def test_a_nightly_revalidation_with_a_budget_goes_on_where_the_one_before_ended(budget: Revalidation) -> None:
    world = world_with(3)
    world.dataset = replace(world.dataset, revalidation=budget)
    nights = [names(revalidate(world.app, world.dataset, f"night-{number}")) for number in range(3)]
    assert nights == [["000.csv", "001.csv"], ["002.csv", "000.csv"], ["001.csv", "002.csv"]]


def test_a_nightly_revalidation_ends_when_its_time_is_up() -> None:
    world = world_with(120)
    world.dataset = replace(world.dataset, revalidation=Revalidation(most_seconds=10.0))
    report = revalidate(world.app, world.dataset, "night", on_outcome=lambda _: world.clock.advance(seconds=1))
    assert names(report) == [f"{number:03}.csv" for number in range(50)], "time is looked at after every 50"


def test_a_nightly_revalidation_with_a_budget_leaves_alone_what_an_earlier_contract_judged() -> None:
    world = world_with(2)
    change(world, STRICTER, Revalidate.NEW)
    world.drop("late.csv")
    world.look_and_run("run-2")
    world.dataset = replace(world.dataset, revalidation=Revalidation(Revalidate.NEW, most_files=1))
    assert names(revalidate(world.app, world.dataset, "nightly")) == ["late.csv"]
