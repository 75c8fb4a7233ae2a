"""What a contract promises of time, as Dagster watches it."""

from datetime import timedelta

import dagster as dg
import pytest

from data_management.domain.models import ServiceLevels
from data_management.orchestration.freshness import freshness_policy

DAY = 86400.0


def test_no_promise_is_no_policy() -> None:
    assert freshness_policy(ServiceLevels()) is None


def test_a_frequency_is_a_window() -> None:
    assert freshness_policy(ServiceLevels(frequency_seconds=DAY)) == dg.FreshnessPolicy.time_window(timedelta(days=1))


def test_a_latency_comes_behind_a_warning() -> None:
    levels = ServiceLevels(frequency_seconds=DAY, latency_seconds=7200)
    assert freshness_policy(levels) == dg.FreshnessPolicy.time_window(timedelta(hours=26), timedelta(days=1))
    assert freshness_policy(ServiceLevels(latency_seconds=7200)) == dg.FreshnessPolicy.time_window(timedelta(hours=2))


def test_less_than_dagster_can_watch_is_what_it_can() -> None:
    assert freshness_policy(ServiceLevels(frequency_seconds=5)) == dg.FreshnessPolicy.time_window(timedelta(minutes=1))
    assert freshness_policy(ServiceLevels(frequency_seconds=5, latency_seconds=70)) == dg.FreshnessPolicy.time_window(
        timedelta(seconds=75)
    )
    assert freshness_policy(ServiceLevels(frequency_seconds=1e300)) is None


@pytest.mark.parametrize(
    ("cron", "seconds", "lower_bound"),
    [
        ("0 17 * * *", None, timedelta(days=1)),
        ("0 17 * * *", 3600.0, timedelta(hours=1)),
        ("0 17 * * *", 7 * DAY, timedelta(days=1)),
        ("0 9 * * 1-5", DAY, timedelta(days=1)),
        ("0 9 1 * *", None, timedelta(days=28)),
        ("*/10 * * * *", None, timedelta(minutes=10)),
        ("0 17 * * *", 1.0, timedelta(days=1)),
    ],
)
def test_a_deadline_looks_back_as_far_as_its_ticks_allow(
    cron: str, seconds: float | None, lower_bound: timedelta
) -> None:
    levels = ServiceLevels(frequency_seconds=seconds, deadline_cron=cron)
    assert freshness_policy(levels) == dg.FreshnessPolicy.cron(cron, lower_bound)


def test_a_deadline_that_dagster_cannot_read_takes_nothing_down() -> None:
    assert freshness_policy(ServiceLevels(deadline_cron="0 99 * * *")) is None
