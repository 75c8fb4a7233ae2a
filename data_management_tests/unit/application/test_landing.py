"""What lies in a landing becomes arrivals, each version once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data_management.application.queries import GetPendingQuery
from data_management.application.services import reconcile, record_landing
from data_management.domain.models import DataLocation, NewObjects
from data_management.errors import Unavailable
from data_management_tests.examples import orders
from data_management_tests.fakes import NOON
from data_management_tests.unit.application.world import World, uri


def test_the_same_file_delivered_five_times_arrives_once() -> None:
    world = World()
    world.drop("a.csv")
    reports = [world.look() for _ in range(5)]
    assert [(report.new, report.known) for report in reports] == [(1, 0), (0, 1), (0, 1), (0, 1), (0, 1)]
    assert world.statuses() == {"a.csv": ["arrived"]}


def test_a_file_that_returns_is_a_new_arrival() -> None:
    world = World()
    for token in ("A", "B", "A"):
        world.drop("a.csv", token)
        world.look_and_run()
    assert world.statuses(current_only=False) == {"a.csv": ["superseded", "superseded", "accepted"]}


def test_a_file_that_was_deleted_and_dropped_again_is_a_new_arrival() -> None:
    world = World()
    world.drop("a.csv")
    world.look_and_run()
    world.files.remove(uri("a.csv"))
    reconcile(world.app, world.dataset, 2.0)
    world.drop("a.csv")
    world.look_and_run("run-2")
    assert world.statuses(current_only=False) == {"a.csv": ["removed", "accepted"]}


def test_a_file_that_is_still_growing_waits_for_the_next_look() -> None:
    world = World()
    world.files.put(uri("a.csv"), "half", changed_at=world.clock())
    assert (world.look().new, world.look().unsettled) == (0, 1)
    world.clock.advance(seconds=1)
    world.files.put(uri("a.csv"), "whole", changed_at=world.clock())
    assert world.look().new == 0
    world.clock.advance(seconds=2)
    assert world.look().new == 1
    assert [asset.version_token for asset in world.assets()] == ["whole"]


def test_a_newer_version_supersedes_one_that_was_not_read_yet() -> None:
    world = World()
    world.drop("a.csv", "v1")
    world.look()
    world.drop("a.csv", "v2")
    world.look()
    assert [outcome.name for outcome in world.run().outcomes] == ["a.csv"]
    assert world.statuses(current_only=False) == {"a.csv": ["superseded", "accepted"]}


def test_a_look_stops_at_its_deadline_and_the_next_goes_on() -> None:
    world = World()
    for number in range(1200):
        world.drop(f"{number:04}.csv")
    after, looks = None, 0
    while looks == 0 or after is not None:
        report = record_landing(world.app, world.dataset, 2.0, deadline=world.app.deadline(0), after=after)
        after, looks = report.resume_after, looks + 1
        assert looks < 10
    assert looks == 3  # of 500 files each
    assert world.view().counts.pending == 1200


def test_a_look_notices_what_is_gone_and_writes_nothing_where_nothing_is() -> None:
    world = World()
    for name in ("a.csv", "b.csv", "c.csv", "d.csv"):
        world.drop(name)
    world.look_and_run()
    for name in ("a.csv", "c.csv", "d.csv"):
        world.files.remove(uri(name))
    report = world.look()
    assert (report.gone, report.known, report.new) == (3, 1, 0)
    assert world.statuses() == {"b.csv": ["accepted"]}
    assert is_unscored(world)
    told = len(world.catalog.events)
    assert world.look().gone == 0
    assert len(world.catalog.events) == told


def test_a_file_that_was_renamed_is_new_and_gone() -> None:
    world = World()
    world.drop("a.csv")
    world.look_and_run()
    world.files.remove(uri("a.csv"))
    world.drop("b.csv")
    report = world.look()
    assert (report.new, report.gone, report.left) == (1, 1, 0)


def test_a_look_that_finds_nothing_at_all_removes_nothing_and_warns() -> None:
    world = World()
    world.drop("a.csv")
    world.drop("b.csv")
    world.look_and_run()
    world.files.files.clear()
    report = world.look()
    assert (report.gone, report.left) == (0, 2)
    assert report.warning is not None
    assert "nothing is there, but the catalog knows 2 file(s)" in report.warning
    assert world.statuses() == {"a.csv": ["accepted"], "b.csv": ["accepted"]}
    assert World().look().warning is None


def test_what_was_recorded_since_the_listing_is_not_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    world.drop("a.csv")
    world.drop("b.csv")
    world.look_and_run()
    listed = [world.files.files[uri("a.csv")]]
    monkeypatch.setattr(world.files, "list", lambda _: iter(listed))
    assert world.look().gone == 0


def test_a_look_that_was_cut_short_removes_only_where_it_looked() -> None:
    world = World()
    for number in range(1200):
        world.drop(f"{number:04}.csv")
    world.look()
    for number in (3, 700, 1199):
        world.files.remove(uri(f"{number:04}.csv"))
    report = record_landing(world.app, world.dataset, 2.0, deadline=world.app.deadline(0))
    assert (report.gone, report.left) == (1, 0)
    assert record_landing(world.app, world.dataset, 2.0, after=report.resume_after).gone == 2


def test_a_file_that_is_gone_is_removed_and_the_dataset_scored_by_the_next_run() -> None:
    world = World()
    world.drop("a.csv")
    world.drop("b.csv")
    world.look_and_run()
    world.files.remove(uri("a.csv"))
    outcome = reconcile(world.app, world.dataset, 2.0)
    assert (outcome.arrived, outcome.removed) == (0, 1)
    assert is_unscored(world)
    world.run("run-2")
    view = world.view()
    assert view.counts.accepted == 1
    assert [total.evaluated for total in view.totals] == [100, 100]
    assert view.latest is not None
    assert view.latest.counts.accepted == 1


def test_reconciling_records_what_no_look_has_seen() -> None:
    world = World()
    world.drop("late.csv")
    assert reconcile(world.app, world.dataset, 2.0).arrived == 1


def test_an_unmounted_landing_is_not_an_empty_one() -> None:
    world = World()
    world.drop("a.csv")
    world.look_and_run()
    world.files.files.clear()
    world.files.reachable = False
    with pytest.raises(Unavailable, match="nothing was marked as removed"):
        reconcile(world.app, world.dataset, 2.0)
    assert world.statuses() == {"a.csv": ["accepted"]}


def test_a_clock_that_is_behind_the_files_does_not_hide_them() -> None:
    world = World()
    world.files.put(uri("a.csv"), changed_at=NOON + timedelta(days=1))
    assert world.look().new == 1


def is_unscored(world: World) -> bool:
    return world.app.ask(GetPendingQuery("orders", world.dataset.plan_hash, world.clock())).unscored


def partial(**where: object) -> World:
    """A landing whose contract says where new files are looked for, after its first look."""
    dataset = orders()
    assert dataset.landing is not None
    new_objects = NewObjects(**where)  # type: ignore[arg-type]
    world = World(dataset=replace(dataset, landing=replace(dataset.landing, new_objects=new_objects)))
    world.drop("0.csv")
    assert world.look().new == 1
    return world


def test_the_first_look_is_at_all_and_later_ones_where_new_files_are() -> None:
    world = partial(monotonic=True)
    world.files.recent.clear()
    world.drop("1.csv")
    world.drop("late.csv")
    world.files.recent.remove(uri("late.csv"))
    report = world.look()
    assert (report.new, report.known) == (1, 0)
    assert reconcile(world.app, world.dataset, 2.0).arrived == 1


def test_where_the_next_look_begins_behind_the_last_arrival_nothing_is_recorded_behind_one_that_waits() -> None:
    world = partial(monotonic=True)
    world.drop("1.csv")
    world.files.put(uri("2.csv"), changed_at=world.clock())
    world.drop("3.csv")
    report = world.look()
    assert (report.new, report.unsettled) == (1, 1)
    world.clock.advance(seconds=3)
    world.files.recent.update({uri("2.csv"), uri("3.csv")})
    assert world.look().new == 2


def test_a_first_look_that_stopped_goes_on_with_all() -> None:
    dataset = orders()
    assert dataset.landing is not None
    landing = replace(dataset.landing, new_objects=NewObjects(date_prefix="%Y"))
    world = World(dataset=replace(dataset, landing=landing))
    for number in range(700):
        world.drop(f"{number:03}.csv")
    first = record_landing(world.app, world.dataset, 2.0, deadline=world.app.deadline(0))
    world.files.recent.clear()
    second = record_landing(world.app, world.dataset, 2.0, deadline=world.app.deadline(0), after=first.resume_after)
    assert (first.new, second.new, second.resume_after) == (500, 200, None)


def test_what_a_queue_tells_is_recorded_and_acknowledged() -> None:
    world = partial(event_queue="https://queue")
    world.drop("unsaid.csv")
    world.queue.tell(world.files.put(uri("1.csv"), "v1"))
    world.queue.tell(gone=(DataLocation(uri("0.csv")),))
    report = world.look()
    assert (report.new, report.gone) == (1, 1)
    assert world.queue.waiting == []
    world.queue.tell(world.files.put(uri("2.csv"), "v1"))
    assert reconcile(world.app, world.dataset, 2.0).arrived == 3
    assert world.queue.waiting == []
    assert world.statuses(current_only=False) == {
        "0.csv": ["removed", "arrived"],  # it stands there after all, says the listing
        "1.csv": ["arrived"],
        "2.csv": ["arrived"],
        "unsaid.csv": ["arrived"],
    }
