"""``prune``."""

import pytest

from data_management_tests.unit.presentation.backend import Shell


@pytest.fixture
def aged(shell: Shell) -> Shell:
    """A catalog with two versions of a file, the older superseded 100 days ago."""
    world = shell.backend.world
    for token in ("v1", "v2"):
        world.drop("a.csv", token)
        assert shell("run").code == 0
    world.clock.advance(days=100)
    return shell


def test_prune_says_what_went(aged: Shell) -> None:
    would = aged("prune", "--older-than", "90d", "--dry-run", "--format", "json")
    assert (would.code, would.json["dry_run"], would.json["assets"], would.json["scores"]) == (0, True, 1, 1)
    assert len(aged("assets", "list", "--all", "--format", "json").json) == 2
    went = aged("prune", "--older-than", "12w", "--format", "json").json
    assert went == would.json | {"dry_run": False, "before": went["before"]}
    (left,) = aged("assets", "list", "--all", "--format", "json").json
    assert left["status"] == "accepted"
    assert "Forgotten: older than" in aged("prune", "--older-than", "36h").out


def test_what_is_younger_stays(aged: Shell) -> None:
    assert aged("prune", "--older-than", "101d", "--format", "json").json["assets"] == 0


@pytest.mark.parametrize("age", ["90", "0d", "-1d", "90 days", "d", "99999999d", "40000d"])
def test_an_age_that_cannot_be_meant_says_how_to_write_one(shell: Shell, age: str) -> None:
    said = shell("prune", f"--older-than={age}")
    assert said.code == 2
    assert f"'{age}' is not an age; write for instance 90d, 12w or 36h" in said.err


def test_nothing_is_forgotten_without_an_age(shell: Shell) -> None:
    assert shell("prune").code == 2
