"""A catalog that is served elsewhere."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final, Generic, Self, TypeVar
from urllib.parse import quote
from uuid import uuid4

import httpx
from pydantic import BaseModel, ValidationError

from data_management.errors import (
    Conflict,
    DataManagementError,
    Denied,
    InvalidInput,
    NotFound,
    Stale,
    Throttled,
    Unauthenticated,
    Unavailable,
)
from data_management.infrastructure.clients import documents as d

T = TypeVar("T", bound=BaseModel)
_ERRORS: Final[Mapping[int, Callable[[str], DataManagementError]]] = {
    HTTPStatus.UNAUTHORIZED: Unauthenticated,
    HTTPStatus.FORBIDDEN: Denied,
    HTTPStatus.NOT_FOUND: NotFound,
    HTTPStatus.CONFLICT: Conflict,
    HTTPStatus.PRECONDITION_FAILED: Stale,
}
_PASSING: Final = (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT)
"""What another try may find mended."""
_LONGEST_PAUSE: Final = 10.0
_YAML: Final = {"Content-Type": "application/yaml"}


@dataclass(frozen=True)
class Versioned(Generic[T]):
    """A document, and the tag that a change of it names."""

    document: T
    etag: str


class CatalogClient:
    """Errors are those that the catalog itself raises; `Unavailable` where it cannot be reached or makes no sense.

    What may be done twice is tried again where it did not get through: reading, and a POST, which carries a key under which it is
    done once. A change under an `etag` is not: tried again it would find its own work, and call it somebody else's.
    """

    def __init__(
        self,
        url: str,
        api_key: str,
        *,
        timeout_seconds: float = 30.0,
        tries: int = 4,
        page: int = 100,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise InvalidInput(f"{url!r} is no URL of a catalog; write for instance https://catalog.example.com")
        if not api_key.isascii() or not api_key.isprintable() or " " in api_key:
            raise InvalidInput(
                "the key of the catalog holds what no key holds; copy it again, without anything around it"
            )
        self._url = url.rstrip("/").removesuffix("/v1")
        self._tries = tries
        self._page = page
        self._sleep = sleep
        self._http = httpx.Client(
            base_url=self._url,
            headers={"Authorization": f"Bearer {api_key}", "Accept": "application/json"},
            timeout=timeout_seconds,
            follow_redirects=False,
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def datasets(
        self, *, owner: str | None = None, tag: str | None = None, retired: bool | None = None
    ) -> Iterator[d.Dataset]:
        """By name; pages are fetched as they are needed."""
        return self._pages(d.Dataset, "/v1/datasets", owner=owner, tag=tag, retired=retired)

    def dataset(self, name: str) -> Versioned[d.DatasetDetail]:
        return self._versioned(d.DatasetDetail, self._get(_path("datasets", name)))

    def register(self, contract: str) -> tuple[d.Dataset, ...]:
        """Register what a new contract (YAML or JSON) declares; `Stale` where one of its datasets is there already."""
        answer = self._post("/v1/datasets", content=contract.encode(), headers=_YAML)
        return tuple(self._read(d.Dataset, each) for each in answer.json()["items"])

    def put_dataset(self, name: str, contract: str, etag: str | None) -> Versioned[d.DatasetDetail]:
        """Change a dataset, or make it where `etag` is None; `Stale` where another version stands."""
        headers = _YAML | ({"If-None-Match": "*"} if etag is None else {"If-Match": etag})
        answer = self._send("PUT", _path("datasets", name), content=contract.encode(), headers=headers)
        return self._versioned(d.DatasetDetail, answer)

    def retire(self, name: str, etag: str) -> Versioned[d.DatasetDetail]:
        answer = self._post(f"{_path('datasets', name)}/retire", headers={"If-Match": etag})
        return self._versioned(d.DatasetDetail, answer)

    def scores(self, dataset: str) -> Iterator[d.ScorePoint]:
        """Newest first."""
        return self._pages(d.ScorePoint, f"{_path('datasets', dataset)}/scores")

    def score_difference(self, dataset: str, since: datetime, until: datetime | None = None) -> d.ScoreDifference:
        """What made the score rise or fall between two moments, the second of which is now where it is not given."""
        answer = self._get(
            f"{_path('datasets', dataset)}/scores/difference",
            since=since.isoformat(),
            until=until.isoformat() if until else None,
        )
        return self._read(d.ScoreDifference, answer.json())

    def profile(self, dataset: str) -> d.DatasetProfile:
        return self._read(d.DatasetProfile, self._get(f"{_path('datasets', dataset)}/profile").json())

    def classifications(self, dataset: str) -> tuple[d.Classified, ...]:
        answer = self._get(f"{_path('datasets', dataset)}/classifications").json()
        return tuple(self._read(d.Classified, each) for each in answer["items"])

    def data_assets(
        self, dataset: str | None = None, *, statuses: Sequence[str] = (), everything: bool = False
    ) -> Iterator[d.DataAsset]:
        """In the order of arrival; those that stand, or `everything`."""
        return self._pages(d.DataAsset, "/v1/data-assets", dataset=dataset, status=list(statuses), all=everything)

    def data_asset(self, asset_id: str) -> Versioned[d.DataAssetContent]:
        return self._versioned(d.DataAssetContent, self._get(_path("data-assets", asset_id)))

    def data_asset_at(self, location: str) -> d.DataAsset:
        """What stands at a URI; `NotFound` where the catalog knows nothing there."""
        found = next(self._pages(d.DataAsset, "/v1/data-assets", location=location), None)
        if found is None:
            raise NotFound(f"the catalog has no current data asset at {location}")
        return found

    def register_data_asset(self, dataset: str, location: str) -> Versioned[d.DataAssetContent]:
        answer = self._post("/v1/data-assets", json={"dataset": dataset, "location": location})
        return self._versioned(d.DataAssetContent, answer)

    def erase(self, asset_id: str, etag: str, *, with_name: bool = False) -> d.Erased:
        answer = self._send(
            "DELETE", _path("data-assets", asset_id), params={"with_name": with_name}, headers={"If-Match": etag}
        )
        return self._read(d.Erased, answer.json())

    def validations(self, asset_id: str) -> Iterator[d.Validation]:
        """Newest first."""
        return self._pages(d.Validation, f"{_path('data-assets', asset_id)}/validations")

    def files(self, dataset: str, *, after: int = 0, limit: int | None = None) -> d.FileChanges:
        """What became accepted or was withdrawn behind a position that the caller keeps; the next are behind `to`."""
        answer = self._get(f"{_path('datasets', dataset)}/files", after=after, limit=limit or self._page)
        return self._read(d.FileChanges, answer.json())

    def unseen_files(self, dataset: str, consumer: str, *, limit: int | None = None) -> d.FileChanges:
        """The same behind where a consumer stands: given again until `move_consumer` says that it is done."""
        answer = self._get(f"{_path('datasets', dataset)}/files", consumer=consumer, limit=limit or self._page)
        return self._read(d.FileChanges, answer.json())

    def move_consumer(self, consumer: str, done: d.FileChanges) -> Versioned[d.Consumer]:
        """A consumer has done what `unseen_files` gave it; `Stale` where somebody else did first, and this work counts for nothing.

        After `Unavailable`, `consumer` tells whether it moved.
        """
        answer = self._send(
            "PUT",
            _consumer(done.dataset, consumer),
            json={"position": done.to, "head": done.head},
            headers={"If-Match": f'"{done.after}"'},
        )
        return self._versioned(d.Consumer, answer)

    def consumers(self, dataset: str) -> tuple[d.Consumer, ...]:
        answer = self._get(f"{_path('datasets', dataset)}/consumers").json()
        return tuple(self._read(d.Consumer, each) for each in answer["items"])

    def consumer(self, dataset: str, name: str) -> Versioned[d.Consumer]:
        return self._versioned(d.Consumer, self._get(_consumer(dataset, name)))

    def reset_consumer(self, dataset: str, name: str, to: int | None, etag: str) -> Versioned[d.Consumer]:
        """Set it to a position: 0 is the beginning, None the end."""
        answer = self._post(f"{_consumer(dataset, name)}/reset", json={"position": to}, headers={"If-Match": etag})
        return self._versioned(d.Consumer, answer)

    def forget_consumer(self, dataset: str, name: str, etag: str) -> None:
        self._send("DELETE", _consumer(dataset, name), headers={"If-Match": etag})

    def search(self, text: str, kind: str | None = None) -> Iterator[d.Found]:
        return self._pages(d.Found, "/v1/search", q=text, kind=kind)

    def events(self, after: int = 0) -> Iterator[d.Event]:
        """Those behind a position, until there are no more."""
        while True:
            page = self._get("/v1/events", after=after, limit=self._page).json()
            yield from (self._read(d.Event, each) for each in page["items"])
            if page["position"] <= after:
                return
            after = page["position"]

    def audit(self, *, who: str | None = None, subject: str | None = None) -> Iterator[d.AuditRecord]:
        """Newest first."""
        return self._pages(d.AuditRecord, "/v1/audit", who=who, subject=subject)

    def _pages(self, document: type[T], path: str, /, **asked: Any) -> Iterator[T]:
        cursor = None
        while True:
            page = self._get(path, **asked, cursor=cursor, limit=self._page).json()
            yield from (self._read(document, each) for each in page["items"])
            cursor = page["next"]
            if cursor is None:
                return

    def _get(self, path: str, **asked: Any) -> httpx.Response:
        return self._retried("GET", path, params={name: each for name, each in asked.items() if each is not None})

    def _post(self, path: str, headers: Mapping[str, str] | None = None, **options: Any) -> httpx.Response:
        return self._retried("POST", path, headers={**(headers or {}), "Idempotency-Key": uuid4().hex}, **options)

    def _retried(self, method: str, path: str, **options: Any) -> httpx.Response:
        for number in range(self._tries - 1):
            try:
                return self._send(method, path, **options)
            except Unavailable as error:
                if not isinstance(error, _Passing):
                    raise
                self._sleep(min(0.2 * 2**number, _LONGEST_PAUSE) * random.uniform(0.5, 1.0))  # noqa: S311  a pause
            except Throttled as error:
                if error.retry_after > _LONGEST_PAUSE:
                    raise
                self._sleep(error.retry_after)
        return self._send(method, path, **options)

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, path, **options)
        except httpx.HTTPError as error:
            raise _Passing(f"the catalog at {self._url} does not answer: {error or type(error).__name__}") from error
        if answer.is_success:
            return answer
        raise self._error(answer)

    def _error(self, answer: httpx.Response) -> DataManagementError:
        status = answer.status_code
        try:
            detail = str(answer.json()["detail"])
        except (ValueError, KeyError, TypeError):
            return (
                _Passing(f"the catalog at {self._url} answered {status}")
                if status in _PASSING
                else Unavailable(
                    f"what is at {self._url} answered {status}, and not as a catalog does; is the URL right?"
                )
            )
        if status in _PASSING:
            return _Passing(detail)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            after = answer.headers.get("retry-after", "")
            return Throttled(detail, int(after) if after.isdigit() else 60)
        made = _ERRORS.get(status, InvalidInput if answer.is_client_error else Unavailable)
        return made(detail)

    def _versioned(self, kind: type[T], answer: httpx.Response) -> Versioned[T]:
        return Versioned(self._read(kind, answer.json()), answer.headers.get("etag", ""))

    def _read(self, kind: type[T], document: Any) -> T:
        try:
            return kind.model_validate(document)
        except ValidationError as error:
            raise Unavailable(
                f"the catalog at {self._url} answers otherwise than this version of data-management knows; use the same version: {error}"
            ) from error


class _Passing(Unavailable):
    """It may be over at the next try."""


def _path(kind: str, name: str) -> str:
    return f"/v1/{kind}/{_quoted(name)}"


def _consumer(dataset: str, name: str) -> str:
    return f"{_path('datasets', dataset)}/consumers/{_quoted(name)}"


def _quoted(name: str) -> str:
    return quote(name, safe="", errors="surrogatepass")
