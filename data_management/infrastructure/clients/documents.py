"""What the API answers with, as its client reads it: fields that a newer server adds are left aside.

The words are those of the API; a test compares them with its OpenAPI document.
"""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict


class Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Score(Document):
    value: float | None
    lower: float | None
    upper: float | None
    coverage: float
    dimensions: dict[str, float | None]


class Counts(Document):
    pending: int
    accepted: int
    quarantined: int
    rejected: int
    rows: int


class ScorePoint(Document):
    at: datetime
    verdict: str
    score: Score | None
    reasons: tuple[str, ...]
    files: Counts
    contract_version: str
    plan: str
    plan_changed: bool


class Contribution(Document):
    rule: str
    before: float
    now: float
    points: float


class ScoreDifference(Document):
    earlier: ScorePoint
    later: ScorePoint
    same_plan: bool
    difference: float | None
    contributions: tuple[Contribution, ...]


class Dataset(Document):
    name: str
    description: str
    contract: str
    contract_version: str
    owners: tuple[str, ...]
    tags: tuple[str, ...]
    landing: str | None
    rules: int
    files: Counts
    latest: ScorePoint | None
    retired_at: datetime | None


class RuleTotals(Document):
    rule: str
    expectation: str | None
    column: str | None
    dimension: str
    severity: str
    description: str
    threshold: dict[str, Any] | None
    not_run: str | None
    evaluated: int | None
    unexpected: int | None
    passed: int
    failed: int
    errored: int


class DatasetDetail(Dataset):
    totals: tuple[RuleTotals, ...]


class Column(Document):
    name: str
    type: str
    stored_type: str | None


class Counted(Document):
    value: str
    count: int


class ColumnFigures(Document):
    name: str
    nulls: int
    count: int | None
    distinct: int | None
    distinct_error: float | None
    minimum: int | float | str | None
    maximum: int | float | str | None
    mean: float | None
    shortest: int | None
    longest: int | None
    quantiles: dict[str, float]
    top_values: tuple[Counted, ...] | None
    patterns: tuple[Counted, ...] | None
    sampled: int | None


class DatasetColumnFigures(ColumnFigures):
    type: str | None


class Classified(Document):
    column: str
    category: str | None
    sensitivity: str
    confidence: float
    source: str
    reason: str


class DatasetProfile(Document):
    dataset: str
    files: int
    rows: int
    columns: tuple[DatasetColumnFigures, ...]
    classifications: tuple[Classified, ...]


class Note(Document):
    code: str
    message: str
    line: int | None


class DataAsset(Document):
    id: str
    location: str
    dataset: str
    status: str
    reason: str | None
    verdict: str | None
    score: Score | None
    rows: int | None
    size_bytes: int | None
    version: int
    version_token: str
    content_sha256: str | None
    arrived_at: datetime
    erased_at: datetime | None
    erased_by: str | None


class DataAssetContent(DataAsset):
    columns: tuple[Column, ...]
    profile: tuple[ColumnFigures, ...]
    classifications: tuple[Classified, ...]
    warnings: tuple[Note, ...]
    reading: dict[str, str | int | bool | None]


class Checked(Document):
    rule: str
    expectation: str | None
    column: str | None
    dimension: str
    severity: str
    success: bool | None
    errored: bool
    evaluated: int | None
    unexpected: int | None
    observed: Any
    error: str | None
    engine: str | None
    samples: tuple[Any, ...]
    gx_result: dict[str, Any] | None


class Failure(Document):
    asset: DataAsset
    check: Checked


class Validation(Document):
    at: datetime
    contract_version: str
    plan: str
    rows: int
    verdict: str
    score: Score | None
    checks: tuple[Checked, ...]
    pruned: bool


class Erased(Document):
    items: tuple[DataAsset, ...]
    newly: int


class Found(Document):
    kind: str
    id: str
    dataset: str
    name: str
    location: str | None
    description: str
    matched: tuple[str, ...]


class Event(Document):
    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: str
    datacontenttype: str
    partitionkey: str
    sequence: str
    aggregateversion: int
    data: dict[str, Any]

    @property
    def position(self) -> int:
        return int(self.sequence)


class EventPage(Document):
    items: tuple[Event, ...]
    position: int


class PlannedRule(Document):
    rule: str
    expectations: tuple[dict[str, Any], ...]
    column: str | None
    dimension: str
    severity: str
    weight: float
    scope: str
    threshold: dict[str, Any] | None
    definition_hash: str
    not_run: str | None


class Plan(Document):
    plan: str
    present: bool
    rules: tuple[PlannedRule, ...] | None
    min_score: float | None
    min_dimension_scores: dict[str, float]
    dimension_weights: dict[str, float]


class File(Document):
    """An accepted file, or one that was `withdrawn`: why."""

    id: str
    position: int
    location: str
    version_token: str
    size_bytes: int | None
    rows: int | None
    columns: tuple[Column, ...]
    verdict: str | None
    arrived_at: datetime
    content_sha256: str | None
    withdrawn: str | None


class FileChanges(Document):
    """Take away the `withdrawn`, then add the `accepted`."""

    dataset: str
    after: int
    to: int
    head: int
    complete: bool
    accepted: tuple[File, ...]
    withdrawn: tuple[File, ...]


class Consumer(Document):
    dataset: str
    name: str
    position: int
    behind: int
    moved_at: datetime
    working_until: datetime | None


class AuditRecord(Document):
    id: int
    at: datetime
    who: str
    action: str
    subject: str
    outcome: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str | None
    request_id: str | None
    client: str | None
