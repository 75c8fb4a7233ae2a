"""What the quality engine relies on in Great Expectations 1.24; see ``infrastructure/quality/gx.py``."""

import importlib.util
import inspect
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pytest

from data_management.infrastructure.quality.worker import load_libraries, quiet

load_libraries()

from great_expectations.exceptions import MetricResolutionError  # noqa: E402
from great_expectations.execution_engine import ExecutionEngine, PandasExecutionEngine  # noqa: E402
from great_expectations.expectations.expectation import Expectation  # noqa: E402
from great_expectations.expectations.registry import get_expectation_impl  # noqa: E402
from great_expectations.validator.metric_configuration import MetricConfiguration  # noqa: E402
from great_expectations.validator.validation_graph import ValidationGraph  # noqa: E402

from data_management.infrastructure.quality.gx import _ordered  # noqa: E402

BOOLEAN_ONLY: dict[str, Any] = {"result_format": {"result_format": "BOOLEAN_ONLY"}}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with quiet():
        yield


def _engine(**columns: list[Any]) -> PandasExecutionEngine:
    engine = PandasExecutionEngine()
    engine.load_batch_data(
        "b", pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})
    )
    return engine


def _metrics(kind: str, engine: PandasExecutionEngine, **arguments: Any) -> dict[str, MetricConfiguration]:
    expectation = get_expectation_impl(kind)(**arguments, batch_id="b")
    found = expectation.get_validation_dependencies(execution_engine=engine, runtime_configuration=dict(BOOLEAN_ONLY))
    return dict(found.metric_configurations)


def test_there_is_no_analytics_module_any_more() -> None:
    assert importlib.util.find_spec("great_expectations.analytics") is None
    assert importlib.util.find_spec("posthog") is None


def test_boolean_only_asks_for_counts_and_for_no_values() -> None:
    engine = _engine(x=[1, 2])
    assert set(_metrics("expect_column_values_to_be_in_set", engine, column="x", value_set=[1])) == {
        "column_values.nonnull.unexpected_count",
        "column_values.in_set.unexpected_count",
        "table.row_count",
    }
    assert set(_metrics("expect_column_pair_values_to_be_equal", engine, column_A="x", column_B="x")) == {
        "column_pair_values.equal.unexpected_count",
        "column_pair_values.equal.filtered_row_count",
        "table.row_count",
    }
    assert set(_metrics("expect_compound_columns_to_be_unique", engine, column_list=["x", "x"])) == {
        "compound_columns.unique.unexpected_count",
        "compound_columns.unique.filtered_row_count",
        "table.row_count",
    }


def test_an_expectation_judges_from_metrics_alone() -> None:
    expectation = get_expectation_impl("expect_column_values_to_be_in_set")(column="x", value_set=[1], mostly=0.5)
    provided = {
        "column_values.nonnull.unexpected_count": 2,
        "column_values.in_set.unexpected_count": 4,
        "table.row_count": 10,
    }
    for unexpected, success in ((4, True), (5, False)):
        provided["column_values.in_set.unexpected_count"] = unexpected
        judged = expectation._validate(metrics=provided, runtime_configuration=dict(BOOLEAN_ONLY))
        assert judged == {"success": success}


def test_an_aggregate_keeps_its_observed_value_without_samples() -> None:
    expectation = get_expectation_impl("expect_column_max_to_be_between")(column="x", max_value=5)
    judged = expectation._validate(metrics={"column.max": 7}, runtime_configuration=dict(BOOLEAN_ONLY))
    assert (judged["success"], judged["result"]["observed_value"]) == (False, 7)


def test_the_signatures_that_are_called() -> None:
    assert list(inspect.signature(Expectation._validate).parameters) == [
        "self",
        "metrics",
        "runtime_configuration",
        "execution_engine",
    ]
    assert list(inspect.signature(ExecutionEngine.resolve_metrics).parameters) == [
        "self",
        "metrics_to_resolve",
        "metrics",
        "runtime_configuration",
    ]
    assert list(inspect.signature(ValidationGraph.build_metric_dependency_graph).parameters) == [
        "self",
        "metric_configuration",
        "runtime_configuration",
    ]


def test_a_failing_metric_raises_with_its_cause() -> None:
    engine = _engine(x=["a"])
    graph = ValidationGraph(execution_engine=engine)
    for metric in _metrics("expect_column_mean_to_be_between", engine, column="x", min_value=1).values():
        graph.build_metric_dependency_graph(metric)
    *needed, mean = _ordered(graph)
    resolved: dict[Any, Any] = {}
    for metric in needed:
        resolved.update(engine.resolve_metrics([metric], metrics=resolved))
    with pytest.raises(MetricResolutionError) as caught:
        engine.resolve_metrics([mean], metrics=resolved)
    assert isinstance(caught.value.__cause__, TypeError | ValueError)


def test_a_bound_that_is_a_date_text_becomes_a_date_and_a_datetime_stays_one() -> None:
    """Why `checks` hands bounds over as datetimes: pandas does not compare moments with dates."""
    kind = get_expectation_impl("expect_column_values_to_be_between")
    assert kind(column="x", min_value="2024-01-01").min_value == date(2024, 1, 1)
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    assert kind(column="x", min_value=moment).min_value is moment


def test_a_batch_is_replaced_under_its_id() -> None:
    """One engine per table; nothing global holds its frames."""
    engine = _engine(x=[1])
    engine.load_batch_data("b", pd.DataFrame({"x": [1, 2, 3]}))
    assert list(engine.batch_manager.batch_data_cache) == ["b"]
    metric = MetricConfiguration("table.row_count", {"batch_id": "b"})
    assert next(iter(engine.resolve_metrics([metric]).values())) == 3
