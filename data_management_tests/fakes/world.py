"""The world outside of the catalog: files, the quality engine, the time."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote
from uuid import uuid4

from data_management.application.ports import (
    NEVER,
    Announced,
    Changed,
    Deadline,
    ExaminationOutcome,
    ExaminationRequest,
    Examined,
    FoundFile,
    ListedPage,
    StandingVersions,
    Unreadable,
)
from data_management.application.views import LastArrival
from data_management.domain.models import DataLocation, Examination, Landing, ObjectStore, VersionToken
from data_management.errors import DataManagementError
from data_management.infrastructure.data_sources.landing import compared, is_ignored, lies_in, paged, pattern_regex

NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
"""The time at which fake clocks start and fake files last changed."""


class FakeClock:
    """Stands still until it is told to `advance`; `now` may be set back, which `ticks` do not follow."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now
        self._seconds = 0.0

    def ticks(self) -> float:
        return self._seconds

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        """`by` as in `timedelta`."""
        self.now += timedelta(**by)
        self._seconds += timedelta(**by).total_seconds()


class FakeDataLocationService:
    """Files by URI, each with its version token: ``{"file:///landing/a.csv": "v1"}`` or a whole `FoundFile`.

    `unavailable` is raised instead of listing while it is set; `reachable` is what `is_reachable` says. What is in `stores` is
    found through that store alone.
    """

    def __init__(self, files: Mapping[str, str | FoundFile] | None = None) -> None:
        self.files: dict[str, FoundFile] = {}
        self.recent: set[str] = set()
        self.stores: dict[str, ObjectStore] = {}
        self.unavailable: DataManagementError | None = None
        self.reachable = True
        for uri, file in (files or {}).items():
            if isinstance(file, FoundFile):
                self.files[uri] = file
            else:
                self.put(uri, file)

    def put(self, uri: str, token: str = "v1", size_bytes: int = 1, changed_at: datetime = NOON) -> FoundFile:
        self.files[uri] = FoundFile(DataLocation(uri), VersionToken(token), size_bytes, changed_at)
        self.recent.add(uri)
        return self.files[uri]

    def remove(self, uri: str) -> None:
        del self.files[uri]

    def list(self, landing: Landing) -> Iterator[FoundFile]:
        if self.unavailable:
            raise self.unavailable
        root = landing.root.uri.rstrip("/") + "/"
        for uri in sorted(self.files):
            name = unquote(uri.removeprefix(root), errors="surrogateescape")
            ignored = any(is_ignored(part) for part in name.split("/"))
            if uri.startswith(root) and not ignored and pattern_regex(landing.pattern).fullmatch(name):
                yield self.files[uri]

    def has(self, landing: Landing, location: DataLocation) -> bool:
        return lies_in(landing, location)

    def pages(
        self,
        landing: Landing,
        *,
        after: str | None = None,
        last: LastArrival | None = None,
        known: StandingVersions | None = None,
    ) -> Iterator[ListedPage]:
        """With `last`, what the test put since it called `pages` last, where the landing says where new objects are."""
        if last is None or landing.new_objects is None:
            pages = paged(self.list(landing), after)
            return pages if known is None else compared(pages, landing, after, known)
        recent, self.recent = self.recent, set()
        return paged((file for file in self.list(landing) if file.location.uri in recent), after)

    def is_reachable(self, landing: Landing) -> bool:
        return self.reachable

    def find(self, location: DataLocation, store: ObjectStore | None = None) -> FoundFile | None:
        if self.unavailable:
            raise self.unavailable
        return self.files.get(location.uri) if self.stores.get(location.uri, store) == store else None


class FakeLandingAnnouncements:
    """A queue as a list: what a test `tell`s is received until it is acknowledged."""

    def __init__(self) -> None:
        self.waiting: list[Announced] = []

    def tell(self, *found: FoundFile, gone: tuple[DataLocation, ...] = ()) -> None:
        self.waiting.append(Announced(found, gone, (str(uuid4()),)))

    def receive(self, landing: Landing, deadline: Deadline = NEVER) -> Iterator[Announced]:
        yield from list(self.waiting)

    def acknowledge(self, landing: Landing, announced: Announced) -> None:
        self.waiting = [one for one in self.waiting if one.receipts != announced.receipts]


CannedOutcome = ExaminationOutcome | Examination | str | BaseException
"""An `Examination` is what was read, a string the reason why it is unreadable, an exception is raised."""


class FakeQualityEngine:
    """Answers from `outcomes`: by the request's key, its (first) location's URI or name; or a callable of the request.

    What is in none of them gets `otherwise`. Keys of outcomes are those of the requests, whatever they say.
    """

    def __init__(
        self,
        outcomes: Mapping[str, CannedOutcome] | Callable[[ExaminationRequest], CannedOutcome] | None = None,
        otherwise: CannedOutcome | None = None,
    ) -> None:
        self.outcomes = outcomes or {}
        self.otherwise = otherwise
        self.requests: list[ExaminationRequest] = []
        self.closed = False

    def examine(self, requests: Iterable[ExaminationRequest]) -> Iterator[ExaminationOutcome]:
        for request in requests:
            self.requests.append(request)
            yield _keyed(self._outcome(request), request.key)

    def close(self) -> None:
        self.closed = True

    def _outcome(self, request: ExaminationRequest) -> CannedOutcome:
        if callable(self.outcomes):
            return self.outcomes(request)
        names = [request.key, *(name for at in request.locations[:1] for name in (at.uri, at.name))]
        outcome = next((self.outcomes[name] for name in names if name in self.outcomes), self.otherwise)
        if outcome is None:
            raise AssertionError(f"the fake engine has no outcome for any of {names}; give it one, or `otherwise`")
        return outcome


def _keyed(outcome: CannedOutcome, key: str) -> ExaminationOutcome:
    match outcome:
        case BaseException():
            raise outcome
        case str():
            return Unreadable(key, outcome)
        case Examination():
            return Examined(key, outcome)
        case Examined():
            return Examined(key, outcome.examination)
        case Unreadable():
            return Unreadable(key, outcome.reason)
        case Changed():
            return Changed(key)
