"""What a contract demands of a dataset."""

from enum import StrEnum
from functools import cached_property
from typing import Any

from pydantic.dataclasses import dataclass

from data_management.domain.models.canonical import canonical, canonical_hash
from data_management.domain.models.points import number_in_words


class Dimension(StrEnum):
    """The seven quality dimensions of the Open Data Contract Standard."""

    ACCURACY = "accuracy"
    COMPLETENESS = "completeness"
    CONFORMITY = "conformity"
    CONSISTENCY = "consistency"
    COVERAGE = "coverage"
    TIMELINESS = "timeliness"
    UNIQUENESS = "uniqueness"


class Severity(StrEnum):
    """How much a failed rule matters."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"

    @property
    def default_weight(self) -> float:
        return {Severity.CRITICAL: 5.0, Severity.WARNING: 2.0, Severity.INFO: 1.0}[self]


class RuleScope(StrEnum):
    """What a rule is run on: each data asset by itself, or all accepted data assets of the dataset together."""

    ASSET = "asset"
    DATASET = "dataset"


class Operator(StrEnum):
    """The comparison operators of ODCS library metrics."""

    MUST_BE = "mustBe"
    MUST_NOT_BE = "mustNotBe"
    MUST_BE_GREATER_THAN = "mustBeGreaterThan"
    MUST_BE_GREATER_OR_EQUAL_TO = "mustBeGreaterOrEqualTo"
    MUST_BE_LESS_THAN = "mustBeLessThan"
    MUST_BE_LESS_OR_EQUAL_TO = "mustBeLessOrEqualTo"
    MUST_BE_BETWEEN = "mustBeBetween"
    MUST_NOT_BE_BETWEEN = "mustNotBeBetween"


class Unit(StrEnum):
    ROWS = "rows"
    PERCENT = "percent"


@dataclass(frozen=True)
class Threshold:
    """What a library metric is compared with.

    ``bounds`` holds one number, or two for the *between* operators, ends included. With ``Unit.PERCENT`` the metric is
    taken as a percentage of all rows of the data asset (0 of an empty one).
    """

    operator: Operator
    bounds: tuple[float, ...]
    unit: Unit = Unit.ROWS

    def admits(self, count: float, rows: int) -> bool:
        """Whether `count`, a metric of a data asset with `rows` rows, satisfies the operator."""
        value = count
        if self.unit is Unit.PERCENT:
            value = 100.0 * count / rows if rows else 0.0
        first, last = self.bounds[0], self.bounds[-1]
        match self.operator:
            case Operator.MUST_BE:
                return value == first
            case Operator.MUST_NOT_BE:
                return value != first
            case Operator.MUST_BE_GREATER_THAN:
                return value > first
            case Operator.MUST_BE_GREATER_OR_EQUAL_TO:
                return value >= first
            case Operator.MUST_BE_LESS_THAN:
                return value < first
            case Operator.MUST_BE_LESS_OR_EQUAL_TO:
                return value <= first
            case Operator.MUST_BE_BETWEEN:
                return first <= value <= last
            case Operator.MUST_NOT_BE_BETWEEN:
                return not first <= value <= last

    @property
    def in_words(self) -> str:
        """As a contract says it: ``mustBe 0``, ``mustBeBetween [500, 1200]``, ``mustBeLessThan 1 percent``."""
        numbers = ", ".join(map(number_in_words, self.bounds))
        bounds = f"[{numbers}]" if len(self.bounds) > 1 else numbers
        return f"{self.operator} {bounds}" + (" percent" if self.unit is Unit.PERCENT else "")

    @property
    def is_ceiling(self) -> bool:
        """Whether fewer is always at least as good, so that the share of good rows is a meaningful score."""
        match self.operator:
            case Operator.MUST_BE_LESS_THAN | Operator.MUST_BE_LESS_OR_EQUAL_TO:
                return True
            case Operator.MUST_BE | Operator.MUST_BE_BETWEEN:
                return self.bounds[0] <= 0
            case _:
                return False


@dataclass(frozen=True)
class Expectation:
    """A configured Great Expectations expectation: its snake_case type and its arguments (JSON values)."""

    type: str
    kwargs: dict[str, Any]

    def __hash__(self) -> int:
        return hash((self.type, canonical(self.kwargs)))


_METRICS = {
    "expect_table_row_count_to_be_between": "rowCount",
    "expect_column_values_to_not_be_null": "nullValues",
    "expect_column_values_to_not_be_in_set": "missingValues",
    "expect_column_values_to_be_in_set": "invalidValues",
    "expect_column_values_to_match_regex": "invalidValues",
    "expect_column_values_to_be_unique": "duplicateValues",
    "expect_compound_columns_to_be_unique": "duplicateValues",
}


@dataclass(frozen=True)
class Rule:
    """One quality rule of a contract, named uniquely within its dataset.

    Mostly one expectation. Where a metric needs several (a missing value is null *or* one of a list), they are
    disjoint by construction and their unexpected counts add up. A rule that cannot be run has none, and
    `not_runnable` says why; it is shown, and lowers coverage, but never dropped.
    """

    name: str
    expectations: tuple[Expectation, ...]
    dimension: Dimension
    severity: Severity = Severity.CRITICAL
    weight: float | None = None
    column: str | None = None
    description: str = ""
    threshold: Threshold | None = None
    scope: RuleScope = RuleScope.ASSET
    not_runnable: str | None = None

    @property
    def expectation(self) -> str | None:
        """The (first) expectation's type, or None for a rule that cannot be run."""
        return self.expectations[0].type if self.expectations else None

    @property
    def metric(self) -> str | None:
        """The library metric that the rule was written as; None for one that was not, and has no threshold."""
        if self.threshold is None or not self.expectations:
            return None
        if len(self.expectations) > 1:
            return "missingValues"
        return _METRICS.get(self.expectations[0].type)

    @property
    def can_run(self) -> bool:
        return bool(self.expectations)

    @property
    def effective_weight(self) -> float:
        """The contract's weight, else that of the severity."""
        return self.severity.default_weight if self.weight is None else self.weight

    @cached_property
    def definition_hash(self) -> str:
        """SHA-256 (hex) of what decides the rule's outcome; name and description do not."""
        threshold = self.threshold
        return canonical_hash(
            {
                "expectations": [[e.type, e.kwargs] for e in self.expectations],
                "dimension": self.dimension,
                "severity": self.severity,
                "weight": self.effective_weight,
                "scope": self.scope,
                "threshold": threshold and [threshold.operator, list(threshold.bounds), threshold.unit],
            }
        )
