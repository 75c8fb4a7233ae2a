"""``data-management backfill``: judging again what is of some time."""

from dataclasses import replace
from datetime import datetime

import pytest

from data_management.application.ports import ContractReading
from data_management.domain.models import TimeWindow
from data_management_tests.examples import dirty, orders
from data_management_tests.unit.presentation.backend import Shell


def examined(shell: Shell) -> list[str]:
    """Names of the files that were read since the last question."""
    engine = shell.backend.world.engine
    names = [request.locations[0].name for request in engine.requests]
    engine.requests.clear()
    return names


def test_files_that_arrived_since_are_judged_again(shell: Shell) -> None:
    world = shell.backend.world
    world.drop("old.csv")
    shell("run")
    world.clock.advance(days=3)
    world.drop("new.csv")
    shell("run")
    examined(shell)
    world.engine.outcomes = {"new.csv": dirty(1), "old.csv": dirty(1)}
    since = world.clock().date().isoformat()
    said = shell("backfill", "--since", since, "--format", "json")
    assert examined(shell) == ["new.csv"]
    assert said.code == 1
    assert [outcome["status"] for outcome in said.json[0]["judged"]] == ["quarantined"]
    assert world.statuses() == {"old.csv": ["accepted"], "new.csv": ["quarantined"]}


def test_the_window_that_a_name_tells_goes_before_its_arrival(shell: Shell) -> None:
    plain = orders()
    assert plain.landing is not None
    window = TimeWindow("%Y-%m-%d", datetime(2024, 1, 1), timezone="Europe/Berlin")  # noqa: DTZ001
    dataset = replace(plain, landing=replace(plain.landing, time_window=window))
    shell.backend.readings = (ContractReading("orders.yaml", (dataset,)),)
    for name in ("2024-01-01.csv", "2024-01-02.csv", "notes.csv"):
        shell.backend.world.drop(name)
    shell("run")
    examined(shell)
    assert shell("backfill", "--since", "2024-01-02").code == 0
    assert examined(shell) == ["2024-01-02.csv", "notes.csv"]


def test_what_has_not_been_judged_is_left_to_a_run(shell: Shell) -> None:
    shell.backend.world.drop("a.csv")
    shell.backend.world.look()
    said = shell("backfill", "--since", "2000-01-01")
    assert said.code == 0
    assert "nothing new" not in said.out
    assert "nothing to judge again" in said.out
    assert shell.backend.world.statuses() == {"a.csv": ["arrived"]}


@pytest.mark.parametrize("arguments", [[], ["--since", "yesterday"], ["--since", "2024-02-31"]])
def test_a_backfill_without_a_date_is_wrong_usage(shell: Shell, arguments: list[str]) -> None:
    said = shell("backfill", *arguments)
    assert said.code == 2
    assert "--since" in said.err


def test_an_unknown_dataset_is_answered_with_the_known_ones(shell: Shell) -> None:
    said = shell("backfill", "--since", "2024-01-01", "--dataset", "order")
    assert said.code == 2
    assert "declared are: orders" in said.err
