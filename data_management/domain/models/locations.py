"""Where a data asset is, and what tells two versions of it apart."""

import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote, unquote, unquote_to_bytes, urlsplit

from pydantic.dataclasses import dataclass

from data_management.errors import InvalidInput

_SCHEMES = ("file", "s3", "postgresql", "dagster")
_STOPPED = "#stopped"
_QUOTED = re.compile(r"(?:[A-Za-z0-9_.~/-]|%[0-9A-F]{2})*")
"""What `quote` makes."""


@dataclass(frozen=True)
class DataLocation:
    """A URI: ``file:///…``, ``s3://bucket/key``, ``postgresql://…#schema.table`` or ``dagster:///asset/key?partition=…``.

    File names are data: any byte that a file system allows survives the round trip from path to URI and back,
    and the URI itself is plain ASCII.
    """

    uri: str

    def __post_init__(self) -> None:
        try:
            scheme = urlsplit(self.uri).scheme
        except ValueError as error:  # a bracket that is no address
            raise InvalidInput(f"location {self.uri!r} is no URI ({error}); write its characters as %XX") from error
        if scheme not in _SCHEMES:
            raise InvalidInput(
                f"location {self.uri!r} has the scheme {scheme!r}; use one of {', '.join(s + '://' for s in _SCHEMES)}"
            )

    @classmethod
    def parse(cls, text: str) -> "DataLocation":
        """The location that somebody typed: our URI, or one with its characters as they are in the bucket or folder.

        What our own URIs could be is taken for one: ``a%20b.csv`` is the name with a blank.
        """
        scheme, found, rest = text.partition("://")
        if found and scheme in ("file", "s3") and not _QUOTED.fullmatch(rest):
            return cls(f"{scheme}://{quote(os.fsencode(rest))}")
        return cls(text)

    @classmethod
    def from_path(cls, path: str | os.PathLike[str]) -> "DataLocation":
        """The location of a local file; a relative path is taken from the working directory."""
        return cls("file://" + quote(os.fsencode(os.path.abspath(path))))  # noqa: PTH100  a link stays a link

    @classmethod
    def from_folder(cls, path: str | os.PathLike[str]) -> "DataLocation":
        """The location of a local folder that is one data asset, with all the files in it."""
        return cls(cls.from_path(path).uri.rstrip("/") + "/")

    @classmethod
    def of_object(cls, bucket: str, key: str) -> "DataLocation":
        """The location of an object; one whose key is empty or ends in a slash is a folder of objects."""
        return cls(f"s3://{quote(bucket)}/{quote(key)}")

    @classmethod
    def of_dagster(cls, path: Sequence[str], partition: str | None = None) -> "DataLocation":
        """What a Dagster asset holds, or one partition of it; only Dagster can read it."""
        query = "" if partition is None else f"?partition={quote(partition, safe='')}"
        return cls("dagster:///" + "/".join(quote(part, safe="") for part in path) + query)

    def stopped(self) -> "DataLocation":
        """Where what was stopped before it was published stands in the catalog, beside what is published."""
        return DataLocation(self.uri.removesuffix(_STOPPED) + _STOPPED)

    @property
    def is_of_dagster(self) -> bool:
        """Whether it is the value of a Dagster asset, which no look at a storage finds."""
        return self.scheme == "dagster"

    @property
    def bucket(self) -> str:
        """The bucket of an ``s3`` location; `InvalidInput` for any other."""
        return self._object[0]

    @property
    def object_key(self) -> str:
        """The key of an ``s3`` location, as it is in the bucket; `InvalidInput` for any other."""
        return self._object[1]

    @property
    def _object(self) -> tuple[str, str]:
        if self.scheme != "s3":
            raise InvalidInput(f"location {self.uri!r} is in no bucket; only s3:// locations have a key")
        bucket, _, key = self.uri.removeprefix("s3://").partition("/")
        return unquote(bucket, errors="strict"), unquote(key, errors="strict")

    def beside(self, name: str) -> "DataLocation":
        """The location of this (plain ASCII) name in the same folder."""
        kept = self.uri.rstrip("/")
        return DataLocation(f"{kept[: kept.rindex('/') + 1]}{name}{'/' if self.is_folder else ''}")

    @property
    def is_folder(self) -> bool:
        """Whether it stands for a folder of part files as one data asset: its URI ends in a slash."""
        return self.uri.endswith("/")

    @property
    def scheme(self) -> str:
        return urlsplit(self.uri).scheme

    @property
    def path(self) -> Path:
        """The local path of a ``file`` location; `InvalidInput` for any other."""
        if self.scheme != "file":
            raise InvalidInput(f"location {self.uri!r} is not a local file; only file:// locations have a path")
        return Path(os.fsdecode(unquote_to_bytes(self.uri.removeprefix("file://"))))

    @property
    def name(self) -> str:
        r"""The last segment, for people; bytes that are not UTF-8 show as ``\xNN``."""
        last = self.uri.rstrip("/").rpartition("/")[2]
        return unquote_to_bytes(last).decode("utf-8", errors="backslashreplace")

    def __str__(self) -> str:
        return self.uri


@dataclass(frozen=True)
class VersionToken:
    """Tells two versions at one location apart without reading them; never the identity of the content."""

    value: str

    @classmethod
    def of_file(cls, size: int, mtime_ns: int) -> "VersionToken":
        """The token of a local file: its size in bytes and its modification time in nanoseconds."""
        return cls(f"{size}-{mtime_ns}")

    @classmethod
    def of_folder(cls, parts: Iterable[tuple[str, int, int]]) -> "VersionToken":
        """The token of a folder: the number of its parts, their size, the newest time, and a digest of all of their names,
        sizes and times, which are given as (name, bytes, nanoseconds) in any order.
        """
        known = sorted(parts)
        digest = hashlib.sha256()
        for name, size, mtime_ns in known:
            digest.update(f"{name}\0{size}\0{mtime_ns}\0".encode(errors="surrogateescape"))
        newest = max((mtime_ns for _, _, mtime_ns in known), default=0)
        return cls(f"{len(known)}-{sum(size for _, size, _ in known)}-{newest}-{digest.hexdigest()[:16]}")

    def __str__(self) -> str:
        return self.value


def version_at(uri: str, token: str) -> str:
    """Where a version stands and its token in one string, of which many are compared at once."""
    return f"{uri} {token}"
