"""The time window that file names tell: the custom property `timeWindow` of a server."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from data_management.domain.models import TimeWindow, WindowGranularity
from data_management.domain.models.windows import finest_granularity, is_window_pattern
from data_management.domain.services.spelling import did_you_mean
from data_management.infrastructure.contracts.custom_properties import Properties
from data_management.infrastructure.contracts.problems import Place, quoted

_KEYS: Final = ("pattern", "start", "granularity", "timezone")
_EXAMPLE: Final = "{pattern: 'orders_%Y-%m-%d', start: '2024-01-01'}"


def time_window_of(properties: Properties) -> TimeWindow | None:
    """None where there is none, and where it was reported."""
    found = properties.get("timeWindow")
    if found is None:
        return None
    place, given = found
    if not isinstance(given, dict):
        place.wrong(f"{quoted(given)} is no mapping of a time window's parts", f"write for instance '{_EXAMPLE}'")
        return None
    for key in given:
        if key not in _KEYS:
            otherwise = f"known are {', '.join(_KEYS)}"
            place.at(key).wrong(f"the key {quoted(key)} is not known", did_you_mean(str(key), _KEYS, otherwise))
    stated = _pattern(place, given)
    start = _start(place, given)
    if stated is None or start is None:
        return None
    pattern, granularity = stated
    timezone = _timezone(place, given.get("timezone"), granularity)
    return None if timezone is None else TimeWindow(pattern, start, granularity, timezone)


def _pattern(place: Place, given: Mapping[str, Any]) -> tuple[str, WindowGranularity] | None:
    pattern = given.get("pattern")
    if not isinstance(pattern, str):
        place.at("pattern").wrong("the time window has no pattern", f"write for instance '{_EXAMPLE}'")
        return None
    stated = given.get("granularity")
    if stated is None:
        granularity = finest_granularity(pattern)
    elif stated in tuple(WindowGranularity):
        granularity = WindowGranularity(stated)
    else:
        place.at("granularity").wrong(
            f"the granularity {quoted(stated)} is not known", f"write one of {', '.join(WindowGranularity)}"
        )
        return None
    if granularity is None or not is_window_pattern(pattern, granularity):
        place.at("pattern").wrong(
            f"the pattern {quoted(pattern)} names no {granularity or 'whole'} window",
            "write strftime's %Y, %m, %d, %H or %j, each once: 'orders_%Y-%m-%d', 'dt=%Y%m%d/%H', '%Y-%m'",
        )
        return None
    return pattern, granularity


def _start(place: Place, given: Mapping[str, Any]) -> datetime | None:
    start = given.get("start")
    try:
        found = datetime.fromisoformat(start) if isinstance(start, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        what = "has no start" if start is None else f"starts at {quoted(start)}, which is no date"
        place.at("start").wrong(f"the time window {what}", "write the first window's date: '2024-01-01'")
        return None
    return found


def _timezone(place: Place, name: object, granularity: WindowGranularity) -> str | None:
    if name is None:
        return "UTC"
    if granularity is WindowGranularity.HOURLY:
        if name != "UTC":
            place.at("timezone").wrong("hours in names are of UTC", "remove the timezone, or write 'UTC'")
        return "UTC"
    try:
        return ZoneInfo(str(name)).key
    except (OSError, ValueError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        place.at("timezone").wrong(f"the timezone {quoted(name)} is not known", "write an IANA name: 'Europe/Berlin'")
        return None
