"""Judging what a Dagster asset of somebody else holds: a frame, a table or a file, under the version that Dagster gives it."""

from dataclasses import replace
from typing import Literal
from uuid import uuid4

from pydantic.dataclasses import dataclass

from data_management.application.commands import (
    DatasetAssessed,
    JudgeVersionCommand,
    RegisterDatasetCommand,
    VersionJudged,
)
from data_management.application.ports import Changed, ExaminationRequest, Examined, FoundFile, Unreadable
from data_management.application.queries import GetClassificationsQuery
from data_management.application.services.facade import Application
from data_management.domain.models import (
    AssetCounts,
    AssetStatus,
    Classification,
    ColumnProfile,
    DataCatalogEntry,
    DataLocation,
    Dataset,
    Examination,
    ObjectStore,
    RuleScope,
    Verdict,
    VersionToken,
)
from data_management.domain.services import DatasetAssessment
from data_management.errors import Rejected, Unavailable

OnFailure = Literal["stop", "warn"]


@dataclass(frozen=True)
class HeldVersion:
    """A version of what a Dagster asset, or a partition of it, holds. The `token` is Dagster's data version, or a run's id."""

    location: DataLocation
    token: VersionToken


@dataclass(frozen=True)
class Judgement:
    """What was made of one version: its catalog entry, its own assessment, and how the dataset stands with it."""

    entry: DataCatalogEntry
    assessed: DatasetAssessment | None
    """Of this version alone; None where it could not be read."""
    dataset: DatasetAssessed
    examination: Examination | None = None
    stopped: bool = False
    """Whether it may not be published: it stands in the catalog beside what is published, as quarantined."""

    @property
    def verdict(self) -> Verdict:
        return self.assessed.verdict if self.assessed else Verdict.FAIL

    @property
    def reasons(self) -> tuple[str, ...]:
        return self.assessed.reasons if self.assessed else (self.entry.asset.reason or "it cannot be read",)

    @property
    def profile(self) -> tuple[ColumnProfile, ...]:
        return self.examination.profile if self.examination else ()

    @property
    def classifications(self) -> tuple[Classification, ...]:
        return self.examination.classifications if self.examination else ()

    @property
    def schema_changes(self) -> tuple[str, ...]:
        """How its columns differ from those of the version accepted before."""
        return tuple(note.message for note in self.entry.schema_notes)


def judge_frame(
    app: Application,
    dataset: Dataset,
    version: HeldVersion,
    frame: object,
    run_id: str,
    *,
    before_publishing: bool = False,
    on_fail: OnFailure = "warn",
) -> Judgement:
    """Judge a frame, and record what came of it.

    With `before_publishing` and `on_fail` stop, one whose verdict is fail stands beside the version that is published, which keeps
    its score. A frame that cannot be read is recorded as rejected. `InvalidInput` for what is no frame.
    """
    if app.frames is None:
        raise Unavailable("this application judges no frames; make it by data_management.container")
    _begin(app, dataset)
    request = _request(app, dataset, version.location)
    stops = before_publishing and on_fail == "stop"
    try:
        examination = app.frames.examine(frame, request)
    except Rejected as error:
        return _Recording(app, dataset, version, run_id).unreadable(error.message, stopped=stops)
    return _Recording(app, dataset, version, run_id).readable(examination, may_stop=stops)


def judge_table(app: Application, dataset: Dataset, version: HeldVersion, uri: str, run_id: str) -> Judgement:
    """Judge the table at a URI; as `judge_frame`. `Unavailable` where its database is."""
    if app.tables is None:
        raise Unavailable("this application reads no tables; make it by data_management.container")
    _begin(app, dataset)
    try:
        frame = app.tables(uri)
    except Rejected as error:
        return _Recording(app, dataset, version, run_id).unreadable(error.message)
    return judge_frame(app, dataset, version, frame, run_id)


def judge_file(
    app: Application, dataset: Dataset, version: HeldVersion, location: DataLocation, run_id: str
) -> Judgement:
    """Judge the file (or object) at a location, isolated as all files are."""
    _begin(app, dataset)
    request = _request(app, dataset, location)
    outcome = next(iter(app.engine.examine([request])))
    recording = _Recording(app, dataset, version, run_id)
    match outcome:
        case Examined(_, examination):
            return recording.readable(examination)
        case Unreadable(_, reason):
            return recording.unreadable(reason)
        case Changed():
            return recording.unreadable(f"{location.name} is not there, or changed while it was read; check it again")


def _begin(app: Application, dataset: Dataset) -> None:
    app.run(RegisterDatasetCommand(dataset))


def _request(app: Application, dataset: Dataset, location: DataLocation) -> ExaminationRequest:
    known = app.ask(GetClassificationsQuery(dataset.name))
    request = ExaminationRequest.of(dataset, location.uri, [location], known=known)
    return replace(request, store=ObjectStore()) if request.store is None and location.scheme == "s3" else request


class _Recording:
    """What reading one version yielded, on its way into the catalog."""

    def __init__(self, app: Application, dataset: Dataset, version: HeldVersion, run_id: str) -> None:
        self._app = app
        self._dataset = dataset
        self._version = version
        self._request_key = f"{run_id}/{uuid4().hex[:12]}"

    def readable(self, examination: Examination, *, may_stop: bool = False) -> Judgement:
        rules = self._dataset.asset_rules
        rows = examination.row_count
        assessment = self._app.validation.assess(rules, examination.checks, rows, self._dataset.policy)
        stopped = may_stop and assessment.verdict is Verdict.FAIL
        judged = self._judged(examination, stopped=stopped)
        is_accepted = judged.entry.status is AssetStatus.ACCEPTED
        counts = AssetCounts(accepted=int(is_accepted), quarantined=int(not is_accepted), rows=rows)
        assessed = DatasetAssessment.of_one(assessment, counts)
        return Judgement(
            entry=judged.entry, assessed=assessed, dataset=judged.dataset, examination=examination, stopped=stopped
        )

    def unreadable(self, reason: str, *, stopped: bool = False) -> Judgement:
        judged = self._judged(reason, stopped=stopped)
        return Judgement(entry=judged.entry, assessed=None, dataset=judged.dataset, stopped=stopped)

    def _judged(self, read: Examination | str, *, stopped: bool) -> VersionJudged:
        """A version that is published for the first time ends what was stopped before it."""
        beside = self._version.location.stopped()
        location = beside if stopped else self._version.location
        found = FoundFile(location, self._version.token, size_bytes=None, changed_at=self._app.clock())
        ends = () if stopped else (beside,)
        return self._app.run(JudgeVersionCommand(self._dataset, found, read, self._request_key, ends))


def attached(dataset: Dataset, *, partitioned: bool) -> Dataset:
    """The dataset as an asset's contract: what an unpartitioned asset holds is the whole dataset, so every rule looks at it."""
    if partitioned or not dataset.dataset_rules:
        return dataset
    return replace(dataset, rules=tuple(replace(rule, scope=RuleScope.ASSET) for rule in dataset.rules))
