"""SLAs of contracts as Dagster's freshness policies."""

from datetime import timedelta

import dagster as dg
from dagster._check import CheckError

from data_management.domain.models import ServiceLevels

_LEAST = timedelta(minutes=1)
"""Dagster's own."""
_LOOKS_BACK = tuple(
    timedelta(minutes=minutes)
    for minutes in (40320, 10080, 1440, 720, 480, 360, 240, 180, 120, 60, 30, 20, 15, 10, 5, 1)
)
"""From four weeks to a minute: Dagster wants no longer one than lies between two ticks of the cron expression."""


def freshness_policy(levels: ServiceLevels) -> dg.FreshnessPolicy | None:
    """By a deadline where there is one, else by a window; None where the contract says nothing of either, or Dagster cannot bear it."""
    if levels.deadline_cron is not None:
        return _by_deadline(levels, levels.deadline_cron)
    if levels.oldest_seconds is None:
        return None
    try:
        fails = max(timedelta(seconds=levels.oldest_seconds), _LEAST)
        warns = None if levels.expected_seconds is None else timedelta(seconds=levels.expected_seconds)
    except OverflowError:  # more than timedelta holds
        return None
    return dg.FreshnessPolicy.time_window(fails, warns if warns and _LEAST <= warns < fails else None)


def _by_deadline(levels: ServiceLevels, cron: str) -> dg.FreshnessPolicy | None:
    stated = timedelta(seconds=levels.frequency_seconds) if levels.frequency_seconds else None
    wanted = [stated] if stated is not None and stated >= _LEAST else []
    for lower_bound in [*wanted, *_LOOKS_BACK]:
        try:
            return dg.FreshnessPolicy.cron(cron, lower_bound, levels.timezone)
        except CheckError:
            continue
    return None
