"""Read models: what queries answer with. Plain values, shaped for reading."""

from datetime import datetime

from pydantic.dataclasses import dataclass

from data_management.domain.models import (
    AssetCounts,
    AssetStatus,
    Check,
    Column,
    ColumnProfile,
    DataQualityScore,
    Dimension,
    ReadingNote,
    Rule,
    RuleTotals,
    Severity,
    Verdict,
)
from data_management.domain.repositories import PendingArrivals


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
    content_sha256: str | None = None


@dataclass(frozen=True)
class AssetPage:
    """`next` is the cursor of the page after this one; None at the end."""

    assets: tuple[AssetView, ...]
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

    @classmethod
    def of(cls, rule: Rule) -> "RuleView":
        return cls(
            name=rule.name,
            expectation=rule.expectation,
            column=rule.column,
            dimension=rule.dimension,
            severity=rule.severity,
            description=rule.description,
            not_runnable=rule.not_runnable,
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


@dataclass(frozen=True)
class ValidationView:
    at: datetime
    contract_version: str
    row_count: int
    score: DataQualityScore
    verdict: Verdict
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Pending:
    """What waits to be judged in a dataset, and which runs hold some of it now."""

    arrivals: PendingArrivals
    outdated: int
    """Judged data assets (100 are counted at most) whose last validation was made by another plan than the contract's."""
    holders: tuple[str, ...]
