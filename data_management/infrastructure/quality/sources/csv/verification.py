"""The independent count: whether bytes are exact rows, without parsing them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data_management.infrastructure.quality.sources.csv.headers import Headers
from data_management.infrastructure.quality.sources.csv.values import Frame

_NEWLINE, _RETURN, _QUOTE = 10, 13, 34


@dataclass(frozen=True)
class Verified:
    """The first `size` bytes are `rows` exact rows; None for `rows` where something is not exact."""

    size: int
    rows: int | None
    lines: int = 0
    longest_row: int = 0
    longest_cell: int = 0


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
        if not data.endswith(b"\n") or b"\xef\xbb\xbf" in data or self._headers.are_in(data):
            return _DOUBTFUL
        if not self._hashes and b"#" in data and (b"\n#" in data or data.startswith(b"#")):
            return _DOUBTFUL
        returns = b"\r" in data
        if returns and data.count(b"\r") != data.count(b"\r\n"):
            return _DOUBTFUL
        array = np.frombuffer(data, dtype=np.uint8)
        structure = (array == self._delimiter) | (array == _NEWLINE)
        quotes = b'"' in data
        if quotes:
            structure |= array == _QUOTE
        places = np.flatnonzero(structure)
        signs = array[places]
        if quotes:
            return self._quoted(data, array, places, signs, returns)
        return self._regular(data, array, places, signs, returns, len(data))

    def _quoted(
        self,
        data: bytes,
        array: npt.NDArray[np.uint8],
        places: npt.NDArray[np.intp],
        signs: npt.NDArray[np.uint8],
        returns: bool,
    ) -> Verified:
        is_quote = signs == _QUOTE
        inside = (np.cumsum(is_quote, dtype=np.uint8) & 1).astype(bool)
        ends = np.flatnonzero((signs == _NEWLINE) & ~inside)
        if not len(ends):
            return Verified(0, 0)
        used = int(ends[-1]) + 1
        size = int(places[ends[-1]]) + 1
        places, signs, is_quote, inside = places[:used], signs[:used], is_quote[:used], inside[:used]
        quotes = places[is_quote]
        opening, closing = quotes[0::2], quotes[1::2]
        if not self._behind[array[closing + 1]].all():
            return _DOUBTFUL
        if not self._before[array[opening - 1]].all():
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
        if self.returns is None:
            self.returns = returns and bool(array[ends[0] - 1] == _RETURN)
        if self.returns:
            if not (array[ends - 1] == _RETURN).all():
                return _DOUBTFUL
        elif returns and (array[ends - 1] == _RETURN).any():
            return _DOUBTFUL
        lengths = np.diff(places, prepend=-1) - 1
        if self._width == 1 and int(lengths.min()) <= int(bool(self.returns)):
            return _DOUBTFUL
        if self._headers.are_among(data, array, places):
            return _DOUBTFUL
        return Verified(
            size, len(ends), newlines or len(ends), int(np.diff(ends, prepend=-1).max()), int(lengths.max())
        )
