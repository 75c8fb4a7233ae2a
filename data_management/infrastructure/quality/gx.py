"""Every use of Great Expectations: rules planned once per worker, run on GX's pandas engine, one by one.

No context is made: nothing is written, no user configuration is read. Of GX this relies on (pinned in ``upstream``):
an expectation names its metrics (`get_validation_dependencies`), `ValidationGraph` their dependencies, the
engine computes one metric at a time (`resolve_metrics`), and the expectation's own `_validate` judges. So a metric that
fails takes down only the rules that need it.
"""

import json
import math
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from numbers import Number
from typing import Any, ClassVar

import great_expectations.expectations.core  # noqa: F401  registers the expectations
import pandas as pd
from great_expectations.exceptions.exceptions import (
    ExpectationNotFoundError,
    InvalidExpectationConfigurationError,
    MetricProviderError,
    MetricResolutionError,
)
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import (
    ColumnMapExpectation,
    ColumnPairMapExpectation,
    Expectation,
    MulticolumnMapExpectation,
)
from great_expectations.expectations.registry import get_expectation_impl
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validation_graph import ValidationGraph

_RUNTIME: dict[str, Any] = {"result_format": {"result_format": "BOOLEAN_ONLY"}}
"""The format without samples: GX is never asked for unexpected values. Counts are read from the metrics."""

_MOST_PLANS = 2_000
_NULLNESS = frozenset({"expect_column_values_to_not_be_null", "expect_column_values_to_be_null"})
_BY_DATA = frozenset(
    {
        "expect_column_values_to_be_of_type",
        "expect_column_values_to_be_in_type_list",
        "expect_column_kl_divergence_to_be_less_than",
    }
)
"""Their metrics depend on the data at hand, so their plans are not kept."""


class CannotRun(Exception):
    """Why one expectation could not be evaluated, quoting no values."""


@dataclass(frozen=True)
class Outcome:
    """Rows for a row-level expectation, else None; `observed` a finite number or boolean of an aggregate one, else None."""

    success: bool
    evaluated: int | None = None
    unexpected: int | None = None
    observed: bool | int | float | None = None


@dataclass(frozen=True)
class _Plan:
    expectation: Expectation
    metrics: Mapping[str, MetricConfiguration]
    """By the names that `_validate` reads."""
    order: tuple[MetricConfiguration, ...]
    """These and all that they depend on, dependencies first."""


class GxTable:
    """One table under examination: several frames of the same rows, under batch ids, in one engine."""

    _plans: ClassVar[OrderedDict[Hashable, _Plan]] = OrderedDict()

    def __init__(self) -> None:
        self._engine = PandasExecutionEngine()
        self._metrics: dict[Any, Any] = {}
        self._failed: dict[Any, str] = {}

    def holds(self, batch: str) -> bool:
        return batch in self._engine.batch_manager.batch_data_cache

    def add(self, batch: str, frame: pd.DataFrame) -> None:
        self._engine.load_batch_data(batch, frame)

    def run(self, kind: str, arguments: Mapping[str, Any], batch: str) -> Outcome:
        """Evaluate one expectation on a batch. Raises `CannotRun`."""
        plan = self._plan(kind, {**arguments, "batch_id": batch})
        for metric in plan.order:
            if metric.id not in self._metrics and metric.id not in self._failed:
                self._resolve(metric)
        failed = [self._failed[metric.id] for metric in plan.metrics.values() if metric.id in self._failed]
        if failed:
            raise CannotRun(f"{kind} could not be computed: {failed[0]}")
        provided = {name: self._metrics[metric.id] for name, metric in plan.metrics.items()}
        try:
            judged = plan.expectation._validate(  # noqa: SLF001  the public way plans anew, at 2 ms a rule
                metrics=provided, runtime_configuration=dict(_RUNTIME), execution_engine=self._engine
            )
            success, result = bool(judged["success"]), judged.get("result") or {}
        except Exception as error:
            raise CannotRun(f"{kind} could not be judged ({type(error).__name__}); check its arguments") from error
        evaluated, unexpected = _counts(plan.expectation, kind, provided)
        if unexpected is not None:
            return Outcome(success=success, evaluated=evaluated, unexpected=unexpected)
        return Outcome(success=success, observed=_figure(result.get("observed_value")))

    def _resolve(self, metric: MetricConfiguration) -> None:
        missing = [need.id for need in metric.metric_dependencies.values() if need.id in self._failed]
        if missing:
            self._failed[metric.id] = self._failed[missing[0]]
            return
        try:
            self._metrics.update(
                self._engine.resolve_metrics([metric], metrics=self._metrics, runtime_configuration=dict(_RUNTIME))
            )
        except MemoryError:
            raise
        except Exception as error:  # a metric may raise anything; the rule that needs it says so
            cause = error.__cause__ if isinstance(error, MetricResolutionError) and error.__cause__ else error
            if isinstance(cause, MemoryError):
                raise cause from error
            self._failed[metric.id] = (
                f"{type(cause).__name__} in metric {metric.metric_name}; check that its arguments suit the columns' types"
            )

    def _plan(self, kind: str, arguments: Mapping[str, Any]) -> _Plan:
        key = (kind, json.dumps(arguments, sort_keys=True, default=repr))
        plan = self._plans.get(key)
        if plan is None:
            plan = _planned(kind, arguments, self._engine)
            if kind not in _BY_DATA:
                self._plans[key] = plan
                if len(self._plans) > _MOST_PLANS:
                    self._plans.popitem(last=False)
        return plan


def _planned(kind: str, arguments: Mapping[str, Any], engine: PandasExecutionEngine) -> _Plan:
    expectation = _configured(kind, arguments)
    try:
        needed = expectation.get_validation_dependencies(
            execution_engine=engine, runtime_configuration=dict(_RUNTIME)
        ).metric_configurations
        graph = ValidationGraph(execution_engine=engine)
        for metric in needed.values():
            graph.build_metric_dependency_graph(metric, runtime_configuration=dict(_RUNTIME))
        return _Plan(expectation=expectation, metrics=needed, order=_ordered(graph))
    except MetricProviderError as error:
        raise CannotRun(f"{kind} does not exist for tables in memory; use another expectation") from error
    except MemoryError:
        raise
    except Exception as error:
        raise CannotRun(f"{kind} could not be planned ({type(error).__name__}); check its arguments") from error


def _configured(kind: str, arguments: Mapping[str, Any]) -> Expectation:
    try:
        return get_expectation_impl(kind)(**arguments)
    except ExpectationNotFoundError as error:
        raise CannotRun(f"{kind!r} is no expectation of Great Expectations; check its name") from error
    except (InvalidExpectationConfigurationError, TypeError, ValueError) as error:
        raise CannotRun(f"{kind} does not accept its arguments{_which(error)}; check the rule") from error


def _which(error: Exception) -> str:
    """The arguments that pydantic names, without their values."""
    problems = error.errors() if hasattr(error, "errors") else []
    names = sorted({str(problem["loc"][0]) for problem in problems if problem.get("loc")})
    return f" ({', '.join(names)})" if names else ""


def _ordered(graph: ValidationGraph) -> tuple[MetricConfiguration, ...]:
    by_id: dict[Any, MetricConfiguration] = {}
    needs: dict[Any, set[Any]] = {}
    for edge in graph.edges:
        by_id.setdefault(edge.left.id, edge.left)
        needs.setdefault(edge.left.id, set())
        if edge.right is not None:
            by_id.setdefault(edge.right.id, edge.right)
            needs[edge.left.id].add(edge.right.id)
    try:
        return tuple(by_id[identity] for identity in TopologicalSorter(needs).static_order())
    except CycleError as error:
        raise CannotRun("its metrics depend on each other in a circle; use another expectation") from error


def _counts(expectation: Expectation, kind: str, metrics: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """Rows evaluated and unexpected, of a row-level expectation; as GX counts for ``unexpected_percent_nonmissing``."""
    if not isinstance(expectation, ColumnMapExpectation | ColumnPairMapExpectation | MulticolumnMapExpectation):
        return None, None
    unexpected = metrics.get(f"{expectation.map_metric}.unexpected_count")
    if unexpected is None:  # of some kinds GX judges the column as a whole
        return None, None
    if not isinstance(expectation, ColumnMapExpectation):
        return int(metrics[f"{expectation.map_metric}.filtered_row_count"]), int(unexpected)
    rows = int(metrics["table.row_count"])
    missing = 0 if kind in _NULLNESS else int(metrics["column_values.nonnull.unexpected_count"])
    return rows - missing, int(unexpected)


def _figure(observed: Any) -> bool | int | float | None:
    if hasattr(observed, "item") and not isinstance(observed, pd.Series):
        observed = observed.item() if getattr(observed, "ndim", 1) == 0 else None
    if isinstance(observed, bool | int):
        return observed
    if not isinstance(observed, Number | Decimal) or isinstance(observed, complex):
        return None
    number = float(observed)  # type: ignore[arg-type]
    return number if math.isfinite(number) else None
