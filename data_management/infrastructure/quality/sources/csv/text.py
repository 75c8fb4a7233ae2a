"""The text of a file as UTF-8 bytes, in memory or on disk."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BLOCK = 1 << 20


@dataclass(frozen=True)
class Text:
    """UTF-8 without a byte order mark from `start` to `size`; offsets are of `path` or `data`, whichever holds it."""

    path: Path
    size: int
    start: int = 0
    data: bytes | None = None

    def read(self, start: int, end: int) -> bytes:
        if self.data is not None:
            return self.data[start:end]
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read(max(end - start, 0))

    def blocks(self, start: int, end: int) -> Iterator[bytes]:
        if self.data is not None:
            view = memoryview(self.data)
            yield from (bytes(view[at : min(at + BLOCK, end)]) for at in range(start, end, BLOCK))
            return
        with self.path.open("rb") as file:
            file.seek(start)
            left = end - start
            while left > 0 and (block := file.read(min(BLOCK, left))):
                left -= len(block)
                yield block


def line_breaks(data: bytes) -> int:
    r"""How many lines end in `data`: ``\n``, ``\r\n`` and ``\r`` end one each."""
    ends = data.count(b"\n")
    return ends if b"\r" not in data else ends + data.count(b"\r") - data.count(b"\r\n")
