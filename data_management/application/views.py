"""Read models: what queries answer with. Plain values, shaped for reading."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime

from pydantic import Field
from pydantic.dataclasses import dataclass

from data_management.domain.models import (
    AssetCounts,
    AssetStatus,
    AuditRecord,
    Check,
    Classification,
    Column,
    ColumnProfile,
    DataCatalogEntry,
    DataLocation,
    DataQualityScore,
    Dataset,
    DatasetScore,
    Dimension,
    PendingArrivals,
    Plan,
    ReadingNote,
    Rule,
    RuleTotals,
    Severity,
    Threshold,
    Verdict,
)
from data_management.domain.services import private_columns, told_threshold


@dataclass(frozen=True)
class CatalogSchema:
    """Where the catalog is, the revision of its schema, and whether that was `upgraded` just now; None where nobody asked for it."""

    catalog: str
    revision: str
    upgraded: bool | None = None

    def __str__(self) -> str:
        if self.upgraded:
            return f"catalog {self.catalog} is now at schema {self.revision}"
        already = "" if self.upgraded is None else " already"
        return f"catalog {self.catalog} has the current schema ({self.revision}){already}"


@dataclass(frozen=True)
class LastArrival:
    """The data asset of a dataset that arrived last: where it is, and when it was recorded."""

    location: DataLocation
    at: datetime


@dataclass(frozen=True)
class AssetView:
    id: str
    dataset: str
    location: str
    status: AssetStatus
    reason: str | None
    verdict: Verdict | None
    score: DataQualityScore | None
    row_count: int | None
    size_bytes: int | None
    version_token: str
    version: int
    arrived_at: datetime
    columns: tuple[Column, ...] | None = None
    profile: tuple[ColumnProfile, ...] = ()
    notes: tuple[ReadingNote, ...] = ()
    reading: dict[str, str | int | bool | None] = Field(default_factory=dict)
    content_sha256: str | None = None
    classifications: tuple[Classification, ...] = ()
    erased_at: datetime | None = None
    erased_by: str | None = None

    @classmethod
    def of(cls, entry: DataCatalogEntry) -> "AssetView":
        asset = entry.asset
        return cls(
            id=asset.id,
            dataset=asset.dataset,
            location=asset.location.uri,
            status=asset.status,
            reason=asset.reason,
            verdict=entry.verdict,
            score=entry.score,
            row_count=entry.row_count,
            size_bytes=asset.size_bytes,
            version_token=asset.version_token.value,
            version=entry.version,
            arrived_at=asset.arrived_at,
            columns=entry.columns,
            profile=entry.profile,
            notes=entry.notes,
            reading=entry.reading,
            content_sha256=asset.content_sha256,
            classifications=entry.classifications,
            erased_at=asset.erased_at,
            erased_by=asset.erased_by,
        )


@dataclass(frozen=True)
class AssetPage:
    """`next` is the cursor of the page after this one; None at the end."""

    assets: tuple[AssetView, ...]
    next: str | None = None


@dataclass(frozen=True)
class FailingAsset:
    """A data asset with the check of it that failed or errored."""

    asset: AssetView
    check: Check


@dataclass(frozen=True)
class FailingPage:
    """`next` is the cursor of the page after this one; None at the end."""

    found: tuple[FailingAsset, ...]
    next: str | None = None


@dataclass(frozen=True)
class ScorePoint:
    """One point of a dataset's history."""

    at: datetime
    score: DataQualityScore
    verdict: Verdict
    reasons: tuple[str, ...]
    counts: AssetCounts
    contract_version: str
    plan_hash: str
    plan_changed: bool = False
    """Whether the point before was made by another plan, so that the two do not compare."""

    @classmethod
    def of(cls, score: DatasetScore, before: DatasetScore | None = None) -> "ScorePoint":
        return cls(
            at=score.at,
            score=score.score,
            verdict=score.verdict,
            reasons=score.reasons,
            counts=score.counts,
            contract_version=score.contract_version,
            plan_hash=score.plan_hash,
            plan_changed=before is not None and before.plan_hash != score.plan_hash,
        )


@dataclass(frozen=True)
class ScorePage:
    """`next` is the cursor of the page after this one, of older scores; None at the end."""

    points: tuple[ScorePoint, ...]
    next: str | None = None


@dataclass(frozen=True)
class RuleView:
    """A rule as the contract states it; `not_runnable` says why it is not run, None where it is."""

    name: str
    expectation: str | None
    column: str | None
    dimension: Dimension
    severity: Severity
    description: str
    not_runnable: str | None
    threshold: Threshold | None = None
    """None too where the rule is about a private column."""

    @classmethod
    def of(cls, rule: Rule, private: AbstractSet[str]) -> "RuleView":
        return cls(
            name=rule.name,
            expectation=rule.expectation,
            column=rule.column,
            dimension=rule.dimension,
            severity=rule.severity,
            description=rule.description,
            not_runnable=rule.not_runnable,
            threshold=told_threshold(rule, private),
        )


@dataclass(frozen=True)
class DatasetView:
    name: str
    contract_id: str
    contract_version: str
    description: str
    owners: tuple[str, ...]
    tags: tuple[str, ...]
    landing: str | None
    """The landing's URI with its glob pattern."""
    rules: tuple[RuleView, ...]
    counts: AssetCounts
    latest: ScorePoint | None
    totals: tuple[RuleTotals, ...] = ()
    """The rules' sums over the readable data assets: accepted and quarantined."""
    retired_at: datetime | None = None
    """Since when no contract declares it, as far as somebody said so."""
    version: int = 0
    """How often it changed: its definition or its score."""

    @classmethod
    def of(
        cls,
        dataset: Dataset,
        counts: AssetCounts,
        latest: ScorePoint | None,
        totals: tuple[RuleTotals, ...],
        retired_at: datetime | None = None,
        version: int = 0,
    ) -> "DatasetView":
        private = private_columns(dataset.columns, ())
        return cls(
            name=dataset.name,
            contract_id=dataset.contract_id,
            contract_version=dataset.contract_version,
            description=dataset.description,
            owners=dataset.owners,
            tags=dataset.tags,
            landing=dataset.landing.uri if dataset.landing else None,
            rules=tuple(RuleView.of(rule, private) for rule in dataset.rules),
            counts=counts,
            latest=latest,
            totals=totals,
            retired_at=retired_at,
            version=version,
        )


@dataclass(frozen=True)
class DatasetPage:
    """`next` is the cursor of the page after this one; None at the end."""

    datasets: tuple[DatasetView, ...]
    next: str | None = None


@dataclass(frozen=True)
class AuditPage:
    """`next` is the cursor of the page after this one, of older records; None at the end."""

    records: tuple[AuditRecord, ...]
    next: str | None = None


@dataclass(frozen=True)
class DatasetProfile:
    """The profiles of `files` accepted data assets as one, and what the last one's columns were found to hold."""

    files: int
    rows: int
    columns: tuple[ColumnProfile, ...]
    classifications: tuple[Classification, ...] = ()
    types: Mapping[str, str] = Field(default_factory=dict)
    """By column, as the last file that has it was read."""


@dataclass(frozen=True)
class TotalsAudit:
    """A dataset's totals as they stand (`stored`) and as its current validations sum up (`counted`), by status and rule; and
    its `counts` of files, None where they are right.

    Rules over the whole dataset are in neither: their outcome is no sum. `judged` are the data assets that were counted;
    `unfounded` the ids of judged ones that have no validation.
    """

    dataset: str
    judged: int
    differences: tuple["TotalsDifference", ...] = ()
    unfounded: tuple[str, ...] = ()
    counts: "CountsDifference | None" = None

    @property
    def is_sound(self) -> bool:
        return not (self.differs or self.unfounded)

    @property
    def differs(self) -> bool:
        """Whether anything that is kept by difference is not what it would be if it were counted."""
        return bool(self.differences) or self.counts is not None


@dataclass(frozen=True)
class CountsDifference:
    stored: AssetCounts
    counted: AssetCounts


@dataclass(frozen=True)
class TotalsDifference:
    status: AssetStatus
    stored: RuleTotals
    counted: RuleTotals


@dataclass(frozen=True)
class PlanView:
    """`definition` is None where the plan is older than the keeping of definitions."""

    hash: str
    definition: Plan | None
    is_present: bool
    """Whether it is the one that the contract makes now."""


@dataclass(frozen=True)
class ValidationView:
    at: datetime
    contract_version: str
    plan_hash: str
    row_count: int
    score: DataQualityScore
    verdict: Verdict
    checks: tuple[Check, ...]

    @property
    def is_pruned(self) -> bool:
        """Whether its check results were forgotten; score and verdict were not."""
        return bool(self.score.rules) and not self.checks


@dataclass(frozen=True)
class ValidationPage:
    """`next` is the cursor of the page after this one, of older validations; None at the end."""

    validations: tuple[ValidationView, ...]
    next: str | None = None


@dataclass(frozen=True)
class SearchHit:
    """A dataset or a data asset that has all words of a search; `matched` are the fields that they are in, the weightiest first."""

    kind: str
    """``dataset`` or ``data_asset``."""
    dataset: str
    id: str
    """The dataset's name, or the data asset's id."""
    name: str
    location: str | None
    description: str
    rank: float
    """How well a dataset fits; 0 of data assets, which come behind, the newest first."""
    matched: tuple[str, ...]


@dataclass(frozen=True)
class SearchPage:
    """`next` is the cursor of the page after this one; None at the end."""

    hits: tuple[SearchHit, ...]
    next: str | None = None


@dataclass(frozen=True)
class Pending:
    """What waits to be judged in a dataset, and which runs hold some of it now."""

    arrivals: PendingArrivals
    outdated: int
    """Judged data assets (100 are counted at most) whose last validation was made by another plan than the contract's."""
    unscored: bool
    """Whether the dataset's last score is of other files than those that are judged now: a run died before it scored."""
    holders: tuple[str, ...]
    """Who holds arrivals: ``<run>:<dataset>`` each, see `run_of`."""
    verdict: Verdict | None = None
    """Of the dataset's last score, which is of `scored_at`; None where it has none."""
    scored_at: datetime | None = None
