"""A run claims what is pending, judges it, and scores the dataset."""

import pytest

from data_management.application.commands import RecordRemovalsCommand, RejectDataAssetCommand
from data_management.application.ports import Changed, ExaminationRequest, Unreadable
from data_management.application.queries import GetPendingQuery, ListValidationsQuery
from data_management.application.services import Done, Failed, revalidate, validate_arrivals
from data_management.domain.models import (
    AssetStatus,
    Check,
    DataLocation,
    Examination,
    RuleScope,
    RuleTotals,
    ScorePolicy,
    Validation,
    Verdict,
)
from data_management.errors import InvalidInput, NotFound
from data_management_tests.examples import clean, dirty, examination, in_range, not_null, orders, row_count, rows_check
from data_management_tests.fakes.repositories import FakeQualityRepository
from data_management_tests.unit.application.world import World, uri


def test_good_files_are_accepted_bad_ones_quarantined_unreadable_ones_rejected() -> None:
    world = World({"bad.csv": dirty(3), "broken.csv": "broken.csv: is empty (0 bytes)"})
    for name in ("good.csv", "bad.csv", "broken.csv"):
        world.drop(name)
    report = world.look_and_run()
    assert world.statuses() == {"good.csv": ["accepted"], "bad.csv": ["quarantined"], "broken.csv": ["rejected"]}
    assert {o.name: o.reason for o in report.outcomes} == {
        "good.csv": None,
        "bad.csv": "rule 'id.required' failed: 3 of 100 rows",
        "broken.csv": "broken.csv: is empty (0 bytes)",
    }
    assert report.assessed is not None
    assert report.assessed.score.verdict is Verdict.WARN
    assert report.assessed.score.counts.accepted == 1


def test_a_run_ends_and_scores_while_files_land_faster_than_it_judges() -> None:
    world = World()
    world.drop("0.csv")
    world.look()
    judged = 0

    def two_more(_: object) -> None:
        nonlocal judged
        judged += 1
        if judged < 100:  # or the test would not fail, but never end
            world.drop(f"{judged}.csv")
            world.drop(f"{judged}-again.csv")
            world.look()

    report = validate_arrivals(world.app, world.dataset, "run-1", on_outcome=two_more, at_least=10)
    assert report.assessed is not None
    assert 10 <= judged < 100
    assert world.app.ask(GetPendingQuery("orders", world.dataset.plan_hash, world.clock())).arrivals.count > 0


def test_nothing_new_changes_nothing() -> None:
    world = World()
    world.drop("a.csv")
    world.look_and_run()
    events = len(world.catalog.events)
    report = world.look_and_run("run-2")
    assert report.assessed is None
    assert report.outcomes == ()
    assert len(world.catalog.events) == events


def test_the_score_sums_rows_over_the_accepted_files() -> None:
    warn = examination(rows_check(not_null(), 0, 300), rows_check(in_range(), 30, 300), rows=300)
    world = World({"warn.csv": warn})
    world.drop("a.csv")
    world.drop("warn.csv")
    report = world.look_and_run()
    assert report.assessed is not None
    assert report.assessed.score.score.value == pytest.approx((100 + 100 * (1 - 30 / 400)) / 2)
    assert world.view().counts.rows == 400


def test_a_newer_version_takes_the_place_of_the_older_in_the_totals() -> None:
    world = World(lambda request: clean(rows=10) if request.version_tokens[0].value == "v1" else clean(rows=70))
    world.drop("a.csv", "v1")
    world.look_and_run()
    world.drop("a.csv", "v2")
    world.look_and_run("run-2")
    assert [total.evaluated for total in world.view().totals] == [70, 70]


def test_a_corrupt_newer_version_takes_the_older_out_and_forces_the_verdict() -> None:
    world = World(lambda request: clean() if request.version_tokens[0].value == "v1" else "a.csv: cannot be read")
    world.drop("a.csv", "v1")
    world.drop("b.csv", "v1")
    world.look_and_run()
    world.drop("a.csv", "v2")
    report = world.look_and_run("run-2")
    assert report.assessed is not None
    assert report.assessed.score.verdict is Verdict.WARN
    assert report.assessed.score.score.lower == pytest.approx(50.0)
    assert [total.passed for total in world.view().totals] == [1, 1]


def test_totals_of_a_run_count_quarantined_files_too() -> None:
    world = World({"bad.csv": dirty(3)})
    world.drop("good.csv")
    world.drop("bad.csv")
    report = world.look_and_run()
    assert report.assessed is not None
    totals = {total.rule: total for total in report.assessed.totals}
    assert totals["id.required"] == RuleTotals("id.required", evaluated=200, unexpected=3, passed=1, failed=1)
    assert set(world.view().totals) == set(report.assessed.totals)


def test_a_file_replaced_while_it_is_read_is_a_new_arrival_judged_in_the_same_run() -> None:
    world = World()

    def replaced_at_first(request: ExaminationRequest) -> Examination | Changed:
        if request.version_tokens[0].value == "v1":
            world.drop("a.csv", "v2")
            return Changed(request.key)
        return clean()

    world.engine.outcomes = replaced_at_first
    world.drop("a.csv", "v1")
    report = world.look_and_run()
    assert report.deferred == 1
    assert world.statuses(current_only=False) == {"a.csv": ["superseded", "accepted"]}


def test_a_file_still_being_replaced_is_left_for_the_next_look() -> None:
    world = World()

    def growing(request: ExaminationRequest) -> Changed:
        world.files.put(uri("a.csv"), "v2", changed_at=world.clock())
        return Changed(request.key)

    world.engine.outcomes = growing
    world.drop("a.csv", "v1")
    world.look()
    report = world.run(settle_seconds=2.0)
    assert (report.deferred, report.assessed) == (1, None)
    world.engine.outcomes = {}
    world.clock.advance(seconds=5)
    assert world.look().newer == 1
    world.run("run-2")
    assert world.statuses(current_only=False) == {"a.csv": ["superseded", "accepted"]}


def test_a_file_that_vanishes_while_it_is_read_is_removed() -> None:
    world = World()

    def vanishing(request: ExaminationRequest) -> Changed:
        world.files.remove(request.locations[0].uri)
        return Changed(request.key)

    world.engine.outcomes = vanishing
    world.drop("a.csv")
    world.look_and_run()
    assert world.statuses(current_only=False) == {"a.csv": ["removed"]}


def test_one_errored_rule_leaves_the_others_right() -> None:
    rules = [not_null(f"rule {number}") for number in range(50)]
    checks = [rows_check(rule, 0) for rule in rules]
    checks[7] = Check.failed_to_run(rules[7], "there is no column 'idd'")
    world = World({"a.csv": examination(*checks)}, orders(*rules))
    world.drop("a.csv")
    world.look_and_run()
    (validation,) = world.app.ask(ListValidationsQuery(world.assets()[0].id)).validations
    assert [check.rule for check in validation.checks if check.errored] == ["rule 7"]
    assert sum(check.success is True for check in validation.checks) == 49


def test_revalidation_judges_again_and_counts_no_file_twice() -> None:
    world = World()
    world.drop("a.csv")
    world.look_and_run()
    world.engine.outcomes = {"a.csv": dirty(1)}
    report = revalidate(world.app, world.dataset, "nightly")
    assert [outcome.status for outcome in report.outcomes] == [AssetStatus.QUARANTINED]
    assert [(total.passed, total.failed) for total in world.view().totals] == [(1, 0), (0, 1)]
    world.engine.outcomes = {}
    revalidate(world.app, world.dataset, "nightly-2")
    assert [total.evaluated for total in world.view().totals] == [100, 100]


def test_revalidation_leaves_arrivals_alone() -> None:
    world = World()
    world.drop("a.csv")
    world.look()
    assert revalidate(world.app, world.dataset, "nightly").outcomes == ()
    assert world.statuses() == {"a.csv": ["arrived"]}


def test_a_changed_contract_judges_the_old_files_anew() -> None:
    world = World()
    world.drop("a.csv")
    world.look_and_run()
    world.dataset = orders(not_null(), in_range(), row_count())
    world.engine.otherwise = examination(
        rows_check(not_null(), 0), rows_check(in_range(), 0), Check.of(row_count(), success=True, observed=100)
    )
    pending = world.app.ask(GetPendingQuery("orders", world.dataset.plan_hash, world.clock()))
    assert pending.outdated == 1
    report = world.look_and_run("run-2")
    assert len(report.outcomes) == 1
    assert {total.rule: total.passed for total in world.view().totals} == {
        "amount.range": 1,
        "enough_rows": 1,
        "id.required": 1,
    }
    assert world.look_and_run("run-3").outcomes == ()


def test_rules_of_dataset_scope_see_all_accepted_files_together() -> None:
    unique = not_null("unique", scope=RuleScope.DATASET)
    world = World(dataset=orders(not_null(), unique))

    def engine(request: ExaminationRequest) -> Examination:
        if request.key == "orders":
            assert request.scope is RuleScope.DATASET, "other limits hold for all files than for one"
            assert [location.name for location in request.locations] == ["a.csv", "b.csv"]
            return examination(rows_check(unique, 4, 200), rows=200)
        return examination(rows_check(not_null(), 0))

    world.engine.outcomes = engine
    world.drop("a.csv")
    world.drop("b.csv")
    report = world.look_and_run()
    assert report.assessed is not None
    totals = {total.rule: total for total in report.assessed.totals}
    assert (totals["unique"].evaluated, totals["unique"].unexpected) == (200, 4)
    assert report.assessed.score.verdict is Verdict.FAIL
    world.drop("a.csv", "v2")
    world.engine.outcomes = lambda request: (
        examination(rows_check(unique, 0, 150)) if request.key == "orders" else examination(rows_check(not_null(), 0))
    )
    report = world.look_and_run("run-2")
    assert report.assessed is not None
    assert {total.rule: total.evaluated for total in report.assessed.totals}["unique"] == 150


def test_one_command_that_fails_leaves_nothing_and_hinders_none() -> None:
    world = World()
    world.drop("a.csv")
    world.look()
    (asset,) = world.assets()
    results = world.app.execute(
        RejectDataAssetCommand("no such asset", "why"), RejectDataAssetCommand(asset.id, "a.csv: is empty")
    )
    assert [type(result) for result in results] == [Failed, Done]
    assert isinstance(results[0], Failed)
    assert isinstance(results[0].error, NotFound)
    assert world.statuses() == {"a.csv": ["rejected"]}


def test_events_tell_the_story_in_order() -> None:
    world = World()
    world.drop("a.csv")
    world.look_and_run()
    world.app.run(RecordRemovalsCommand("orders", (DataLocation(uri("a.csv")),)))
    assert [type(event).__name__ for event in world.catalog.events] == [
        "DatasetRegistered",
        "DataAssetArrived",
        "DataAssetRegistered",
        "DataQualityUpdated",
        "DatasetQualityUpdated",
        "DataAssetRemoved",
    ]


def test_a_policy_that_allows_no_bad_file_fails_the_dataset() -> None:
    world = World({"bad.csv": dirty(1)}, orders(policy=ScorePolicy(max_quarantined=0)))
    world.drop("good.csv")
    world.drop("bad.csv")
    report = world.look_and_run()
    assert report.assessed is not None
    assert report.assessed.score.verdict is Verdict.FAIL


def test_an_unreadable_answer_of_the_engine_is_the_reason_in_the_catalog() -> None:
    world = World(lambda request: Unreadable(request.key, "a.csv: took longer than 30 s; raise the limit"))
    world.drop("a.csv")
    world.look_and_run()
    assert world.assets()[0].reason == "a.csv: took longer than 30 s; raise the limit"


def test_what_the_catalog_cannot_take_is_rejected_for_that_reason_and_never_half_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    world.drop("a.csv")
    world.drop("b.csv")
    world.look_and_run()
    add = FakeQualityRepository.add

    def cannot(repository: FakeQualityRepository, validation: Validation) -> bool:
        if world.catalog.state.entries[validation.asset_id].asset.location.name != "a.csv":
            raise InvalidInput("the catalog cannot hold a name that is so long; shorten it")
        return add(repository, validation)

    monkeypatch.setattr(FakeQualityRepository, "add", cannot)
    world.drop("c.csv")
    world.look_and_run("run-2")
    revalidate(world.app, world.dataset, "nightly")
    assert world.statuses() == {"a.csv": ["accepted"], "b.csv": ["rejected"], "c.csv": ["rejected"]}
    assert {asset.reason for asset in world.assets()} == {
        None,
        "the catalog cannot hold a name that is so long; shorten it",
    }
    assert not world.catalog.state.arrivals
