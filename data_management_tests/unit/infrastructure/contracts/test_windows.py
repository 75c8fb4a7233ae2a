"""The time window of file names, as a contract states it."""

from datetime import datetime
from pathlib import Path

import pytest

from data_management.domain.models import TimeWindow, WindowGranularity
from data_management_tests.unit.infrastructure.contracts.examples import dataset_of, only_problem, with_schema

FLIGHTS = "- name: flights"
START = datetime(2024, 1, 1)  # noqa: DTZ001


def contract(value: str, server: str = "type: local, path: x", name: str = "timeWindow") -> str:
    return with_schema(FLIGHTS, f"servers: [{{{server}, customProperties: [{{property: {name}, value: {value}}}]}}]\n")


def window_of(folder: Path, text: str) -> TimeWindow | None:
    landing = dataset_of(folder, text).landing
    return landing.time_window if landing else None


@pytest.mark.parametrize("server", ["type: local, path: x", "type: s3, location: 's3://b/x/*.csv'"])
@pytest.mark.parametrize("name", ["timeWindow", "time_window"])
def test_a_pattern_and_a_start_are_enough(tmp_path: Path, server: str, name: str) -> None:
    text = contract("{pattern: 'f_%Y-%m-%d', start: 2024-01-01}", server, name)
    assert window_of(tmp_path, text) == TimeWindow("f_%Y-%m-%d", START)


def test_granularity_and_timezone_can_be_stated(tmp_path: Path) -> None:
    stated = contract("{pattern: '%Y-%m-%d', start: '2024-01-01', granularity: monthly, timezone: Europe/Berlin}")
    assert window_of(tmp_path / "a", stated) == TimeWindow(
        "%Y-%m-%d", START, WindowGranularity.MONTHLY, "Europe/Berlin"
    )
    hourly = contract("{pattern: '%Y-%m-%dT%H', start: '2024-01-01T06:00'}")
    assert window_of(tmp_path / "b", hourly) == TimeWindow(
        "%Y-%m-%dT%H", START.replace(hour=6), WindowGranularity.HOURLY
    )


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("daily", "'daily' is no mapping of a time window's parts; write for instance '{pattern:"),
        ("{start: 2024-01-01}", ".pattern: the time window has no pattern"),
        ("{pattern: '%Y-%m-%d'}", ".start: the time window has no start; write the first window's date"),
        ("{pattern: '%Y-%m-%d', start: soon}", ".start: the time window starts at 'soon', which is no date"),
        ("{pattern: '%m-%d', start: 2024-01-01}", ".pattern: the pattern '%m-%d' names no whole window"),
        (
            "{pattern: '%Y-%m', start: 2024-01-01, granularity: daily}",
            ".pattern: the pattern '%Y-%m' names no daily window",
        ),
        (
            "{pattern: '%Y-%m-%d', start: 2024-01-01, granularity: weekly}",
            ".granularity: the granularity 'weekly' is not known; write one of hourly, daily, monthly",
        ),
        (
            "{pattern: '%Y-%m-%d', start: 2024-01-01, timezone: Mars/North}",
            ".timezone: the timezone 'Mars/North' is not known",
        ),
        (
            "{pattern: '%Y%m%d%H', start: 2024-01-01, timezone: Europe/Berlin}",
            ".timezone: hours in names are of UTC; remove the timezone",
        ),
        (
            "{pattern: '%Y-%m-%d', start: 2024-01-01, granularty: daily}",
            ".granularty: the key 'granularty' is not known; did you mean 'granularity'?",
        ),
    ],
)
def test_what_is_wrong_with_a_time_window_is_said_with_its_place(tmp_path: Path, value: str, problem: str) -> None:
    assert problem in str(only_problem(tmp_path, contract(value)))
