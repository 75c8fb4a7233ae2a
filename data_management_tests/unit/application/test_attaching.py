"""What a Dagster asset holds, beside files that land."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from data_management.application.commands import RecordArrivalsCommand, RegisterDatasetCommand
from data_management.application.ports import ExaminationRequest, FoundFile, UnitOfWork, UnitOfWorkFactory
from data_management.application.services import (
    HeldVersion,
    attached,
    judge_file,
    judge_frame,
    judge_table,
    reconcile,
    revalidate,
)
from data_management.domain.models import (
    DataLocation,
    Examination,
    ObjectStore,
    RuleScope,
    VersionToken,
)
from data_management.errors import InvalidInput, Rejected, Unavailable
from data_management_tests.examples import clean, dirty, in_range, not_null, orders, row_count
from data_management_tests.fakes import NOON
from data_management_tests.unit.application.world import World

ORDERS = DataLocation.of_dagster(["orders"])


def version(token: str = "v1") -> HeldVersion:
    return HeldVersion(ORDERS, VersionToken(token))


class Between:
    """Acts before the unit of work of that number, once: what another process does, or what ends this one."""

    def __init__(self, units: UnitOfWorkFactory, number: int, act: Callable[[], object]) -> None:
        self._units, self._left, self._act = units, number, act

    def __call__(self) -> AbstractContextManager[UnitOfWork]:
        self._left -= 1
        if self._left == 0:
            self._act()
        return self._units()


class Frames:
    """A frame is its own examination; a text says why it cannot be read."""

    def examine(self, frame: object, request: ExaminationRequest) -> Examination:
        if isinstance(frame, str):
            raise Rejected(frame)
        if not isinstance(frame, Examination):
            raise InvalidInput("no frame")
        return frame


@pytest.fixture
def world() -> World:
    world = World()
    world.app.frames = Frames()
    return world


def all_of(world: World) -> list[str]:
    return [
        f"{asset.location} {asset.version_token} {asset.status.value}" for asset in world.assets(current_only=False)
    ]


def test_a_frame_is_recorded_judged_and_scored(world: World) -> None:
    judgement = judge_frame(world.app, world.dataset, version(), clean(), "run-1")
    assert (judgement.verdict.value, judgement.stopped, judgement.dataset.score.verdict.value) == (
        "pass",
        False,
        "pass",
    )
    assert all_of(world) == ["dagster:///orders v1 accepted"]
    assert (world.assets()[0].size_bytes, world.assets()[0].row_count) == (None, 100)


def test_no_run_can_claim_what_is_judged_already(world: World) -> None:
    world.app.run(RegisterDatasetCommand(world.dataset))
    found = FoundFile(ORDERS, VersionToken("v1"), None, NOON)
    world.app.run(RecordArrivalsCommand("orders", (found,), pending=False))
    assert world.run().outcomes == ()


def test_landings_leave_it_alone(world: World) -> None:
    judge_frame(world.app, world.dataset, version(), clean(), "run-1")
    world.drop("a.csv")
    world.look_and_run("run-2")
    assert reconcile(world.app, world.dataset, 0).removed == 0
    report = revalidate(world.app, world.dataset, "run-4")
    assert [outcome.name for outcome in report.outcomes] == ["a.csv"]
    world.dataset = orders(not_null(), in_range(), row_count())
    world.look_and_run("run-5")
    assert all(line.endswith("accepted") for line in all_of(world))
    assert {location.scheme for request in world.engine.requests for location in request.locations} == {"file"}


def test_an_unreadable_frame_is_rejected_and_a_stranger_is_nobody(world: World) -> None:
    judgement = judge_frame(world.app, world.dataset, version(), "its column x is broken", "run-1")
    assert (judgement.verdict.value, judgement.reasons) == ("fail", ("its column x is broken",))
    with pytest.raises(InvalidInput):
        judge_frame(world.app, world.dataset, version("v2"), 7, "run-1")
    assert all_of(world) == ["dagster:///orders v1 rejected"]


def test_what_is_stopped_stands_beside_until_the_next_is_published(world: World) -> None:
    def judged(token: str, outcome: object) -> str:
        judgement = judge_frame(
            world.app, world.dataset, version(token), outcome, token, before_publishing=True, on_fail="stop"
        )
        return f"{judgement.stopped} {judgement.dataset.score.verdict.value}"

    assert judged("v1", clean()) == "False pass"
    assert judged("v2", dirty(5)) == "True warn"
    assert judged("v3", "unreadable") == "True warn"
    assert judged("v4", clean()) == "False pass"
    assert all_of(world) == [
        "dagster:///orders v1 superseded",
        "dagster:///orders#stopped v2 superseded",
        "dagster:///orders#stopped v3 removed",
        "dagster:///orders v4 accepted",
    ]


def test_judging_the_published_version_again_leaves_what_was_stopped(world: World) -> None:
    judge_frame(world.app, world.dataset, version("v1"), clean(), "1")
    judge_frame(world.app, world.dataset, version("v2"), dirty(5), "2", before_publishing=True, on_fail="stop")
    judge_frame(world.app, world.dataset, version("v1"), clean(), "3")
    assert all_of(world) == ["dagster:///orders v1 accepted", "dagster:///orders#stopped v2 quarantined"]


def test_a_file_is_read_where_it_is_and_known_by_its_asset(world: World) -> None:
    judge_file(world.app, world.dataset, version(), DataLocation("s3://bucket/orders.parquet"), "run-1")
    (request,) = world.engine.requests
    assert (request.locations[0].uri, request.store) == ("s3://bucket/orders.parquet", ObjectStore())
    assert all_of(world) == ["dagster:///orders v1 accepted"]


def test_a_table_that_is_not_there_is_rejected(world: World) -> None:
    def tables(uri: str) -> object:
        if uri == "nowhere":
            raise Rejected("table 'orders' is not in its database")
        return clean()

    world.app.tables = tables
    assert judge_table(world.app, world.dataset, version("v1"), "here", "1").verdict.value == "pass"
    assert judge_table(world.app, world.dataset, version("v2"), "nowhere", "2").entry.status.value == "rejected"


def test_an_application_without_an_engine_for_frames_says_so(world: World) -> None:
    world.app.frames = None
    with pytest.raises(Unavailable, match="judges no frames"):
        judge_frame(world.app, world.dataset, version(), clean(), "1")
    with pytest.raises(Unavailable, match="reads no tables"):
        judge_table(world.app, world.dataset, version(), "x", "1")


def test_rules_over_the_dataset_are_of_an_unpartitioned_assets_data() -> None:
    dataset = orders(not_null(), row_count(scope=RuleScope.DATASET))
    assert {rule.scope for rule in attached(dataset, partitioned=False).rules} == {RuleScope.ASSET}
    assert attached(dataset, partitioned=True) is dataset
    assert attached(orders(), partitioned=False).plan_hash == orders().plan_hash


@pytest.mark.parametrize("number", range(1, 6))
def test_two_runs_at_once_each_judge_their_own_version(world: World, number: int) -> None:
    def overtake() -> None:
        judge_frame(world.app, world.dataset, version("t2"), clean(rows=3), "run-2")

    world.app._unit_of_work = Between(world.app._unit_of_work, number, overtake)
    judgement = judge_frame(world.app, world.dataset, version("t1"), clean(rows=1), "run-1")
    assert (judgement.entry.asset.version_token.value, judgement.entry.row_count) == ("t1", 1)
    recorded = {(asset.version_token, asset.row_count) for asset in world.assets(current_only=False)}
    assert recorded <= {("t1", 1), ("t2", 3)}
    assert all("arrived" not in line for line in all_of(world))


@pytest.mark.parametrize("frame", [clean(), "it has no columns"])
@pytest.mark.parametrize("number", range(1, 6))
def test_a_run_that_dies_leaves_the_version_before_or_its_own(world: World, number: int, frame: object) -> None:
    judge_frame(world.app, world.dataset, version("v1"), clean(), "run-1")
    before = world.view().latest

    class Died(BaseException):
        pass

    def die() -> None:
        raise Died

    world.clock.advance(seconds=1)
    world.app._unit_of_work = Between(world.app._unit_of_work, number, die)
    try:
        judge_frame(world.app, world.dataset, version("v2"), frame, "run-2")
    except Died:
        assert all_of(world) == ["dagster:///orders v1 accepted"]
        assert world.view().latest == before
    else:
        assert "dagster:///orders v1 superseded" in all_of(world)


def test_partitions_that_an_earlier_contract_judged_hold_back_no_verdict_of_those_that_are_checked(
    world: World,
) -> None:
    def judge(partition: str, frame: Examination, run_id: str) -> str:
        held = HeldVersion(DataLocation.of_dagster(["orders"], partition), VersionToken(run_id))
        return judge_frame(world.app, world.dataset, held, frame, run_id).dataset.score.verdict.value

    assert judge("2026-01-01", clean(), "run-1") == "pass"
    assert judge("2026-01-02", dirty(100), "run-2") == "warn"
    world.dataset = orders(not_null(), version="2.0.0")
    assert judge("2026-01-02", clean(not_null()), "run-3") == "pass", "nobody judges 2026-01-01 again by itself"
