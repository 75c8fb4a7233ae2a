"""From what lies in a landing to arrivals in the catalog."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import TypeVar

from pydantic.dataclasses import dataclass

from data_management.application.commands import (
    ArrivalsRecorded,
    RecordArrivalsCommand,
    RecordRemovalsCommand,
    RegisterDatasetCommand,
)
from data_management.application.ports import NEVER, Deadline, FoundFile, ListedPage
from data_management.application.queries import (
    GetCurrentTokensQuery,
    GetLastArrivalQuery,
    GetStandingVersionsQuery,
)
from data_management.application.services.facade import Application
from data_management.domain.models import DataLocation, Dataset, Landing
from data_management.errors import Unavailable

_CHUNK = 500
_RECENT = "recent "
T = TypeVar("T")


@dataclass(frozen=True)
class LandingReport:
    """What one look at a landing recorded. `resume_after` is where the next look goes on, None where this one came to its end."""

    new: int = 0
    newer: int = 0
    known: int = 0
    unsettled: int = 0
    gone: int = 0
    resume_after: str | None = None
    left: int = 0
    """How many files the catalog knows, of which none was found: an unmounted folder looks so, and nothing was marked as removed."""

    @property
    def warning(self) -> str | None:
        """What is odd about the landing, and what to do."""
        if not self.left:
            return None
        return (
            f"nothing is there, but the catalog knows {self.left} file(s); none is marked as removed until the nightly reconciliation or "
            "`data-management run`, in case the folder is not mounted"
        )


@dataclass(frozen=True)
class Reconciliation:
    """What differed between listing and catalog, and is now recorded; and how many files may still be written."""

    dataset: str
    arrived: int = 0
    removed: int = 0
    unsettled: int = 0


def record_landing(
    app: Application,
    dataset: Dataset,
    settle_seconds: float,
    deadline: Deadline = NEVER,
    after: str | None = None,
) -> LandingReport:
    """Record the files of a dataset's landing that are new, or newer than the catalog knows.

    The first look is at all of the landing, and so is each later one unless the contract says where new files are to be looked
    for. A file that changed within the last `settle_seconds` may still be written and waits for the next look. Stops when the
    `deadline` is over, between pages; `after` is the `resume_after` of the look before. What is gone of a folder is marked as removed,
    as far as the look came; but not where it found nothing at all.
    """
    app.run(RegisterDatasetCommand(dataset))
    landing = dataset.landing
    if landing is None:
        return LandingReport()
    look = _Look(app, dataset, settle_seconds)
    is_whole = landing.new_objects is None or (after is not None and not after.startswith(_RECENT))
    last = None if is_whole else app.ask(GetLastArrivalQuery(dataset.name))
    if landing.new_objects is not None and landing.new_objects.event_queue is not None and last is not None:
        return look.at_announced(landing, deadline)
    prefix = "" if last is None else _RECENT
    pages = app.locations.pages(
        landing,
        after=after.removeprefix(_RECENT) if after else None,
        last=last,
        known=lambda first, last: app.ask(GetStandingVersionsQuery(dataset.name, first, last)),
    )
    for page in pages:
        goes_on = look.at_page(page)
        if goes_on and page.position is not None and deadline.is_over:
            if landing.new_objects is None:
                look.at_missing(is_whole=False)
            return replace(look.report, resume_after=prefix + page.position)
        if not goes_on:
            break
    if landing.new_objects is None:
        look.at_missing(is_whole=after is None)
    return look.report


def reconcile(app: Application, dataset: Dataset, settle_seconds: float) -> Reconciliation:
    """Make the catalog agree with the landing: record what it missed, and mark what is gone as removed.

    The next run scores the dataset: it is `unscored` where something is gone.
    Raises `Unavailable` where the landing's folder is not there: an unmounted folder is not an empty one.
    """
    app.run(RegisterDatasetCommand(dataset))
    if dataset.landing is None:
        return Reconciliation(dataset.name)
    if not app.locations.is_reachable(dataset.landing):
        raise Unavailable(
            f"landing {dataset.landing.root} of dataset {dataset.name!r} is not there, so nothing was marked as removed; "
            "mount or create it, or mend the server in the contract"
        )
    known = app.ask(GetCurrentTokensQuery(dataset.name))  # before listing: what arrives meanwhile is not gone
    look = _Look(app, dataset, settle_seconds)
    for page in app.locations.pages(dataset.landing):
        look.at_page(page, whole=True)
        for file in page.files:
            known.pop(file.location.uri, None)
    look.gone(location for location in map(DataLocation, known) if not location.is_of_dagster)
    if dataset.landing.new_objects is not None and dataset.landing.new_objects.event_queue is not None:
        look.at_announced(dataset.landing)  # who never looks otherwise would let the queue grow
    return Reconciliation(
        dataset.name, arrived=look.report.new, removed=look.report.gone, unsettled=look.report.unsettled
    )


class _Look:
    """One look at a landing: records page after page, and counts."""

    def __init__(self, app: Application, dataset: Dataset, settle_seconds: float) -> None:
        self.report = LandingReport()
        self._app = app
        self._dataset = dataset
        self._settle_seconds = settle_seconds
        self._missing: list[str] = []
        self._listed = 0

    def at_page(self, page: ListedPage, *, whole: bool = False) -> bool:
        """Whether the look goes on.

        Where the next look begins behind the last arrival, nothing behind a file that has to wait may be recorded, unless
        this look is at the `whole` landing whatever comes.
        """
        self._missing += page.missing
        self._listed += len(page.files) + page.known
        now = self._app.clock()
        waits = [not is_settled(file, now, self._settle_seconds) for file in page.files]
        new_objects = self._dataset.landing.new_objects if self._dataset.landing else None
        stops = not whole and new_objects is not None and new_objects.monotonic and any(waits)
        files = page.files[: waits.index(True)] if stops else page.files
        settled = tuple(file for file, waiting in zip(files, waits, strict=False) if not waiting)
        for chunk in _chunks(settled):
            self._record(chunk)
        self.report = replace(
            self.report, unsettled=self.report.unsettled + sum(waits), known=self.report.known + page.known
        )
        return not stops

    def at_missing(self, *, is_whole: bool) -> None:
        """Mark as removed where nothing stands any more. What was recorded since the listing stands there, and so may what the
        landing's pattern does not match now: that is left to a reconciliation.
        """
        if not self._listed:
            self.report = replace(self.report, left=len(self._missing) if is_whole else 0)
            return
        find, store = self._app.locations.find, self._dataset.landing.store if self._dataset.landing else None
        for chunk in _chunks(map(DataLocation, self._missing)):
            known = self._app.ask(GetCurrentTokensQuery(self._dataset.name, chunk))
            self.gone(location for location in map(DataLocation, known) if find(location, store) is None)

    def at_announced(self, landing: Landing, deadline: Deadline = NEVER) -> LandingReport:
        """What the landing's queue tells; it forgets a message after its change is committed."""
        for announced in self._app.announcements.receive(landing, deadline):
            for chunk in _chunks(announced.found):
                self._record(chunk)
            self.gone(announced.gone)
            self._app.announcements.acknowledge(landing, announced)
        return self.report

    def gone(self, locations: Iterable[DataLocation]) -> None:
        removed = sum(self._app.run(RecordRemovalsCommand(self._dataset.name, chunk)) for chunk in _chunks(locations))
        self.report = replace(self.report, gone=self.report.gone + removed)

    def _record(self, files: tuple[FoundFile, ...]) -> None:
        """An idle look writes nothing."""
        known = self._app.ask(GetCurrentTokensQuery(self._dataset.name, tuple(file.location for file in files)))
        news = tuple(file for file in files if known.get(file.location.uri) != file.version_token.value)
        recorded = ArrivalsRecorded(new=0, newer=0, known=0)
        if news:
            recorded = self._app.run(RecordArrivalsCommand(self._dataset.name, news))
        self.report = replace(
            self.report,
            new=self.report.new + recorded.new,
            newer=self.report.newer + recorded.newer,
            known=self.report.known + len(files) - recorded.new,
        )


def is_settled(file: FoundFile, now: datetime, settle_seconds: float) -> bool:
    """Whether the file has not changed lately; a change "in the future" (another clock) is one of now."""
    return abs((now - file.changed_at).total_seconds()) >= settle_seconds


def _chunks(items: Iterable[T]) -> Iterator[tuple[T, ...]]:
    iterator = iter(items)
    while chunk := tuple(islice(iterator, _CHUNK)):
        yield chunk
