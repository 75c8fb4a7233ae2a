"""The independent count: whether bytes are exact rows, without parsing them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data_management.infrastructure.quality.sources.csv.headers import ExactRows, Headers
from data_management.infrastructure.quality.sources.csv.values import Frame

_NEWLINE, _RETURN, _QUOTE = 10, 13, 34
_MARK = b"\xef\xbb\xbf"
_SPARSE = 32
"""With one quote in so many bytes, it is dearer to look at each quote's field than at each sign."""
_LONG = 1 << 16
"""Of a row that is no longer, nobody asks how long its cells are."""
_MOST_IN_BYTE = 256
"""A row of so many bytes, its end among them, has no more delimiters than a byte counts."""


@dataclass(frozen=True)
class Verified:
    """The first `size` bytes are `rows` exact rows; None for `rows` where something is not exact."""

    size: int
    rows: int | None
    lines: int = 0
    longest_row: int = 0
    longest_cell: int = 0
    """The longest row stands for its cells where it is short."""


_DOUBTFUL = Verified(0, None)


class Verifier:
    r"""Exact rows: as wide as the table, all ended by ``\n`` or all by ``\r\n``, quotes by RFC 4180, none blank, none that could
    be a comment or a header, and no quoted field whose lines look like rows themselves.
    """

    def __init__(self, frame: Frame, headers: Headers, delimiter: str) -> None:
        self._width = frame.width
        self._delimiter = ord(delimiter)
        self._headers, self._hashes = headers, frame.hashes
        self.returns: bool | None = None
        r"""Whether rows end with ``\r\n``; None before the first."""
        self._before, self._behind = np.zeros(256, dtype=bool), np.zeros(256, dtype=bool)
        self._before[[_NEWLINE, _QUOTE, self._delimiter]] = True
        self._behind[[_NEWLINE, _RETURN, _QUOTE, self._delimiter]] = True

    def verify(self, data: bytes) -> Verified:
        """`data` begins at the start of a row and ends with a line break."""
        if not data.endswith(b"\n") or (b"\xef" in data and _MARK in data) or self._headers.are_in(data):
            return _DOUBTFUL
        if not self._hashes and b"#" in data and (b"\n#" in data or data.startswith(b"#")):
            return _DOUBTFUL
        returns = b"\r" in data
        if returns and data.count(b"\r") != data.count(b"\r\n"):
            return _DOUBTFUL
        array = np.frombuffer(data, dtype=np.uint8)
        is_quote = array == _QUOTE
        if np.count_nonzero(is_quote) * _SPARSE > len(data):
            return self._by_sign(data, array, returns)
        quotes, ends = np.flatnonzero(is_quote), np.flatnonzero(array == _NEWLINE)
        lengths = np.diff(ends, prepend=-1)
        longest = int(lengths.max())
        if longest > _LONG or (len(quotes) and (np.searchsorted(quotes, ends) & 1).any()):
            return self._by_sign(data, array, returns)
        return self._by_row(ExactRows(data, array, ends, lambda: self._places(array)), lengths, quotes, returns)

    def _by_row(
        self, rows: ExactRows, lengths: npt.NDArray[np.intp], quotes: npt.NDArray[np.intp], returns: bool
    ) -> Verified:
        """Where each line is a record: counts the delimiters of each, and takes off those within its quotes."""
        array, ends, longest = rows.array, rows.ends, int(lengths.max())
        if not self._are_quotes(array, quotes):
            return _DOUBTFUL
        dtype = np.uint8 if longest <= _MOST_IN_BYTE else np.int32
        is_delimiter = array == self._delimiter
        delimiters = np.add.reduceat(is_delimiter, rows.starts, dtype=dtype)
        if len(quotes):
            within = np.add.reduceat(is_delimiter, quotes, dtype=dtype)[::2]
            np.subtract.at(delimiters, np.searchsorted(ends, quotes[::2]), within)
        if not (delimiters == self._width - 1).all():
            return _DOUBTFUL
        if not self._ended_alike(array, ends, returns) or self._headers.are_among(rows):
            return _DOUBTFUL
        if self._width == 1 and int(lengths.min()) - 1 <= int(bool(self.returns)):
            return _DOUBTFUL
        return Verified(len(rows.data), len(ends), len(ends), longest, longest)

    def _by_sign(self, data: bytes, array: npt.NDArray[np.uint8], returns: bool) -> Verified:
        """Whatever the lines are: looks at each delimiter, quote and line break."""
        places = np.flatnonzero((array == self._delimiter) | (array == _NEWLINE) | (array == _QUOTE))
        signs = array[places]
        is_quote = signs == _QUOTE
        inside = (np.cumsum(is_quote, dtype=np.uint8) & 1).astype(bool)
        ends = np.flatnonzero((signs == _NEWLINE) & ~inside)
        if not len(ends):
            return Verified(0, 0)
        used = int(ends[-1]) + 1
        size = int(places[ends[-1]]) + 1
        places, signs, is_quote, inside = places[:used], signs[:used], is_quote[:used], inside[:used]
        if not self._are_quotes(array, places[is_quote]):
            return _DOUBTFUL
        if (signs[inside] == _NEWLINE).any() and self._rows_within(signs, inside):
            return _DOUBTFUL
        outside = ~inside & ~is_quote
        newlines = int(np.count_nonzero(signs == _NEWLINE))
        return self._regular(data, array, places[outside], signs[outside], returns, size, newlines)

    def _rows_within(self, signs: npt.NDArray[np.uint8], inside: npt.NDArray[np.bool_]) -> bool:
        """Whether all lines of a record of several lines have as many delimiters as a row; in one column they always do."""
        newlines = np.flatnonzero(signs == _NEWLINE)
        counts = np.diff(np.cumsum(signs == self._delimiter)[newlines], prepend=0)
        full = counts == self._width - 1
        ends = np.flatnonzero(~inside[newlines])
        starts = np.concatenate(([0], ends[:-1] + 1))
        several = ends > starts
        return bool((np.logical_and.reduceat(full, starts) & several).any())

    def _places(self, array: npt.NDArray[np.uint8]) -> npt.NDArray[np.intp]:
        """Behind each field."""
        places: npt.NDArray[np.intp] = np.flatnonzero(
            (array == self._delimiter) | (array == _NEWLINE) | (array == _QUOTE)
        )
        is_quote = array[places] == _QUOTE
        inside = (np.cumsum(is_quote, dtype=np.uint8) & 1).astype(bool)
        found: npt.NDArray[np.intp] = places[~inside & ~is_quote]
        return found

    def _are_quotes(self, array: npt.NDArray[np.uint8], quotes: npt.NDArray[np.intp]) -> bool:
        """Whether each pair of them encloses a field, or a part of one that another pair goes on with."""
        opening, closing = quotes[0::2], quotes[1::2]
        return bool(self._behind[array[closing + 1]].all() and self._before[array[opening - 1]].all())

    def _regular(
        self,
        data: bytes,
        array: npt.NDArray[np.uint8],
        places: npt.NDArray[np.intp],
        signs: npt.NDArray[np.uint8],
        returns: bool,
        size: int,
        newlines: int | None = None,
    ) -> Verified:
        if len(signs) % self._width:
            return _DOUBTFUL
        grid = (signs == _NEWLINE).reshape(-1, self._width)
        if not grid[:, -1].all() or grid[:, :-1].any():
            return _DOUBTFUL
        ends = places[self._width - 1 :: self._width]
        if not self._ended_alike(array, ends, returns):
            return _DOUBTFUL
        lengths = np.diff(places, prepend=-1) - 1
        if self._width == 1 and int(lengths.min()) <= int(bool(self.returns)):
            return _DOUBTFUL
        if self._headers.are_among(ExactRows(data, array, ends, lambda: places)):
            return _DOUBTFUL
        return Verified(
            size, len(ends), newlines or len(ends), int(np.diff(ends, prepend=-1).max()), int(lengths.max())
        )

    def _ended_alike(self, array: npt.NDArray[np.uint8], ends: npt.NDArray[np.intp], returns: bool) -> bool:
        r"""Whether all rows end as those before did, the first of all as it likes; `returns` tells whether there is a ``\r``."""
        if self.returns is None:
            self.returns = returns and bool(array[ends[0] - 1] == _RETURN)
        if self.returns:
            return bool((array[ends - 1] == _RETURN).all())
        return not returns or not (array[ends - 1] == _RETURN).any()
