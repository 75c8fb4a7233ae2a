"""An object as S3 shows it, in listings, in headers and in notifications, and its version token."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final, Self

from data_management.application.ports import FoundFile
from data_management.domain.models import DataLocation, VersionToken

_BY_ETAG: Final = re.compile(r"(?P<size>\d+)-(?P<modified>\d+)-(?P<etag>.*)", re.DOTALL)
_BY_VERSION: Final = re.compile(r"(?P<size>\d+)@(?P<version>.+)", re.DOTALL)
_OF_FOLDER: Final = re.compile(r"(?P<count>\d+)-(?P<size>\d+)-(?P<newest>\d+)-(?P<digest>[0-9a-f]{16})!")


@dataclass(frozen=True)
class ObjectVersion:
    """One version of an object. `modified` is in whole seconds: more than that no header says.

    An ETag is kept bare: listings of some stores do not quote it, headers do. One with a dash (multipart) is as good as any.
    """

    size: int
    modified: int
    etag: str
    version_id: str | None = None

    @classmethod
    def of_listing(cls, listed: Mapping[str, Any], *, versioned: bool) -> Self:
        return cls._of(listed, int(listed["Size"]), versioned=versioned)

    @classmethod
    def of_headers(cls, headers: Mapping[str, Any], *, versioned: bool) -> Self:
        return cls._of(headers, int(headers["ContentLength"]), versioned=versioned)

    @classmethod
    def _of(cls, given: Mapping[str, Any], size: int, *, versioned: bool) -> Self:
        version = given.get("VersionId") if versioned else None
        return cls(
            size=size,
            modified=int(given["LastModified"].timestamp()),
            etag=str(given.get("ETag") or "").removeprefix("W/").strip('"'),
            version_id=None if version in (None, "null") else str(version),  # "null" is overwritten in place
        )

    @property
    def token(self) -> VersionToken:
        if self.version_id is not None:
            return VersionToken(f"{self.size}@{self.version_id}")
        return VersionToken(f"{self.size}-{self.modified}-{self.etag}")

    def found_at(self, bucket: str, key: str) -> FoundFile:
        return FoundFile(
            location=DataLocation.of_object(bucket, key),
            version_token=self.token,
            size_bytes=self.size,
            changed_at=datetime.fromtimestamp(self.modified, UTC),
        )


@dataclass(frozen=True)
class Wanted:
    """What a token says of the version that is to be read; what it does not say is None."""

    size: int
    modified: int = 0
    etag: str | None = None
    version_id: str | None = None

    def is_met_by(self, given: ObjectVersion) -> bool:
        """An ETag tells contents apart; the time counts where there is none, as some stores tell another in listings."""
        if given.size != self.size or given.version_id != self.version_id:
            return False
        if self.version_id is not None:
            return True
        return given.etag == self.etag if self.etag else given.modified == self.modified

    @property
    def pin(self) -> dict[str, Any]:
        """What `get_object` takes so that it reads no other version."""
        if self.version_id is not None:
            return {"VersionId": self.version_id}
        return {"IfMatch": f'"{self.etag}"'} if self.etag else {}

    @classmethod
    def of(cls, token: VersionToken) -> Self | None:
        """None for a token that is not of an object: another storage made it."""
        if by_version := _BY_VERSION.fullmatch(token.value):
            return cls(int(by_version["size"]), version_id=by_version["version"])
        if by_etag := _BY_ETAG.fullmatch(token.value):
            return cls(int(by_etag["size"]), int(by_etag["modified"]), etag=by_etag["etag"] or None)
        return None


def object_request(location: DataLocation, token: VersionToken) -> dict[str, str] | None:
    """The arguments of `get_object` that read this version or fail; None of a folder, and of what is no object."""
    if location.scheme != "s3" or location.is_folder:
        return None
    wanted = Wanted.of(token)
    return {"Bucket": location.bucket, "Key": location.object_key} | (wanted.pin if wanted else {})


@dataclass(frozen=True)
class ObjectPart:
    """An object of a folder that is one data asset; `name` is relative to it."""

    name: str
    version: ObjectVersion


def folder_token(parts: Iterable[ObjectPart]) -> VersionToken:
    """The number of parts, their size, the newest time, and a digest of all their names and tokens."""
    known = sorted(parts, key=lambda part: part.name)
    digest = sha256()
    for part in known:
        digest.update(f"{part.name}\0{part.version.token}\0".encode())
    newest = max((part.version.modified for part in known), default=0)
    size = sum(part.version.size for part in known)
    return VersionToken(f"{len(known)}-{size}-{newest}-{digest.hexdigest()[:16]}!")


def size_of_folder(token: VersionToken) -> int | None:
    """The bytes of all its parts; None for a token of something else."""
    found = _OF_FOLDER.fullmatch(token.value)
    return int(found["size"]) if found else None


def found_folder(bucket: str, key: str, parts: list[ObjectPart]) -> FoundFile:
    """`key` ends in a slash; there is one part at least."""
    newest = max(part.version.modified for part in parts)
    return FoundFile(
        location=DataLocation.of_object(bucket, key),
        version_token=folder_token(parts),
        size_bytes=sum(part.version.size for part in parts),
        changed_at=datetime.fromtimestamp(newest, UTC),
    )
