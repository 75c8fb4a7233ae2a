"""dbt's properties file: built-in data tests, and those of the package dbt_expectations, which bear Great Expectations' names."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from data_management.domain.models import ColumnSpec, Dataset, Operator, Rule, RuleScope, Severity, Threshold, Unit
from data_management.infrastructure.contracts.translating.drafts import yaml_text

_BUILT_IN: Final = {
    "expect_column_values_to_not_be_null": "not_null",
    "expect_column_values_to_be_unique": "unique",
    "expect_column_values_to_be_in_set": "accepted_values",
}
_SAME_IN_DBT: Final = frozenset(
    (
        "expect_column_values_to_be_between", "expect_column_values_to_not_be_in_set", "expect_column_values_to_match_regex",
        "expect_column_values_to_not_match_regex", "expect_column_value_lengths_to_be_between", "expect_column_mean_to_be_between",
        "expect_column_median_to_be_between", "expect_column_max_to_be_between", "expect_column_min_to_be_between",
        "expect_column_sum_to_be_between", "expect_column_stdev_to_be_between", "expect_column_unique_value_count_to_be_between",
        "expect_column_proportion_of_unique_values_to_be_between", "expect_table_row_count_to_be_between",
        "expect_compound_columns_to_be_unique",
    )
)  # fmt: skip
_KNOWN_ARGUMENTS: Final = frozenset(("column", "min_value", "max_value", "value_set", "regex", "column_list"))
_FAILS_IF: Final = {
    Operator.MUST_BE: "!=",
    Operator.MUST_NOT_BE: "=",
    Operator.MUST_BE_LESS_THAN: ">=",
    Operator.MUST_BE_LESS_OR_EQUAL_TO: ">",
    Operator.MUST_BE_GREATER_THAN: "<=",
    Operator.MUST_BE_GREATER_OR_EQUAL_TO: "<",
}
PACKAGE: Final = "dbt_expectations"


def properties_of(datasets: Sequence[Dataset]) -> tuple[str, list[str]]:
    losses: list[str] = []
    models = [_model(dataset, losses) for dataset in datasets]
    text = yaml_text({"version": 2, "models": models}, ())
    if f"{PACKAGE}." in text:
        losses.append("tests named dbt_expectations.… need the package metaplane/dbt_expectations in packages.yml")
    return text, losses


def _model(dataset: Dataset, losses: list[str]) -> dict[str, Any]:
    columns = {column.name: _column(column) for column in dataset.columns}
    table: list[Any] = []
    for rule in dataset.rules:
        if rule.expectation == "expect_column_values_to_be_of_type":
            continue  # its column's meta says it
        try:
            test = _test(rule)
        except _NoTest as reason:
            losses.append(f"{dataset.name}: rule {rule.name!r} is left out: {reason}")
            continue
        if rule.column is not None and "column" in rule.expectations[0].kwargs:
            columns.setdefault(rule.column, {"name": rule.column}).setdefault("data_tests", []).append(test)
        else:
            table.append(test)
        if rule.severity is Severity.INFO:
            losses.append(f"{dataset.name}: rule {rule.name!r} is of severity info, and dbt knows warn and error")
    model: dict[str, Any] = {"name": dataset.name}
    if dataset.description:
        model["description"] = dataset.description
    if dataset.owners:
        model["config"] = {"meta": {"owner": ", ".join(dataset.owners)}}
    return model | ({"data_tests": table} if table else {}) | ({"columns": list(columns.values())} if columns else {})


def _column(column: ColumnSpec) -> dict[str, Any]:
    described = {"description": column.description} if column.description else {}
    typed = {"config": {"meta": {"logical_type": column.logical_type}}} if column.logical_type else {}
    return {"name": column.name} | described | typed


class _NoTest(Exception):
    """Why dbt has none."""


def _test(rule: Rule) -> dict[str, Any]:
    if not rule.expectations:
        raise _NoTest(rule.not_runnable or "it is never run")
    if len(rule.expectations) > 1:
        raise _NoTest("it counts two kinds of values together")
    if rule.scope is RuleScope.DATASET and rule.threshold is not None and rule.threshold.bounds[-1] > 0:
        raise _NoTest("it is about all files together")
    type_ = rule.expectations[0].type
    if type_ not in _BUILT_IN and type_ not in _SAME_IN_DBT:
        raise _NoTest(f"dbt has no test for {type_}")
    arguments = _arguments(rule)
    config: dict[str, Any] = {} if rule.severity is Severity.CRITICAL else {"severity": "warn"}
    if type_ != _ROW_COUNT:
        config |= _counted(rule, rule.threshold)
    body: dict[str, Any] = {"name": _name(rule.name)} | ({"arguments": arguments} if arguments else {})
    body |= {"config": config} if config else {}
    body |= {"description": rule.description} if rule.description else {}
    return {_BUILT_IN.get(type_, f"{PACKAGE}.{type_}"): body}


def _arguments(rule: Rule) -> dict[str, Any]:
    first = rule.expectations[0]
    if first.type == _ROW_COUNT and rule.threshold is not None:
        return _row_count(rule.threshold)
    arguments = {name: value for name, value in first.kwargs.items() if name != "column"}
    strict = {arguments.pop(f"strict_{side}", False) for side in ("min", "max") if f"{side}_value" in arguments}
    if len(strict) > 1:
        raise _NoTest("one of its bounds is excluded and the other is not")
    if arguments.pop("mostly", 1) != 1:
        raise _NoTest("dbt knows no mostly")
    unknown = sorted(set(arguments) - _KNOWN_ARGUMENTS)
    if unknown:
        raise _NoTest(f"dbt's test has no {', '.join(unknown)}")
    if first.type == "expect_column_values_to_be_in_set":
        values = arguments["value_set"]
        return {"values": values} | ({} if all(isinstance(each, str) for each in values) else {"quote": False})
    return arguments | ({"strictly": True} if True in strict else {})


def _name(rule: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in rule)


def _counted(rule: Rule, threshold: Threshold | None) -> dict[str, Any]:
    """When the test fails, where that is not at the first row."""
    if threshold is None or (threshold.operator is Operator.MUST_BE and threshold.bounds[0] == 0):
        return {}
    if threshold.unit is Unit.PERCENT or threshold.operator not in _FAILS_IF:
        raise _NoTest("dbt compares counts, and its threshold is a share or a range")
    if rule.expectation == "expect_column_values_to_be_unique":
        raise _NoTest("dbt counts values that occur twice, the contract their rows")
    key = "error_if" if rule.severity is Severity.CRITICAL else "warn_if"
    return {key: f"{_FAILS_IF[threshold.operator]} {threshold.bounds[0]:g}"}


def _row_count(threshold: Threshold) -> dict[str, Any]:
    first, last = int(threshold.bounds[0]), int(threshold.bounds[-1])
    if threshold.operator not in _ROWS:
        raise _NoTest("dbt has no such threshold")
    least, most = _ROWS[threshold.operator](first, last)
    return {name: value for name, value in (("min_value", least), ("max_value", most)) if value is not None}


_ROW_COUNT: Final = "expect_table_row_count_to_be_between"
_ROWS: Final[dict[Operator, Callable[[int, int], tuple[int | None, int | None]]]] = {
    Operator.MUST_BE: lambda first, _: (first, first),
    Operator.MUST_BE_BETWEEN: lambda first, last: (first, last),
    Operator.MUST_BE_GREATER_THAN: lambda first, _: (first + 1, None),
    Operator.MUST_BE_GREATER_OR_EQUAL_TO: lambda first, _: (first, None),
    Operator.MUST_BE_LESS_THAN: lambda first, _: (None, first - 1),
    Operator.MUST_BE_LESS_OR_EQUAL_TO: lambda first, _: (None, first),
}
"""The least and the most rows that satisfy it."""
