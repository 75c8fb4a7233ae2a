"""What a run makes of columns: how they changed, what they were found to hold, what they hold together."""

from dataclasses import replace

from data_management.domain.events import SchemaChanged
from data_management.domain.models import (
    Category,
    Classification,
    ClassifiedBy,
    Column,
    ColumnProfile,
    ColumnSpec,
    Examination,
    Sensitivity,
)
from data_management_tests.examples import clean, dirty, orders
from data_management_tests.unit.application.world import World

ID, NOTE = Column("id", "BIGINT"), Column("note", "VARCHAR")
EMAIL = Classification("id", Category.EMAIL, Sensitivity.CONFIDENTIAL, 0.9, "it looks so", ClassifiedBy.VALUES)


def with_columns(*columns: Column, of: Examination | None = None) -> Examination:
    return replace(of or clean(), columns=columns)


def changes(world: World) -> list[SchemaChanged]:
    return [event for event in world.catalog.events if isinstance(event, SchemaChanged)]


def test_columns_that_changed_are_an_event_and_a_note() -> None:
    world = World({"b.csv": with_columns(ID, NOTE), "c.csv": with_columns(Column("id", "VARCHAR"))})
    for name in ("a.csv", "b.csv", "c.csv"):
        world.drop(name)
        report = world.look_and_run(name)
    first, second = changes(world)
    assert (first.added, first.removed, first.breaking) == (("note",), (), False)
    assert (second.removed, second.retyped, second.breaking) == (("note",), ("id: BIGINT → VARCHAR",), True)
    assert report.outcomes[0].schema_changes == (
        "column 'note' was removed (breaking)",
        "column 'id' was BIGINT and is VARCHAR (breaking)",
    )
    noted = {asset.location[-5:]: [note.message for note in asset.notes] for asset in world.assets()}
    assert noted["b.csv"] == ["column 'note' was added"]


def test_a_rewritten_file_is_compared_with_what_stood_there() -> None:
    world = World(lambda request: with_columns(NOTE) if "v2" in str(request.version_tokens) else with_columns(ID, NOTE))
    world.drop("a.csv", "v1")
    world.look_and_run("1")
    world.drop("a.csv", "v2")
    world.look_and_run("2")
    assert [change.removed for change in changes(world)] == [("id",)]


def test_a_quarantined_file_is_nothing_to_compare_with() -> None:
    world = World({"bad.csv": with_columns(NOTE, of=dirty(3))})
    for name in ("a.csv", "bad.csv", "c.csv"):
        world.drop(name)
        world.look_and_run(name)
    assert [change.location[-7:] for change in changes(world)] == ["bad.csv"]


def test_many_files_of_one_run_are_compared_one_after_the_other() -> None:
    world = World({"b.csv": with_columns(ID, NOTE), "c.csv": with_columns(ID, NOTE)})
    for name in ("a.csv", "b.csv", "c.csv"):
        world.drop(name)
    world.look_and_run()
    assert [change.location[-5:] for change in changes(world)] == ["b.csv"]


def test_a_column_that_the_contract_requires_is_missed_in_the_first_file() -> None:
    world = World(dataset=replace(orders(), columns=(ColumnSpec("amount", required=True),)))
    world.drop("a.csv")
    world.look_and_run()
    assert [change.removed for change in changes(world)] == [("amount",)]


def test_judging_again_says_nothing_anew_and_forgets_nothing() -> None:
    from data_management.application.services import revalidate

    world = World({"b.csv": with_columns(ID, NOTE)})
    for name in ("a.csv", "b.csv"):
        world.drop(name)
        world.look_and_run(name)
    report = revalidate(world.app, world.dataset, "again")
    assert len(changes(world)) == 1
    assert [outcome.schema_changes for outcome in report.outcomes] == [(), ()]
    assert [note.message for asset in world.assets() for note in asset.notes] == ["column 'note' was added"]


def test_what_a_file_was_found_to_hold_is_told_to_the_next_reading() -> None:
    world = World({"a.csv": replace(clean(), classifications=(EMAIL,))})
    world.drop("a.csv")
    world.look_and_run("1")
    world.drop("b.csv")
    world.look_and_run("2")
    assert [request.known for request in world.engine.requests] == [(), (EMAIL,)]
    assert world.assets()[0].classifications == (EMAIL,)


def test_a_report_has_the_profile_of_what_was_accepted() -> None:
    def profiled(count: int, of: Examination) -> Examination:
        return replace(of, profile=(ColumnProfile("id", 0, minimum=count, count=count),))

    world = World({"a.csv": profiled(1, clean()), "b.csv": profiled(2, clean()), "c.csv": profiled(4, dirty(3))})
    for name in ("a.csv", "b.csv", "c.csv"):
        world.drop(name)
    (profile,) = world.look_and_run().profile
    assert (profile.count, profile.minimum) == (3, 1)
