"""Where rows are written anew, once one of them is not exact."""

import os
import tempfile
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from data_management.errors import Rejected
from data_management.infrastructure.quality.sources.csv.text import BLOCK, Text
from data_management.infrastructure.quality.sources.csv.values import Frame
from data_management.infrastructure.quality.sources.plain import Spool


class Output:
    """The exact rows at the start are only counted; `begin` copies them, and from then on every row is written.

    In memory for a text in memory, else into the spool and up to its bound.
    """

    def __init__(self, text: Text, frame: Frame, spool: Spool, shown: str) -> None:
        self._text, self._frame, self._spool, self._shown = text, frame, spool, shown
        self._file: IO[bytes] | None = None
        self._path = text.path
        self._size = 0

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
        exact, self._size = self._size, 0
        for block in self._text.blocks(self._frame.start, min(self._frame.start + exact, self._frame.end)):
            self.write(block)
        if self._size < exact:
            self.write(b"\n")

    def write(self, data: bytes) -> None:
        self._size += len(data)
        if self._file is None:
            return
        if self._size > self._spool.most_bytes:
            raise Rejected(
                f"{self._shown} becomes more than {self._spool.most_bytes >> 20} MB when it is mended; split the file, or raise the limit"
            )
        self._file.write(data)

    def finish(self) -> tuple[bytes | None, Path]:
        """The rows in memory, or the file that holds them: the text's own, if DuckDB can find its rows there, else a new one."""
        if self._text.data is None and not self._begins_and_ends_with_rows():
            self.begin()
        if isinstance(self._file, BytesIO):
            return self._file.getvalue(), self._path
        if self._file is not None:
            self._file.flush()
            return None, self._path
        return self._text.read(self._frame.start, self._frame.end) if self._text.data is not None else None, self._path

    def _begins_and_ends_with_rows(self) -> bool:
        """Apart from a header in the first line; more than that is not left to DuckDB's `skip`."""
        bare = self._frame.first_line == 1 and self._frame.start == 0
        one_line = self._frame.header_line == 1 == self._frame.first_line - 1
        return self._frame.end == self._text.size and (bare or one_line)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
