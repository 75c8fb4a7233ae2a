"""The DataQualityScore and the verdict. The formula is in `data_management.domain.services`."""

from dataclasses import replace
from enum import StrEnum

from pydantic.dataclasses import dataclass

from data_management.domain.models.points import missing_in_words, number_in_words, score_in_words
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

    def losses(self) -> dict[str, float]:
        """Rule name → points that it keeps the score from 100; they sum to what is missing. Rules that lose nothing are left out."""
        best = replace(self, rules=tuple(replace(r, value=None if r.value is None else 1.0) for r in self.rules))
        lost = best.difference(self)
        return {name: points for name, points in lost.items() if points > 0}

    def difference(self, earlier: "DataQualityScore") -> dict[str, float]:
        """Rule name → points gained since `earlier`; they sum to the difference of the two values."""
        return {each.rule: each.points for each in self.contributions_since(earlier)}

    def contributions_since(self, earlier: "DataQualityScore") -> tuple["Contribution", ...]:
        """What each rule of either gave then and gives now, by the rules' names."""
        now, before = self.contributions(), earlier.contributions()
        return tuple(
            Contribution(rule=rule, before=before.get(rule, 0.0), now=now.get(rule, 0.0))
            for rule in sorted(now.keys() | before.keys())
        )


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
        largest_first = sorted(later.contributions_since(earlier), key=lambda each: -abs(each.points))
        return cls(later.value - earlier.value, tuple(largest_first))


@dataclass(frozen=True)
class Shortfall:
    """A bound that a score does not meet: what it is `of` (``score`` or a dimension), and what it is at least; None: not measured."""

    of: str
    minimum: float
    lower: float | None

    @property
    def points(self) -> float:
        """How many points are missing."""
        return self.minimum - (self.lower or 0.0)

    def __str__(self) -> str:
        if self.lower is None:
            return f"{self.of} is not measured; {number_in_words(self.minimum)} is demanded"
        known, missing = score_in_words(self.lower), missing_in_words(self.minimum, self.lower)
        return f"{self.of} is at least {known}, {missing} short of the {number_in_words(self.minimum)} demanded"


@dataclass(frozen=True)
class QualityGate:
    """What a dataset's contract, or a consumer of it, demands of a score: lower bounds on 0–100, overall and per dimension."""

    min_score: float | None = None
    min_dimensions: tuple[tuple[Dimension, float], ...] = ()

    def unmet(self, score: DataQualityScore, *, measured_only: bool = False) -> tuple[str, ...]:
        """What is not met, in words: of a score what it is at least; empty when the gate is. An unmeasured score does not meet a bound, unless it is `measured_only`."""
        return tuple(
            f"{each.of} is {_known(each.lower)}, below the contract's minimum {number_in_words(each.minimum)}"
            for each in self.shortfalls(score)
            if each.lower is not None or not measured_only
        )

    def shortfalls(self, score: DataQualityScore) -> tuple[Shortfall, ...]:
        """The bounds that are not met, the score's first."""
        lowers = {dimension.dimension: dimension.lower for dimension in score.dimensions}
        bounds = [] if self.min_score is None else [Shortfall("score", self.min_score, score.lower)]
        bounds += [Shortfall(name.value, minimum, lowers.get(name)) for name, minimum in self.min_dimensions]
        return tuple(each for each in bounds if each.lower is None or each.lower < each.minimum)


def _known(lower: float | None) -> str:
    return "not measured" if lower is None else f"at least {score_in_words(lower)}"
