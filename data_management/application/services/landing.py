"""From what lies in a landing to arrivals in the catalog."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TypeVar

from pydantic.dataclasses import dataclass

from data_management.application.commands import (
    ArrivalsRecorded,
    RecordArrivalsCommand,
    RecordRemovalsCommand,
    RegisterDatasetCommand,
    ScoreDatasetCommand,
)
from data_management.application.ports import FoundFile
from data_management.application.queries import GetCurrentTokensQuery
from data_management.application.services.facade import Application
from data_management.domain.models import DataLocation, Dataset
from data_management.errors import Unavailable

_CHUNK = 500
T = TypeVar("T")


@dataclass(frozen=True)
class LandingReport:
    """What one look at a landing recorded. `resume_after` is where the next look goes on, None where this one saw it all."""

    new: int = 0
    newer: int = 0
    known: int = 0
    unsettled: int = 0
    resume_after: str | None = None


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
    deadline: datetime | None = None,
    after: str | None = None,
) -> LandingReport:
    """Record the files of a dataset's landing that are new, or newer than the catalog knows.

    A file that changed within the last `settle_seconds` may still be written and waits for the next look. Stops at
    `deadline` (UTC), between chunks; `after` is the `resume_after` of the look before.
    """
    report = LandingReport()
    app.run(RegisterDatasetCommand(dataset))
    if dataset.landing is None:
        return report
    files = (file for file in app.locations.list(dataset.landing) if after is None or file.location.uri > after)
    chunks = _chunks(files)
    chunk = next(chunks, ())
    while chunk:
        following = next(chunks, ())
        settled = tuple(file for file in chunk if is_settled(file, app.clock(), settle_seconds))
        news = _news(app, dataset, settled)
        recorded = (
            app.run(RecordArrivalsCommand(dataset.name, news)) if news else ArrivalsRecorded(new=0, newer=0, known=0)
        )
        stopping = bool(following) and deadline is not None and app.clock() >= deadline
        report = LandingReport(
            new=report.new + recorded.new,
            newer=report.newer + recorded.newer,
            known=report.known + len(settled) - recorded.new,
            unsettled=report.unsettled + len(chunk) - len(settled),
            resume_after=chunk[-1].location.uri if stopping else None,
        )
        if stopping:
            break
        chunk = following
    return report


def reconcile(app: Application, dataset: Dataset, request_key: str, settle_seconds: float) -> Reconciliation:
    """Make the catalog agree with the landing: record what it missed, and mark what is gone as removed.

    Where something is gone, the dataset is scored anew, once per `request_key`.
    Raises `Unavailable` where the landing's folder is not there: an unmounted folder is not an empty one.
    """
    if dataset.landing is None:
        app.run(RegisterDatasetCommand(dataset))
        return Reconciliation(dataset.name)
    if not app.locations.is_reachable(dataset.landing):
        raise Unavailable(
            f"landing {dataset.landing.root} of dataset {dataset.name!r} is not there, so nothing was marked as removed; "
            "mount or create the folder, or mend the server's path in the contract"
        )
    report = record_landing(app, dataset, settle_seconds)
    known = app.ask(GetCurrentTokensQuery(dataset.name))  # before listing: what arrives meanwhile is not gone
    listed = {file.location.uri for file in app.locations.list(dataset.landing)}
    gone = [DataLocation(uri) for uri in known if uri not in listed]
    removed = sum(app.run(RecordRemovalsCommand(dataset.name, chunk)) for chunk in _chunks(gone))
    if removed:
        app.run(ScoreDatasetCommand(dataset, request_key))
    return Reconciliation(dataset.name, arrived=report.new, removed=removed, unsettled=report.unsettled)


def is_settled(file: FoundFile, now: datetime, settle_seconds: float) -> bool:
    """Whether the file has not changed lately; a change "in the future" (another clock) is one of now."""
    return abs((now - file.changed_at).total_seconds()) >= settle_seconds


def _news(app: Application, dataset: Dataset, files: tuple[FoundFile, ...]) -> tuple[FoundFile, ...]:
    """Those that the catalog does not know: an idle look writes nothing."""
    known = app.ask(GetCurrentTokensQuery(dataset.name, tuple(file.location for file in files))) if files else {}
    return tuple(file for file in files if known.get(file.location.uri) != file.version_token.value)


def _chunks(items: Iterable[T]) -> Iterator[tuple[T, ...]]:
    iterator = iter(items)
    while chunk := tuple(islice(iterator, _CHUNK)):
        yield chunk
