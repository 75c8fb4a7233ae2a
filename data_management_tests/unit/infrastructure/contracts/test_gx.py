from pathlib import Path

import pytest

from data_management.domain.models import Dimension, Severity
from data_management_tests.unit.infrastructure.contracts.examples import (
    dataset_of,
    expectations_of,
    only_problem,
    only_rule,
    problems_of,
    with_quality,
    with_schema,
)

PLACE = "10 schema[0].properties[0].quality[0].implementation"


def custom(implementation: str, engine: str = "greatExpectations", more: str = "") -> str:
    return f"- {{type: custom, engine: {engine}, implementation: {implementation}{more}}}"


@pytest.mark.parametrize(
    "engine",
    ["greatExpectations", "great-expectations", "great_expectations", "Great Expectations", "GX", "gx"],
)
@pytest.mark.parametrize(
    "implementation",
    [
        "{type: expect_column_values_to_be_between, kwargs: {min_value: 1, max_value: 9, mostly: 0.9}}",
        "{expectation_type: expect_column_values_to_be_between, kwargs: {column: carrier, min_value: 1, max_value: 9, mostly: 0.9}}",
        "{expectation: expect_column_values_to_be_between, min_value: 1, max_value: 9, mostly: 0.9}",
        "{type: ExpectColumnValuesToBeBetween, kwargs: {minValue: 1, maxValue: 9, mostly: 0.9}}",
        "{type: expect_column_values_to_be_between, max_value: 9, kwargs: {min_value: 1, mostly: 0.9}, meta: {a: b}, notes: x}",
        '\'{"type": "expect_column_values_to_be_between", "kwargs": {"min_value": 1, "max_value": 9, "mostly": 0.9}}\'',
    ],
)
def test_an_expectation_is_understood_however_it_is_written(tmp_path: Path, engine: str, implementation: str) -> None:
    rule = only_rule(tmp_path, with_quality(custom(implementation, engine)))
    assert expectations_of(rule) == [
        (
            "expect_column_values_to_be_between",
            {"column": "carrier", "min_value": 1, "max_value": 9, "mostly": 0.9},
        )
    ]
    assert (rule.name, rule.column, rule.dimension) == ("carrier.be_between", "carrier", Dimension.CONFORMITY)
    assert rule.severity is Severity.CRITICAL


def test_the_example_of_the_standard_is_understood(tmp_path: Path) -> None:
    text = with_quality(
        """\
        - type: custom
          engine: greatExpectations
          implementation: |
            type: expect_table_row_count_to_be_between # Block
            kwargs:                                    # passed as-is
              minValue: 10000                          # to the tool
              maxValue: 50000                          # (Great Expectations in this situation)
        """,
        on_object=True,
    )
    rule = only_rule(tmp_path, text)
    assert expectations_of(rule) == [("expect_table_row_count_to_be_between", {"min_value": 10000, "max_value": 50000})]
    assert (rule.name, rule.column) == ("row_count_to_be_between", None)


def test_an_expectation_of_an_object_names_its_column(tmp_path: Path) -> None:
    text = custom("{type: expect_column_max_to_be_between, kwargs: {column: delay, max_value: 1440}}")
    rule = only_rule(tmp_path, with_quality(text, on_object=True))
    assert (rule.name, rule.column) == ("delay.max_to_be_between", "delay")


def test_severity_may_stand_where_great_expectations_has_it(tmp_path: Path) -> None:
    implementation = "{type: expect_column_values_to_not_be_null, severity: warning}"
    assert only_rule(tmp_path, with_quality(custom(implementation))).severity is Severity.WARNING
    text = with_quality(custom(implementation, more=", severity: info"))
    assert only_rule(tmp_path, text).severity is Severity.INFO


def test_columns_of_an_object_without_properties_may_be_any(tmp_path: Path) -> None:
    text = with_schema("""\
        - name: flights
          quality:
          - type: custom
            engine: gx
            implementation: {type: expect_column_values_to_be_unique, kwargs: {column: anything}}
        """)
    assert dataset_of(tmp_path, text).rules[0].name == "anything.be_unique"


def test_an_expectation_that_needs_a_database_is_kept_and_not_run(tmp_path: Path) -> None:
    text = custom("{type: expect_table_row_count_to_equal_other_table, kwargs: {other_table_name: x}}")
    rule = only_rule(tmp_path, with_quality(text, on_object=True))
    assert rule.expectations == ()
    assert (
        rule.not_runnable == "expect_table_row_count_to_equal_other_table needs a database, and data assets are files"
    )


def test_a_rule_of_own_sql_runs_on_the_asset(tmp_path: Path) -> None:
    text = custom("{type: unexpected_rows_expectation, kwargs: {unexpected_rows_query: 'SELECT * FROM {batch}'}}")
    (expectation,) = only_rule(tmp_path, with_quality(text, on_object=True)).expectations
    assert expectation.kwargs == {"unexpected_rows_query": "SELECT * FROM {batch}"}


@pytest.mark.parametrize(
    ("implementation", "problem"),
    [
        (
            "{type: expect_column_values_to_be_betwen, kwargs: {min_value: 1}}",
            (
                ": the expectation 'expect_column_values_to_be_betwen' is not known; "
                "did you mean 'expect_column_values_to_be_between'?"
            ),
        ),
        (
            "{type: ExpectColumnValuesToBeBetwen, kwargs: {min_value: 1}}",
            (
                ": the expectation 'ExpectColumnValuesToBeBetwen' is not known; "
                "did you mean 'expect_column_values_to_be_between'?"
            ),
        ),
        ("{type: zzz}", ": the expectation 'zzz' is not known; use one of Great Expectations' core expectations"),
        ("{kwargs: {min_value: 1}}", ": the implementation names no expectation; write 'type: expect_…' once"),
        ("{type: a, expectation: b}", ": the implementation names no single expectation"),
        ("{type: 5}", ": the implementation names no single expectation"),
        ("some text", ": the implementation is no mapping of an expectation"),
        ("''", ": the implementation cannot be read: it is empty"),
        ("'{a'", ": the implementation cannot be read: it is not valid YAML"),
        ("'{type: expect_column_values_to_be_null, type: b}'", ": the implementation is flawed: 'type' is given twice"),
        (
            "{type: expect_column_values_to_be_between, kwargs: [1]}",
            ".kwargs: kwargs is not a mapping",
        ),
        (
            "{type: expect_column_values_to_be_in_set, kwargs: {value_set: [a], mostley: 1}}",
            ".kwargs.mostley: expect_column_values_to_be_in_set has no argument 'mostley'; did you mean 'mostly'?",
        ),
        (
            "{type: expect_column_values_to_be_in_set, kwargs: {value_set: [a], zzz: 1}}",
            ".kwargs.zzz: expect_column_values_to_be_in_set has no argument 'zzz'; it takes column, value_set, mostly",
        ),
        (
            "{type: expect_column_values_to_be_in_set, kwargs: {}}",
            ": expect_column_values_to_be_in_set lacks the argument 'value_set'; add 'value_set:' to its kwargs",
        ),
        (
            "{type: expect_column_values_to_be_in_set, kwargs: {value_set: a}}",
            ".kwargs.value_set: value_set 'a' of expect_column_values_to_be_in_set is no list",
        ),
        (
            "{type: expect_column_values_to_be_in_set, kwargs: {value_set: {$PARAMETER: x}}}",
            ".kwargs.value_set: value_set {'$PARAMETER': 'x'} of expect_column_values_to_be_in_set is a suite parameter",
        ),
        (
            "{type: expect_column_values_to_be_null, mostly: 95}",
            ".mostly: mostly 95 of expect_column_values_to_be_null is no share; write a number from 0 to 1",
        ),
        (
            "{type: expect_column_values_to_be_null, column: 7}",
            ".column: column 7 of expect_column_values_to_be_null is no column's name",
        ),
        (
            "{type: expect_column_values_to_be_null, column: carier}",
            ".column: the column 'carier' is not declared; did you mean 'carrier'?",
        ),
        (
            "{type: expect_column_values_to_be_null, column: zzz}",
            ".column: the column 'zzz' is not declared; declare it under 'properties:', or correct the name",
        ),
        (
            "{type: expect_column_pair_values_to_be_equal, column_A: carrier, column_B: dellay}",
            ".column_B: the column 'dellay' is not declared; did you mean 'delay'?",
        ),
        (
            "{type: expect_compound_columns_to_be_unique, column_list: [carrier, dellay]}",
            ".column_list: the column 'dellay' is not declared; did you mean 'delay'?",
        ),
        (
            "{type: expect_compound_columns_to_be_unique, column_list: [carrier, 7]}",
            ".column_list: column_list ['carrier', 7] of expect_compound_columns_to_be_unique is no list of columns'",
        ),
        (
            "{type: expect_column_values_to_be_between, kwargs: {}}",
            ": expect_column_values_to_be_between has neither min_value nor max_value",
        ),
        (
            "{type: expect_column_values_to_be_between, kwargs: {min_value: 1, strict_min: 'no'}}",
            ".kwargs.strict_min: strict_min 'no' of expect_column_values_to_be_between is neither true nor false",
        ),
        (
            "{type: expect_column_values_to_match_regex, kwargs: {regex: '(a'}}",
            ".kwargs.regex: the pattern '(a' is not a regular expression",
        ),
        (
            "{type: expect_column_values_to_match_regex_list, kwargs: {regex_list: [a, '(a']}}",
            ".kwargs.regex_list: the pattern '(a' is not a regular expression",
        ),
        (
            "{type: expect_column_values_to_be_in_set, value_set: [a], kwargs: {value_set: [b]}}",
            ": expect_column_values_to_be_in_set is given 'value_set' twice",
        ),
        (
            "{type: expect_column_values_to_be_null, windows: [1]}",
            ".windows: expect_column_values_to_be_null has no argument 'windows'",
        ),
    ],
)
def test_an_expectation_that_great_expectations_would_refuse_is_a_problem(
    tmp_path: Path, implementation: str, problem: str
) -> None:
    assert only_problem(tmp_path, with_quality(custom(implementation))).startswith(PLACE + problem)


def test_an_expectation_of_an_object_must_name_its_column(tmp_path: Path) -> None:
    text = with_quality(custom("{type: expect_column_values_to_be_null}"), on_object=True)
    assert "expect_column_values_to_be_null lacks the argument 'column'" in only_problem(tmp_path, text)


def test_an_operator_beside_an_expectation_is_a_problem(tmp_path: Path) -> None:
    text = with_quality(custom("{type: expect_column_values_to_be_null}", more=", mustBe: 0"))
    assert "Great Expectations does not know the operator mustBe" in only_problem(tmp_path, text)


def test_a_missing_implementation_or_engine_is_a_problem(tmp_path: Path) -> None:
    text = with_quality("- {type: custom, engine: gx}\n- {type: custom, implementation: {type: x}}")
    first, second = problems_of(tmp_path, text)
    assert "the implementation is no mapping of an expectation" in first
    assert "a rule of type custom names no engine; add 'engine: greatExpectations'" in second


def test_every_argument_that_is_wrong_is_reported(tmp_path: Path) -> None:
    text = custom("{type: expect_column_values_to_be_in_set, kwargs: {column: agee, value_set: 3, mostly: 2}}")
    assert len(problems_of(tmp_path, with_quality(text))) == 3
