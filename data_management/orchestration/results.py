"""What a run tells Dagster: the materialization with its figures, and the checks."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Literal, Protocol

import dagster as dg
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

from data_management.application.commands import DatasetAssessed
from data_management.application.services import BatchReport, FileOutcome
from data_management.domain.models import (
    AssetStatus,
    Dataset,
    Dimension,
    Rule,
    RuleTotals,
    Severity,
    Verdict,
    score_in_words,
)
from data_management.domain.services import DatasetAssessment, private_columns, rule_in_words, told_threshold
from data_management.orchestration.datasets import escape
from data_management.orchestration.described import columns_metadata
from data_management.orchestration.naming import SCHEMA, VERDICT, check_names
from data_management.orchestration.profiles import profile_table

Granularity = Literal["per_rule", "per_dimension", "verdict"]
_MANY_RULES = 50
COMPARED = "files_changed"
"""Metadata of the schema check wherever columns were compared."""
_EVALUATED = {AssetCheckExecutionRecordStatus.SUCCEEDED, AssetCheckExecutionRecordStatus.FAILED}
"""A run that finds nothing new leaves a check planned."""


class Named(Protocol):
    """Who has an asset key: the names of a dataset, or of an asset with a contract."""

    @property
    def key(self) -> dg.AssetKey: ...


_SHOWN_FILES = 50


def granularity(dataset: Dataset, wanted: Granularity | None) -> Granularity:
    """`wanted`, or per rule; per dimension above 50 rules, whose checks would cost seconds of event log in every run."""
    return wanted or ("per_dimension" if len(dataset.rules) > _MANY_RULES else "per_rule")


def check_specs(dataset: Dataset, names: Named, how: Granularity) -> list[dg.AssetCheckSpec]:
    """The blocking verdict, and the checks beside it, which never block; none of a rule that nothing runs."""
    key = names.key
    verdict = dg.AssetCheckSpec(
        VERDICT,
        asset=key,
        blocking=True,
        description="The contract's verdict over the dataset: pass, warn, or fail, which holds downstream assets back.",
    )
    if how == "verdict":
        return [verdict]
    schema = dg.AssetCheckSpec(
        SCHEMA,
        asset=key,
        description="Whether the columns of new files are those of the file accepted before, and all that the contract requires.",
    )
    if how == "per_dimension":
        dimensions = [
            dimension for dimension in Dimension if any(rule.dimension is dimension for rule in _checked(dataset))
        ]
        return [
            verdict,
            schema,
            *(
                dg.AssetCheckSpec(dimension.value, asset=key, description=f"All rules of {dimension.value}.")
                for dimension in dimensions
            ),
        ]
    checks, private = check_names([rule.name for rule in dataset.rules]), private_columns(dataset.columns, ())
    return [
        verdict,
        schema,
        *(
            dg.AssetCheckSpec(
                checks[rule.name],
                asset=key,
                description=_rule_text(rule, private),
                metadata={
                    "rule": rule.name,
                    "expectation": rule.expectation or "none",
                    "dimension": rule.dimension.value,
                    "severity": rule.severity.value,
                    **_threshold(rule, private),
                },
            )
            for rule in _checked(dataset)
        ),
    ]


def check_results(
    dataset: Dataset, names: Named, how: Granularity, assessed: DatasetAssessment
) -> Iterator[dg.AssetCheckResult]:
    """The verdict and the checks beside it. A rule that was measured nowhere has not passed, and says so."""
    yield _verdict_result(names, assessed)
    totals = {total.rule: total for total in assessed.totals}
    private = private_columns(dataset.columns, ())
    for check, rules in _rules_of_checks(dataset, how).items():
        measured = [rule for rule in rules if rule.name in totals]
        if measured:
            told = _threshold(rules[0], private) if how == "per_rule" else {}
            yield _rule_result(names, check, measured, totals, told)
        else:
            yield _unmeasured(names, check, "not measured: no file could be read that it could be run on")


def of_selected(
    context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext, results: Iterable[dg.AssetCheckResult]
) -> Iterator[dg.AssetCheckResult]:
    """Those of the checks that the run is of; Dagster takes no others."""
    for result in results:
        asset, check = result.asset_key, result.check_name
        if asset and check and dg.AssetCheckKey(asset, check) in context.selected_asset_check_keys:
            yield result


def told_verdict(instance: dg.DagsterInstance, names: Named) -> str | None:
    """The verdict that Dagster was told last; None where it was told none, or that a run could not judge."""
    check = dg.AssetCheckKey(names.key, VERDICT)
    records = instance.event_log_storage.get_asset_check_execution_history(check, limit=1, status=_EVALUATED)
    evaluation = records[0].evaluation if records else None
    verdict = evaluation.metadata.get("verdict") if evaluation else None
    return str(verdict.value) if verdict is not None else None


def schema_result(names: Named, outcomes: Sequence[FileOutcome]) -> dg.AssetCheckResult:
    """Whether the columns of the files that a run judged first are as before; never blocking."""
    changed = [outcome for outcome in outcomes if outcome.schema_changes]
    breaking = any(outcome.breaks_readers for outcome in changed)
    metadata: dict[str, Any] = {COMPARED: len(changed)}
    if changed:
        rows = [
            f"| {escape(outcome.name)} | {escape('; '.join(outcome.schema_changes))} |"
            for outcome in changed[:_SHOWN_FILES]
        ]
        metadata["changes"] = dg.MetadataValue.md("\n".join(["| file | columns |", "|---|---|", *rows]))
    return dg.AssetCheckResult(
        check_name=SCHEMA,
        asset_key=names.key,
        passed=not changed,
        severity=dg.AssetCheckSeverity.ERROR if breaking else dg.AssetCheckSeverity.WARN,
        description=(
            f"{len(changed)} file(s) have other columns than before" if changed else "the columns are as before"
        ),
        metadata=metadata,
    )


def error_results(dataset: Dataset, names: Named, how: Granularity, error: Exception) -> Iterator[dg.AssetCheckResult]:
    """All that a run which failed to judge declared: Dagster shows a check without a result as one that broke."""
    return unjudged(dataset, names, how, str(error), type(error).__name__)


def unjudged(
    dataset: Dataset, names: Named, how: Granularity, why: str, kind: str = "ContractChanged"
) -> Iterator[dg.AssetCheckResult]:
    """All that a run which did not judge declared: none has passed, and the verdict is an error."""
    yield dg.AssetCheckResult(
        check_name=VERDICT,
        asset_key=names.key,
        passed=False,
        severity=dg.AssetCheckSeverity.ERROR,
        description=f"The dataset could not be judged: {why}",
        metadata={"error": kind},
    )
    if how != "verdict":
        for check in (SCHEMA, *_rules_of_checks(dataset, how)):
            yield _unmeasured(names, check, f"not measured: {why}")


def materialization(
    dataset: Dataset, names: Named, report: BatchReport, assessed: DatasetAssessed, data_version: str
) -> dg.MaterializeResult[Any]:
    """The dataset's new state: figures that the UI plots, schema, and a table of what was not accepted."""
    point = assessed.score
    metadata: dict[str, Any] = {
        "dagster/row_count": point.counts.rows,
        "verdict": point.verdict.value,
        "files_judged": len(report.outcomes),
        "accepted": point.counts.accepted,
        "quarantined": point.counts.quarantined,
        "rejected": point.counts.rejected,
        "coverage": point.score.coverage,
        "plan": point.plan_hash[:12],
        "plan_changed": assessed.plan_changed,
        "files_to_judge_again": report.outdated,
        **columns_metadata(dataset, names.key),
    }
    if dataset.landing is not None:
        metadata["dagster/uri"] = dataset.landing.uri
    if point.score.value is not None:
        metadata["score"] = point.score.value
    if point.score.lower is not None:
        metadata["score_lower"] = point.score.lower
    for dimension, value in point.score.dimension_values().items():
        if value is not None:
            metadata[f"score/{dimension}"] = value
    if report.profile:
        metadata["profile"] = dg.MetadataValue.md(profile_table(report.profile, report.classifications))
    bad = [outcome for outcome in report.outcomes if outcome.status is not AssetStatus.ACCEPTED]
    if bad:
        metadata["failures"] = dg.MetadataValue.md(_table(bad))
    if point.reasons:
        metadata["because"] = dg.MetadataValue.md(reasons_table(point.reasons))
    return dg.MaterializeResult(asset_key=names.key, metadata=metadata, data_version=dg.DataVersion(data_version))


def reasons_table(reasons: Sequence[str]) -> str:
    """Markdown: why the verdict is what it is."""
    return "\n".join(f"- {escape(reason)}" for reason in reasons[:_SHOWN_FILES])


def _checked(dataset: Dataset) -> list[Rule]:
    return [rule for rule in dataset.rules if rule.can_run]


def _rules_of_checks(dataset: Dataset, how: Granularity) -> dict[str, list[Rule]]:
    """The checks beside verdict and schema, and the rules that each is of."""
    rules = _checked(dataset)
    if how == "per_rule":
        checks = check_names([rule.name for rule in dataset.rules])
        return {checks[rule.name]: [rule] for rule in rules}
    of_dimensions = {d.value: [rule for rule in rules if rule.dimension is d] for d in Dimension}
    return {name: found for name, found in of_dimensions.items() if found} if how == "per_dimension" else {}


def _unmeasured(names: Named, check: str, why: str) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=check,
        asset_key=names.key,
        passed=False,
        severity=dg.AssetCheckSeverity.WARN,
        description=why,
    )


def _verdict_result(names: Named, assessed: DatasetAssessment) -> dg.AssetCheckResult:
    metadata: dict[str, Any] = {
        "verdict": assessed.verdict.value,
        "accepted": assessed.counts.accepted,
        "quarantined": assessed.counts.quarantined,
        "rejected": assessed.counts.rejected,
        "coverage": assessed.score.coverage,
    }
    if assessed.score.value is not None:
        metadata["score"] = assessed.score.value
    if assessed.score.lower is not None:
        metadata["score_lower"] = assessed.score.lower
    return dg.AssetCheckResult(
        check_name=VERDICT,
        asset_key=names.key,
        passed=assessed.verdict is not Verdict.FAIL,  # a warning must hold no automation condition back
        severity=dg.AssetCheckSeverity.ERROR if assessed.verdict is Verdict.FAIL else dg.AssetCheckSeverity.WARN,
        description=f"{assessed.verdict.value}: {'; '.join(assessed.reasons[:10]) or 'every rule passed'}",
        metadata=metadata,
    )


def _rule_result(
    names: Named, check: str, rules: list[Rule], totals: dict[str, RuleTotals], told: dict[str, str]
) -> dg.AssetCheckResult:
    broken = [rule for rule in rules if totals[rule.name].failed or totals[rule.name].errored]
    critical = any(rule.severity is Severity.CRITICAL for rule in broken)
    files_failed = max((totals[rule.name].failed for rule in rules), default=0)
    errored = max((totals[rule.name].errored for rule in rules), default=0)
    metadata: dict[str, Any] = {"files_failed": files_failed, "files_errored": errored, **told}
    rows = [total for rule in rules if (total := totals[rule.name]).evaluated is not None]
    if rows:
        metadata["evaluated"] = sum(total.evaluated or 0 for total in rows)
        metadata["unexpected"] = sum(total.unexpected or 0 for total in rows)
    if len(rules) > 1:
        metadata["failed_rules"] = ", ".join(rule.name for rule in broken) or "none"
    return dg.AssetCheckResult(
        check_name=check,
        asset_key=names.key,
        passed=not broken,
        severity=dg.AssetCheckSeverity.ERROR if critical else dg.AssetCheckSeverity.WARN,
        metadata=metadata,
    )


def _rule_text(rule: Rule, private: AbstractSet[str]) -> str:
    return rule.description or f"{rule.name}: {rule_in_words(rule, private)}"


def _threshold(rule: Rule, private: AbstractSet[str]) -> dict[str, str]:
    threshold = told_threshold(rule, private)
    return {} if threshold is None else {"threshold": f"{rule.metric or ''} {threshold.in_words}".strip()}


def _table(outcomes: list[FileOutcome]) -> str:
    rows = [
        f"| {escape(o.name)} | {o.status.value} | {'' if o.score is None else score_in_words(o.score)} | {escape(o.reason or '')} |"
        for o in outcomes[:_SHOWN_FILES]
    ]
    more = (
        [f"\n{len(outcomes) - _SHOWN_FILES} more: `data-management assets list`."]
        if len(outcomes) > _SHOWN_FILES
        else []
    )
    return "\n".join(["| file | status | score | reason |", "|---|---|---|---|", *rows, *more])
