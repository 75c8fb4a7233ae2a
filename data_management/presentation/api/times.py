"""Moments as people and programs write them: ISO 8601, never a number of seconds."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}.*", re.ASCII)


def utc(moment: datetime) -> datetime:
    """A time without an offset is UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _written(value: Any) -> Any:
    if isinstance(value, str) and not _DATE.fullmatch(value):
        raise ValueError("write a date and a time as ISO 8601 has them, for instance 2026-01-31T06:00:00Z")
    return value


def _possible(moment: datetime) -> datetime:
    try:
        return utc(moment)
    except OverflowError as error:
        raise ValueError("in UTC this is before the year 1, or after the year 9999") from error


Moment = Annotated[datetime, BeforeValidator(_written), AfterValidator(_possible)]
