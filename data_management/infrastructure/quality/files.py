"""The bytes of one version of one file."""

import gzip
import hashlib
import os
import stat
import zlib
from dataclasses import dataclass
from io import BytesIO

from data_management.domain.models import DataLocation, VersionToken
from data_management.errors import Rejected
from data_management.infrastructure.quality.sources.versions import OtherVersion

_CHUNK = 1 << 20
_GZIP = b"\x1f\x8b"
_KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


@dataclass(frozen=True)
class Content:
    """A file's bytes, unpacked where they were compressed. `sha256` (hex) is of the bytes on disk."""

    name: str
    data: bytes
    sha256: str
    compressed: bool

    @property
    def shown(self) -> str:
        """The name for messages, control characters escaped."""
        return repr(self.name)


def read_file(location: DataLocation, token: VersionToken | None, most_bytes: int) -> Content:
    """Read a local regular file through one descriptor, and make sure that it is still the one at its path.

    Raises `OtherVersion`, and `Rejected` for what is no readable regular file or holds more than `most_bytes`.
    """
    if location.scheme != "file":
        raise Rejected(f"{location.name!r} is not a local file; only file:// locations can be examined")
    path, shown = location.path, repr(location.name)
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
        return _read(descriptor, location, token, most_bytes)
    except OSError as error:
        raise Rejected(f"{shown} cannot be read ({_errno(error)}); check the storage") from error
    finally:
        os.close(descriptor)


def _read(descriptor: int, location: DataLocation, token: VersionToken | None, most_bytes: int) -> Content:
    before, shown = os.fstat(descriptor), repr(location.name)
    if not stat.S_ISREG(before.st_mode):
        kind = _KINDS.get(stat.S_IFMT(before.st_mode), "no file")
        raise Rejected(f"{shown} is {kind}; only regular files can be examined")
    if token is not None and VersionToken.of_file(before.st_size, before.st_mtime_ns) != token:
        raise OtherVersion
    if before.st_size > most_bytes:
        raise Rejected(_too_large(shown, "holds", most_bytes))
    data = bytearray()
    while block := os.read(descriptor, _CHUNK):
        data += block
        if len(data) > before.st_size:
            raise OtherVersion
    try:
        at_path = os.stat(location.path)  # noqa: PTH116  the same call as fstat
    except FileNotFoundError as error:
        raise OtherVersion from error
    same = _version(before) == _version(os.fstat(descriptor)) == _version(at_path)
    if not same or len(data) != before.st_size:
        raise OtherVersion
    whole = bytes(data)
    del data
    return _unpacked(location.name, whole, most_bytes)


def _version(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _unpacked(name: str, data: bytes, most_bytes: int) -> Content:
    digest = hashlib.sha256(data).hexdigest()
    if not data.startswith(_GZIP):
        return Content(name=name, data=data, sha256=digest, compressed=False)
    expanded, shown = bytearray(), repr(name)
    try:
        with gzip.GzipFile(fileobj=BytesIO(data)) as unzipped:
            while block := unzipped.read(_CHUNK):
                expanded += block
                if len(expanded) > most_bytes:
                    raise Rejected(_too_large(shown, "expands to", most_bytes))
    except EOFError as error:
        raise Rejected(f"{shown} is a truncated gzip file; transfer it again") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise Rejected(f"{shown} is a damaged gzip file; transfer it again") from error
    return Content(name=name, data=bytes(expanded), sha256=digest, compressed=True)


def _too_large(shown: str, does: str, most_bytes: int) -> str:
    return f"{shown} {does} more than {most_bytes >> 20} MB; split the file, or raise the engine's limit"


def _errno(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or type(error).__name__


__all__ = ["Content", "OtherVersion", "read_file"]
