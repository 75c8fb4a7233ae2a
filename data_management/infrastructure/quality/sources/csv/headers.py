"""Headers where rows should stand: the table's own, once more, and another's."""

from collections.abc import Iterator, Sequence
from enum import Enum

import numpy as np
import numpy.typing as npt

from data_management.infrastructure.quality.sources.csv.records import Record, State
from data_management.infrastructure.quality.sources.csv.shapes import could_be_header
from data_management.infrastructure.quality.sources.csv.values import Dialect, Frame

_QUOTE = 34
_MOST = 100
"""Where so many rows of a block have words in all columns of figures, these are values."""
_LOOKED_AT = 3
_PAIR = 2
_WORDS = np.zeros(256, dtype=bool)
"""What names begin with, and figures do not."""
_WORDS[[*b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_", *range(0x80, 0x100)]] = True


class Kind(Enum):
    REPEATED = "the header again, in whatever style"
    OTHER_ORDER = "the header's names in another order"
    NAMES = "names, as it seems, but maybe values"


class Headers:
    """Knows a header among the rows of `frame`; `header` is its own as it stands in the file, empty where there is none."""

    def __init__(self, frame: Frame, header: bytes, dialect: Dialect) -> None:
        self._frame, self._dialect = frame, dialect
        self._names = [_plain(name) for name in frame.header]
        self._known = frozenset(self._names)
        self._sorted = sorted(self._names)
        self._figures = [place for place, holds in enumerate(frame.numeric) if holds]
        self._header = header
        self._signs = _spellings(frame.header) if frame.width > 1 else ()

    def kind(self, fields: Sequence[str]) -> Kind | None:
        if len(fields) != self._frame.width:
            return None
        if tuple(fields) == self._frame.header:
            return Kind.REPEATED
        if len(fields) == 1:
            return None
        certain = len(fields) > _PAIR or bool(self._figures)
        if _plain(fields[0]) in self._known:
            plain = [_plain(field) for field in fields]
            if plain == self._names:
                return Kind.REPEATED if certain else Kind.NAMES
            if sorted(plain) == self._sorted and self._are_names(fields):
                return Kind.OTHER_ORDER if certain else Kind.NAMES
        return Kind.NAMES if len(self._figures) >= _PAIR and self._are_names(fields) else None

    def could_be_others(self, fields: Sequence[str]) -> bool:
        """Names where the rows hold figures, or names of another width; for records that are doubtful by themselves."""
        if len(fields) < _PAIR or not could_be_header(fields):  # a single field is a remark
            return False
        return any(self._frame.numeric[: len(fields)]) or (len(fields) != self._frame.width and self._frame.width > 1)

    def _are_names(self, fields: Sequence[str]) -> bool:
        return all(fields[place][:1].isalpha() for place in self._figures) and could_be_header(fields)

    def are_in(self, data: bytes) -> bool:
        """Whether the header's very bytes are."""
        return bool(self._header) and self._header in data

    def are_among(self, data: bytes, array: npt.NDArray[np.uint8], ends: npt.NDArray[np.intp]) -> bool:
        """Whether one of the exact rows in `data` is a header. `ends` are the places behind its fields, row by row; `array` is `data`."""
        if self._frame.width == 1:
            return False
        grid = ends.reshape(-1, self._frame.width)
        before = np.concatenate(([-1], grid[:-1, -1]))
        rows = {*self._with_a_name(data, grid), *self._without_figures(array, grid, before)}
        return any(self._is_header(data[before[row] + 1 : grid[row, -1]]) for row in rows)

    def _with_a_name(self, data: bytes, grid: npt.NDArray[np.intp]) -> Iterator[int]:
        """Rows that hold the header's longest name."""
        last = grid[:, -1]
        for sign in self._signs:
            place, left = data.find(sign), _MOST
            while place >= 0 and left:
                if (row := int(np.searchsorted(last, place))) < len(last):
                    yield row
                place, left = data.find(sign, place + len(sign)), left - 1

    def _without_figures(
        self, array: npt.NDArray[np.uint8], grid: npt.NDArray[np.intp], before: npt.NDArray[np.intp]
    ) -> npt.NDArray[np.intp]:
        """Rows that have words in the columns of figures, unless there are many."""
        rows = np.arange(len(grid) if len(self._figures) >= _PAIR else 0)
        for column in self._figures[:_LOOKED_AT]:
            starts = (grid[rows, column - 1] if column else before[rows]) + 1
            first = array[starts]
            first = np.where(first == _QUOTE, array[np.minimum(starts + 1, len(array) - 1)], first)
            rows = rows[_WORDS[first]]
        return rows if len(rows) <= _MOST else rows[:0]

    def _is_header(self, row: bytes) -> bool:
        record = Record(self._dialect, self._frame.width)
        return record.feed(row.decode()) is State.CLOSED and self.kind(record.fields) is not None


def _plain(name: str) -> str:
    return name.strip(" \t\f\ufeff").casefold()


def _spellings(names: Sequence[str]) -> tuple[bytes, ...]:
    """The longest name, as it is and in the two other cases that programs write."""
    plain = [name.strip() for name in names if '"' not in name]
    longest = max(plain, key=len, default="")
    return (
        tuple(dict.fromkeys(text.encode() for text in (longest, longest.upper(), longest.lower()))) if longest else ()
    )
