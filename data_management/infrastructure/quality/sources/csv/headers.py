"""Headers where rows should stand: the table's own, once more, and another's."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

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


@dataclass(frozen=True)
class ExactRows:
    """Rows of `data`, all as wide as the table: the places behind each of them, and `find`, which looks for those behind each field."""

    data: bytes
    array: npt.NDArray[np.uint8]
    """The same as `data`."""
    ends: npt.NDArray[np.intp]
    find: Callable[[], npt.NDArray[np.intp]]

    @cached_property
    def starts(self) -> npt.NDArray[np.intp]:
        return np.concatenate(([0], self.ends[:-1] + 1))

    @cached_property
    def _fields(self) -> npt.NDArray[np.intp]:
        return self.find().reshape(len(self.ends), -1)

    def starts_of(self, column: int, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        """Where the column begins in those rows."""
        return self._fields[rows, column - 1] + 1 if column else self.starts[rows]


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

    def are_among(self, rows: ExactRows) -> bool:
        """Whether one of them is a header."""
        if self._frame.width == 1:
            return False
        suspects = {*self._with_a_name(rows), *self._without_figures(rows)}
        return any(self._is_header(rows.data[rows.starts[row] : rows.ends[row]]) for row in suspects)

    def _with_a_name(self, rows: ExactRows) -> Iterator[int]:
        """Rows that hold the header's longest name."""
        for sign, signs in self._signs:
            if not all(one in rows.data for one in signs):  # many times as fast as to look for all of it
                continue
            place, left = rows.data.find(sign), _MOST
            while place >= 0 and left:
                if (row := int(np.searchsorted(rows.ends, place))) < len(rows.ends):
                    yield row
                place, left = rows.data.find(sign, place + len(sign)), left - 1

    def _without_figures(self, among: ExactRows) -> npt.NDArray[np.intp]:
        """Rows that have words in the columns of figures, unless there are many."""
        array = among.array
        rows = np.arange(len(among.ends) if len(self._figures) >= _PAIR else 0)
        for column in self._figures[:_LOOKED_AT]:
            if not len(rows):
                break
            starts = among.starts_of(column, rows)
            first = array[starts]
            first = np.where(first == _QUOTE, array[np.minimum(starts + 1, len(array) - 1)], first)
            rows = rows[_WORDS[first]]
        return rows if len(rows) <= _MOST else rows[:0]

    def _is_header(self, row: bytes) -> bool:
        record = Record(self._dialect, self._frame.width)
        return record.feed(row.decode()) is State.CLOSED and self.kind(record.fields) is not None


def _plain(name: str) -> str:
    return name.strip(" \t\f\ufeff").casefold()


def _spellings(names: Sequence[str]) -> tuple[tuple[bytes, tuple[bytes, ...]], ...]:
    """The longest name, as it is and in the two other cases that programs write; each with the bytes that it is made of."""
    plain = [name.strip() for name in names if '"' not in name]
    if not (longest := max(plain, key=len, default="")):
        return ()
    spelt = dict.fromkeys(text.encode() for text in (longest, longest.upper(), longest.lower()))
    return tuple((text, tuple(bytes([byte]) for byte in sorted(set(text)))) for text in spelt)
