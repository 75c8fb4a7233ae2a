"""Decisions that belong to no single entity: from checks to a score and a verdict.

The formula (version 1): a row-level rule scores ``1 − unexpected / evaluated``, an aggregate rule 1 or 0; a
dimension is the weighted mean of its measured rules, the score 100 × the weighted mean of the measured
dimensions. What could not be evaluated is never counted as good.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pydantic.dataclasses import dataclass

from data_management.domain.models import (
    AssetCounts,
    Check,
    DataQualityScore,
    Dimension,
    DimensionScore,
    OnFail,
    Rule,
    RuleScore,
    RuleTotals,
    ScorePolicy,
    Severity,
    Verdict,
)
from data_management.domain.services.progress import Progress, of_what_is_measured


@dataclass(frozen=True)
class Assessment:
    """What the domain makes of checks. `reasons` says, for people, why the verdict is not pass."""

    checks: tuple[Check, ...]
    score: DataQualityScore
    verdict: Verdict
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class DatasetAssessment:
    """The same for a dataset: `totals` are those of its current readable files."""

    totals: tuple[RuleTotals, ...]
    counts: AssetCounts
    score: DataQualityScore
    verdict: Verdict
    reasons: tuple[str, ...] = ()

    @classmethod
    def of_one(cls, assessment: Assessment, counts: AssetCounts) -> "DatasetAssessment":
        """That of one data asset as if it were all there is."""
        return cls(
            totals=tuple(RuleTotals.of(check) for check in assessment.checks if check.was_run),
            counts=counts,
            score=assessment.score,
            verdict=assessment.verdict,
            reasons=assessment.reasons,
        )


class DataValidationService:
    """From checks to score and verdict. Pure: values in, values out."""

    def assess(
        self, rules: Sequence[Rule], checks: Iterable[Check], rows: int, policy: ScorePolicy = ScorePolicy()
    ) -> Assessment:
        """Assess one data asset of `rows` rows.

        A rule that cannot be run gets a check that says so; any other without a check is not measured.
        """
        by_rule = {rule.name: Check.not_run(rule) for rule in rules if not rule.expectations}
        by_rule |= {check.rule: check for check in checks}
        judged = {rule.name: _judged(rule, by_rule[rule.name], rows) for rule in rules if rule.name in by_rule}
        score = _score([_rule_score(rule, judged.get(rule.name)) for rule in rules], policy)
        failures = [(rule, _failure(judged[rule.name])) for rule in rules if rule.name in judged]
        verdict, reasons = _verdict([(rule, why) for rule, why in failures if why], policy.gate.unmet(score))
        return Assessment(checks=tuple(judged.values()), score=score, verdict=verdict, reasons=reasons)

    def assess_dataset(
        self,
        rules: Sequence[Rule],
        accepted: Iterable[RuleTotals],
        counts: AssetCounts,
        policy: ScorePolicy = ScorePolicy(),
        progress: Progress | None = None,
    ) -> DatasetAssessment:
        """Assess a dataset from the totals of its accepted files.

        Files that are quarantined or rejected stand beside the score: each counts as errored for the lower bound, and
        forces the verdict, so that a bad file never improves either. Where the plan's `progress` lacks something the verdict is
        provisional: never better than the one before (fail, where there was none), and bounds are asked of what is measured.
        """
        totals = {total.rule: total for total in accepted}
        unread = counts.quarantined + counts.rejected
        scores = [_totals_score(rule, totals.get(rule.name), unread) for rule in rules]
        score = _score(scores, policy)
        failures = [(rule, _totals_failure(totals[rule.name])) for rule in rules if rule.name in totals]
        progress = progress or Progress()
        notes = progress.notes(rules, tuple(totals.values()), counts)
        gate = policy.gate
        unmet = gate.unmet(of_what_is_measured(score), measured_only=True) if notes.lacking else gate.unmet(score)
        verdict, reasons = _verdict([(rule, why) for rule, why in failures if why], unmet)
        beside, why_beside = _beside(counts, policy)
        found = max(verdict, beside, key=_rank)
        held = max(found, progress.before or Verdict.FAIL, key=_rank) if notes.lacking else found
        stays = () if held is found else (f"the verdict stays {held.value} until then",)
        return DatasetAssessment(
            totals=tuple(totals.values()),
            counts=counts,
            score=score,
            verdict=held,
            reasons=(*reasons, *why_beside, *notes.lacking, *stays, *notes.beside),
        )


def _judged(rule: Rule, check: Check, rows: int) -> Check:
    """The check with the success that the rule's threshold, where it has one, makes of the count."""
    if check.errored or not check.was_run or rule.threshold is None:
        return check
    metric = check.unexpected if check.is_row_level else check.observed
    if not isinstance(metric, int | float) or isinstance(metric, bool):
        return replace(
            check, success=None, errored=True, error=f"{check.expectation} gave no number to compare with the threshold"
        )
    return replace(check, success=rule.threshold.admits(metric, rows))


def _shares_rows(rule: Rule) -> bool:
    """Whether the share of good rows is the rule's score (a threshold that wants *more* bad rows has no such share)."""
    return rule.threshold is None or rule.threshold.is_ceiling


def _rule_score(rule: Rule, check: Check | None) -> RuleScore:
    value: float | None
    lower: float | None
    if check is None or not check.was_run:
        value = lower = None
    elif check.errored:
        value, lower = None, 0.0
    elif check.evaluated is not None and check.unexpected is not None and _shares_rows(rule):
        value = lower = 1.0 - check.unexpected / check.evaluated if check.evaluated else None
    else:
        value = lower = 1.0 if check.success else 0.0
    return RuleScore(rule=rule.name, dimension=rule.dimension, weight=rule.effective_weight, value=value, lower=lower)


def _totals_score(rule: Rule, totals: RuleTotals | None, unread: int) -> RuleScore:
    if not rule.expectations:
        value, ran, errored = None, 0, 0
    elif totals is None:
        value, ran, errored = None, 0, unread
    else:
        if totals.evaluated is not None and totals.unexpected is not None and _shares_rows(rule):
            value = 1.0 - totals.unexpected / totals.evaluated if totals.evaluated else None
        else:
            judged = totals.passed + totals.failed
            value = totals.passed / judged if judged else None
        ran, errored = totals.passed + totals.failed, totals.errored + unread
    if value is not None:
        lower: float | None = value * ran / (ran + errored)
    else:
        lower = 0.0 if errored else None
    return RuleScore(rule=rule.name, dimension=rule.dimension, weight=rule.effective_weight, value=value, lower=lower)


def _score(rules: Sequence[RuleScore], policy: ScorePolicy) -> DataQualityScore:
    dimensions = tuple(
        DimensionScore(
            dimension=dimension,
            weight=policy.weight_of(dimension),
            value=_hundredfold(_mean([(r.weight, r.value) for r in rules if r.dimension is dimension])),
            lower=_hundredfold(_mean([(r.weight, r.lower) for r in rules if r.dimension is dimension])),
        )
        for dimension in Dimension
        if any(rule.dimension is dimension for rule in rules)
    )
    value = _mean([(dimension.weight, dimension.value) for dimension in dimensions])
    weight = sum(rule.weight for rule in rules)
    measured = sum(rule.weight for rule in rules if rule.value is not None)
    return DataQualityScore(
        value=value,
        lower=_mean([(dimension.weight, dimension.lower) for dimension in dimensions]),
        upper=value,
        coverage=measured / weight if weight else 0.0,
        dimensions=dimensions,
        rules=tuple(rules),
    )


def _mean(weighted: Sequence[tuple[float, float | None]]) -> float | None:
    counted = [(weight, value) for weight, value in weighted if value is not None and weight > 0]
    total = sum(weight for weight, _ in counted)
    if not total:
        return None
    mean = sum(weight * value for weight, value in counted) / total
    values = [value for _, value in counted]
    return min(max(mean, min(values)), max(values))  # rounding must not leave the range of what is averaged


def _hundredfold(value: float | None) -> float | None:
    return None if value is None else 100.0 * value


def _failure(check: Check) -> str | None:
    if check.errored:
        return f"rule {check.rule!r} could not be evaluated: {check.error}"
    if check.success is not False:
        return None
    if check.is_row_level:
        return f"rule {check.rule!r} failed: {check.unexpected} of {check.evaluated} rows"
    return f"rule {check.rule!r} failed" + ("" if check.observed is None else f": observed {check.observed}")


def _totals_failure(totals: RuleTotals) -> str | None:
    if totals.errored:
        return f"rule {totals.rule!r} could not be evaluated on {totals.errored} file(s)"
    if totals.failed:
        return f"rule {totals.rule!r} failed on {totals.failed} file(s)"
    return None


def _rank(verdict: Verdict) -> int:
    return verdict.rank


def _verdict(failures: Sequence[tuple[Rule, str]], unmet: Sequence[str]) -> tuple[Verdict, tuple[str, ...]]:
    """`failures` are the rules that failed or errored, each with its reason; the critical ones come first."""
    critical = [why for rule, why in failures if rule.severity is Severity.CRITICAL]
    others = [why for rule, why in failures if rule.severity is not Severity.CRITICAL]
    reasons = (*critical, *unmet, *others)
    if critical or unmet:
        return Verdict.FAIL, reasons
    return (Verdict.WARN if others else Verdict.PASS), reasons


def _beside(counts: AssetCounts, policy: ScorePolicy) -> tuple[Verdict, tuple[str, ...]]:
    beside = counts.quarantined + counts.rejected
    if not beside:
        return Verdict.PASS, ()
    reason = f"{counts.quarantined} file(s) quarantined, {counts.rejected} rejected"
    if policy.on_fail is OnFail.BLOCK:
        return Verdict.FAIL, (f"{reason}, and the contract says to block",)
    if policy.max_quarantined is not None and beside > policy.max_quarantined:
        return Verdict.FAIL, (f"{reason}, more than the {policy.max_quarantined} that the contract allows",)
    if not counts.accepted:
        return Verdict.FAIL, (f"{reason}, and none accepted",)
    return Verdict.WARN, (reason,)
