"""Time windows as Dagster's partitions."""

from datetime import datetime

import dagster as dg

from data_management.domain.models import TimeWindow, WindowGranularity

_KEY_FORMATS = {
    WindowGranularity.HOURLY: "%Y-%m-%d-%H:%M",
    WindowGranularity.DAILY: "%Y-%m-%d",
    WindowGranularity.MONTHLY: "%Y-%m-%d",
}


def partitions_of(window: TimeWindow) -> dg.TimeWindowPartitionsDefinition:
    """The present window is a partition before it is over: files of today land today."""
    match window.granularity:
        case WindowGranularity.HOURLY:
            return dg.HourlyPartitionsDefinition(window.start, end_offset=1, timezone="UTC")
        case WindowGranularity.DAILY:
            return dg.DailyPartitionsDefinition(window.start, end_offset=1, timezone=window.timezone)
        case WindowGranularity.MONTHLY:
            return dg.MonthlyPartitionsDefinition(window.start, end_offset=1, timezone=window.timezone)


def key_of(window: TimeWindow, start: datetime) -> str:
    return start.strftime(_KEY_FORMATS[window.granularity])


def start_of(window: TimeWindow, key: str) -> datetime:
    """The start (naive) of the window that a partition key stands for."""
    return datetime.strptime(key, _KEY_FORMATS[window.granularity])  # noqa: DTZ007  naive as the names are
