"""Landings in S3 buckets."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime

from data_management.application.ports import FoundFile, ListedPage, StandingVersions
from data_management.application.views import LastArrival
from data_management.domain.models import DataLocation, Landing, ObjectStore
from data_management.infrastructure.aws import AwsClients, aws_errors, code_of
from data_management.infrastructure.data_sources.landing import lies_in
from data_management.infrastructure.data_sources.s3.listing import (
    Scope,
    file_pages,
    folder_pages,
    object_pages,
    parts_in,
)
from data_management.infrastructure.data_sources.s3.names import (
    behind,
    behind_all,
    date_prefixes,
    is_flat,
    literal_head,
    root_prefix,
)
from data_management.infrastructure.data_sources.s3.objects import ObjectVersion, found_folder

_ABSENT = ("404", "NoSuchKey", "NoSuchVersion", "NotFound", "405", "MethodNotAllowed")
"""What `head_object` answers for nothing, and for a delete marker."""


class S3DataLocationService:
    """Lists buckets in the order of their keys. Only keys are read; an object that vanishes meanwhile was there."""

    def __init__(
        self,
        clients: AwsClients | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        page_keys: int = 1000,
    ) -> None:
        self._page_keys = page_keys
        self._clients = clients or AwsClients()
        self._clock = clock

    def list(self, landing: Landing) -> Iterator[FoundFile]:
        for page in self.pages(landing):
            yield from page.files

    def pages(
        self,
        landing: Landing,
        *,
        after: str | None = None,
        last: LastArrival | None = None,
        known: StandingVersions | None = None,  # noqa: ARG002  a page takes longer to come than to be compared
    ) -> Iterator[ListedPage]:
        """Of `page_keys` each, however few of them the landing takes; the position is the last key."""
        prefix = root_prefix(landing)
        scopes = [
            replace(scope, page_keys=self._page_keys) for scope in _scopes(landing, prefix, after, last, self._clock())
        ]
        read = folder_pages if landing.is_of_folders else file_pages
        with self._errors(landing.root, landing.store, "s3:ListBucket"):
            yield from read(self._clients.s3(landing.store), landing, prefix, scopes)

    def is_reachable(self, landing: Landing) -> bool:
        with self._errors(landing.root, landing.store, "s3:ListBucket"):
            from botocore.exceptions import ClientError

            try:
                self._clients.s3(landing.store).list_objects_v2(
                    Bucket=landing.root.bucket, Prefix=root_prefix(landing), MaxKeys=1
                )
            except ClientError as error:
                if code_of(error) == "NoSuchBucket":
                    return False
                raise
            return True

    def has(self, landing: Landing, location: DataLocation) -> bool:
        return lies_in(landing, location)

    def find(self, location: DataLocation, store: ObjectStore | None = None) -> FoundFile | None:
        if location.is_folder:
            return self._find_folder(location, store)
        with self._errors(location, store, "s3:GetObject and s3:ListBucket"):
            from botocore.exceptions import ClientError

            try:
                headers = self._clients.s3(store).head_object(Bucket=location.bucket, Key=location.object_key)
            except ClientError as error:
                if code_of(error) in _ABSENT:
                    return None
                raise
            version = ObjectVersion.of_headers(headers, versioned=bool(store and store.versioned))
            return version.found_at(location.bucket, location.object_key)

    def _find_folder(self, location: DataLocation, store: ObjectStore | None) -> FoundFile | None:
        folder = location.object_key
        scope = Scope(location.bucket, folder, flat=True, versioned=bool(store and store.versioned))
        with self._errors(location, store, "s3:ListBucket"):
            pages = object_pages(self._clients.s3(store), scope)
            parts = parts_in((one for listed, _ in pages for one in listed), folder)
        return found_folder(location.bucket, folder, parts) if parts else None

    def _errors(self, location: DataLocation, store: ObjectStore | None, needs: str) -> AbstractContextManager[None]:
        return aws_errors(f"bucket {location.bucket!r}", store, needs)


def _scopes(landing: Landing, prefix: str, after: str | None, last: LastArrival | None, now: datetime) -> list[Scope]:
    bucket, versioned = landing.root.bucket, bool(landing.store and landing.store.versioned)
    start = None if after is None else behind(DataLocation(after).object_key)
    new = landing.new_objects
    whole = Scope(
        bucket=bucket,
        prefix=prefix + literal_head(landing.pattern),
        after=start,
        flat=is_flat(landing.pattern) and not landing.is_of_folders,
        versioned=versioned,
    )
    if last is None or new is None or last.location.scheme != "s3" or last.location.bucket != bucket:
        return [whole]
    if new.monotonic:
        known = behind(last.location.object_key)
        return [replace(whole, after=max(filter(None, (start, known)), key=str.encode))]
    if new.date_prefix is None:
        return [whole]
    scopes = [replace(whole, prefix=prefix + dated, flat=False) for dated in date_prefixes(new, last.at, now)]
    return [scope for scope in scopes if start is None or behind_all(scope.prefix).encode() > start.encode()]
