"""A suggested contract as JSON."""

from typing import Any

from pydantic import BaseModel

from data_management.application.services import SuggestedContract
from data_management.domain.models import SuggestedColumn, SuggestedRule, Suggestion, SuggestionKind
from data_management.presentation.dtos import printable
from data_management.presentation.dtos.profiles import ClassificationDto


class SuggestedRuleDto(BaseModel):
    """`active`: sure enough, and without an exception in any file. `confidence` is in [0, 1]."""

    name: str
    kind: str
    column: str | None
    active: bool
    confidence: float
    holds: bool
    rows: int
    files: int
    reason: str
    severity: str
    expectation: str | None
    arguments: dict[str, Any]
    threshold: dict[str, Any] | None

    @classmethod
    def of(cls, suggestion: Suggestion, suggested: SuggestedRule) -> "SuggestedRuleDto":
        rule, threshold = suggested.rule, suggested.rule.threshold
        return cls(
            name=rule.name,
            kind=suggested.kind.value,
            column=rule.column,
            active=suggestion.is_active(suggested),
            confidence=suggested.confidence,
            holds=suggested.holds,
            rows=suggested.rows,
            files=suggested.files,
            reason=suggested.reason,
            severity=rule.severity.value,
            expectation=rule.expectation,
            arguments=dict(rule.expectations[0].kwargs),
            threshold=threshold
            and {"operator": threshold.operator.value, "bounds": list(threshold.bounds), "unit": threshold.unit.value},
        )


class SuggestedColumnDto(BaseModel):
    name: str
    logical_type: str | None
    required: bool
    unique: bool
    classification: ClassificationDto | None
    notes: list[str]

    @classmethod
    def of(cls, suggestion: Suggestion, column: SuggestedColumn) -> "SuggestedColumnDto":
        return cls(
            name=column.name,
            logical_type=column.logical_type if suggestion.has(column.name, SuggestionKind.TYPE) else None,
            required=suggestion.has(column.name, SuggestionKind.REQUIRED),
            unique=suggestion.has(column.name, SuggestionKind.UNIQUE),
            classification=ClassificationDto.of(column.classification) if column.classification else None,
            notes=list(column.notes),
        )


class RejectedFileDto(BaseModel):
    path: str
    reason: str


class SuggestedContractDto(BaseModel):
    name: str
    files: int
    rows: int
    min_confidence: float
    columns: list[SuggestedColumnDto]
    rules: list[SuggestedRuleDto]
    rejected: list[RejectedFileDto]

    @classmethod
    def of(cls, name: str, suggestion: Suggestion, contract: SuggestedContract) -> "SuggestedContractDto":
        return cls(
            name=name,
            files=suggestion.files,
            rows=suggestion.rows,
            min_confidence=suggestion.min_confidence,
            columns=[SuggestedColumnDto.of(suggestion, column) for column in suggestion.columns],
            rules=[SuggestedRuleDto.of(suggestion, suggested) for suggested in suggestion.rules],
            rejected=[RejectedFileDto(path=printable(path), reason=reason) for path, reason in contract.rejected],
        )
