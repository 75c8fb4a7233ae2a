"""A catalog that is served elsewhere."""

import random
import ssl
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
_CONNECT_SECONDS: Final = 5.0
_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_PROBLEM: Final = "application/problem+json"
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
        place = _place(url)
        if not api_key.isascii() or not api_key.isprintable() or " " in api_key:
            raise InvalidInput(
                "the key of the catalog holds what no key holds; copy it again, without anything around it"
            )
        self._url = str(place).rstrip("/").removesuffix("/v1")
        self.is_in_the_clear = place.scheme == "http" and place.host not in _LOOPBACK
        """Whether whoever is on the way can read the key."""
        self._tries = tries
        self._page = page
        self._sleep = sleep
        self._http = httpx.Client(
            base_url=self._url,
            headers={"Authorization": f"Bearer {api_key}", "Accept": "application/json"},
            timeout=httpx.Timeout(timeout_seconds, connect=min(timeout_seconds, _CONNECT_SECONDS)),
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
        return tuple(self._items(d.Dataset, self._json(answer)))

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

    def failures(self, dataset: str, rule: str) -> Iterator[d.Failure]:
        """The current files on which a rule failed or errored, newest first."""
        return self._pages(d.Failure, f"{_path('datasets', dataset)}/rules/{_quoted(rule)}/failures")

    def score_difference(self, dataset: str, since: datetime, until: datetime | None = None) -> d.ScoreDifference:
        """What made the score rise or fall between two moments, the second of which is now where it is not given."""
        answer = self._get(
            f"{_path('datasets', dataset)}/scores/difference",
            since=since.isoformat(),
            until=until.isoformat() if until else None,
        )
        return self._read(d.ScoreDifference, self._json(answer))

    def profile(self, dataset: str) -> d.DatasetProfile:
        return self._read(d.DatasetProfile, self._json(self._get(f"{_path('datasets', dataset)}/profile")))

    def classifications(self, dataset: str) -> tuple[d.Classified, ...]:
        return self._all(d.Classified, f"{_path('datasets', dataset)}/classifications")

    def plans(self, dataset: str) -> tuple[d.Plan, ...]:
        """Newest first."""
        return self._all(d.Plan, f"{_path('datasets', dataset)}/plans")

    def files(
        self, dataset: str, after: int = 0, *, consumer: str | None = None, limit: int | None = None
    ) -> d.FileChanges:
        """What changed behind a position, or behind where a consumer stands; the next page is behind its `to`."""
        answer = self._get(
            f"{_path('datasets', dataset)}/files", after=after, consumer=consumer, limit=limit or self._page
        )
        return self._read(d.FileChanges, self._json(answer))

    def consumers(self, dataset: str) -> tuple[d.Consumer, ...]:
        return self._all(d.Consumer, f"{_path('datasets', dataset)}/consumers")

    def move_consumer(self, consumer: str, done: d.FileChanges) -> Versioned[d.Consumer]:
        """A consumer has done what `files` gave it; `Stale` where somebody else did first, and this work counts for nothing.

        After `Unavailable`, `consumer` tells whether it moved.
        """
        answer = self._send(
            "PUT",
            _consumer(done.dataset, consumer),
            json={"position": done.to, "head": done.head},
            headers={"If-Match": f'"{done.after}"'},
        )
        return self._versioned(d.Consumer, answer)

    def consumer(self, dataset: str, name: str) -> Versioned[d.Consumer]:
        return self._versioned(d.Consumer, self._get(_consumer(dataset, name)))

    def reset_consumer(self, dataset: str, name: str, to: int | None, etag: str) -> Versioned[d.Consumer]:
        """Set it to a position: 0 is the beginning, None the end."""
        answer = self._post(f"{_consumer(dataset, name)}/reset", json={"position": to}, headers={"If-Match": etag})
        return self._versioned(d.Consumer, answer)

    def forget_consumer(self, dataset: str, name: str, etag: str) -> None:
        self._send("DELETE", _consumer(dataset, name), headers={"If-Match": etag})

    def data_assets(
        self,
        dataset: str | None = None,
        *,
        statuses: Sequence[str] = (),
        everything: bool = False,
        location: str | None = None,
    ) -> Iterator[d.DataAsset]:
        """In the order of arrival; those that stand, or `everything`; at one `location` or all."""
        return self._pages(
            d.DataAsset,
            "/v1/data-assets",
            dataset=dataset,
            status=list(statuses),
            all=everything,
            location=location,
        )

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
        return self._read(d.Erased, self._json(answer))

    def validations(self, asset_id: str) -> Iterator[d.Validation]:
        """Newest first."""
        return self._pages(d.Validation, f"{_path('data-assets', asset_id)}/validations")

    def search(self, text: str, kind: str | None = None) -> Iterator[d.Found]:
        return self._pages(d.Found, "/v1/search", q=text, kind=kind)

    def events(self, after: int = 0) -> Iterator[d.Event]:
        """Those behind a position, until there are no more."""
        while True:
            page = self.event_page(after)
            yield from page.items
            if page.position <= after:
                return
            after = page.position

    def event_page(self, after: int = 0, limit: int | None = None) -> d.EventPage:
        """The next page is behind its `position`."""
        answer = self._get("/v1/events", after=after, limit=limit or self._page)
        return self._read(d.EventPage, self._json(answer))

    def last_events(self, limit: int) -> d.EventPage:
        return self._read(d.EventPage, self._json(self._get("/v1/events", last=limit)))

    def audit(
        self,
        *,
        who: str | None = None,
        action: str | None = None,
        subject: str | None = None,
        since: datetime | None = None,
    ) -> Iterator[d.AuditRecord]:
        """Newest first."""
        moment = since.isoformat() if since else None
        return self._pages(d.AuditRecord, "/v1/audit", who=who, action=action, subject=subject, since=moment)

    def _pages(self, document: type[T], path: str, /, **asked: Any) -> Iterator[T]:
        cursor = None
        while True:
            page = self._json(self._get(path, **asked, cursor=cursor, limit=self._page))
            yield from self._items(document, page)
            cursor = page.get("next")
            if cursor is None:
                return

    def _all(self, document: type[T], path: str) -> tuple[T, ...]:
        return tuple(self._items(document, self._json(self._get(path))))

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
            if isinstance(error.__cause__ and error.__cause__.__cause__, ssl.SSLError) or "[SSL" in str(error):
                raise Unavailable(
                    f"the TLS of the catalog at {self._url} cannot be trusted: {error}; is the URL right? SSL_CERT_FILE names the "
                    "certificates of an authority of your own"
                ) from error
            raise _Passing(f"the catalog at {self._url} does not answer: {error or type(error).__name__}") from error
        if answer.is_success:
            return answer
        raise self._error(answer)

    def _error(self, answer: httpx.Response) -> DataManagementError:
        status = answer.status_code
        try:
            is_problem = answer.headers.get("content-type", "").startswith(_PROBLEM)
            detail = str(answer.json()["detail"]) if is_problem else None
        except (ValueError, KeyError, TypeError):
            detail = None
        if detail is None:
            return _Passing(f"the catalog at {self._url} answered {status}") if status in _PASSING else self._no(status)
        if status in _PASSING:
            return _Passing(detail)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            after = answer.headers.get("retry-after", "")
            return Throttled(detail, int(after) if after.isdigit() else 60)
        made = _ERRORS.get(status, InvalidInput if answer.is_client_error else Unavailable)
        return made(detail)

    def _versioned(self, kind: type[T], answer: httpx.Response) -> Versioned[T]:
        return Versioned(self._read(kind, self._json(answer)), answer.headers.get("etag", ""))

    def _json(self, answer: httpx.Response) -> dict[str, Any]:
        try:
            document = answer.json()
        except ValueError as error:
            raise self._no(answer.status_code) from error
        if not isinstance(document, dict):
            raise self._no(answer.status_code)
        return document

    def _items(self, kind: type[T], page: Mapping[str, Any]) -> Iterator[T]:
        if not isinstance(page.get("items"), list):
            raise self._no(HTTPStatus.OK)
        return (self._read(kind, each) for each in page["items"])

    def _no(self, status: int) -> Unavailable:
        return Unavailable(f"what is at {self._url} answered {status}, and not as a catalog does; is the URL right?")

    def _read(self, kind: type[T], document: Any) -> T:
        try:
            return kind.model_validate(document)
        except ValidationError as error:
            raise Unavailable(
                f"the catalog at {self._url} answers otherwise than this version of data-management knows; use the same version: "
                + "; ".join(
                    f"{'.'.join(map(str, each['loc'])) or 'all of it'}: {each['msg']}" for each in error.errors()[:3]
                )
            ) from error


class _Passing(Unavailable):
    """It may be over at the next try."""


def _place(url: str) -> httpx.URL:
    """`InvalidInput` quotes nothing of a URL that holds a password."""
    wanted = "write for instance https://catalog.example.com"
    try:
        place = httpx.URL(url.strip())
    except httpx.InvalidURL as error:
        raise InvalidInput(f"what is given as the URL of the catalog is none; {wanted}") from error
    if place.userinfo or place.query or place.fragment:
        raise InvalidInput(f"the URL of the catalog holds more than a place, which is not sent; {wanted}")
    if place.scheme not in ("http", "https") or not place.host:
        raise InvalidInput(f"{url!r} is no URL of a catalog; {wanted}")
    return place


def _path(kind: str, name: str) -> str:
    return f"/v1/{kind}/{_quoted(name)}"


def _consumer(dataset: str, name: str) -> str:
    return f"{_path('datasets', dataset)}/consumers/{_quoted(name)}"


def _quoted(name: str) -> str:
    """As one segment of a path; of dots alone it would be resolved on the way."""
    return quote(name, safe="", errors="surrogatepass") if name.strip(".") else name.replace(".", "%2E")
