"""Keys and patterns: what of a bucket is to be listed for a landing. Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from data_management.domain.models import Landing, NewObjects
from data_management.infrastructure.data_sources.landing import is_ignored, pattern_regex

_WILD: Final = "*?["
_LAST: Final = chr(0x10FFFF)
_MOST_DAYS: Final = 62
"""So far back are date prefixes looked into, however long ago the last arrival was."""


def root_prefix(landing: Landing) -> str:
    """What all keys of the landing begin with: its root with a slash, or nothing for a whole bucket."""
    key = landing.root.object_key
    return f"{key}/" if key else ""


def literal_head(pattern: str) -> str:
    """What all that matches a pattern begins with."""
    wild = next((place for place, character in enumerate(pattern) if character in _WILD), None)
    return pattern.rstrip("/") if wild is None else pattern[:wild]


def is_flat(pattern: str) -> bool:
    """Whether all that matches lies directly in the folder of its literal head: folders below need no listing."""
    return "**" not in pattern and "/" not in pattern[len(literal_head(pattern)) :]


def relative(key: str, prefix: str, pattern: str) -> str | None:
    """The name of an object of the landing; None for keys that it does not take: of no file, ignored, or not matching."""
    name = key.removeprefix(prefix)
    if not name or name.endswith("/") or any(is_ignored(part) for part in name.split("/")):
        return None
    return name if pattern_regex(pattern).fullmatch(name) else None


def folder_of(key: str, prefix: str, pattern: str) -> str | None:
    """The key of the outermost folder that matches a pattern of folders and holds `key`; None where there is none."""
    parts = key.removeprefix(prefix).split("/")
    matches = pattern_regex(pattern[:-1]).fullmatch
    for depth in range(1, len(parts)):
        if is_ignored(parts[depth - 1]):
            return None
        folder = "/".join(parts[:depth])
        if matches(folder):
            return f"{prefix}{folder}/"
    return None


def behind(key: str) -> str:
    """What a listing starts after to come behind `key`, and all that is in it where it is a folder."""
    return behind_all(key) if key.endswith("/") else key


def behind_all(prefix: str) -> str:
    """A key greater than all that begin with `prefix`."""
    return prefix + _LAST


def date_prefixes(new_objects: NewObjects, last: datetime, now: datetime) -> list[str]:
    """The date folders that new keys may begin with, sorted: from the overlap before the last arrival to tomorrow, as a
    writer's clock may be ahead of UTC.
    """
    assert new_objects.date_prefix is not None
    first = max(min(last, now), now - timedelta(days=_MOST_DAYS)) - timedelta(days=new_objects.overlap_days)
    by_hour = "%H" in new_objects.date_prefix
    step = timedelta(hours=1) if by_hour else timedelta(days=1)
    return sorted({moment.strftime(new_objects.date_prefix) for moment in _moments(first, now, step)})


def _moments(first: datetime, now: datetime, step: timedelta) -> Iterator[datetime]:
    moment = first.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    while moment <= now + timedelta(days=1):
        yield moment
        moment += step
