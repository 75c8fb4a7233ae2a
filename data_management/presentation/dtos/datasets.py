"""Datasets and their rules."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from data_management.application.views import DatasetView, RuleView
from data_management.domain.models import (
    RuleTotals,
)
from data_management.presentation.dtos.plans import threshold_fields
from data_management.presentation.dtos.scores import CountsDto, ScorePointDto


class RuleDto(BaseModel):
    """A rule and its sums over the readable (accepted and quarantined) files: rows, and how many passed, failed, errored.

    `not_run` says why a rule is not run; None where it is. `threshold` is what a library metric's count is compared with; None where the
    rule has none, or is about a classified column.
    """

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

    @classmethod
    def of(cls, rule: RuleView, totals: RuleTotals) -> "RuleDto":
        return cls(
            rule=rule.name,
            expectation=rule.expectation,
            column=rule.column,
            dimension=rule.dimension.value,
            severity=rule.severity.value,
            description=rule.description,
            threshold=threshold_fields(rule.threshold),
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
