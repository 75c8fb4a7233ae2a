"""What the log of a run says: what is wrong at once, how far it is now and then, and in the end what became of it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from data_management.application.ports import ExaminationRequest
from data_management.domain.models import Examination
from data_management_tests.examples import clean, dirty
from data_management_tests.unit.application.world import World


@contextmanager
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[list[logging.LogRecord]]:
    with caplog.at_level(logging.DEBUG, logger="data_management"):
        yield caplog.records


def told(records: list[logging.LogRecord]) -> list[tuple[str, dict[str, object]]]:
    names = ("status", "accepted", "quarantined", "rejected", "why", "verdict", "score")
    return [
        (each.getMessage(), {name: vars(each)[name] for name in names if name in vars(each)})
        for each in records
        if each.levelno >= logging.INFO
    ]


def test_a_file_that_is_not_accepted_has_a_line_and_the_others_share_one(caplog: pytest.LogCaptureFixture) -> None:
    world = World({"bad.csv": dirty(3), "broken.csv": "broken.csv: is empty (0 bytes)"})
    for name in ("a.csv", "b.csv", "bad.csv", "broken.csv"):
        world.drop(name)
    with logged(caplog) as records:
        world.look_and_run()
    *wrong, (event, summary) = told(records)
    assert [(event, each["status"], each["why"]) for event, each in wrong] == [
        ("data asset judged", "quarantined", "rule 'id.required' failed: 3 of 100 rows"),
        ("data asset judged", "rejected", "broken.csv: is empty (0 bytes)"),
    ]
    assert event == "dataset judged"
    assert (summary["accepted"], summary["quarantined"], summary["rejected"]) == (2, 1, 1)
    assert summary["verdict"] == "warn"
    assert sum(each.levelno == logging.DEBUG for each in records) == 2


def test_a_long_run_says_how_far_it_is_twice_a_minute_and_stores_what_it_has(caplog: pytest.LogCaptureFixture) -> None:
    world = World()
    stored: list[int] = []

    def slow(_: ExaminationRequest) -> Examination:
        stored.append(world.view().counts.accepted)
        world.clock.advance(seconds=11)
        return clean()

    world.engine.outcomes = slow
    for number in range(10):
        world.drop(f"{number}.csv")
    with logged(caplog) as records:
        world.look()
        world.run("run-1", lease_seconds=3600)
    said = told(records)
    assert [event for event, _ in said] == ["data assets are being judged"] * 3 + ["dataset judged"]
    assert [each["accepted"] for _, each in said] == [3, 6, 9, 10]
    assert stored == list(range(10)), "what ends a run takes seconds of work with it"


def test_a_run_with_nothing_to_judge_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with logged(caplog) as records:
        World().look_and_run()
    assert told(records) == []
