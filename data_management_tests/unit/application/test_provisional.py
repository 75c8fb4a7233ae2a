"""A verdict while not all that the contract demands has been measured: no gate opens because nothing is measured yet."""

from dataclasses import replace

import pytest

from data_management.application.commands import RegisterDatasetCommand, ScoreDatasetCommand
from data_management.application.ports import ExaminationRequest
from data_management.application.queries import GetPendingQuery
from data_management.application.services import erase, reconcile
from data_management.domain.events import DatasetQualityUpdated
from data_management.domain.models import (
    DataLocation,
    Dataset,
    Examination,
    QualityGate,
    Revalidate,
    Revalidation,
    RuleScope,
    ScorePolicy,
    Severity,
)
from data_management_tests.examples import clean, dirty, examination, in_range, not_null, orders, rows_check
from data_management_tests.unit.application.world import World, uri

UNIQUE = not_null("unique", scope=RuleScope.DATASET)
OLD = orders(not_null(), UNIQUE)
NEW = orders(not_null(), in_range(), UNIQUE, version="2.0.0")


def repeated(request: ExaminationRequest) -> Examination:
    """Files are clean, and have keys in common."""
    if request.key == "orders":
        return examination(rows_check(UNIQUE, 4, 200), rows=200)
    return clean(*request.rules)


def fine(request: ExaminationRequest) -> Examination:
    return clean(*request.rules)


def world_of(files: int = 3, dataset: Dataset = OLD) -> World:
    world = World(repeated, dataset)
    for number in range(files):
        world.drop(f"{number}.csv")
    world.look_and_run()
    return world


def one_is_gone(world: World, name: str = "0.csv") -> None:
    world.files.remove(uri(name))
    reconcile(world.app, world.dataset, settle_seconds=2.0)
    world.app.run(ScoreDatasetCommand(world.dataset, f"{name} is gone"))


def told(world: World) -> list[DatasetQualityUpdated]:
    return [event for event in world.catalog.events if isinstance(event, DatasetQualityUpdated)]


def verdicts(world: World) -> list[str]:
    return [event.verdict for event in told(world)]


def turns(world: World) -> list[tuple[str | None, str]]:
    return [(event.previous_verdict, event.verdict) for event in told(world)]


def reasons(world: World) -> tuple[str, ...]:
    latest = world.view().latest
    return latest.reasons if latest else ()


@pytest.mark.parametrize("of", Revalidate)
def test_a_failed_dataset_whose_contract_changed_does_not_pass_before_it_was_judged_by_it(of: Revalidate) -> None:
    world = world_of()
    world.dataset = replace(NEW, revalidation=Revalidation(of))
    one_is_gone(world)
    assert verdicts(world) == ["fail", "fail"]
    assert turns(world)[-1] == ("fail", "fail")
    assert "the verdict stays fail until then" in reasons(world)


def test_what_the_new_contract_finds_good_is_resolved_by_the_run_that_measured_it() -> None:
    world = world_of()
    world.dataset = NEW
    one_is_gone(world)
    world.engine.outcomes = fine
    world.look_and_run("run-2")
    assert turns(world)[1:] == [("fail", "fail"), ("fail", "pass")]
    assert reasons(world) == ()


def test_a_part_that_is_good_does_not_stand_for_the_whole() -> None:
    world = world_of()
    world.dataset = replace(NEW, revalidation=Revalidation(most_files=1))
    world.engine.outcomes = fine
    for number, verdict in ((2, "fail"), (3, "fail"), (4, "pass")):
        world.look_and_run(f"run-{number}")
        assert verdicts(world)[-1] == verdict


def test_what_is_measured_and_bad_counts_at_once() -> None:
    warns = orders(not_null(severity=Severity.WARNING), version="2.0.0")
    world = World(fine, orders(not_null()))
    for name in ("0.csv", "1.csv"):
        world.drop(name)
    world.look_and_run()
    world.dataset = replace(warns, revalidation=Revalidation(most_files=1))
    world.engine.outcomes = lambda request: examination(rows_check(request.rules[0], 4))
    world.look_and_run("run-2")
    assert verdicts(world) == ["pass", "warn"]


def test_a_passed_dataset_does_not_fail_its_gate_because_nothing_is_measured_yet() -> None:
    gate = ScorePolicy(gate=QualityGate(min_score=90))
    world = World(fine, orders(not_null(), policy=gate))
    for name in ("0.csv", "1.csv"):
        world.drop(name)
    world.look_and_run()
    world.dataset = orders(not_null(), in_range(), policy=gate, version="2.0.0")
    one_is_gone(world)
    assert verdicts(world) == ["pass", "pass"]
    (reason,) = reasons(world)
    assert (
        reason == "1 file(s) were judged by an earlier contract and are not summed here: they wait to be judged again"
    )


def test_a_bound_is_asked_of_what_is_measured_so_that_a_bad_file_beside_few_good_ones_is_no_false_alarm() -> None:
    gate = ScorePolicy(gate=QualityGate(min_score=60))
    world = World(lambda request: dirty(4) if request.locations[0].name == "bad.csv" else fine(request))
    world.dataset = orders(policy=gate)
    for name in ("0.csv", "1.csv", "2.csv", "bad.csv"):
        world.drop(name)
    world.look_and_run()
    world.dataset = replace(orders(not_null(), policy=gate, version="2.0.0"), revalidation=Revalidation(most_files=1))
    world.look_and_run("run-2")
    assert told(world)[-1].lower == 50.0, "one good file and one bad file are known of"
    assert verdicts(world) == ["warn", "warn"]


def test_a_rule_over_all_files_is_not_forgotten_when_a_contract_comes_back() -> None:
    world = world_of()
    world.app.run(RegisterDatasetCommand(NEW))
    world.app.run(RegisterDatasetCommand(OLD))
    one_is_gone(world)
    assert verdicts(world) == ["fail", "fail"]
    assert reasons(world) == (
        "rule 'unique' looks at all files together, and has not since the contract changed: the next run does",
        "the verdict stays fail until then",
    )


def test_a_score_by_a_contract_that_is_the_catalogs_no_more_opens_nothing() -> None:
    world = world_of()
    world.app.run(RegisterDatasetCommand(NEW))
    world.app.run(ScoreDatasetCommand(OLD, "a run that began before"))
    assert verdicts(world) == ["fail", "fail"]


def test_an_erased_file_opens_nothing() -> None:
    world = world_of()
    world.app.run(RegisterDatasetCommand(NEW))
    world.files.remove(uri("0.csv"))
    erase(world.app, DataLocation(uri("0.csv")), "ann")
    assert verdicts(world) == ["fail", "fail"]


def test_files_that_wait_to_be_read_again_open_nothing() -> None:
    world = World({"0.csv": "0.csv is empty", "1.csv": "1.csv is empty"}, OLD)
    for name in ("0.csv", "1.csv"):
        world.drop(name)
    world.look_and_run()
    world.dataset = NEW
    one_is_gone(world)
    assert verdicts(world) == ["fail", "fail"]


def test_a_dataset_that_was_never_scored_is_not_scored_because_a_file_is_gone() -> None:
    world = World(fine, OLD)
    for name in ("0.csv", "1.csv"):
        world.drop(name)
    world.look()
    world.files.remove(uri("0.csv"))
    assert world.look().gone == 1
    pending = world.app.ask(GetPendingQuery("orders", OLD.plan_hash, world.clock()))
    assert (pending.unscored, verdicts(world)) == (False, [])
    world.app.run(ScoreDatasetCommand(OLD, "by somebody else"))
    assert verdicts(world) == ["fail"], "nothing is judged yet, so nothing is good"
