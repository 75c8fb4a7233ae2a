"""What time a file is about, by its name."""

from datetime import datetime

import pytest

from data_management.domain.models import TimeWindow, WindowGranularity
from data_management.domain.models.windows import finest_granularity, is_window_pattern

START = datetime(2024, 1, 1)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("pattern", "path", "window"),
    [
        ("orders_%Y-%m-%d", "/orders_2024-03-05.csv", datetime(2024, 3, 5)),  # noqa: DTZ001
        ("%Y%m%d", "/x_20240305_2.csv", datetime(2024, 3, 5)),  # noqa: DTZ001
        ("dt=%Y-%m-%d/", "/dt=2024-03-05/part-0.parquet", datetime(2024, 3, 5)),  # noqa: DTZ001
        ("%Y/%j", "/2024/065/a.csv", datetime(2024, 3, 5)),  # noqa: DTZ001
        ("%Y-%m-%d", "/2024-02-31_sent_2024-03-05.csv", datetime(2024, 3, 5)),  # noqa: DTZ001
        ("%Y%m%d", "/1202403051.csv", None),
        ("orders_%Y-%m-%d", "/returns_2024-03-05.csv", None),
        ("%Y-%m-%d", "/2024-13-01.csv", None),
        ("%Y-%m-%d", "/٢٠٢٤-03-05.csv", None),
    ],
)
def test_the_first_date_of_a_name_that_matches_is_its_window(pattern: str, path: str, window: datetime | None) -> None:
    assert TimeWindow(pattern, START).window_of(path) == window


def test_a_coarser_window_holds_finer_names() -> None:
    monthly = TimeWindow("%Y-%m-%dT%H", START, WindowGranularity.MONTHLY)
    assert monthly.window_of("/2024-03-05T17.csv") == datetime(2024, 3, 1)  # noqa: DTZ001
    hourly = TimeWindow("%Y-%m-%dT%H", START, WindowGranularity.HOURLY)
    assert hourly.window_of("/2024-03-05T17.csv") == datetime(2024, 3, 5, 17)  # noqa: DTZ001


def test_the_finest_unit_of_a_pattern_is_its_granularity() -> None:
    granularities = [finest_granularity(pattern) for pattern in ("%Y-%m-%d-%H", "%Y%j", "%Y-%m", "%m-%d", "a_%Y")]
    assert granularities == [WindowGranularity.HOURLY, WindowGranularity.DAILY, WindowGranularity.MONTHLY, None, None]


@pytest.mark.parametrize("pattern", ["%Y-%m-%d_%Y", "%Y-%m-%d-%S", "%Y-%m-%d%", "%d"])
def test_a_pattern_that_says_no_one_window_is_none(pattern: str) -> None:
    assert not is_window_pattern(pattern, WindowGranularity.DAILY)
