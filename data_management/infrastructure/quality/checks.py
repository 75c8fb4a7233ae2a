"""From the outcomes of expectations to checks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from data_management.domain.expectations import EXPECTATION_TYPES
from data_management.domain.models import Check, Expectation, Rule
from data_management.infrastructure.quality.fallback import PandasTable
from data_management.infrastructure.quality.gx import CannotRun, Outcome, completed, is_own_sql
from data_management.infrastructure.quality.planning.arguments import named_columns, seen_columns
from data_management.infrastructure.quality.planning.plan import (
    Planned,
    Unplanned,
    Unrunnable,
    is_judged_on_text,
)
from data_management.infrastructure.quality.planning.suite import Suite
from data_management.infrastructure.quality.planning.values import Kind
from data_management.infrastructure.quality.scanning import Failed, Scan

MASK: Final = "***"


@dataclass(frozen=True)
class Wanted:
    """What a check shows beside counts: GX's own result, and how many unexpected values."""

    gx_results: bool = False
    samples: int = 0

    @property
    def details(self) -> bool:
        return self.gx_results or self.samples > 0


@dataclass(frozen=True)
class Judge:
    """Everything that checks are made of; `private` columns show no values."""

    scan: Scan
    suite: Suite
    values: Mapping[str, Any]
    pandas: PandasTable
    private: frozenset[str]
    wanted: Wanted
    mixed: frozenset[str] = frozenset()
    """Columns of a frame whose objects are of several kinds."""

    def checks(self, rules: Sequence[Rule]) -> tuple[Check, ...]:
        """One check per rule that can be run, in their order. A rule that fails to run does so alone."""
        plans = iter(self.suite.plans)
        return tuple(
            self._check(rule, [(one, next(plans)) for one in rule.expectations]) for rule in rules if rule.expectations
        )

    def _check(self, rule: Rule, plans: Sequence[tuple[Expectation, Planned | Unplanned | Unrunnable]]) -> Check:
        outcomes: list[Outcome] = []
        engines: list[str] = []
        try:
            for expectation, plan in plans:
                outcome, engine = self._outcome(expectation, plan)
                outcomes.append(self._shown(expectation, outcome))
                engines.append(engine)
        except CannotRun as error:
            return Check.failed_to_run(rule, str(error))
        shown: dict[str, Any] = {
            "success": all(outcome.success for outcome in outcomes),
            "engine": "pandas" if "pandas" in engines else "duckdb",
        }
        if self.wanted.samples:
            samples = [sample for outcome in outcomes for sample in outcome.samples]
            shown["samples"] = tuple(samples[: self.wanted.samples])
        if self.wanted.gx_results:
            shown["native_result"] = outcomes[0].result if len(outcomes) == 1 else None
        if all(outcome.unexpected is not None for outcome in outcomes):
            return Check.of(
                rule,
                evaluated=max(outcome.evaluated or 0 for outcome in outcomes),
                unexpected=sum(outcome.unexpected or 0 for outcome in outcomes),
                **shown,
            )
        return Check.of(rule, observed=outcomes[0].observed if len(outcomes) == 1 else None, **shown)

    def _outcome(self, expectation: Expectation, plan: Planned | Unplanned | Unrunnable) -> tuple[Outcome, str]:
        """The outcome, and which engine computed it."""
        reason = None
        if isinstance(plan, Unrunnable):
            reason = plan.reason
            if plan.hopeless or not self.pandas.is_frame:
                raise CannotRun(reason)
        if isinstance(plan, Planned) and not self._wants_the_frame(expectation):
            try:
                return self.scan.outcome(plan, self.values, self.pandas.labels), "duckdb"
            except Failed:
                pass
            except CannotRun as error:
                if is_own_sql(expectation.type) or not self.pandas.is_frame:
                    raise
                reason = str(error)
        try:
            outcome = self.pandas.outcome(expectation.type, expectation.kwargs, details=self.wanted.details)
        except CannotRun as error:
            raise CannotRun(reason or str(error)) from error
        return outcome, "pandas"

    def _wants_the_frame(self, expectation: Expectation) -> bool:
        """Whether a frame in memory holds what its relation does not: objects of several kinds, decimals of several scales."""
        if not self.pandas.is_frame:
            return False
        named = named_columns(expectation.kwargs)
        if self.mixed and (expectation.kwargs.get("row_condition") or not self.mixed.isdisjoint(named)):
            return True
        columns = self.suite.typing.columns
        kinds = {columns[name].typed.kind for name in named if name in columns}
        return Kind.DECIMAL in kinds and is_judged_on_text(expectation.type)

    def _seen(self, expectation: Expectation) -> Sequence[str]:
        """The columns whose values an outcome may tell."""
        if expectation.type in EXPECTATION_TYPES or is_own_sql(expectation.type):
            return named_columns(expectation.kwargs)
        return seen_columns(completed(expectation.type, expectation.kwargs), self.suite.typing.columns)

    def _shown(self, expectation: Expectation, outcome: Outcome) -> Outcome:
        if self.private.isdisjoint(self._seen(expectation)):
            return outcome
        return Outcome(
            success=outcome.success,
            evaluated=outcome.evaluated,
            unexpected=outcome.unexpected,
            result=outcome.result and _masked(outcome.result),
            samples=tuple(MASK for _ in outcome.samples),
        )


_COUNTS: Final = frozenset({"element_count", "unexpected_count", "missing_count"})


def _masked(result: Mapping[str, Any]) -> dict[str, Any]:
    """GX's result without values: counts and percentages stay."""
    inner = result.get("result") or {}
    kept = {key: value for key, value in inner.items() if key in _COUNTS or "percent" in key}
    return {"success": result["success"], "result": kept}
