"""Every use of Great Expectations: it names the metrics of an expectation, and judges what others computed.

No context is made: nothing is written, no user configuration is read. Of GX this relies on (pinned in ``upstream``):
an expectation names its metrics (`get_validation_dependencies`), its own `_validate` judges and `_build_evr` shapes the result. For
what DuckDB does not compute there is GX's pandas engine: `ValidationGraph` names a metric's dependencies, and the engine
computes one metric at a time (`resolve_metrics`), so that a metric that fails takes down only the rules that need it.
"""

import json
import math
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from contextlib import redirect_stderr
from dataclasses import dataclass
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from io import StringIO
from numbers import Number
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from great_expectations.exceptions.exceptions import (
    ExpectationNotFoundError,
    MetricProviderError,
    MetricResolutionError,
)
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation
from great_expectations.expectations.expectation import (
    ColumnMapExpectation,
    ColumnPairMapExpectation,
    Expectation,
    MulticolumnMapExpectation,
)
from great_expectations.expectations.registry import get_expectation_impl, get_metric_provider
from great_expectations.expectations.row_conditions import Condition, PassThroughCondition
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validation_graph import ValidationGraph

from data_management.domain.custom_expectations import SETTING
from data_management.domain.expectations import EXPECTATION_TYPES

MOST_SAMPLES = 20
"""How many unexpected values GX shows where it shows some."""

_COUNTS: dict[str, Any] = {"result_format": {"result_format": "BOOLEAN_ONLY"}}
"""The format without samples: GX is never asked for unexpected values. Counts are read from the metrics."""
_DETAILS: dict[str, Any] = {
    "result_format": {
        "result_format": "SUMMARY",
        "partial_unexpected_count": MOST_SAMPLES,
        "include_unexpected_rows": False,
        "unexpected_index_column_names": None,
    }
}
"""The format that GX itself gives by default."""

_MOST_PLANS = 2_000
_OF_CLASS = ("column", "column_A", "column_B", "column_list", "row_condition", "unexpected_rows_query")
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
    result: Mapping[str, Any] | None = None
    """GX's own, as `to_json_dict` gives it, where it was asked for."""
    samples: tuple[Any, ...] = ()
    """Unexpected values, where they were asked for."""


@dataclass(frozen=True)
class Metric:
    """A metric as GX names it: its domain (columns, which rows) and its arguments."""

    name: str
    columns: tuple[str, ...]
    row_condition: str | None
    """In pandas' syntax."""
    ignore_row_if: str | None
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Question:
    """An expectation, the metrics that it needs, by the names that it reads them by, and how it judges them."""

    kind: str
    metrics: Mapping[str, Metric]
    _expectation: Expectation
    _details: bool

    def judged(self, provided: Mapping[str, Any]) -> Outcome:
        """Raises `CannotRun`."""
        return _judged(self._expectation, self.kind, provided, _nameless(), details=self._details)


def question(kind: str, arguments: Mapping[str, Any], *, details: bool = False) -> Question:
    """What GX wants to know for an expectation; with `details` also unexpected values. Raises `CannotRun`."""
    expectation = _configured(kind, arguments)
    try:
        needed = expectation.get_validation_dependencies(
            execution_engine=_nameless(), runtime_configuration=dict(_DETAILS if details else _COUNTS)
        ).metric_configurations
        condition = _row_condition(expectation)
        metrics = {name: _metric(configuration, condition) for name, configuration in needed.items()}
    except CannotRun:
        raise
    except MemoryError:
        raise
    except Exception as error:
        raise CannotRun(f"{kind} could not be planned ({type(error).__name__}); check its arguments") from error
    return Question(kind=kind, metrics=metrics, _expectation=expectation, _details=details)


def _nameless() -> PandasExecutionEngine:
    """An engine without data, for expectations that ask which engine they are for."""
    if not _ENGINES:
        _ENGINES.append(PandasExecutionEngine())
    return _ENGINES[0]


_ENGINES: list[PandasExecutionEngine] = []


def _metric(configuration: MetricConfiguration, row_condition: str | None) -> Metric:
    domain = configuration.metric_domain_kwargs
    columns = [domain[key] for key in ("column", "column_A", "column_B") if domain.get(key) is not None]
    return Metric(
        name=configuration.metric_name,
        columns=tuple(columns or domain.get("column_list") or ()),
        row_condition=row_condition,
        ignore_row_if=domain.get("ignore_row_if"),
        arguments={key: value for key, value in configuration.metric_value_kwargs.items() if key != "result_format"},
    )


def _row_condition(expectation: Expectation) -> str | None:
    """The expectation's, for all of its metrics: GX forgets it in some of them (`column_pair_values.in_set`)."""
    condition = getattr(expectation, "row_condition", None)
    if not condition:
        return None
    if isinstance(condition, PassThroughCondition):
        return condition.pass_through_filter
    return _nameless().condition_to_filter_clause(condition) if isinstance(condition, Condition) else str(condition)


def _judged(
    expectation: Expectation, kind: str, provided: Mapping[str, Any], engine: PandasExecutionEngine, *, details: bool
) -> Outcome:
    runtime = dict(_DETAILS if details else _COUNTS)
    try:
        judged = expectation._validate(  # noqa: SLF001  the public way plans anew, at 2 ms a rule
            metrics=dict(provided), runtime_configuration=runtime, execution_engine=engine
        )
        success, result = bool(judged["success"]), judged.get("result") or {}
        whole = None
        if details:
            whole = expectation._build_evr(  # noqa: SLF001  as the validator shapes results
                raw_response=judged,
                configuration=expectation.configuration,  # type: ignore[arg-type] # so GX itself calls it
            ).to_json_dict()
            whole = _without_numpy(whole)
            whole["expectation_config"]["kwargs"].pop("batch_id", None)  # a name of ours, where there is one
    except Exception as error:
        raise CannotRun(f"{kind} could not be judged ({type(error).__name__}); check its arguments") from error
    samples = tuple(result.get("partial_unexpected_list") or ()) if details else ()
    evaluated, unexpected = _counts(expectation, kind, provided)
    if unexpected is not None:
        return Outcome(success=success, evaluated=evaluated, unexpected=unexpected, result=whole, samples=samples)
    observed = provided.get("unexpected_rows_query.row_count", result.get("observed_value"))
    return Outcome(success=success, observed=_figure(observed), result=whole)


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

    def run(self, kind: str, arguments: Mapping[str, Any], batch: str, *, details: bool = False) -> Outcome:
        """Evaluate one expectation on a batch. Raises `CannotRun`."""
        plan = self._plan(kind, {**arguments, "batch_id": batch}, details=details)
        for metric in plan.order:
            if metric.id not in self._metrics and metric.id not in self._failed:
                self._resolve(metric)
        failed = [self._failed[metric.id] for metric in plan.metrics.values() if metric.id in self._failed]
        if failed:
            raise CannotRun(f"{kind} could not be computed: {failed[0]}")
        provided = {name: self._metrics[metric.id] for name, metric in plan.metrics.items()}
        return _judged(plan.expectation, kind, provided, self._engine, details=details)

    def _resolve(self, metric: MetricConfiguration) -> None:
        missing = [need.id for need in metric.metric_dependencies.values() if need.id in self._failed]
        if missing:
            self._failed[metric.id] = self._failed[missing[0]]
            return
        try:
            self._metrics.update(
                self._engine.resolve_metrics([metric], metrics=self._metrics, runtime_configuration=dict(_COUNTS))
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

    def _plan(self, kind: str, arguments: Mapping[str, Any], *, details: bool) -> _Plan:
        key = (kind, details, json.dumps(arguments, sort_keys=True, default=repr))
        plan = self._plans.get(key)
        if plan is None:
            plan = _planned(kind, arguments, self._engine, dict(_DETAILS if details else _COUNTS))
            if kind not in _BY_DATA and kind in EXPECTATION_TYPES:
                self._plans[key] = plan
                if len(self._plans) > _MOST_PLANS:
                    self._plans.popitem(last=False)
        return plan


def _planned(kind: str, arguments: Mapping[str, Any], engine: PandasExecutionEngine, runtime: dict[str, Any]) -> _Plan:
    expectation = _configured(kind, arguments)
    try:
        with redirect_stderr(StringIO()):  # KL divergence computes metrics already, and draws progress bars
            needed = expectation.get_validation_dependencies(
                execution_engine=engine, runtime_configuration=runtime
            ).metric_configurations
        graph = ValidationGraph(execution_engine=engine)
        for metric in needed.values():
            graph.build_metric_dependency_graph(metric, runtime_configuration=runtime)
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
        raise CannotRun(
            f"{kind!r} is no expectation of Great Expectations; check its name, or name its class in {SETTING}"
        ) from error
    except MemoryError:
        raise
    except Exception as error:  # of pydantic, of GX, and of the parser of GX's own conditions
        raise CannotRun(f"{kind} does not accept its arguments{_which(error)}; check the rule") from error


def completed(kind: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments with the columns, the row condition and the SQL that a custom expectation's class gives by itself. Raises `CannotRun`."""
    expectation = _configured(kind, arguments)
    given = {name: getattr(expectation, name, None) for name in _OF_CLASS}
    return {name: value for name, value in given.items() if value is not None} | dict(arguments)


def is_own_sql(kind: str) -> bool:
    """Whether it is a query of somebody's, GX's `UnexpectedRowsExpectation` or a class made of it."""
    try:
        return issubclass(get_expectation_impl(kind), UnexpectedRowsExpectation)
    except ExpectationNotFoundError:
        return False


def _without_numpy(value: Any) -> Any:
    """GX's own JSON keeps some booleans and numbers of NumPy's, which are none of JSON's."""
    if isinstance(value, dict):
        return {name: _without_numpy(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_numpy(inner) for inner in value]
    return value.item() if isinstance(value, np.generic) else value


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
    if kind not in EXPECTATION_TYPES and (_looks_at_missing(expectation.map_metric) or unexpected > rows - missing):
        missing = 0
    return rows - missing, int(unexpected)


def _looks_at_missing(map_metric: str | None) -> bool:
    """Whether a metric judges missing values, too, as its class says; that its decorator may say so as well, nobody can see."""
    try:
        provider, _ = get_metric_provider(f"{map_metric}.condition", _nameless())
    except MetricProviderError:  # it computes its count in a way of its own
        return False
    return not getattr(provider, "filter_column_isnull", True)


def _figure(observed: Any) -> bool | int | float | None:
    if hasattr(observed, "item") and not isinstance(observed, pd.Series):
        observed = observed.item() if getattr(observed, "ndim", 1) == 0 else None
    if isinstance(observed, bool | int):
        return observed
    if not isinstance(observed, Number | Decimal) or isinstance(observed, complex):
        return None
    number = float(observed)  # type: ignore[arg-type]
    return number if math.isfinite(number) else None
