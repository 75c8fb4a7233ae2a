"""What one asset may ask for, whatever its format. What it may unpack to is `Spool.most_bytes`."""

from dataclasses import dataclass

from data_management.infrastructure.quality.sources.plain import SMALL


@dataclass(frozen=True)
class Bounds:
    """`small_bytes`: up to this size, unpacked, a file is read into memory; a larger one is scanned where it lies."""

    columns: int = 10_000
    cell_bytes: int = 16 << 20
    """Of one text or binary value, as UTF-8."""
    depth: int = 100
    """How deep arrays and objects may be nested."""
    parts: int = 10_000
    """How many files a folder that is one asset may hold."""
    small_bytes: int = SMALL
    digest_large: bool = False
    """Whether the bytes of a large file are hashed too; those of a small one always are."""
