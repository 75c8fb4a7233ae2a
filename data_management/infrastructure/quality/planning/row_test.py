"""What a row-level metric is to the scan: a test of each row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Predicate = Callable[[Any], bool]


class NotPlanned(Exception):
    """DuckDB does not compute this as Great Expectations means it; the message says why."""


class Refused(Exception):
    """The metric makes no sense on these columns, in any engine; the message says why, without quoting values."""


@dataclass(frozen=True)
class RowTest:
    """`bad` is true of a row that is not accepted, never null among the rows that are looked at.

    With `skips_missing` it is not true of a missing value either, so that nobody need look whether one is missing.
    Where one row does not suffice to tell, `relation` stands for the scan: a subquery with ``{scan}`` and ``{rows}`` (the rows looked
    at) that yields the columns and ``bad``; `count`, where given, counts them faster. `accepts` says of a value that Python
    alone can judge it (`value`, else the column itself); `refusal` that no value can be judged, so that the test is passed only where there is none.
    """

    bad: str = ""
    skips_missing: bool = False
    relation: str | None = None
    count: str | None = None
    accepts: Predicate | None = None
    value: str | None = None
    refusal: Refused | None = None
