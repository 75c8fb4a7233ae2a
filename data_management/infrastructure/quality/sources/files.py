"""One version of one local file, opened once and unpacked."""

import hashlib
import os
import stat
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path

from data_management.domain.models import DataLocation, VersionToken
from data_management.errors import Rejected
from data_management.infrastructure.quality.sources.bounds import Bounds
from data_management.infrastructure.quality.sources.plain import PlainFile, Spool
from data_management.infrastructure.quality.sources.spool import linked
from data_management.infrastructure.quality.sources.unpacking import compression_of, unpacked
from data_management.infrastructure.quality.sources.versions import FileVersion, OtherVersion

_CHUNK = 1 << 20
_KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


def open_file(
    location: DataLocation,
    token: VersionToken | None,
    spool: Spool,
    bounds: Bounds = Bounds(),
    at: Path | None = None,
) -> tuple[PlainFile, FileVersion]:
    """Open a local regular file: a small one is read through one descriptor, a large one is to be scanned at its path.

    Raises `OtherVersion`, and `Rejected` for what is no readable regular file or holds more than the spool allows. Who scans
    `PlainFile.path` calls `FileVersion.verify` afterwards: it is opened there once more.
    """
    if at is None and location.scheme != "file":
        raise Rejected(f"{location.name!r} is not a local file; only file:// locations can be examined")
    path, shown = at or location.path, repr(location.name)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except (FileNotFoundError, NotADirectoryError) as error:
        if token is not None:
            raise OtherVersion from error
        raise Rejected(f"{shown} does not exist; check the path") from error
    except PermissionError as error:
        raise Rejected(f"{shown} may not be read by this user; grant the permission to read it") from error
    except (OSError, ValueError) as error:
        raise Rejected(f"{shown} cannot be opened ({_errno(error)}); check what stands there") from error
    try:
        version = _version(descriptor, path, shown, token)
        if version.size > spool.most_bytes:
            raise Rejected(
                f"{shown} holds more than {spool.most_bytes >> 20} MB; split the file, or raise DATA_MANAGEMENT_FILE_EXPANDED_MB"
            )
        file = _plain(descriptor, version, location.name, spool, bounds)
        if FileVersion.of(path, os.fstat(descriptor)) != version:
            raise OtherVersion
    except OSError as error:
        raise Rejected(f"{shown} cannot be read ({_errno(error)}); check the storage") from error
    finally:
        os.close(descriptor)
    version.verify()
    return file, version


def _version(descriptor: int, path: Path, shown: str, token: VersionToken | None) -> FileVersion:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "no file")
        raise Rejected(f"{shown} is {kind}; only regular files can be examined")
    version = FileVersion.of(path, status)
    if token is not None and version.token != token:
        raise OtherVersion
    return version


def _plain(descriptor: int, version: FileVersion, name: str, spool: Spool, bounds: Bounds) -> PlainFile:
    if version.size <= bounds.small_bytes:
        data = b"".join(_blocks(descriptor, version.size))
        digest = hashlib.sha256(data).hexdigest()
        compression = compression_of(data, repr(name))
        if compression is None:
            return PlainFile(name, version.path, len(data), data, sha256=digest)
        return unpacked(iter((data,)), compression, name, spool, bounds, digest)
    with closing(_blocks(descriptor, version.size)) as blocks:
        first = next(blocks, b"")
        compression = compression_of(first, repr(name))
        if compression is not None:
            return unpacked(_rejoined(first, blocks), compression, name, spool, bounds, None)
        hashed = hashlib.sha256(first)
        if bounds.digest_large:
            for block in blocks:
                hashed.update(block)
    link = linked(spool, version.path, "-file")
    return PlainFile(name, link, version.size, sha256=hashed.hexdigest() if bounds.digest_large else None)


def _blocks(descriptor: int, size: int) -> Generator[bytes]:
    """What the descriptor yields; `OtherVersion` where that is not `size` bytes."""
    read = 0
    while block := os.read(descriptor, _CHUNK):
        read += len(block)
        if read > size:
            raise OtherVersion
        yield block
    if read != size:
        raise OtherVersion


def _rejoined(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _errno(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or type(error).__name__
