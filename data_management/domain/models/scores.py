"""The DataQualityScore and the verdict. The formula is in `data_management.domain.services`."""

from enum import StrEnum

from pydantic.dataclasses import dataclass

from data_management.domain.models.rules import Dimension

FORMULA = "1"
"""Version of the score's formula; stored with every score, raised when the same inputs would score otherwise."""


class Verdict(StrEnum):
    """The gate, apart from the score."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"

    @property
    def rank(self) -> int:
        """0 for the best."""
        return (Verdict.PASS, Verdict.WARN, Verdict.FAIL).index(self)


@dataclass(frozen=True)
class RuleScore:
    """One rule's part in a score.

    `value` in [0, 1], None where the rule was not measured; `lower` is what it counts for in the lower bound (0 where it
    errored), None where it does not count at all.
    """

    rule: str
    dimension: Dimension
    weight: float
    value: float | None
    lower: float | None


@dataclass(frozen=True)
class DimensionScore:
    """One dimension's part, in [0, 100]; `value` and `lower` are None where nothing counts for them."""

    dimension: Dimension
    weight: float
    value: float | None
    lower: float | None


@dataclass(frozen=True)
class DataQualityScore:
    """0–100, with what it was made of, so that two scores subtract into contributions that sum.

    `value` leaves errored rules out and equals `upper`; `lower` counts them 0, and gates use it. All three are None
    without rules; `value` and `upper` are None when nothing could be measured. `coverage` in [0, 1] is the measured share of
    the rules' weights.
    """

    value: float | None
    lower: float | None
    upper: float | None
    coverage: float
    dimensions: tuple[DimensionScore, ...]
    rules: tuple[RuleScore, ...]
    formula: str = FORMULA

    def dimension_values(self) -> dict[str, float | None]:
        """Dimension name → its value, of the dimensions that have rules."""
        return {score.dimension.value: score.value for score in self.dimensions}

    def contributions(self) -> dict[str, float]:
        """Rule name → points of `value`; they sum to it (to float rounding). Empty where there is no value."""
        measured = [rule for rule in self.rules if rule.value is not None]
        dimension_weights = {score.dimension: score.weight for score in self.dimensions if score.value is not None}
        total = sum(dimension_weights.values())
        if not total:
            return {}
        within = {
            dimension: sum(rule.weight for rule in measured if rule.dimension is dimension)
            for dimension in dimension_weights
        }
        return {
            rule.rule: 100.0
            * (dimension_weights[rule.dimension] / total)
            * (rule.weight / within[rule.dimension])
            * (rule.value or 0.0)
            for rule in measured
            if within.get(rule.dimension)
        }

    def difference(self, earlier: "DataQualityScore") -> dict[str, float]:
        """Rule name → points gained since `earlier`; they sum to the difference of the two values."""
        now, before = self.contributions(), earlier.contributions()
        return {name: now.get(name, 0.0) - before.get(name, 0.0) for name in sorted(now.keys() | before.keys())}


@dataclass(frozen=True)
class Contribution:
    """What a rule gave to a score before and gives to it now, in points of its value."""

    rule: str
    before: float
    now: float

    @property
    def points(self) -> float:
        return self.now - self.before


@dataclass(frozen=True)
class ScoreDifference:
    """What made a score rise or fall: `contributions`, the largest first, sum to `value`, to float rounding.

    Both are empty where one of the scores has no value: there is nothing to subtract.
    """

    value: float | None
    contributions: tuple[Contribution, ...] = ()

    @classmethod
    def between(cls, later: DataQualityScore, earlier: DataQualityScore) -> "ScoreDifference":
        if later.value is None or earlier.value is None:
            return cls(None)
        now, before = later.contributions(), earlier.contributions()
        contributions = [
            Contribution(rule=rule, before=before.get(rule, 0.0), now=now.get(rule, 0.0))
            for rule in sorted(now.keys() | before.keys())
        ]
        largest_first = sorted(contributions, key=lambda each: -abs(each.points))
        return cls(later.value - earlier.value, tuple(largest_first))


@dataclass(frozen=True)
class QualityGate:
    """What a dataset's contract demands of a score: lower bounds on 0–100, overall and per dimension."""

    min_score: float | None = None
    min_dimensions: tuple[tuple[Dimension, float], ...] = ()

    def unmet(self, score: DataQualityScore) -> tuple[str, ...]:
        """What is not met, in words; empty when the gate is. An unmeasured score does not meet a bound."""
        problems = []
        if self.min_score is not None and (score.lower is None or score.lower < self.min_score):
            problems.append(f"score {_shown(score.lower)} is below the contract's minimum {self.min_score:g}")
        lowers = {dimension.dimension: dimension.lower for dimension in score.dimensions}
        for dimension, minimum in self.min_dimensions:
            lower = lowers.get(dimension)
            if lower is None or lower < minimum:
                problems.append(f"{dimension} {_shown(lower)} is below the contract's minimum {minimum:g}")
        return tuple(problems)


def _shown(value: float | None) -> str:
    return "(not measured)" if value is None else f"{value:.1f}"
