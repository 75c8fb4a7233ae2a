"""Scores, their history, and what changed between two."""

from datetime import datetime

from pydantic import BaseModel

from data_management.application.views import ScorePoint
from data_management.domain.models import (
    AssetCounts,
    DataQualityScore,
    ScoreDifference,
)


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
