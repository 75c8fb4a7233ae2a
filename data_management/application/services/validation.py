"""From claimed arrivals to judged data assets and the dataset's score."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from uuid import uuid4

from pydantic.dataclasses import dataclass

from data_management.application.commands import (
    ClaimBatchCommand,
    DatasetAssessed,
    JudgeDataAssetCommand,
    RecordArrivalsCommand,
    RecordRemovalsCommand,
    RegisterDatasetCommand,
    ScoreDatasetCommand,
)
from data_management.application.holders import holder_of
from data_management.application.ports import Changed, ExaminationOutcome, ExaminationRequest, Examined, Unreadable
from data_management.application.queries import (
    GetClassificationsQuery,
    GetPendingQuery,
    ListDataAssetsQuery,
    ListJudgedLongestAgoQuery,
)
from data_management.application.services.facade import Application, Done
from data_management.application.services.holding import holding
from data_management.application.services.landing import is_settled
from data_management.application.services.outdated import Budget, outdated_pages
from data_management.application.views import AssetView, Pending
from data_management.domain.models import (
    AssetStatus,
    Check,
    Classification,
    ColumnProfile,
    DataCatalogEntry,
    DataLocation,
    Dataset,
    Examination,
    RuleScope,
    VersionToken,
    merged_profiles,
)
from data_management.errors import InvalidInput, Rejected

logger = logging.getLogger(__name__)

_FLUSH_AFTER = 50
"""How many outcomes one transaction stores."""
_FLUSH_EVERY_SECONDS = 5.0
"""How old an outcome becomes at most before the next one has it stored: what ends a run takes so much work with it."""
_TELL_EVERY_SECONDS = 30.0
"""Who reads the log of a long run sees that it goes on."""
_AT_LEAST = 10_000
"""How many arrivals one run takes, if they come, however few waited when it began."""
_MOST_AT_ONCE = 10_000
"""How many files a re-validation with a budget of time takes up at most."""
_JUDGED = (AssetStatus.ACCEPTED, AssetStatus.QUARANTINED)


@dataclass(frozen=True)
class FileOutcome:
    """What became of one data asset in a batch."""

    location: str
    name: str
    status: AssetStatus
    reason: str | None = None
    row_count: int | None = None
    score: float | None = None
    schema_changes: tuple[str, ...] = ()
    """How the columns of a new file differ from those of the one accepted before."""
    breaks_readers: bool = False
    """Whether one of these changes is felt by who reads the columns by name and type."""


@dataclass(frozen=True)
class BatchReport:
    """What a run did. `assessed` is None where nothing was judged: then nothing changed.

    `deferred` counts those that changed while they were read; their new versions are arrivals of their own.
    """

    outcomes: tuple[FileOutcome, ...] = ()
    deferred: int = 0
    assessed: DatasetAssessed | None = None
    profile: tuple[ColumnProfile, ...] = ()
    """Of the accepted files of this run, as one."""
    classifications: tuple[Classification, ...] = ()
    """What the last of them was found to hold."""
    outdated: int = 0
    """How many files another plan judged and this run's budget did not reach (100 are counted at most); the next run goes on."""


OnOutcome = Callable[[FileOutcome], None]


def validate_arrivals(
    app: Application,
    dataset: Dataset,
    run_id: str,
    *,
    lease_seconds: float = 60.0,
    settle_seconds: float = 0.0,
    on_outcome: OnOutcome | None = None,
    at_least: int = _AT_LEAST,
) -> BatchReport:
    """Claim and judge all that is pending in a dataset, and what an older plan judged; then score the dataset.

    Any number of runs may do this at once. When it fails, what it still holds is given back. Files may land faster than they are
    judged: a run claims no more when it has had twice as many as waited when it began, and `at_least` so many.
    """
    app.run(RegisterDatasetCommand(dataset))
    judge = _Judge(app, dataset, run_id, on_outcome, settle_seconds)
    holder = holder_of(run_id, dataset.name)
    left = max(at_least, 2 * judge.pending.arrivals.count)
    with holding(app, holder, lease_seconds):
        while left > 0:
            batch = app.run(ClaimBatchCommand(dataset.name, holder, lease_seconds))
            if not batch.entries and not batch.rejected:
                break
            left -= len(batch.entries) + len(batch.rejected)
            judge.note(batch.rejected, new=False)
            judge.examine(batch.entries, held=True)
        judge.revalidate_outdated()
    return judge.report()


def revalidate(
    app: Application,
    dataset: Dataset,
    run_id: str,
    *,
    only: Callable[[AssetView], bool] | None = None,
    on_outcome: OnOutcome | None = None,
) -> BatchReport:
    """Judge all files of a dataset again, also those that could not be read last time; arrivals are left alone.

    So are those that an earlier contract judged, where this one says that they stay as they are. Where the contract sets a budget,
    those come first that were judged longest ago, so that each run goes on where the one before ended; what could not be read is
    left to the next contract. With `only`, those that it chooses are judged, whatever the contract says.
    """
    app.run(RegisterDatasetCommand(dataset))
    judge = _Judge(app, dataset, run_id, on_outcome, settle_seconds=0.0)
    budget = Budget(app, dataset.revalidation)
    if only is None and budget.is_limited:
        of_plan = None if dataset.judges_again else dataset.plan_hash
        oldest = app.ask(ListJudgedLongestAgoQuery(dataset.name, budget.most(_MOST_AT_ONCE), of_plan))
        for start in range(0, len(oldest), budget.page):
            judge.examine(budget.of(oldest[start : start + budget.page]), held=False)
            if budget.is_spent:
                break
        return judge.report()
    stay = only is None and not dataset.judges_again
    left = {asset.id for page in outdated_pages(app, dataset) for asset in page} if stay else set()
    for page in asset_pages(app, dataset.name, (*_JUDGED, AssetStatus.REJECTED)):
        judge.examine([asset for asset in page if asset.id not in left and (only is None or only(asset))], held=False)
    return judge.report()


def _is_readable(request: ExaminationRequest) -> bool:
    """What a Dagster asset holds only its own checks can read."""
    return not any(location.is_of_dagster for location in request.locations)


class _Judge:
    """One run over data assets of one dataset: examines them, stores the outcomes, remembers them."""

    def __init__(
        self, app: Application, dataset: Dataset, run_id: str, on_outcome: OnOutcome | None, settle_seconds: float
    ) -> None:
        self._app = app
        self._dataset = dataset
        self._run_id = run_id
        self._request_key = f"{run_id}/{uuid4().hex[:12]}"  # one attempt of one run
        self._on_outcome = on_outcome
        self._settle_seconds = settle_seconds
        self._object_store = dataset.landing.store if dataset.landing else None
        self._known = app.ask(GetClassificationsQuery(dataset.name))
        self._profile: dict[str, ColumnProfile] = {}
        self._outcomes: list[FileOutcome] = []
        self._next_telling = app.deadline(_TELL_EVERY_SECONDS)
        self._deferred = 0
        self._removed = 0

    def examine(self, subjects: Sequence[DataCatalogEntry | AssetView], *, held: bool) -> None:
        """Examine, and store outcome after outcome; `held` data assets are claimed by this run."""
        requests = {request.key: request for request in map(self._request, subjects) if _is_readable(request)}
        waiting: list[ExaminationOutcome] = []
        storing = self._app.deadline(_FLUSH_EVERY_SECONDS)
        for outcome in self._app.engine.examine(requests.values()):
            waiting.append(outcome)
            if len(waiting) >= _FLUSH_AFTER or storing.is_over:
                self._store(waiting, requests, held=held)
                waiting, storing = [], self._app.deadline(_FLUSH_EVERY_SECONDS)
        self._store(waiting, requests, held=held)

    def revalidate_outdated(self) -> None:
        """Judge again what was judged by another plan, so that the dataset's totals are of one plan: within the budget."""
        if not self._dataset.judges_again or not self.pending.outdated:
            return
        budget = Budget(self._app, self._dataset.revalidation)
        for page in outdated_pages(self._app, self._dataset, budget.page):
            self.examine(budget.of(page), held=False)
            if budget.is_spent:
                return

    def report(self) -> BatchReport:
        """Score the dataset where anything was judged or found gone, or where a run before died before it scored."""
        if not self._outcomes and not self._removed and not self.pending.unscored:
            return BatchReport(deferred=self._deferred, outdated=self._left())
        assessed = self._app.run(ScoreDatasetCommand(self._dataset, self._request_key, self._dataset_checks()))
        self._tell("dataset judged", verdict=assessed.score.verdict.value, score=assessed.score.score.value)
        return BatchReport(
            outcomes=tuple(self._outcomes),
            deferred=self._deferred,
            assessed=assessed,
            profile=tuple(self._profile.values()),
            classifications=self._known,
            outdated=self._left(),
        )

    def _left(self) -> int:
        return self.pending.outdated if self._dataset.judges_again else 0

    @property
    def pending(self) -> Pending:
        return self._app.ask(GetPendingQuery(self._dataset.name, self._dataset.plan_hash, self._app.clock()))

    def note(self, entries: Sequence[DataCatalogEntry], *, new: bool) -> None:
        """Remember what became of `entries`; those that are `new` tell how their columns differ."""
        for entry in entries:
            outcome = FileOutcome(
                location=entry.asset.location.uri,
                name=entry.asset.location.name,
                status=entry.status,
                reason=entry.asset.reason,
                row_count=entry.row_count,
                score=entry.score.value if entry.score else None,
                schema_changes=tuple(note.message for note in entry.schema_notes) if new else (),
                breaks_readers=new and entry.has_breaking_changes,
            )
            logger.log(
                logging.DEBUG if outcome.status is AssetStatus.ACCEPTED else logging.INFO,
                "data asset judged",
                extra={
                    "dataset": self._dataset.name,
                    "asset_id": entry.id,
                    "run_id": self._run_id,
                    "status": outcome.status.value,
                    "score": outcome.score,
                    "why": outcome.reason,
                },
            )
            self._outcomes.append(outcome)
            if entry.status is AssetStatus.ACCEPTED:
                self._profile = merged_profiles(self._profile, entry.profile)
                self._known = entry.classifications
            if self._on_outcome is not None:
                self._on_outcome(outcome)
        if self._next_telling.is_over:
            self._tell("data assets are being judged")

    def _tell(self, event: str, **more: object) -> None:
        """With how many have been judged, by what became of them."""
        self._next_telling = self._app.deadline(_TELL_EVERY_SECONDS)
        counts = Counter(outcome.status.value for outcome in self._outcomes)
        logger.info(event, extra={"dataset": self._dataset.name, "run_id": self._run_id, **counts, **more})

    def _request(self, subject: DataCatalogEntry | AssetView) -> ExaminationRequest:
        if isinstance(subject, DataCatalogEntry):
            location, token = subject.asset.location, subject.asset.version_token
        else:
            location, token = DataLocation(subject.location), VersionToken(subject.version_token)
        return ExaminationRequest.of(self._dataset, subject.id, [location], version_tokens=[token], known=self._known)

    def _store(
        self, outcomes: Sequence[ExaminationOutcome], requests: dict[str, ExaminationRequest], *, held: bool
    ) -> None:
        holder = holder_of(self._run_id, self._dataset.name) if held else None
        read: dict[str, Examination | str] = {}
        for outcome in outcomes:
            match outcome:
                case Examined(key, examination):
                    read[key] = examination
                case Unreadable(key, reason):
                    read[key] = reason
                case Changed(key):
                    self._look_again(requests[key].locations[0], requests[key].version_tokens[0])
        refused = self._judged(read, holder)
        if refused:
            self._judged(refused, holder)

    def _judged(self, read: Mapping[str, Examination | str], holder: str | None) -> dict[str, str]:
        """Store what was read, by data asset; those that the catalog cannot take, each with the reason."""
        if not read:
            return {}
        refused: dict[str, str] = {}
        results = self._app.execute(
            *(JudgeDataAssetCommand(key, self._dataset, what, self._request_key, holder) for key, what in read.items())
        )
        for (key, what), result in zip(read.items(), results, strict=True):
            if isinstance(result, Done):
                self.note([result.value], new=holder is not None)
            elif isinstance(result.error, InvalidInput | Rejected) and isinstance(what, Examination):
                refused[key] = str(result.error)
            else:  # somebody else's by now, or gone
                logger.info(
                    "data asset skipped",
                    extra={"dataset": self._dataset.name, "asset_id": key, "why": str(result.error)},
                )
        return refused

    def _look_again(self, location: DataLocation, examined: VersionToken) -> None:
        """A file changed while it was read: record what stands there now, unless it may still be written."""
        self._deferred += 1
        found = self._app.locations.find(location, self._object_store)
        if found is None:
            self._removed += self._app.run(RecordRemovalsCommand(self._dataset.name, (location,)))
        elif found.version_token != examined and is_settled(found, self._app.clock(), self._settle_seconds):
            self._app.run(RecordArrivalsCommand(self._dataset.name, (found,)))

    def _dataset_checks(self) -> tuple[Check, ...]:
        """The checks of the rules that look at all accepted files together."""
        rules = tuple(rule for rule in self._dataset.dataset_rules if rule.expectations)
        pages = asset_pages(self._app, self._dataset.name, (AssetStatus.ACCEPTED,)) if rules else iter(())
        files = [asset for page in pages for asset in page if not DataLocation(asset.location).is_of_dagster]
        if not files:
            return ()
        request = ExaminationRequest.of(
            self._dataset,
            self._dataset.name,
            [DataLocation(asset.location) for asset in files],
            scope=RuleScope.DATASET,
            version_tokens=[VersionToken(asset.version_token) for asset in files],
            known=self._known,
        )
        outcome = next(iter(self._app.engine.examine([request])))
        match outcome:
            case Examined(_, examination):
                return examination.checks
            case Unreadable(_, reason):
                return tuple(Check.failed_to_run(rule, reason) for rule in rules)
            case Changed():
                why = "a file of the dataset changed while all were read together; the next run tries again"
                return tuple(Check.failed_to_run(rule, why) for rule in rules)


def asset_pages(app: Application, dataset: str, statuses: tuple[AssetStatus, ...]) -> Iterator[tuple[AssetView, ...]]:
    """The current data assets of these statuses, in the order of arrival."""
    after = None
    while True:
        page = app.ask(ListDataAssetsQuery(dataset, statuses, after=after, limit=500))
        yield page.assets
        if page.next is None:
            return
        after = page.next
