"""One version of one file as plain bytes: itself, or what it unpacked to."""

from dataclasses import dataclass
from pathlib import Path

SMALL = 32 << 20
"""Up to this many bytes, unpacked, a file is read into memory once and parsed there; a larger one is scanned where it lies."""


@dataclass(frozen=True)
class PlainFile:
    """`path` holds the bytes, unpacked; `data` is the same in memory for a small file. `name` is the asset's, for messages."""

    name: str
    path: Path
    size: int
    data: bytes | None = None
    compression: str | None = None
    """``gzip`` or ``zstd`` where it was unpacked."""
    sha256: str | None = None
    """Of the bytes as they arrived (hex)."""

    @property
    def shown(self) -> str:
        """The name for messages, control characters escaped."""
        return repr(self.name)


@dataclass(frozen=True)
class Spool:
    """A private folder for what must be written anew before it can be scanned; `most_bytes` bounds what one file may become."""

    folder: Path
    most_bytes: int
