"""Where rows are written anew, once one of them is not exact."""

import os
import tempfile
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from data_management.errors import Rejected
from data_management.infrastructure.quality.sources.csv.frame import Found
from data_management.infrastructure.quality.sources.csv.text import BLOCK, Text
from data_management.infrastructure.quality.sources.plain import Spool


class Output:
    r"""The exact rows at the start are only counted; `begin` copies them, and from then on every row is written, ended by ``\n``.

    In memory for a text in memory, else into the spool and up to its bound.
    """

    def __init__(self, text: Text, found: Found, spool: Spool, shown: str) -> None:
        self.returns = False
        r"""Whether the exact rows end with ``\r\n``."""
        self.breaks_within = False
        """Whether one of them holds a line break."""
        self._text, self._frame, self._header, self._spool, self._shown = text, found.frame, found.header, spool, shown
        self._file: IO[bytes] | None = None
        self._path = text.path
        self._exact = self._size = 0

    @property
    def begun(self) -> bool:
        return self._file is not None

    def begin(self) -> None:
        if self._file is not None:
            return
        if self._text.data is not None:
            self._file = BytesIO()
        else:
            descriptor, name = tempfile.mkstemp(suffix=".csv", dir=self._spool.folder)
            self._file, self._path = os.fdopen(descriptor, "wb", buffering=BLOCK), Path(name)
        end = min(self._frame.start + self._exact, self._frame.end)
        plain = _Newlines(self.returns)
        for block in self._text.blocks(self._frame.start, end):
            self.write(plain.of(block))
        if end < self._frame.start + self._exact:  # the line break at the end was missing
            self.write(b"\n")

    def write_exact(self, data: bytes) -> None:
        if self._file is None:
            self._exact += len(data)
        else:
            self.write(_Newlines(self.returns).of(data))

    def write(self, data: bytes) -> None:
        assert self._file is not None
        self._size += len(data)
        if self._size > self._spool.most_bytes:
            raise Rejected(
                f"{self._shown} becomes more than {self._spool.most_bytes >> 20} MB when it is mended; split the file, or raise DATA_MANAGEMENT_FILE_EXPANDED_MB"
            )
        self._file.write(data)

    def finish(self) -> tuple[bytes | None, Path]:
        """The rows in memory, or the file that holds them: the text's own, if DuckDB finds its rows there, else a new one."""
        if self._text.data is None and not self._can_be_scanned():
            self.begin()
        if isinstance(self._file, BytesIO):
            return self._file.getvalue(), self._path
        if self._file is not None:
            self._file.flush()
            return None, self._path
        return self._text.read(self._frame.start, self._frame.end) if self._text.data is not None else None, self._path

    def _can_be_scanned(self) -> bool:
        r"""Rows to the end, and a header in the first line or none: DuckDB's `skip` has its own view of quotes. It
        finds out by itself that lines end with ``\r\n``, and is wrong where the first line break it sees is within quotes.
        """
        bare = self._frame.first_line == 1 and self._frame.start == 0
        one_line = self._frame.header_line == 1 == self._frame.first_line - 1
        alike = not self._header or self._header.endswith(b"\r\n") is self.returns or not self._exact
        certain = alike and self._header.count(b'"') % 2 == 0 and not (self.returns and self.breaks_within)
        return self._frame.end == self._text.size and (bare or one_line) and certain

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()


class _Newlines:
    r"""``\n`` for ``\r\n`` outside of quotes, in blocks of exact rows."""

    def __init__(self, returns: bool) -> None:
        self._returns = returns
        self._inside = False
        self._held = b""

    def of(self, block: bytes) -> bytes:
        if not self._returns:
            return block
        block = self._held + block
        self._held = b"\r" if block.endswith(b"\r") else b""
        parts = (block[:-1] if self._held else block).split(b'"')
        outside = slice(int(self._inside), None, 2)
        parts[outside] = [part.replace(b"\r\n", b"\n") for part in parts[outside]]
        self._inside ^= len(parts) % 2 == 0
        return b'"'.join(parts)
