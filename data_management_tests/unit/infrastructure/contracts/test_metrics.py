from pathlib import Path

import pytest

from data_management.domain.models import Dimension, Operator, Rule, Threshold, Unit
from data_management_tests.unit.infrastructure.contracts.examples import (
    expectations_of,
    only_problem,
    only_rule,
    with_property,
    with_quality,
)

ON_CARRIER = "schema[0].properties[0].quality[0]"
ON_FLIGHTS = "schema[0].quality[0]"

METRICS = {
    "nullValues": ("", [("expect_column_values_to_not_be_null", {"column": "carrier"})], Dimension.COMPLETENESS),
    "missingValues": (
        "arguments: {missingValues: [null, '', N/A]}",
        [
            ("expect_column_values_to_not_be_null", {"column": "carrier"}),
            ("expect_column_values_to_not_be_in_set", {"column": "carrier", "value_set": ["", "N/A"]}),
        ],
        Dimension.COMPLETENESS,
    ),
    "invalidValues": (
        "arguments: {validValues: [AA, NO]}",
        [("expect_column_values_to_be_in_set", {"column": "carrier", "value_set": ["AA", "NO"]})],
        Dimension.CONFORMITY,
    ),
    "duplicateValues": ("", [("expect_column_values_to_be_unique", {"column": "carrier"})], Dimension.UNIQUENESS),
    "rowCount": ("", [("expect_table_row_count_to_be_between", {"min_value": 0})], Dimension.COVERAGE),
}
OPERATORS = {
    Operator.MUST_BE: ("0", (0.0,)),
    Operator.MUST_NOT_BE: ("7", (7.0,)),
    Operator.MUST_BE_GREATER_THAN: ("0", (0.0,)),
    Operator.MUST_BE_GREATER_OR_EQUAL_TO: ("1", (1.0,)),
    Operator.MUST_BE_LESS_THAN: ("2.5", (2.5,)),
    Operator.MUST_BE_LESS_OR_EQUAL_TO: ("5", (5.0,)),
    Operator.MUST_BE_BETWEEN: ("[1, 5]", (1.0, 5.0)),
    Operator.MUST_NOT_BE_BETWEEN: ("[0, 0.5]", (0.0, 0.5)),
}
UNITS = {"": Unit.ROWS, "unit: rows": Unit.ROWS, "unit: percent": Unit.PERCENT, "unit: Percent": Unit.PERCENT}


def entry(*parts: str) -> str:
    return f"- {{{', '.join(part for part in parts if part)}}}"


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("metric", METRICS)
def test_a_metric_with_an_operator_and_a_unit_is_expectations_with_a_threshold(
    tmp_path: Path, metric: str, operator: Operator, unit: str
) -> None:
    arguments, expectations, dimension = METRICS[metric]
    figure, bounds = OPERATORS[operator]
    text = entry(f"metric: {metric}", arguments, f"{operator}: {figure}", unit)
    on_object = metric == "rowCount"
    if on_object and UNITS[unit] is Unit.PERCENT:
        problem = only_problem(tmp_path, with_quality(text, on_object=True))
        assert "rowCount is no share of rows, so it has no percent; remove the unit" in problem
        return
    rule = only_rule(tmp_path, with_quality(text, on_object=on_object))
    assert expectations_of(rule) == expectations
    assert rule.threshold == Threshold(operator, bounds, UNITS[unit])
    assert rule.dimension is dimension
    assert rule.name == (metric if on_object else f"carrier.{metric}")
    assert rule.column == (None if on_object else "carrier")


def rule_of(folder: Path, *parts: str, on_object: bool = False) -> Rule:
    return only_rule(folder, with_quality(entry(*parts, "mustBe: 0"), on_object=on_object))


@pytest.mark.parametrize(
    ("listed", "expectations"),
    [
        ("[null]", [("expect_column_values_to_not_be_null", {"column": "carrier"})]),
        (
            "[N/A, -1]",
            [("expect_column_values_to_not_be_in_set", {"column": "carrier", "value_set": ["N/A", -1]})],
        ),
        (
            "['']",
            [
                ("expect_column_values_to_not_be_null", {"column": "carrier"}),
                ("expect_column_values_to_not_be_in_set", {"column": "carrier", "value_set": [""]}),
            ],
        ),
    ],
)
def test_missing_values_are_null_where_listed_and_the_others_of_the_list(
    tmp_path: Path, listed: str, expectations: list[tuple[str, dict[str, object]]]
) -> None:
    rule = rule_of(tmp_path, "metric: missingValues", f"arguments: {{missingValues: {listed}}}")
    assert expectations_of(rule) == expectations
    assert rule.dimension is Dimension.COMPLETENESS


def test_invalid_values_may_be_those_that_a_pattern_does_not_find(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, "metric: invalidValues", "arguments: {pattern: '^[A-Z]+$'}")
    assert expectations_of(rule) == [
        ("expect_column_values_to_match_regex", {"column": "carrier", "regex": "^[A-Z]+$"})
    ]


def test_null_is_no_valid_value_for_it_belongs_to_completeness(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, "metric: invalidValues", "arguments: {validValues: [AA, null]}")
    assert rule.expectations[0].kwargs["value_set"] == ["AA"]


def test_duplicates_of_an_object_are_those_of_several_columns_together(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, "metric: duplicateValues", "arguments: {properties: [carrier, delay]}", on_object=True)
    assert expectations_of(rule) == [
        ("expect_compound_columns_to_be_unique", {"column_list": ["carrier", "delay"]}),
    ]
    assert rule.dimension is Dimension.UNIQUENESS


def test_duplicates_of_an_object_by_one_property_are_those_of_its_column(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, "metric: duplicateValues", "arguments: {properties: [carrier]}", on_object=True)
    assert expectations_of(rule) == [("expect_column_values_to_be_unique", {"column": "carrier"})]


def test_properties_are_named_logically_or_physically_and_checked_by_their_physical_names(tmp_path: Path) -> None:
    text = with_property(
        "physicalName: CARR", "- {metric: duplicateValues, mustBe: 0, arguments: {properties: [carrier, delay]}}"
    )
    rule = only_rule(tmp_path, text)
    assert rule.expectations[0].kwargs == {"column_list": ["CARR", "delay"]}


@pytest.mark.parametrize("key", ["rule", "metric"])
@pytest.mark.parametrize(("old", "new"), [("duplicateCount", "duplicateValues"), ("rowCount", "rowCount")])
def test_the_metric_names_of_v3_0_are_understood(tmp_path: Path, key: str, old: str, new: str) -> None:
    rule = rule_of(tmp_path, f"{key}: {old}", on_object=new == "rowCount")
    assert expectations_of(rule) == METRICS[new][1]
    assert rule.name.endswith(new)


@pytest.mark.parametrize(
    ("old", "reason"),
    [
        ("uniqueCheck", "write 'metric: duplicateValues' instead"),
        ("validValues", "write 'metric: invalidValues' instead"),
        ("countCheck", "write 'metric: rowCount' instead"),
        ("conditionalNotNull", "write a metric (nullValues, missingValues, "),
    ],
)
def test_another_library_rule_of_v3_0_is_kept_and_not_run(tmp_path: Path, old: str, reason: str) -> None:
    rule = only_rule(tmp_path, with_quality(entry(f"rule: {old}", "severity: warning")))
    assert rule.expectations == ()
    assert rule.name == f"carrier.{old}"
    assert reason in str(rule.not_runnable)


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        (
            ["metric: nulValues", "mustBe: 0"],
            ".metric: the metric 'nulValues' is not known; did you mean 'nullValues'?",
        ),
        (["metric: xyz", "mustBe: 0"], ".metric: the metric 'xyz' is not known; use one of nullValues, missingValues"),
        (["mustBe: 0"], ".metric: it says nothing to check: it has no metric; add 'metric:' with one of"),
        (["query: SELECT 1"], ": it has a query and no type; add 'type: sql'"),
        (["engine: gx"], ": it has an engine and no type; add 'type: custom'"),
        (
            ["metric: nullValues"],
            ": the metric nullValues has nothing to be compared with; add an operator: 'mustBe: 0'",
        ),
        (
            ["metric: nullValues", "mustBe: 0", "mustBeLessThan: 5"],
            ": it has 2 operators (mustBe, mustBeLessThan); keep one, or write an entry for each",
        ),
        (["metric: nullValues", "mustBe: none"], ".mustBe: mustBe 'none' is not a number; write a number"),
        (["metric: nullValues", "mustBe: true"], ".mustBe: mustBe True is not a number"),
        (["metric: nullValues", "mustBe: '0'"], ".mustBe: mustBe '0' is not a number"),
        (["metric: nullValues", "mustBeLessThan: true"], ".mustBeLessThan: mustBeLessThan True is not a number"),
        (
            ["metric: nullValues", "mustBeBetween: [5, 1]"],
            ".mustBeBetween: mustBeBetween [5, 1] is not a pair of numbers, the smaller one first",
        ),
        (["metric: nullValues", "mustBe: 0", "unit: items"], ".unit: the unit 'items' is not known; use 'rows'"),
        (["metric: rowCount", "mustBe: 0"], ": rowCount counts the rows of a dataset, not of a property; move it"),
        (
            ["metric: missingValues", "mustBe: 0"],
            ".arguments.missingValues: missingValues does not say which values count as missing; add",
        ),
        (
            ["metric: missingValues", "mustBe: 0", "arguments: {missingValues: [[1]]}"],
            ".arguments.missingValues: [1] is not a single value",
        ),
        (
            ["metric: invalidValues", "mustBe: 0"],
            ".arguments: invalidValues does not say which values are valid; add",
        ),
        (
            ["metric: invalidValues", "mustBe: 0", "arguments: {validValues: AA}"],
            ".arguments.validValues: validValues is not a list of values",
        ),
        (
            ["metric: invalidValues", "mustBe: 0", "arguments: {validValues: [AA], pattern: A}"],
            ".arguments: invalidValues has both validValues and a pattern",
        ),
        (
            ["metric: invalidValues", "mustBe: 0", "arguments: {pattern: '[a'}"],
            ".arguments.pattern: the pattern '[a' is not a regular expression: unterminated character set",
        ),
        (
            ["metric: invalidValues", "mustBe: 0", "arguments: {pattern: 5}"],
            ".arguments.pattern: 5 is not a regular expression",
        ),
        (
            ["metric: nullValues", "mustBe: 0", "arguments: {pattern: a}"],
            ".arguments.pattern: nullValues has no argument 'pattern'; nullValues takes no arguments",
        ),
        (
            ["metric: invalidValues", "mustBe: 0", "arguments: {validValues: [a], validValue: [b]}"],
            ".arguments.validValue: invalidValues has no argument 'validValue'; did you mean 'validValues'?",
        ),
    ],
)
def test_a_metric_that_cannot_be_meant_is_a_problem(tmp_path: Path, parts: list[str], problem: str) -> None:
    assert only_problem(tmp_path, with_quality(entry(*parts))).startswith(f"10 {ON_CARRIER}{problem}")


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        (["metric: nullValues"], ": nullValues counts the values of a property, not of an object; move it into"),
        (["metric: duplicateValues"], ".arguments.properties: duplicateValues of an object does not say which"),
        (
            ["metric: duplicateValues", "arguments: {properties: [carrier, dellay]}"],
            ".arguments.properties[1]: the column 'dellay' is not declared; did you mean 'delay'?",
        ),
    ],
)
def test_a_metric_of_an_object_that_cannot_be_meant_is_a_problem(
    tmp_path: Path, parts: list[str], problem: str
) -> None:
    found = only_problem(tmp_path, with_quality(entry(*parts, "mustBe: 0"), on_object=True))
    assert found.startswith(f"13 {ON_FLIGHTS}{problem}")


@pytest.mark.parametrize(
    ("logical_type", "value", "problem"),
    [
        ("string", "1", "1 is no text, and the column is one of strings; put it in quotes: '1'"),
        ("string", "true", "True is no text"),
        ("integer", "'1'", "'1' is no number, and the column is one of numbers; write it without quotes"),
        ("number", "true", "True is no number"),
    ],
)
def test_a_valid_value_that_the_column_cannot_hold_is_a_problem(
    tmp_path: Path, logical_type: str, value: str, problem: str
) -> None:
    text = with_property(
        f"logicalType: {logical_type}\n"
        f"quality: [{{metric: invalidValues, mustBe: 0, arguments: {{validValues: [{value}]}}}}]"
    )
    assert problem in only_problem(tmp_path, text)


def test_a_valid_value_that_is_a_list_is_one_problem_however_long_it_is(tmp_path: Path) -> None:
    text = with_property(
        "logicalType: string\n"
        f"quality: [{{metric: invalidValues, mustBe: 0, arguments: {{validValues: [[{'x' * 10_000}]]}}}}]"
    )
    problem = only_problem(tmp_path, text)
    assert "is not a single value" in problem
    assert len(problem) < 1000
