"""From a sheet's cells to columns: the header, what kinds of values a column has, and the type that holds them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import pyarrow as pa

_EXACT = 1 << 53
Row = list[Any]


@dataclass
class ColumnSeen:
    """A column of the sheet. Excel knows no integers: whole numbers that a double holds exactly are taken for such."""

    place: int
    name: str
    kinds: set[type] = field(default_factory=set)
    whole: bool = True

    def add(self, value: Any) -> None:
        if value == "" or value is None:
            return
        kind = float if isinstance(value, int | float) and not isinstance(value, bool) else type(value)
        self.kinds.add(kind)
        if kind is float and self.whole:
            self.whole = float(value).is_integer() and abs(value) <= _EXACT

    @property
    def type(self) -> pa.DataType:
        kinds = self.kinds
        if kinds == {float}:
            return pa.int64() if self.whole else pa.float64()
        if kinds and kinds <= {date, datetime}:
            return pa.date32() if kinds == {date} else pa.timestamp("us")
        single = {bool: pa.bool_(), time: pa.time64("us"), timedelta: pa.duration("us")}
        return single.get(next(iter(kinds)), pa.string()) if len(kinds) == 1 else pa.string()

    @property
    def is_mixed(self) -> bool:
        return self.type == pa.string() and bool(self.kinds - {str})

    def array(self, rows: Sequence[Row]) -> pa.Array:
        kind = self.type
        values = [None if (value := row[self.place]) == "" else value for row in rows]
        if kind == pa.string():
            return pa.array([None if value is None else _text(value) for value in values], kind)
        if kind == pa.int64():
            return pa.array([None if value is None else int(value) for value in values], kind)
        if kind == pa.timestamp("us"):
            values = [_moment(value) for value in values]
        return pa.array(values, kind)


def header_at(rows: Sequence[Row], merged: Sequence[tuple[int, int]]) -> int | None:
    """The place of the header among the first rows: behind blank ones, titles in one cell, and merged ones; None without any.

    `merged` are the first and last rows of ranges of cells that are merged across columns.
    """
    filled = [sum(value != "" for value in row) for row in rows]
    widest = max(filled, default=0)
    some = [place for place, count in enumerate(filled) if count]
    plain = [
        place
        for place in some
        if not filled[place] == 1 < widest and not any(first <= place <= last for first, last in merged)
    ]
    return next(iter(plain or some), None)


def label(value: Any) -> str:
    """A header cell as a name."""
    return _text(value).strip()


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) <= _EXACT else repr(value)
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _moment(value: Any) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day)  # noqa: DTZ001  a workbook has no zones
