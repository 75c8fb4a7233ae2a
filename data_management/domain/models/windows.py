"""The time that a file is about, as its name tells it."""

import re
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Final

from pydantic.dataclasses import dataclass

_DIGITS: Final = {"Y": 4, "m": 2, "d": 2, "H": 2, "j": 3}
"""The directives of `strftime` that a pattern may hold, and how many digits each stands for."""


class WindowGranularity(StrEnum):
    HOURLY = "hourly"
    DAILY = "daily"
    MONTHLY = "monthly"


_NEEDED: Final = {
    WindowGranularity.MONTHLY: (("Y", "m"), ("Y", "j")),
    WindowGranularity.DAILY: (("Y", "m", "d"), ("Y", "j")),
    WindowGranularity.HOURLY: (("Y", "m", "d", "H"), ("Y", "j", "H")),
}


@dataclass(frozen=True)
class TimeWindow:
    """How the names of a landing's files say what hour, day or month they are about."""

    pattern: str
    """`strftime` with ``%Y %m %d %H %j``, found anywhere in the path below the landing's root: ``orders_%Y-%m-%d``."""
    start: datetime
    """Naive: the start of the first window."""
    granularity: WindowGranularity = WindowGranularity.DAILY
    timezone: str = "UTC"
    """Whose days and months they are, an IANA name; hours are always of UTC."""

    def window_of(self, path: str) -> datetime | None:
        """The start of the window (naive) that the first match in a path, relative to the root, says; None where none does."""
        for match in _regex(self.pattern).finditer(path):
            directives = {name: int(digits) for name, digits in match.groupdict().items()}
            try:
                return self._start(directives)
            except ValueError:  # 2024-02-31
                continue
        return None

    def _start(self, parts: dict[str, int]) -> datetime:
        if "j" in parts:
            day = datetime.strptime(f"{parts['Y']:04}{parts['j']:03}", "%Y%j")  # noqa: DTZ007  naive as the names are
            month, of_month = day.month, day.day
        else:
            month, of_month = parts["m"], parts.get("d", 1)
        moment = datetime(parts["Y"], month, of_month, parts.get("H", 0))  # noqa: DTZ001  likewise
        match self.granularity:
            case WindowGranularity.MONTHLY:
                return moment.replace(day=1, hour=0)
            case WindowGranularity.DAILY:
                return moment.replace(hour=0)
            case WindowGranularity.HOURLY:
                return moment


def is_window_pattern(pattern: str, granularity: WindowGranularity) -> bool:
    """Whether a name that matches says which window it is of: each directive once, and as fine as the windows."""
    used = re.findall(r"%(.)", pattern)
    known = len(set(used)) == len(used) and set(used) <= _DIGITS.keys() and not pattern.endswith("%")
    return known and any(set(needed) <= set(used) for needed in _NEEDED[granularity])


def finest_granularity(pattern: str) -> WindowGranularity | None:
    """That of the smallest unit of time in a pattern; None where it names no whole window."""
    for granularity in WindowGranularity:  # from the finest
        if is_window_pattern(pattern, granularity):
            return granularity
    return None


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    """Digits that go on before or behind a date belong to another number."""
    parts = re.split(r"%(.)", pattern)
    body = "".join(
        rf"(?P<{part}>[0-9]{{{_DIGITS[part]}}})" if index % 2 else re.escape(part) for index, part in enumerate(parts)
    )
    return re.compile(rf"(?<![0-9]){body}(?![0-9])")
