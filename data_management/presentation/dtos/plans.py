"""What programs read of a plan: the rules as they were defined when it judged."""

from typing import Any

from pydantic import BaseModel

from data_management.application.views import PlanView
from data_management.domain.models import Rule, Threshold


class PlannedRuleDto(BaseModel):
    """A rule as it was; `not_run` says why it was not run, None where it was."""

    rule: str
    expectations: list[dict[str, Any]]
    column: str | None
    dimension: str
    severity: str
    weight: float
    scope: str
    threshold: dict[str, Any] | None
    definition_hash: str
    not_run: str | None

    @classmethod
    def of(cls, rule: Rule) -> "PlannedRuleDto":
        return cls(
            rule=rule.name,
            expectations=[{"type": each.type, "kwargs": each.kwargs} for each in rule.expectations],
            column=rule.column,
            dimension=rule.dimension.value,
            severity=rule.severity.value,
            weight=rule.effective_weight,
            scope=rule.scope.value,
            threshold=threshold_fields(rule.threshold),
            definition_hash=rule.definition_hash,
            not_run=rule.not_runnable,
        )


def threshold_fields(threshold: Threshold | None) -> dict[str, Any] | None:
    if threshold is None:
        return None
    return {
        "operator": threshold.operator.value,
        "bounds": list(threshold.bounds),
        "unit": threshold.unit.value,
    }


class PlanDto(BaseModel):
    """`rules` is None where the plan is older than the keeping of definitions; `present` says that the contract makes it now."""

    plan: str
    present: bool
    rules: list[PlannedRuleDto] | None
    min_score: float | None
    min_dimension_scores: dict[str, float]
    dimension_weights: dict[str, float]

    @classmethod
    def of(cls, view: PlanView) -> "PlanDto":
        policy = view.definition.policy if view.definition else None
        return cls(
            plan=view.hash,
            present=view.is_present,
            rules=[PlannedRuleDto.of(rule) for rule in view.definition.rules] if view.definition else None,
            min_score=policy.gate.min_score if policy else None,
            min_dimension_scores={d.value: least for d, least in policy.gate.min_dimensions} if policy else {},
            dimension_weights={d.value: weight for d, weight in policy.dimension_weights} if policy else {},
        )
