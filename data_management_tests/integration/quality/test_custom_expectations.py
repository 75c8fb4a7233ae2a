"""Expectations of the user's own, in real workers, beside Great Expectations itself."""

import importlib
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data_management import validate
from data_management.domain.custom_expectations import custom_expectations
from data_management.domain.models import Check, ColumnSpec, Dimension, Expectation, Rule, Severity
from data_management.errors import InvalidInput, Unavailable
from data_management.infrastructure.quality import (
    CustomCode,
    DirectFrameEngine,
    WorkerPoolQualityEngine,
    absent_expectations,
)
from data_management.infrastructure.quality.worker import load_libraries, quiet
from data_management_tests.integration.differential.reference import error_of, reference
from data_management_tests.integration.quality.examples import examined, request, rule, written

MODULE = """
import great_expectations.expectations as gxe
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import (
    BatchExpectation, ColumnAggregateExpectation, ColumnMapExpectation, ColumnPairMapExpectation
)
from great_expectations.expectations.metrics import (
    ColumnAggregateMetricProvider, ColumnMapMetricProvider, column_aggregate_value, column_condition_partial
)
from great_expectations.expectations.metrics.map_metric_provider import ColumnPairMapMetricProvider, column_pair_condition_partial
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider


from great_expectations.expectations.row_conditions import Column


class ColumnValuesPrime(ColumnMapMetricProvider):
    condition_metric_name = "column_values.prime"
    condition_value_keys = ("most",)

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column, most=None, **kwargs):
        return column.map(lambda n: n > 1 and all(n % d for d in range(2, int(n))) and (most is None or n <= most))


class ExpectColumnValuesToBePrime(ColumnMapExpectation):
    most: float | None = None
    map_metric = "column_values.prime"
    success_keys = ("mostly", "most")


class ColumnValuesPresent(ColumnMapMetricProvider):
    condition_metric_name = "column_values.present"
    filter_column_isnull = False

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column, **kwargs):
        return column.notna()


class ExpectColumnValuesToBePresent(ColumnMapExpectation):
    map_metric = "column_values.present"


class ColumnSpan(ColumnAggregateMetricProvider):
    metric_name = "column.span"

    @column_aggregate_value(engine=PandasExecutionEngine)
    def _pandas(cls, column, **kwargs):
        return column.max() - column.min()


class ExpectColumnSpanToBeBelow(ColumnAggregateExpectation):
    limit: float
    metric_dependencies = ("column.span",)
    success_keys = ("limit",)

    def _validate(self, metrics, runtime_configuration=None, execution_engine=None):
        span = metrics["column.span"]
        return {"success": bool(span < self.limit), "result": {"observed_value": span}}


class PairDoubles(ColumnPairMapMetricProvider):
    condition_metric_name = "column_pair_values.doubles"
    condition_domain_keys = ("batch_id", "column_A", "column_B", "row_condition", "condition_parser", "ignore_row_if")

    @column_pair_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column_A, column_B, **kwargs):
        return column_A * 2 == column_B


class ExpectColumnPairValuesToDouble(ColumnPairMapExpectation):
    ignore_row_if: str = "neither"
    domain_keys = ("batch_id", "column_A", "column_B", "row_condition", "condition_parser", "ignore_row_if")
    map_metric = "column_pair_values.doubles"


class TableEmptyRows(TableMetricProvider):
    metric_name = "table.empty_rows"

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(cls, execution_engine, metric_domain_kwargs, metric_value_kwargs, metrics, runtime_configuration):
        frame, _, _ = execution_engine.get_compute_domain(metric_domain_kwargs, domain_type="table")
        return int(frame.isna().all(axis=1).sum())


class ExpectNoEmptyRows(BatchExpectation):
    metric_dependencies = ("table.empty_rows",)
    domain_keys = ("batch_id",)

    def _validate(self, metrics, runtime_configuration=None, execution_engine=None):
        empty = metrics["table.empty_rows"]
        return {"success": empty == 0, "result": {"observed_value": empty}}


class ExpectValidQuantity(gxe.ExpectColumnValuesToBeBetween):
    column: str = "n"
    min_value: float = 3
    max_value: float = 7


class ExpectKnownQuantity(gxe.ExpectColumnValuesToNotBeNull):
    column: str = "n"


class ExpectNoLargeQuantity(gxe.UnexpectedRowsExpectation):
    unexpected_rows_query: str = "SELECT * FROM {batch} WHERE n > 6"


class ExpectFailure(ColumnMapExpectation):
    map_metric = "column_values.nowhere"


def not_a_class(): ...
"""

CLASSES = re.findall(r"^class (Expect\w+)", MODULE, flags=re.MULTILINE)
CSV = "n,m,label\n2,4,a\n3,6,b\n4,8,a\n7,15,\n9,,a\n,2,b\n"
BROKEN = {
    "shop_missing:ExpectMissing": "the module cannot be imported (ModuleNotFoundError: No module named 'shop_missing')",
    "shop_raises:ExpectRaises": "the module cannot be imported (ZeroDivisionError: division by zero)",
    "shop_exits:ExpectExits": "the module cannot be imported (SystemExit: 3)",
    "shop_checks:ExpectAbsent": "shop_checks.py has no ExpectAbsent; correct the name",
    "shop_checks:not_a_class": "which is no expectation of Great Expectations; derive it from one of its classes",
    "shop_checks:gxe": "which is no expectation of Great Expectations; derive it from one of its classes",
    "shop_checks:ColumnMapExpectation": "which Great Expectations calls nothing, as it is abstract",
    "shop_takes:ExpectTaken": "the module replaces Great Expectations' own expect_column_values_to_be_unique; rename that class",
}


def column(kind: str, **more: Any) -> Rule:
    return rule(f"column_values_to_be_{kind}", column="n", **more)


def table_rule(type_: str, **arguments: Any) -> Rule:
    return Rule(name=type_, expectations=(Expectation(type_, arguments),), dimension=Dimension.CONFORMITY)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project's, which is on nobody's `sys.path`."""
    made = tmp_path_factory.mktemp("project")
    written(made, "shop_checks.py", MODULE)
    written(made, "shop_raises.py", "1 / 0\n")
    written(made, "shop_exits.py", "raise SystemExit(3)\n")
    take = "from great_expectations.expectations.expectation import ColumnMapExpectation\n"
    take += "class ExpectColumnValuesToBeUnique(ColumnMapExpectation): map_metric = 'x.y'\n"
    take += "class ExpectTaken(ColumnMapExpectation): map_metric = 'x.y'\n"
    written(made, "shop_takes.py", take)
    return made


@pytest.fixture(scope="module")
def code(folder: Path) -> CustomCode:
    names = [f"shop_checks:{name}" for name in CLASSES]
    return CustomCode(custom_expectations(", ".join([*names, *BROKEN])), str(folder))


@pytest.fixture(scope="module")
def engine(code: CustomCode) -> Iterator[WorkerPoolQualityEngine]:
    started = WorkerPoolQualityEngine(workers=1, timeout_seconds=20, memory_bytes=256 << 20, custom=code)
    yield started
    started.close()


@pytest.fixture(scope="module")
def own(folder: Path) -> Iterator[Any]:
    """The module in this process, as Great Expectations' own users import it."""
    load_libraries()
    sys.path.append(str(folder))
    with quiet():
        module = importlib.import_module("shop_checks")
    yield module
    sys.path.remove(str(folder))
    del sys.modules["shop_checks"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path, "numbers.csv", CSV)


def checks(engine: WorkerPoolQualityEngine, file: Path, *rules: Rule, **more: Any) -> tuple[Check, ...]:
    (outcome,) = engine.examine([request(file, rules=rules, **more)])
    return examined(outcome).checks


ROWS: list[tuple[Rule, int, int, bool]] = [
    (column("prime"), 5, 2, False),
    (column("prime", mostly=0.6), 5, 2, True),
    (column("prime", most=3), 5, 3, False),
    (column("prime", row_condition="m < 10", condition_parser="pandas"), 3, 1, False),
    (column("prime", row_condition='col("label") == "a"', condition_parser="great_expectations"), 3, 2, False),
    (column("present"), 6, 1, False),
    (rule("column_pair_values_to_double", column_A="n", column_B="m"), 6, 3, False),
    (
        rule("column_pair_values_to_double", column_A="n", column_B="m", ignore_row_if="either_value_is_missing"),
        4,
        1,
        False,
    ),
    (table_rule("expect_valid_quantity"), 5, 2, False),
    (table_rule("expect_known_quantity"), 6, 1, False),
]


@pytest.mark.parametrize(("one", "evaluated", "unexpected", "success"), ROWS)
def test_rows_are_counted(
    engine: WorkerPoolQualityEngine, file: Path, one: Rule, evaluated: int, unexpected: int, success: bool
) -> None:
    (check,) = checks(engine, file, one)
    assert (check.error, check.engine) == (None, "pandas")
    assert (check.evaluated, check.unexpected, check.success) == (evaluated, unexpected, success)


def test_figures_are_told_and_judged(engine: WorkerPoolQualityEngine, file: Path) -> None:
    rules = (
        rule("column_span_to_be_below", column="n", limit=8),
        rule("column_span_to_be_below", "narrow", column="n", limit=7),
        table_rule("expect_no_empty_rows"),
        table_rule("expect_no_large_quantity"),
    )
    found = checks(engine, file, *rules)
    assert [(check.error, check.success, check.observed) for check in found] == [
        (None, True, 7),
        (None, False, 7),
        (None, True, 0),
        (None, False, 2),
    ]
    assert [check.engine for check in found] == ["pandas"] * 3 + ["duckdb"]  # a query is DuckDB's


ALIKE = [*(one for one, *_ in ROWS), rule("column_span_to_be_below", column="n", limit=8)]


def asked_of_gx(own: Any, one: Rule) -> Any:
    (expectation,) = one.expectations
    name = next(name for name in CLASSES if name.lower() == expectation.type.replace("_", ""))
    with quiet():
        return getattr(own, name)(**expectation.kwargs)


@pytest.mark.parametrize("one", [*ALIKE, table_rule("expect_no_empty_rows")], ids=lambda one: one.name)
def test_results_are_those_of_great_expectations(
    engine: WorkerPoolQualityEngine, own: Any, file: Path, one: Rule
) -> None:
    theirs = reference(pd.read_csv(file), asked_of_gx(own, one))
    assert error_of(theirs) is None
    ours = checks(engine, file, one, native_results=True)[0].native_result
    assert ours is not None
    assert ours["success"] is theirs["success"]
    assert {name: ours["result"].get(name) for name in theirs["result"]} == theirs["result"]


def test_what_great_expectations_cannot_compute_is_an_error_of_the_rule(
    engine: WorkerPoolQualityEngine, own: Any, file: Path
) -> None:
    nowhere, unknown, bad = table_rule("expect_failure", column="n"), rule("unheard_of"), column("prime", most="x")
    assert error_of(reference(pd.read_csv(file), asked_of_gx(own, nowhere)))
    said = [str(check.error) for check in checks(engine, file, nowhere, unknown, bad)]
    assert said[0] == "expect_failure does not exist for tables in memory; use another expectation"
    assert "'expect_unheard_of' is no expectation of Great Expectations" in said[1]
    assert "name its class in DATA_MANAGEMENT_EXPECTATIONS" in said[1]
    assert said[2] == "expect_column_values_to_be_prime does not accept its arguments (most); check the rule"


def test_weights_and_severities_are_those_of_the_rule(engine: WorkerPoolQualityEngine, file: Path) -> None:
    one = replace(column("prime"), severity=Severity.WARNING)
    assert checks(engine, file, one)[0].severity is Severity.WARNING


def test_values_of_classified_columns_stay_in_the_file(engine: WorkerPoolQualityEngine, file: Path) -> None:
    rules = (
        column("prime"),
        rule("column_span_to_be_below", column="n", limit=8),
        table_rule("expect_valid_quantity"),
        table_rule("expect_no_empty_rows"),
        rule("column_values_to_be_prime", "other", column="m", row_condition="n > 0", condition_parser="pandas"),
    )
    shown = checks(engine, file, *rules, samples=3)
    assert [check.samples for check in shown] == [(4.0, 9.0), (), (2.0, 9.0), (), (4.0, 6.0, 8.0)]
    assert [check.observed for check in shown] == [None, 7, None, 0, None]
    hidden = checks(engine, file, *rules, samples=3, columns=(ColumnSpec("n", classification="restricted"),))
    assert {sample for check in hidden for sample in check.samples} == {"***"}
    assert [check.observed for check in hidden] == [None] * 5
    assert [check.unexpected for check in hidden] == [check.unexpected for check in shown]


def test_a_class_that_is_not_there_harms_its_own_rules_alone(
    engine: WorkerPoolQualityEngine, file: Path, code: CustomCode
) -> None:
    broken = [one for one in code.expectations if str(one) in BROKEN]
    rules = [rule(one.type.removeprefix("expect_"), column="n") for one in broken if one.type.startswith("expect_")]
    unique = rule("column_values_to_be_unique", column="n")
    *failed, taken, prime = checks(engine, file, *rules, unique, column("prime"))
    said = [(str(one), reason) for one, reason in BROKEN.items() if ":Expect" in one]
    assert len(failed) == len(said)
    for check, (one, reason) in zip(failed, said, strict=True):
        assert check.errored
        assert f"DATA_MANAGEMENT_EXPECTATIONS names {one}, " in str(check.error)
        assert reason in str(check.error)
    assert (taken.success, taken.engine) == (True, "duckdb")
    assert prime.unexpected == 2


def test_what_is_not_there_is_told_before_anybody_needs_it(code: CustomCode) -> None:
    absent = absent_expectations(code)
    assert sorted(absent) == sorted(one.type for one in code.expectations if str(one) in BROKEN)
    for one in code.expectations:
        assert BROKEN.get(str(one), "") in absent.get(one.type, "")


def test_a_module_that_ends_its_process_is_one_clear_error(folder: Path) -> None:
    written(folder, "shop_ends.py", "import os\nos._exit(3)\n")
    code = CustomCode(custom_expectations("shop_ends:ExpectEnd"), str(folder))
    with pytest.raises(Unavailable, match="no module of DATA_MANAGEMENT_EXPECTATIONS ends or holds up"):
        absent_expectations(code)


def test_too_many_rows_are_refused_by_the_columns_that_are_read(
    own: Any, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data_management.infrastructure.quality.fallback.MOST_CELLS", 12)
    one, two, three = validate(
        file,
        [
            own.ExpectColumnSpanToBeBelow(column="n", limit=8),
            own.ExpectColumnSpanToBeBelow(column="n", limit=8, row_condition=own.Column("m") < 9),
            own.ExpectNoEmptyRows(),
        ],
    ).checks
    assert (one.observed, two.observed, two.error) == (7, 2, None)
    assert "6 rows are more than the 4 that it is given" in str(three.error)


def test_a_frame_is_judged_by_them_in_its_process(code: CustomCode, folder: Path) -> None:
    before = list(sys.path)
    frames = DirectFrameEngine(columns=100, cell_mb=1, custom=code)
    frame = pd.DataFrame({"n": [2.0, 4.0, None], "m": [4.0, 8.0, 1.0]})
    asked = replace(request(folder / "none", rules=(column("prime"),)), locations=())
    (check,) = frames.examine(frame, asked).checks
    assert (check.evaluated, check.unexpected, check.engine) == (2, 1, "pandas")
    assert sys.path == before


class TestTheFunction:
    def test_an_instance_needs_no_setting(self, own: Any, file: Path) -> None:
        given = [own.ExpectColumnValuesToBePrime(column="n", mostly=0.6), own.ExpectValidQuantity()]
        prime, valid = validate(file, given).checks
        assert (prime.evaluated, prime.unexpected, prime.success) == (5, 2, True)
        assert (valid.column, valid.unexpected, valid.engine) == ("n", 2, "pandas")

    def test_a_suite_by_its_name_needs_the_setting(
        self, file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DATA_MANAGEMENT_HOME", str(folder))
        monkeypatch.setenv("DATA_MANAGEMENT_EXPECTATIONS", "shop_checks:ExpectColumnSpanToBeBelow")
        suite = {"expectations": [{"type": "ExpectColumnSpanToBeBelow", "kwargs": {"column": "n", "limit": 8}}]}
        (check,) = validate(file, suite).checks
        assert (check.rule, check.success, check.observed) == ("n.span_to_be_below", True, 7)

    def test_a_setting_that_names_no_class_is_refused(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATA_MANAGEMENT_EXPECTATIONS", "shop_checks.ExpectX")
        with pytest.raises(
            InvalidInput,
            match=r"DATA_MANAGEMENT_EXPECTATIONS='.*': 'shop_checks.ExpectX' names no class; write module:ClassName",
        ):
            validate(file)
