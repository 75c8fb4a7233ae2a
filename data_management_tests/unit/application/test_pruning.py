"""The past is forgotten; what is current, its totals and its score are not."""

from collections import Counter
from datetime import timedelta

from data_management.application.commands import RecordAuditCommand
from data_management.application.queries import GetPendingQuery, GetQualityHistoryQuery, ListAuditQuery
from data_management.application.services import prune, reconcile, revalidate
from data_management.domain.models import AuditRecord, Outcome, Prunable
from data_management_tests.examples import dirty
from data_management_tests.unit.application.world import World


def lived() -> World:
    """A catalog with 200 days of versions, removals and nightly re-validations."""
    world = World({"bad.csv": dirty(3), "broken.csv": "broken.csv: is empty (0 bytes)"})
    for name in ("bad.csv", "broken.csv", "steady.csv"):
        world.drop(name)
    for day in range(0, 200, 10):
        world.clock.advance(days=10)
        world.drop("daily.csv", f"v{day}")
        world.drop(f"{day}.csv")
        world.look_and_run(f"run-{day}")
        if day >= 20:
            world.files.remove(f"file:///landing/orders/{day - 20}.csv")
            reconcile(world.app, world.dataset, 0.0)
        revalidate(world.app, world.dataset, f"nightly-{day}")
    return world


def pruned(world: World, **options: object) -> dict[Prunable, int]:
    return prune(world.app, world.clock() - timedelta(days=90), **options)  # type: ignore[arg-type]


def test_what_is_current_stays_with_its_totals_and_score() -> None:
    world = lived()
    view, current = world.view(), world.assets()
    gone = pruned(world)
    assert all(gone[what] for what in (Prunable.ASSETS, Prunable.CHECKS, Prunable.SCORES))
    assert world.view() == view
    assert world.assets() == current
    pending = world.app.ask(GetPendingQuery("orders", world.dataset.plan_hash, world.clock()))
    assert (pending.arrivals.count, pending.outdated, pending.unscored) == (0, 0, False)
    assert revalidate(world.app, world.dataset, "afterwards").assessed is not None
    assert world.view().totals == view.totals


def denied(world: World) -> None:
    at = world.clock()
    world.app.run(RecordAuditCommand((AuditRecord(at, "key/1", "GET /v1/audit", "/v1/audit", Outcome.DENIED),)))


def audit_of(world: World) -> list[str]:
    return [record.action for record in world.app.ask(ListAuditQuery()).records]


def test_the_audit_is_kept_for_a_year_and_tells_that_it_was_pruned() -> None:
    world = World()
    for _ in range(3):
        denied(world)
        world.clock.advance(days=150)
    assert pruned(world, by="user/ann")[Prunable.AUDIT] == 1
    last, *others = world.app.ask(ListAuditQuery()).records
    assert (last.who, last.action, last.subject, last.outcome) == ("user/ann", "audit.prune", "audit", Outcome.DONE)
    assert last.after == {"before": (world.clock() - timedelta(days=365)).isoformat()}
    assert len(others) == 2
    assert pruned(world)[Prunable.AUDIT] == 0
    assert audit_of(world).count("audit.prune") == 1


def test_the_audit_is_kept_for_as_long_as_the_rest_or_as_one_says() -> None:
    world = World()
    denied(world)
    world.clock.advance(days=400)
    assert prune(world.app, world.clock() - timedelta(days=500))[Prunable.AUDIT] == 0
    before = world.clock() - timedelta(days=500)
    denied(world)
    assert prune(world.app, before, audit_before=world.clock() - timedelta(days=30))[Prunable.AUDIT] == 1
    assert audit_of(world) == ["audit.prune", "GET /v1/audit"]


def test_that_it_was_pruned_is_told_once_however_many_steps_it_takes() -> None:
    world = World()
    for _ in range(7):
        denied(world)
    world.clock.advance(days=400)
    assert pruned(world, dry_run=True)[Prunable.AUDIT] == pruned(world, step=2)[Prunable.AUDIT] == 7
    assert audit_of(world) == ["audit.prune"]


def test_a_dry_run_says_what_would_go_and_nothing_does() -> None:
    world = lived()
    before = world.catalog.state.copy()
    foretold = pruned(world, dry_run=True)
    assert world.catalog.state == before
    assert pruned(world, step=7) == foretold
    assert Counter(pruned(world)) == Counter(dict.fromkeys(Prunable, 0))


def test_the_history_keeps_one_point_a_day_and_all_of_the_last_ninety_days() -> None:
    world = lived()
    pruned(world)
    points = world.app.ask(GetQualityHistoryQuery("orders", limit=1000)).points
    old = [point.at.date() for point in points if point.at < world.clock() - timedelta(days=90)]
    assert len(old) == len(set(old)) > 5
    assert len(points) - len(old) > len(set(old)), "younger ones are all there"
