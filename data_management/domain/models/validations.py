"""What became of judging: one data asset's validation, and a dataset's score at one moment."""

from datetime import datetime
from typing import Final

from pydantic.dataclasses import dataclass

from data_management.domain.models.checks import Check
from data_management.domain.models.scores import DataQualityScore, Verdict
from data_management.domain.models.totals import AssetCounts


@dataclass(frozen=True)
class Validation:
    """One run of a plan over one data asset. `request_key` makes it idempotent: (asset, plan, request) is unique."""

    asset_id: str
    dataset: str
    plan_hash: str
    contract_version: str
    request_key: str
    at: datetime
    row_count: int
    score: DataQualityScore
    verdict: Verdict
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class DatasetScore:
    """A dataset's score at one moment."""

    dataset: str
    plan_hash: str
    contract_version: str
    request_key: str
    at: datetime
    score: DataQualityScore
    verdict: Verdict
    reasons: tuple[str, ...]
    counts: AssetCounts

    def turned_from(self, before: "DatasetScore | None") -> "VerdictTurn | None":
        """What made the verdict another than `before`, or other than pass where there was none; None where it is the same."""
        if self.verdict is (before.verdict if before else Verdict.PASS):
            return None
        comparable = before is not None and before.plan_hash == self.plan_hash
        return VerdictTurn(
            reasons=self.reasons[:_MOST_REASONS],
            gained=_largest(self.score.difference(before.score)) if before and comparable else {},
        )


@dataclass(frozen=True)
class VerdictTurn:
    """The first reasons of a verdict, and the points that each rule gained since the one before: those that gained most, and `OTHERS`, so that
    they sum to the difference. Empty where the two scores do not compare.
    """

    reasons: tuple[str, ...]
    gained: dict[str, float]


OTHERS: Final = "(others)"


_MOST_REASONS: Final = 5


_MOST_RULES: Final = 20


_LEAST_POINTS: Final = 0.005


def _largest(gained: dict[str, float]) -> dict[str, float]:
    ranked = sorted(gained, key=lambda rule: (-abs(gained[rule]), rule))
    shown = {rule: gained[rule] for rule in ranked[:_MOST_RULES] if abs(gained[rule]) >= _LEAST_POINTS}
    rest = sum(points for rule, points in gained.items() if rule not in shown)
    return shown | ({OTHERS: rest} if rest else {})
