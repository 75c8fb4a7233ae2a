"""A run's hold on its files: leases, attempts, runs that die, runs at once."""

from contextlib import suppress

import pytest

from data_management.application.commands import (
    ClaimBatchCommand,
    ExpireLeaseCommand,
    RegisterDataAssetCommand,
    ReleaseBatchCommand,
    ScoreDatasetCommand,
)
from data_management.application.handlers import COMMAND_HANDLERS, MOST_ATTEMPTS
from data_management.application.holders import holder_of
from data_management.application.ports import ExaminationRequest
from data_management.application.queries import GetPendingQuery, ListValidationsQuery
from data_management.application.services import Failed, revalidate
from data_management.domain.models import AssetStatus, Examination
from data_management.errors import Unavailable
from data_management_tests.examples import clean
from data_management_tests.unit.application.world import World


def test_a_run_that_dies_half_way_leaves_the_rest_to_the_next_and_doubles_nothing() -> None:
    world = World()
    read: list[str] = []

    def dies_at_sixty(request: ExaminationRequest) -> Examination:
        if len(read) == 60:
            raise KeyboardInterrupt
        read.append(request.locations[0].name)
        return clean()

    world.engine.outcomes = dies_at_sixty
    for number in range(100):
        world.drop(f"{number:03}.csv")
    world.look()
    with pytest.raises(KeyboardInterrupt):
        world.run("run-1")
    assert world.view().counts.accepted == 50  # what was stored before
    world.engine.outcomes = {}
    world.run("run-2")
    assert world.view().counts.accepted == 100
    assert all(len(world.app.ask(ListValidationsQuery(asset.id)).validations) == 1 for asset in world.assets())
    assert [total.evaluated for total in world.view().totals] == [10_000, 10_000]


def test_a_run_that_is_killed_holds_its_files_until_its_lease_runs_out() -> None:
    world = World()
    world.drop("a.csv")
    world.look()
    world.app.run(ClaimBatchCommand("orders", "killed", 60))
    assert world.run("run-2").outcomes == ()
    world.clock.advance(seconds=61)
    assert [outcome.status for outcome in world.run("run-3").outcomes] == [AssetStatus.ACCEPTED]


def test_what_a_run_held_that_is_known_to_be_dead_is_free_at_once() -> None:
    world = World()
    world.drop("a.csv")
    world.look()
    world.app.run(ClaimBatchCommand("orders", "killed", 60))
    assert world.app.ask(GetPendingQuery("orders", "", world.clock())).holders == ("killed",)
    world.app.run(ExpireLeaseCommand("killed"))
    assert len(world.run("run-2").outcomes) == 1


def test_two_runs_at_once_judge_every_file_once() -> None:
    world = World()
    for number in range(20):
        world.drop(f"{number:02}.csv")
    world.look()
    second: list[int] = []

    def other_run_in_between(request: ExaminationRequest) -> Examination:
        if not second:
            second.append(-1)
            world.drop("late.csv")
            world.look()
            second.append(len(world.run("run-2").outcomes))
        return clean()

    world.engine.outcomes = other_run_in_between
    first = world.run("run-1")
    assert (len(first.outcomes), second[-1]) == (20, 1)
    assert world.view().counts.accepted == 21


def test_a_run_that_lost_its_lease_does_not_judge_what_another_holds() -> None:
    world = World()
    world.drop("a.csv")
    world.look()
    (entry,) = world.app.run(ClaimBatchCommand("orders", "slow", 60)).entries
    world.clock.advance(seconds=61)
    world.app.run(ClaimBatchCommand("orders", "fast", 60))
    (late,) = world.app.execute(RegisterDataAssetCommand(entry.id, clean(), holder="slow:orders"))
    assert isinstance(late, Failed)
    assert "not held by run slow any more" in late.error.message


def test_a_run_whose_lease_ran_out_judges_what_nobody_else_took() -> None:
    world = World()
    world.drop("a.csv")
    world.look()

    def slept(request: ExaminationRequest) -> Examination:
        world.clock.advance(seconds=61)  # as a laptop does
        return clean()

    world.engine.outcomes = slept
    assert [outcome.status for outcome in world.run("slow", lease_seconds=60).outcomes] == [AssetStatus.ACCEPTED]


def test_a_file_that_kills_its_runs_is_found_and_rejected() -> None:
    world = World()
    world.drop("deadly.csv")
    world.look()
    for attempt in range(MOST_ATTEMPTS):
        assert len(world.app.run(ClaimBatchCommand("orders", f"run-{attempt}", 60)).entries) == 1
        world.clock.advance(seconds=61)
    report = world.run("last")
    assert [outcome.status for outcome in report.outcomes] == [AssetStatus.REJECTED]
    assert "every run that read it died, 4 times" in (report.outcomes[0].reason or "")


def test_when_the_engine_is_broken_the_batch_is_given_back_uncounted() -> None:
    world = World(lambda request: Unavailable("no engine"))
    world.drop("a.csv")
    world.look()
    for attempt in range(MOST_ATTEMPTS + 1):
        with pytest.raises(Unavailable):
            world.run(f"run-{attempt}")
    pending = world.app.ask(GetPendingQuery("orders", "", world.clock())).arrivals
    assert pending.count == 0  # the sensor waits a little
    world.clock.advance(seconds=61)
    pending = world.app.ask(GetPendingQuery("orders", "", world.clock())).arrivals
    assert (pending.count, pending.attempts) == (1, MOST_ATTEMPTS + 1)
    world.engine.outcomes = {}
    assert [outcome.status for outcome in world.run("mended").outcomes] == [AssetStatus.ACCEPTED]


def test_a_run_that_dies_before_it_scores_leaves_that_to_the_next() -> None:
    world = World()
    world.drop("a.csv")
    world.look()
    score = COMMAND_HANDLERS[ScoreDatasetCommand]

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(COMMAND_HANDLERS, ScoreDatasetCommand, dies)  # type: ignore[arg-type]
        with pytest.raises(KeyboardInterrupt):
            world.run("killed")
    assert COMMAND_HANDLERS[ScoreDatasetCommand] is score
    assert world.view().latest is None
    assert world.app.ask(GetPendingQuery("orders", world.dataset.plan_hash, world.clock())).unscored
    report = world.run("next")
    assert report.assessed is not None
    assert report.assessed.score.counts.accepted == 1
    assert not world.app.ask(GetPendingQuery("orders", world.dataset.plan_hash, world.clock())).unscored


def test_a_step_that_fails_leaves_the_batches_of_its_siblings_alone() -> None:
    world = World()
    world.drop("a.csv")
    world.look()
    sibling = holder_of("run-1", "returns")
    mine = world.app.run(ClaimBatchCommand("orders", holder_of("run-1", world.dataset.name), 60)).entries
    world.app.run(ReleaseBatchCommand(sibling))
    assert world.run("run-2").outcomes == ()
    world.app.run(ReleaseBatchCommand(holder_of("run-1", world.dataset.name)))
    assert [outcome.location for outcome in world.run("run-2").outcomes] == [mine[0].asset.location.uri]


def test_a_file_at_which_the_run_itself_fails_is_found_while_the_others_go_on() -> None:
    def poisoned(request: ExaminationRequest) -> Examination:
        if request.locations[0].name == "poison.csv":
            raise ValueError("a defect of ours")
        return clean()

    world = World(poisoned)
    for number in range(12):
        world.drop(f"{number:02}.csv")
    world.drop("poison.csv")
    world.look()
    for attempt in range(6):
        with suppress(ValueError):
            world.run(f"run-{attempt}")
        world.clock.advance(seconds=61)
    assert (world.view().counts.accepted, world.view().counts.rejected) == (12, 1)


def test_a_file_that_could_not_be_read_once_is_tried_again_by_the_revalidation() -> None:
    world = World({"a.csv": "a.csv: was not examined within 30 s"})
    world.drop("a.csv")
    world.look_and_run()
    world.engine.outcomes = {}
    revalidate(world.app, world.dataset, "nightly")
    assert world.statuses() == {"a.csv": ["accepted"]}


class Ended(BaseException):
    """As Dagster ends a run's code: neither KeyboardInterrupt nor SystemExit."""


def test_whoever_ends_runs_condemns_no_file() -> None:
    world = World()
    world.drop("a.csv")
    world.look()

    def ended(_: ExaminationRequest) -> Examination:
        raise Ended

    world.engine.outcomes = ended
    for attempt in range(MOST_ATTEMPTS + 1):
        with pytest.raises(Ended):
            world.run(f"run-{attempt}")
    world.engine.outcomes = {}
    assert [outcome.status for outcome in world.run("last").outcomes] == [AssetStatus.ACCEPTED]
