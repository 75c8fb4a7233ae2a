"""gzip and zstd, told by their first bytes: whole frames and nothing behind them, in memory or in the spool."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import suppress

import pyarrow as pa

from data_management.errors import Rejected
from data_management.infrastructure.quality.sources.bounds import Bounds
from data_management.infrastructure.quality.sources.plain import PlainFile, Spool
from data_management.infrastructure.quality.sources.spool import new_path

_CHUNK = 1 << 20
_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_SKIPPABLE = tuple(bytes([0x50 + number]) + b"\x2a\x4d\x18" for number in range(16))
"""zstd frames that hold no data may stand before those that do."""
_OTHERS = {
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"\x04\x22\x4d\x18": "lz4",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "RAR",
    b"\x1f\x9d": "compress",
}


def compression_of(head: bytes, shown: str) -> str | None:
    """``gzip``, ``zstd`` or None; `Rejected` for a compression that we do not read."""
    for magic, name in _MAGIC.items():
        if head.startswith(magic):
            return name
    if head.startswith(_SKIPPABLE):
        return "zstd"
    for magic, name in _OTHERS.items():
        if head.startswith(magic):
            raise Rejected(f"{shown} is compressed with {name}; compress it with gzip or zstd, or not at all")
    return None


def unpacked(
    blocks: Iterator[bytes], compression: str, name: str, spool: Spool, bounds: Bounds, digest: str | None
) -> PlainFile:
    """What the frames of `blocks` unpack to, in memory while that is small. Linear in what is unpacked, and bounded by the spool.

    `digest` is that of the packed bytes, where it is known already; else it is made where `bounds` ask for it.
    """
    source = _Source(blocks, hashing=digest is None and bounds.digest_large)
    path, size, held = new_path(spool, "-unpacked"), 0, bytearray()
    target: io.FileIO | None = None
    try:
        for block in _expanded(source, compression, repr(name)):
            size += len(block)
            if size > spool.most_bytes:
                raise Rejected(  # noqa: TRY301  what was written goes with it
                    f"{name!r} expands to more than {spool.most_bytes >> 20} MB; split the file, or raise DATA_MANAGEMENT_FILE_EXPANDED_MB"
                )
            if target is None and size <= bounds.small_bytes:
                held += block
                continue
            if target is None:
                target = path.open("xb", buffering=0)
                _write(target, bytes(held), name)
                held.clear()
            _write(target, block, name)
    except BaseException:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise
    finally:
        if target is not None:
            target.close()
    data = bytes(held) if target is None else None
    return PlainFile(name, path, size, data, compression, digest or source.hexdigest)


class _Source(io.RawIOBase):
    """Blocks of bytes as the file object that pyarrow reads. What they raise is kept: pyarrow would rename it."""

    def __init__(self, blocks: Iterator[bytes], *, hashing: bool) -> None:
        super().__init__()
        self._blocks, self._rest = blocks, memoryview(b"")
        self._hash = hashlib.sha256() if hashing else None
        self.error: BaseException | None = None

    @property
    def hexdigest(self) -> str | None:
        return self._hash.hexdigest() if self._hash else None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self._rest:
            try:
                block = next(self._blocks, b"")
            except BaseException as error:
                self.error = error
                raise
            if self._hash:
                self._hash.update(block)
            self._rest = memoryview(block)
        taken, self._rest = self._rest[:size], self._rest[size:]
        return bytes(taken)


def _expanded(source: _Source, compression: str, shown: str) -> Iterator[bytes]:
    try:
        stream = pa.CompressedInputStream(pa.PythonFile(source, mode="r"), compression)
        while block := stream.read(_CHUNK):
            yield block
    except MemoryError:
        raise
    except (OSError, pa.ArrowException) as error:
        if source.error is not None:
            raise source.error from error
        what = "truncated" if "Truncated" in str(error) else "damaged"
        raise Rejected(
            f"{shown} is a {what} {compression} file, or has something behind its end; transfer it again"
        ) from error


def _write(target: io.FileIO, block: bytes, name: str) -> None:
    view = memoryview(block)
    try:
        while view:
            view = view[target.write(view) :]
    except OSError as error:
        raise Rejected(
            f"{name!r} cannot be unpacked to the temporary folder ({error.strerror}); make room there, or set TMPDIR"
        ) from error
