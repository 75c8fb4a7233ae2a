"""What a dataset's event tells when its verdict turns."""

from typing import Any

from data_management.domain.models import Verdict
from data_management.domain.repositories import DatasetScore

OTHERS = "(others)"
_REASONS = 5
_LEAST_POINTS = 0.005
_MOST_RULES = 20


def turn_of(now: DatasetScore, before: DatasetScore | None) -> dict[str, Any]:
    """`reasons` and `gained` of a `DatasetQualityUpdated`; empty where the verdict is as before."""
    if now.verdict is (before.verdict if before else Verdict.PASS):
        return {}
    turn: dict[str, Any] = {"reasons": now.reasons[:_REASONS]}
    if before is not None and before.plan_hash == now.plan_hash:
        turn["gained"] = _largest(now.score.difference(before.score))
    return turn


def _largest(gained: dict[str, float]) -> dict[str, float]:
    """The largest in size; the others as one, so that all still sum to the difference."""
    ranked = sorted(gained, key=lambda rule: (-abs(gained[rule]), rule))
    shown = {rule: gained[rule] for rule in ranked[:_MOST_RULES] if abs(gained[rule]) >= _LEAST_POINTS}
    rest = sum(points for rule, points in gained.items() if rule not in shown)
    return shown | ({OTHERS: rest} if rest else {})
