"""``consumers`` and ``datasets files``."""

import pytest

from data_management.application.services import consume_files
from data_management_tests.unit.presentation.backend import Shell


@pytest.fixture
def landed(shell: Shell) -> Shell:
    """Two accepted files, of which consumer ``clean`` has seen the first; then that was replaced."""
    world = shell.backend.world
    world.drop("a.csv")
    shell("run")
    with consume_files(world.app, "orders", "clean"):
        pass
    world.drop("b.csv")
    world.drop("a.csv", "v2")
    shell("run")
    return shell


def positions(files: list[dict[str, object]]) -> list[tuple[object, object, object]]:
    return [(file["position"], str(file["location"]).rpartition("/")[2], file["withdrawn"]) for file in files]


def test_the_accepted_files_of_a_dataset_are_listed_by_position(landed: Shell) -> None:
    said = landed("datasets", "files", "orders", "--format", "json")
    assert said.code == 0
    assert {name: said.json[name] for name in ("dataset", "after", "to", "head", "complete")} == {
        "dataset": "orders",
        "after": 0,
        "to": 4,
        "head": 4,
        "complete": True,
    }
    assert positions(said.json["accepted"]) == [(3, "a.csv", None), (4, "b.csv", None)]
    assert said.json["withdrawn"] == []
    later = landed("datasets", "files", "orders", "--after", "1", "--limit", "2", "--format", "json").json
    assert positions(later["withdrawn"]) == [(2, "a.csv", "superseded")]
    assert positions(later["accepted"]) == [(3, "a.csv", None)]
    assert (later["to"], later["complete"]) == (3, False)


def test_people_see_a_table_and_that_there_is_more(landed: Shell) -> None:
    said = landed("datasets", "files", "orders", "--after", "1", "--limit", "1")
    assert "Files of orders behind position 1, up to 2" in said.out
    assert "withdrawn: superseded" in said.out
    assert "More up to position 4" in said.err


@pytest.mark.parametrize("after", ["5", "-1", "x"])
def test_a_position_that_there_is_not_is_refused(landed: Shell, after: str) -> None:
    assert landed("datasets", "files", "orders", f"--after={after}").code == 2


def test_consumers_are_listed_and_shown(landed: Shell) -> None:
    (listed,) = landed("consumers", "list", "--format", "json").json
    assert (listed["dataset"], listed["name"], listed["position"], listed["behind"]) == ("orders", "clean", 1, 3)
    assert listed["working_until"] is None
    assert "clean" in landed("consumers", "list", "--dataset", "orders").out
    shown = landed("consumers", "show", "clean", "orders", "--format", "json").json
    assert positions(shown["withdrawn"]) == [(2, "a.csv", "superseded")]
    assert "changes behind it" in landed("consumers", "show", "clean", "orders").out


@pytest.mark.parametrize(("to", "at"), [("beginning", 0), ("end", 4), ("3", 3)])
def test_a_consumer_is_reset(landed: Shell, to: str, at: int) -> None:
    said = landed("consumers", "reset", "clean", "orders", "--to", to)
    assert said.out == f"consumer clean of dataset orders is at position {at} now\n"
    assert landed("consumers", "reset", "clean", "orders", "--to", to, "--format", "json").json["position"] == at


@pytest.mark.parametrize("to", ["-1", "5", "²", "start", "99999999999999999999999"])
def test_a_consumer_is_not_reset_to_nowhere(landed: Shell, to: str) -> None:
    said = landed("consumers", "reset", "clean", "orders", f"--to={to}")
    assert said.code == 2
    assert "position" in said.err


def test_a_consumer_is_forgotten(landed: Shell) -> None:
    said = landed("consumers", "forget", "clean", "orders")
    assert said.out == "consumer clean of dataset orders is forgotten; it was at position 1\n"
    for command in (["forget"], ["show"], ["reset", "--to", "end"]):
        said = landed("consumers", command[0], "clean", "orders", *command[1:])
        assert said.code == 2
        assert "dataset 'orders' has no consumer 'clean'" in said.err


def test_programs_read_where_a_forgotten_consumer_was(landed: Shell) -> None:
    assert landed("consumers", "forget", "clean", "orders", "--format", "json").json["position"] == 1
    assert landed("consumers", "list", "--format", "json").json == []


def test_a_consumer_at_work_is_left_alone(landed: Shell) -> None:
    with consume_files(landed.backend.world.app, "orders", "clean", ignore_withdrawn=True):
        said = landed("consumers", "reset", "clean", "orders", "--to", "beginning")
    assert said.code == 4
    assert "is at work in another process" in said.err


@pytest.mark.parametrize(
    "command", [["datasets", "files", "no"], ["consumers", "show", "c", "no"], ["consumers", "list", "--dataset", "no"]]
)
def test_an_unknown_dataset_is_named(shell: Shell, command: list[str]) -> None:
    said = shell(*command)
    assert said.code == 2
    assert "no dataset 'no'" in said.err
