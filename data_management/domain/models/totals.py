"""A dataset's sums over its current data assets."""

from pydantic.dataclasses import dataclass

from data_management.domain.models.checks import Check


@dataclass(frozen=True)
class RuleTotals:
    """One rule summed over data assets: rows (None for an aggregate rule) and how many assets passed, failed, errored."""

    rule: str
    evaluated: int | None = None
    unexpected: int | None = None
    passed: int = 0
    failed: int = 0
    errored: int = 0

    @classmethod
    def of(cls, check: Check) -> "RuleTotals":
        """What one check adds. An aggregate over no rows and a row rule that found nothing to evaluate both count as run."""
        return cls(
            rule=check.rule,
            evaluated=check.evaluated if check.is_row_level else None,
            unexpected=check.unexpected if check.is_row_level else None,
            passed=int(not check.errored and check.success is True),
            failed=int(not check.errored and check.success is False),
            errored=int(check.errored),
        )

    def plus(self, other: "RuleTotals", sign: int = 1) -> "RuleTotals":
        """The sum (or, with ``sign=-1``, the difference) of two totals of one rule."""
        return RuleTotals(
            rule=self.rule,
            evaluated=_added(self.evaluated, other.evaluated, sign),
            unexpected=_added(self.unexpected, other.unexpected, sign),
            passed=self.passed + sign * other.passed,
            failed=self.failed + sign * other.failed,
            errored=self.errored + sign * other.errored,
        )

    def agrees_with(self, other: "RuleTotals") -> bool:
        """Whether both say the same; no rows at all, and none left of what once was, are the same."""
        return _figures(self) == _figures(other)

    @property
    def is_empty(self) -> bool:
        """Whether no data asset is counted here any more."""
        return not (self.passed or self.failed or self.errored)


@dataclass(frozen=True)
class AssetCounts:
    """How many current data assets of a dataset are in which state."""

    pending: int = 0
    accepted: int = 0
    quarantined: int = 0
    rejected: int = 0
    rows: int = 0
    """Rows of the accepted ones."""

    @property
    def judged(self) -> tuple[int, int, int, int]:
        """What a dataset's score is of: everything but what is pending."""
        return self.accepted, self.quarantined, self.rejected, self.rows


def _figures(totals: RuleTotals) -> tuple[int, ...]:
    return totals.evaluated or 0, totals.unexpected or 0, totals.passed, totals.failed, totals.errored


def _added(left: int | None, right: int | None, sign: int) -> int | None:
    if right is None:
        return left
    return (left or 0) + sign * right
