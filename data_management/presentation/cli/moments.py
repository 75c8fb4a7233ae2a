"""Moments as people write them: a day, a minute, a second, or ``now``."""

import contextlib
import re
from datetime import UTC, datetime, timedelta
from typing import Final

import click

_WRITTEN: Final = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})(?:[Tt ](?P<minute>\d{2}:\d{2})(?P<second>:\d{2})?(?P<fraction>[.,]\d+)?"
    r"(?P<zone>[Zz]|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_TICK: Final = timedelta(microseconds=1)


def moments(
    ctx: click.Context, param: click.Parameter, value: tuple[str, ...] | None
) -> tuple[datetime | None, ...] | None:
    """The last moment of each that is written, in UTC unless an offset stands there; None is now.

    So what a table shows to the second finds what it shows.
    """
    return None if value is None else tuple(_moment(ctx, param, each) for each in value)


def _moment(ctx: click.Context, param: click.Parameter, written: str) -> datetime | None:
    if written == "now":
        return None
    if found := _WRITTEN.fullmatch(written):
        with contextlib.suppress(ValueError, OverflowError):
            return _end_of(found)
    raise click.BadParameter(
        f"{written!r} is no moment; write for instance 2026-01-31, 2026-01-31T06:00Z or now", ctx, param
    )


def _end_of(written: re.Match[str]) -> datetime:
    moment = datetime.fromisoformat(written[0])
    at = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return at if written["fraction"] else at + _length(written) - _TICK


def _length(written: re.Match[str]) -> timedelta:
    if written["second"]:
        return timedelta(seconds=1)
    return timedelta(minutes=1) if written["minute"] else timedelta(days=1)
