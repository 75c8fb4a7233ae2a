"""One version of an object, or of a folder of objects, as local files."""

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from data_management.domain.models import DataLocation, ObjectStore, VersionToken
from data_management.errors import Rejected
from data_management.infrastructure.aws import AwsClients, aws_errors, code_of
from data_management.infrastructure.data_sources.landing import is_ignored
from data_management.infrastructure.data_sources.s3.listing import Listed, Scope, object_pages, parts_in
from data_management.infrastructure.data_sources.s3.objects import (
    ObjectVersion,
    Wanted,
    folder_token,
    size_of_folder,
)
from data_management.infrastructure.data_sources.staging import AnotherVersion

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

logger = logging.getLogger(__name__)

_GONE: Final = ("404", "NoSuchKey", "NoSuchVersion", "NotFound", "412", "PreconditionFailed", "405", "MethodNotAllowed")
_DENIED: Final = ("AccessDenied", "403", "Forbidden", "InvalidObjectState")
_CHUNK: Final = 1 << 20
_TRIES: Final = 3
_LONGEST_NAME: Final = 255


class S3Fetcher:
    """`Fetcher` of objects. What is read is what was listed: by VersionId, or by If-Match and what the answer's headers say."""

    def __init__(self, clients: AwsClients | None = None) -> None:
        self._clients = clients or AwsClients()

    def size_of(self, location: DataLocation, token: VersionToken) -> int | None:
        if location.is_folder:
            return size_of_folder(token)
        wanted = Wanted.of(token)
        return wanted.size if wanted else None

    def fetch(self, location: DataLocation, token: VersionToken, store: ObjectStore | None, to: Path) -> None:
        with aws_errors(f"bucket {location.bucket!r}", store, "s3:GetObject"):
            client = self._clients.s3(store)
            if location.is_folder:
                _fetch_folder(client, location, token, to, versioned=bool(store and store.versioned))
            else:
                _fetch_object(client, location, token, to)


def _fetch_object(client: "S3Client", location: DataLocation, token: VersionToken, to: Path) -> None:
    wanted = Wanted.of(token)
    if wanted is None:
        raise AnotherVersion
    for tries_left in reversed(range(_TRIES)):
        try:
            with _file_errors(location):
                answer = client.get_object(Bucket=location.bucket, Key=location.object_key, **wanted.pin)
                with closing(answer["Body"]) as body:
                    if not wanted.is_met_by(ObjectVersion.of_headers(answer, versioned=wanted.version_id is not None)):
                        raise AnotherVersion
                    _write(body.iter_chunks(_CHUNK), to, wanted.size)
        except _interruptions():
            if not tries_left:
                raise
            logger.info("download interrupted; it is begun anew", extra={"location": location.uri})
        else:
            return


def _interruptions() -> tuple[type[Exception], ...]:
    """A connection that breaks while the body comes: botocore repeats requests, not what was half read."""
    from botocore import exceptions as e

    return (e.IncompleteReadError, e.ResponseStreamingError, e.ReadTimeoutError, e.ConnectionClosedError)


def _write(chunks: Iterator[bytes], to: Path, size: int) -> None:
    """`AnotherVersion` where what comes is not `size` bytes: a store that is no real S3 may write what it is giving."""
    written = 0
    with to.open("wb") as file:
        for chunk in chunks:
            written += len(chunk)
            if written > size:
                raise AnotherVersion
            file.write(chunk)
    if written != size:
        raise AnotherVersion


@contextmanager
def _file_errors(location: DataLocation) -> Iterator[None]:
    """What concerns this object alone."""
    from botocore.exceptions import ClientError

    try:
        yield
    except ClientError as error:
        code = code_of(error)
        if code in _GONE:
            raise AnotherVersion from error
        if code == "InvalidObjectState":
            raise Rejected(f"{location.name!r} is archived; restore it, or move it out of the landing") from error
        if code in _DENIED or (code or "").startswith("KMS."):
            raise Rejected(
                f"{location.name!r} may not be read with these credentials ({code}); grant s3:GetObject, and the use of its "
                "key where it is encrypted"
            ) from error
        raise


def _fetch_folder(
    client: "S3Client", location: DataLocation, token: VersionToken, to: Path, *, versioned: bool
) -> None:
    """Its parts, and an empty folder for each that it holds, so that its reader sees what is there."""
    folder = location.object_key
    objects = _objects(client, location.bucket, folder, versioned=versioned)
    parts = parts_in(objects, folder)
    if folder_token(parts) != token:
        raise AnotherVersion
    to.mkdir()
    for name in {
        one.key.removeprefix(folder).partition("/")[0] for one in objects if "/" in one.key.removeprefix(folder)
    }:
        if name == "_delta_log" or not is_ignored(name):
            (to / (name if _is_name(name) else "folder")).mkdir(exist_ok=True)
    for part in parts:
        if not _is_name(part.name):
            raise Rejected(f"{location.name!r} holds a part whose name is no file name here; give it a shorter one")
        at = DataLocation.of_object(location.bucket, folder + part.name)
        _fetch_object(client, at, part.version.token, to / part.name)


def _objects(client: "S3Client", bucket: str, folder: str, *, versioned: bool) -> list[Listed]:
    pages = object_pages(client, Scope(bucket, folder, versioned=versioned))
    return [one for listed, _ in pages for one in listed]


def _is_name(name: str) -> bool:
    """Whether a local file may bear it."""
    return name not in ("", ".", "..") and "\0" not in name and len(name.encode()) <= _LONGEST_NAME
