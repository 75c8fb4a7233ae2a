"""Data assets: what was read, and what was found wrong."""

import math
import os
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from data_management.application.services import FileValidation
from data_management.application.views import AssetView, FailingAsset, ValidationView
from data_management.domain.models import (
    Check,
    Column,
    ReadingNote,
)
from data_management.presentation.dtos.profiles import ClassificationDto, ColumnProfileDto
from data_management.presentation.dtos.scores import ScoreDto


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
            gx_result=check.native_result,
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


class FailureDto(BaseModel):
    """A current data asset, and the check by which a rule failed or errored on it."""

    asset: AssetDto
    check: CheckDto

    @classmethod
    def of(cls, failing: FailingAsset) -> "FailureDto":
        return cls(asset=AssetDto.of(failing.asset), check=CheckDto.of(failing.check))


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
    def of_detail(cls, asset: AssetView, validations: Sequence[ValidationView]) -> "AssetDetailDto":
        return cls(
            **_asset_fields(asset),
            **_content_fields(asset),
            validations=[ValidationDto.of(validation) for validation in validations],
        )


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
