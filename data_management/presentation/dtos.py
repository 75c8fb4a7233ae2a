"""What programs read: the JSON of CLI (and API). Field names are part of the public interface."""

import math
import os
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from data_management.application.services import FileValidation
from data_management.application.views import AssetView, DatasetView, RuleView, ScorePoint, ValidationView
from data_management.domain.models import (
    AssetCounts,
    Check,
    Column,
    DataQualityScore,
    ReadingNote,
    RuleTotals,
    ScoreDifference,
)
from data_management.presentation.profile_dtos import ClassificationDto, ColumnProfileDto


class ScoreDto(BaseModel):
    """`value`, `lower`, `upper` and `dimensions` on 0–100, `coverage` in [0, 1]."""

    value: float | None
    lower: float | None
    upper: float | None
    coverage: float
    dimensions: dict[str, float | None]

    @classmethod
    def of(cls, score: DataQualityScore | None) -> "ScoreDto | None":
        """None for no score, and for the score of no rules."""
        if score is None or not score.rules:
            return None
        return cls(
            value=score.value,
            lower=score.lower,
            upper=score.upper,
            coverage=score.coverage,
            dimensions=score.dimension_values(),
        )


class ColumnDto(BaseModel):
    """`stored_type` is the file's own, where the contract has it read as another."""

    name: str
    type: str
    stored_type: str | None

    @classmethod
    def of(cls, column: Column) -> "ColumnDto":
        return cls(name=column.name, type=column.type, stored_type=column.stored)


class CheckDto(BaseModel):
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
    samples: list[Any]
    gx_result: dict[str, Any] | None

    @classmethod
    def of(cls, check: Check) -> "CheckDto":
        return cls(
            rule=check.rule,
            expectation=check.expectation,
            column=check.column,
            dimension=check.dimension.value,
            severity=check.severity.value,
            success=check.success,
            errored=check.errored,
            evaluated=check.evaluated,
            unexpected=check.unexpected,
            observed=check.observed,
            error=check.error,
            engine=check.engine,
            samples=[_json_value(sample) for sample in check.samples],
            gx_result=check.gx_result,
        )


def _json_value(value: Any) -> Any:
    """A sample as JSON has it: what is neither number, boolean nor null is text."""
    if isinstance(value, dict):
        return {str(name): _json_value(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_json_value(each) for each in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, bool | int) else printable(str(value))


class NoteDto(BaseModel):
    code: str
    message: str
    line: int | None

    @classmethod
    def of(cls, note: ReadingNote) -> "NoteDto":
        return cls(code=note.code, message=note.message, line=note.line)


class ValidatedFileDto(BaseModel):
    """One path of ``data-management validate``. `status` is ``validated`` or ``rejected``."""

    path: str
    status: str
    reason: str | None
    rows: int | None
    columns: list[ColumnDto]
    profile: list[ColumnProfileDto]
    classifications: list[ClassificationDto]
    verdict: str | None
    score: ScoreDto | None
    checks: list[CheckDto]
    warnings: list[NoteDto]
    reading: dict[str, str | int | bool | None]

    @classmethod
    def of(cls, file: FileValidation) -> "ValidatedFileDto":
        examination, assessment = file.examination, file.assessment
        judged = assessment is not None and bool(assessment.score.rules)
        return cls(
            path=printable(file.path),
            status="validated" if file.reason is None else "rejected",
            reason=file.reason,
            rows=examination.row_count if examination else None,
            columns=[ColumnDto.of(column) for column in examination.columns] if examination else [],
            profile=[ColumnProfileDto.of(profile) for profile in examination.profile] if examination else [],
            classifications=(
                [ClassificationDto.of(each) for each in examination.classifications] if examination else []
            ),
            verdict=assessment.verdict.value if assessment and judged else None,
            score=ScoreDto.of(assessment.score) if assessment else None,
            checks=[CheckDto.of(check) for check in assessment.checks] if assessment else [],
            warnings=[NoteDto.of(note) for note in examination.notes] if examination else [],
            reading=examination.reading if examination else {},
        )


class AssetDto(BaseModel):
    id: str
    location: str
    dataset: str
    status: str
    reason: str | None
    verdict: str | None
    score: ScoreDto | None
    rows: int | None
    size_bytes: int | None
    version: int
    version_token: str
    content_sha256: str | None
    arrived_at: datetime
    erased_at: datetime | None
    erased_by: str | None

    @classmethod
    def of(cls, asset: AssetView) -> "AssetDto":
        return cls(**_asset_fields(asset))


class ValidationDto(BaseModel):
    """`plan` names the rules as they were defined; ``data-management datasets plan`` shows them. `pruned`: its checks were forgotten."""

    at: datetime
    contract_version: str
    plan: str
    rows: int
    verdict: str
    score: ScoreDto | None
    checks: list[CheckDto]
    pruned: bool

    @classmethod
    def of(cls, validation: ValidationView) -> "ValidationDto":
        return cls(
            at=validation.at,
            contract_version=validation.contract_version,
            plan=validation.plan_hash,
            rows=validation.row_count,
            verdict=validation.verdict.value,
            score=ScoreDto.of(validation.score),
            checks=[CheckDto.of(check) for check in validation.checks],
            pruned=validation.is_pruned,
        )


class AssetContentDto(AssetDto):
    """With what was learnt of what it holds."""

    columns: list[ColumnDto]
    profile: list[ColumnProfileDto]
    classifications: list[ClassificationDto]
    warnings: list[NoteDto]
    reading: dict[str, str | int | bool | None]

    @classmethod
    def of_content(cls, asset: AssetView) -> "AssetContentDto":
        return cls(**_asset_fields(asset), **_content_fields(asset))


class AssetDetailDto(AssetContentDto):
    validations: list[ValidationDto]

    @classmethod
    def of_detail(cls, asset: AssetView, validations: list[ValidationView]) -> "AssetDetailDto":
        return cls(
            **_asset_fields(asset),
            **_content_fields(asset),
            validations=[ValidationDto.of(validation) for validation in validations],
        )


class CountsDto(BaseModel):
    """How many current data assets are in which state; `rows` are those of the accepted ones."""

    pending: int
    accepted: int
    quarantined: int
    rejected: int
    rows: int

    @classmethod
    def of(cls, counts: AssetCounts) -> "CountsDto":
        return cls(
            pending=counts.pending,
            accepted=counts.accepted,
            quarantined=counts.quarantined,
            rejected=counts.rejected,
            rows=counts.rows,
        )


class ScorePointDto(BaseModel):
    """`plan` names what decided the score; where `plan_changed`, the point before was made by another and does not compare."""

    at: datetime
    verdict: str
    score: ScoreDto | None
    reasons: list[str]
    files: CountsDto
    contract_version: str
    plan: str
    plan_changed: bool

    @classmethod
    def of(cls, point: ScorePoint) -> "ScorePointDto":
        return cls(
            at=point.at,
            verdict=point.verdict.value,
            score=ScoreDto.of(point.score),
            reasons=list(point.reasons),
            files=CountsDto.of(point.counts),
            contract_version=point.contract_version,
            plan=point.plan_hash,
            plan_changed=point.plan_changed,
        )


class ContributionDto(BaseModel):
    """What a rule gave to a score `before` and `now`, in points of it, and the `points` that it gained."""

    rule: str
    before: float
    now: float
    points: float


class ScoreDifferenceDto(BaseModel):
    """`difference` of the later score's value and the earlier one's; `contributions` sum to it, the largest first.

    It is null where one of them has no value. Where the plans differ, a rule gained also by coming, or by another weight.
    """

    earlier: ScorePointDto
    later: ScorePointDto
    same_plan: bool
    difference: float | None
    contributions: list[ContributionDto]

    @classmethod
    def of(cls, later: ScorePoint, earlier: ScorePoint) -> "ScoreDifferenceDto":
        difference = ScoreDifference.between(later.score, earlier.score)
        return cls(
            earlier=ScorePointDto.of(earlier),
            later=ScorePointDto.of(later),
            same_plan=later.plan_hash == earlier.plan_hash,
            difference=difference.value,
            contributions=[
                ContributionDto(rule=each.rule, before=each.before, now=each.now, points=each.points)
                for each in difference.contributions
            ],
        )


class RuleDto(BaseModel):
    """A rule and its sums over the readable (accepted and quarantined) files: rows, and how many passed, failed, errored.

    `not_run` says why a rule is not run; None where it is.
    """

    rule: str
    expectation: str | None
    column: str | None
    dimension: str
    severity: str
    description: str
    not_run: str | None
    evaluated: int | None
    unexpected: int | None
    passed: int
    failed: int
    errored: int

    @classmethod
    def of(cls, rule: RuleView, totals: RuleTotals) -> "RuleDto":
        return cls(
            rule=rule.name,
            expectation=rule.expectation,
            column=rule.column,
            dimension=rule.dimension.value,
            severity=rule.severity.value,
            description=rule.description,
            not_run=rule.not_runnable,
            evaluated=totals.evaluated,
            unexpected=totals.unexpected,
            passed=totals.passed,
            failed=totals.failed,
            errored=totals.errored,
        )


class DatasetDto(BaseModel):
    name: str
    description: str
    contract: str
    contract_version: str
    owners: list[str]
    tags: list[str]
    landing: str | None
    rules: int
    files: CountsDto
    latest: ScorePointDto | None
    retired_at: datetime | None

    @classmethod
    def of(cls, dataset: DatasetView) -> "DatasetDto":
        return cls(**_dataset_fields(dataset))


class DatasetDetailDto(DatasetDto):
    totals: list[RuleDto]
    """Every rule of the contract, also those that are not run."""

    @classmethod
    def of_detail(cls, dataset: DatasetView) -> "DatasetDetailDto":
        totals = {total.rule: total for total in dataset.totals}
        rules = [RuleDto.of(rule, totals.get(rule.name, RuleTotals(rule.name))) for rule in dataset.rules]
        return cls(**_dataset_fields(dataset), totals=rules)


def printable(name: str) -> str:
    r"""A file name as text; bytes that are not UTF-8 show as ``\xNN``."""
    return os.fsencode(name).decode("utf-8", errors="backslashreplace")


def _asset_fields(asset: AssetView) -> dict[str, Any]:
    return {
        "id": asset.id,
        "location": asset.location,
        "dataset": asset.dataset,
        "status": asset.status.value,
        "reason": asset.reason,
        "verdict": asset.verdict.value if asset.verdict else None,
        "score": ScoreDto.of(asset.score),
        "rows": asset.row_count,
        "size_bytes": asset.size_bytes,
        "version": asset.version,
        "version_token": asset.version_token,
        "content_sha256": asset.content_sha256,
        "arrived_at": asset.arrived_at,
        "erased_at": asset.erased_at,
        "erased_by": asset.erased_by,
    }


def _content_fields(asset: AssetView) -> dict[str, Any]:
    return {
        "columns": [ColumnDto.of(column) for column in asset.columns or ()],
        "profile": [ColumnProfileDto.of(profile) for profile in asset.profile],
        "classifications": [ClassificationDto.of(each) for each in asset.classifications],
        "warnings": [NoteDto.of(note) for note in asset.notes],
        "reading": asset.reading,
    }


def _dataset_fields(dataset: DatasetView) -> dict[str, Any]:
    return {
        "name": dataset.name,
        "description": dataset.description,
        "contract": dataset.contract_id,
        "contract_version": dataset.contract_version,
        "owners": list(dataset.owners),
        "tags": list(dataset.tags),
        "landing": dataset.landing,
        "rules": len(dataset.rules),
        "files": CountsDto.of(dataset.counts),
        "latest": ScorePointDto.of(dataset.latest) if dataset.latest else None,
        "retired_at": dataset.retired_at,
    }
