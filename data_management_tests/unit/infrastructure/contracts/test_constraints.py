from pathlib import Path

import pytest

from data_management.domain.models import Dimension, Severity
from data_management_tests.unit.infrastructure.contracts.examples import (
    dataset_of,
    only_problem,
    problems_of,
    rules_of,
    with_property,
    with_schema,
)

OPTIONS = "schema[0].properties[0].logicalTypeOptions"


def typed(logical_type: str, options: str = "") -> str:
    stated = f"logicalType: {logical_type}"
    return with_property(f"{stated}\nlogicalTypeOptions: {{{options}}}" if options else stated)


def test_required_is_a_rule_of_completeness(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path, with_property("required: true\ndescription: The airline\nclassification: public"))
    rule = dataset.rules[0]
    assert (rule.name, rule.dimension, rule.severity) == (
        "carrier.required",
        Dimension.COMPLETENESS,
        Severity.CRITICAL,
    )
    assert rule.expectations[0].type == "expect_column_values_to_not_be_null"
    column = dataset.columns[0]
    assert (column.name, column.required, column.description, column.classification) == (
        "carrier",
        True,
        "The airline",
        "public",
    )


def test_unique_is_a_rule_of_uniqueness(tmp_path: Path) -> None:
    rule = rules_of(tmp_path, with_property("unique: true"))["carrier.unique"]
    assert rule.dimension is Dimension.UNIQUENESS
    assert rule.expectations[0].type == "expect_column_values_to_be_unique"


def test_a_primary_key_of_one_column_is_required_and_unique_once(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path, with_property("primaryKey: true\nrequired: true\nunique: true"))
    assert [rule.name for rule in dataset.rules] == ["carrier.required", "carrier.unique", "delay.type"]
    assert dataset.columns[0].required


def test_a_primary_key_of_several_columns_is_unique_together_in_the_order_of_its_positions(tmp_path: Path) -> None:
    text = with_schema("""\
        - name: flights
          properties:
          - {name: day, primaryKey: true, primaryKeyPosition: 2, required: true}
          - {name: seat, primaryKey: true}
          - {name: carrier, primaryKey: true, primaryKeyPosition: 1}
        """)
    rules = rules_of(tmp_path, text)
    assert list(rules) == ["day.required", "seat.required", "carrier.required", "primary_key"]
    key = rules["primary_key"]
    assert key.expectations[0].type == "expect_compound_columns_to_be_unique"
    assert key.expectations[0].kwargs == {"column_list": ["carrier", "day", "seat"]}
    assert key.dimension is Dimension.UNIQUENESS


@pytest.mark.parametrize("logical_type", ["string", "integer", "number", "boolean", "date", "timestamp", "time"])
def test_a_logical_type_of_single_values_is_a_rule(tmp_path: Path, logical_type: str) -> None:
    rule = rules_of(tmp_path, typed(logical_type))["carrier.type"]
    assert rule.expectations[0].type == "expect_column_values_to_be_of_type"
    assert rule.expectations[0].kwargs == {"column": "carrier", "type_": logical_type}
    assert rule.dimension is Dimension.CONFORMITY


@pytest.mark.parametrize("logical_type", ["object", "array", "map", "vector"])
def test_a_logical_type_of_compound_values_is_a_type_and_no_rule(tmp_path: Path, logical_type: str) -> None:
    dataset = dataset_of(tmp_path, typed(logical_type))
    assert dataset.columns[0].logical_type == logical_type
    assert [rule.name for rule in dataset.rules] == ["delay.type"]


def test_an_unknown_logical_type_is_a_problem(tmp_path: Path) -> None:
    assert only_problem(tmp_path, typed("strng")) == (
        "9 schema[0].properties[0].logicalType: the logical type 'strng' is not known; did you mean 'string'?"
    )


def test_the_physical_name_is_the_name_in_the_file(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path, with_property("physicalName: CARR\nrequired: true"))
    assert dataset.columns[0].name == "CARR"
    assert dataset.rules[0].name == "CARR.required"
    assert dataset.rules[0].expectations[0].kwargs == {"column": "CARR"}


def test_a_column_declared_twice_is_a_problem(tmp_path: Path) -> None:
    text = with_schema("- name: flights\n  properties:\n  - name: carrier\n  - {name: airline, physicalName: carrier}")
    assert only_problem(tmp_path, text) == (
        "9 schema[0].properties[1].name: the column 'carrier' is declared twice, first at properties[0]; "
        "remove one of them"
    )


def test_a_property_without_a_name_is_a_problem(tmp_path: Path) -> None:
    text = with_schema("- name: flights\n  properties:\n  - required: true")
    assert "the property has no name; add 'name:'" in only_problem(tmp_path, text)


@pytest.mark.parametrize(
    ("logical_type", "options", "name", "expectation", "kwargs"),
    [
        ("string", "minLength: 2", "length", "expect_column_value_lengths_to_be_between", {"min_value": 2}),
        (
            "string",
            "minLength: 2, maxLength: 3",
            "length",
            "expect_column_value_lengths_to_be_between",
            {"min_value": 2, "max_value": 3},
        ),
        ("string", "pattern: '[A-Z]'", "pattern", "expect_column_values_to_match_regex", {"regex": "[A-Z]"}),
        ("integer", "minimum: 0", "range", "expect_column_values_to_be_between", {"min_value": 0}),
        (
            "number",
            "exclusiveMinimum: 0, maximum: 9.5",
            "range",
            "expect_column_values_to_be_between",
            {"min_value": 0, "strict_min": True, "max_value": 9.5},
        ),
        (
            "number",
            "minimum: 0, exclusiveMinimum: false, maximum: 9, exclusiveMaximum: true",
            "range",
            "expect_column_values_to_be_between",
            {"min_value": 0, "max_value": 9, "strict_max": True},
        ),
        (
            "integer",
            "format: u8",
            "format",
            "expect_column_values_to_be_between",
            {"min_value": 0, "max_value": 255},
        ),
        (
            "integer",
            "format: i64",
            "format",
            "expect_column_values_to_be_between",
            {"min_value": -(2**63), "max_value": 2**63 - 1},
        ),
        (
            "date",
            "minimum: 2024-01-31, exclusiveMaximum: '2025-01-01'",
            "range",
            "expect_column_values_to_be_between",
            {"min_value": "2024-01-31", "max_value": "2025-01-01", "strict_max": True},
        ),
        (
            "date",
            "format: dd.MM.yyyy, minimum: 31.01.2024",
            "range",
            "expect_column_values_to_be_between",
            {"min_value": "2024-01-31"},
        ),
        (
            "date",
            "format: 'yyyy-MM-dd HH:mm:ss', minimum: 2024-01-31 00:00:00",
            "range",
            "expect_column_values_to_be_between",
            {"min_value": "2024-01-31T00:00:00"},
        ),
        (
            "timestamp",
            "minimum: 2024-01-31, maximum: '2024-02-01T12:00:00Z'",
            "range",
            "expect_column_values_to_be_between",
            {"min_value": "2024-01-31T00:00:00", "max_value": "2024-02-01T12:00:00+00:00"},
        ),
    ],
)
def test_an_option_of_a_logical_type_is_a_rule(
    tmp_path: Path, logical_type: str, options: str, name: str, expectation: str, kwargs: dict[str, object]
) -> None:
    rule = rules_of(tmp_path, typed(logical_type, options))[f"carrier.{name}"]
    assert rule.expectations[0].type == expectation
    assert rule.expectations[0].kwargs == {"column": "carrier", **kwargs}
    assert rule.dimension is Dimension.CONFORMITY


@pytest.mark.parametrize(
    ("logical_type", "options", "name"),
    [
        ("integer", "multipleOf: 5", "multipleOf"),
        ("array", "maxItems: 3, minItems: 0", "maxItems"),
        ("array", "uniqueItems: true", "uniqueItems"),
        ("object", "required: [a]", "requiredProperties"),
        ("vector", "dimensions: 384, elementType: float32", "dimensions"),
        ("time", "minimum: 08:00:00", "minimum"),
        ("string", "format: isbn", "format"),
    ],
)
def test_an_option_without_an_expectation_is_kept_and_not_run(
    tmp_path: Path, logical_type: str, options: str, name: str
) -> None:
    rules = rules_of(tmp_path, typed(logical_type, options))
    assert [rule.name for rule in rules.values() if rule.not_runnable] == [f"carrier.{name}"]
    assert rules[f"carrier.{name}"].expectations == ()


@pytest.mark.parametrize(
    ("logical_type", "options"),
    [
        ("string", "format: password"),
        ("number", "format: f64"),
        ("timestamp", "timezone: true, defaultTimezone: Etc/UTC"),
        ("array", "minItems: 0, uniqueItems: false"),
    ],
)
def test_an_option_that_demands_nothing_is_no_rule(tmp_path: Path, logical_type: str, options: str) -> None:
    assert set(rules_of(tmp_path, typed(logical_type, options))) <= {"carrier.type", "delay.type"}


def test_the_format_of_dates_is_told_to_the_reader(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path, typed("timestamp", "format: dd.MM.yyyy HH:mm"))
    assert dataset.columns[0].date_format == "%d.%m.%Y %H:%M"
    assert list(rules_of(tmp_path, typed("date", "format: yyyyMMdd"))) == ["carrier.type", "delay.type"]


@pytest.mark.parametrize(
    ("logical_type", "options", "problem"),
    [
        (
            "string",
            "maxLenght: 3",
            ".maxLenght: a column of type string has no option 'maxLenght'; did you mean 'maxLength'?",
        ),
        ("string", "minimum: 3", ".minimum: a column of type string has no option 'minimum'; string takes minLength"),
        ("boolean", "format: x", ".format: a column of type boolean has no option 'format'; boolean takes no options"),
        ("string", "minLength: -1", ".minLength: -1 is not a length"),
        ("string", "maxLength: '3'", ".maxLength: '3' is not a length"),
        ("string", "minLength: 3, maxLength: 2", ": minLength is greater than maxLength"),
        ("string", "pattern: '(a'", ".pattern: the pattern '(a' is not a regular expression"),
        ("string", "format: emial", ".format: the format 'emial' is not known; did you mean 'email'?"),
        ("integer", "format: f64", ".format: the format 'f64' of type integer is not known; use one of i8"),
        ("integer", "minimum: '0'", ".minimum: '0' is not a number"),
        ("integer", "minimum: 9, maximum: 0", ": the lower bound is above the upper one"),
        ("integer", "minimum: 9, exclusiveMinimum: 0", ".exclusiveMinimum: it has both minimum and exclusiveMinimum"),
        ("integer", "exclusiveMaximum: true", ".exclusiveMaximum: exclusiveMaximum is true, and there is no maximum"),
        ("integer", "multipleOf: 0", ".multipleOf: 0 is not above 0"),
        ("date", "minimum: yesterday", ".minimum: 'yesterday' is not a date; write it as 2024-01-31"),
        ("timestamp", "minimum: 5", ".minimum: 5 is not a timestamp; write it as 2024-01-31T12:00:00"),
        ("date", "minimum: 2025-01-01, maximum: 2024-01-01", ": the lower bound is above the upper one"),
        ("date", "format: YYYY-MM-DD", ".format: the format 'YYYY-MM-DD' cannot be read: 'YYYY' has no counterpart"),
        ("date", "format: '%Y-%m-%d'", ".format: the format '%Y-%m-%d' cannot be read: 'Y' has no counterpart"),
        ("date", "format: 5", ".format: the format 5 is not a date pattern; write a pattern of the JDK's"),
    ],
)
def test_an_option_that_cannot_be_meant_is_a_problem(
    tmp_path: Path, logical_type: str, options: str, problem: str
) -> None:
    problems = problems_of(tmp_path, typed(logical_type, options))
    assert problems[0].startswith(f"10 {OPTIONS}{problem}")
    assert len(problems) == 1 or "multipleOf" in options


def test_options_without_a_type_are_a_problem(tmp_path: Path) -> None:
    text = with_property("logicalTypeOptions: {minLength: 3}")
    assert "logicalTypeOptions stand without a logicalType" in only_problem(tmp_path, text)


def test_an_enumeration_is_a_rule(tmp_path: Path) -> None:
    text = with_property("logicalType: string\nenum: [{value: NO, label: Norway}, {value: SE}, {value: null}]")
    rule = rules_of(tmp_path, text)["carrier.enum"]
    assert rule.expectations[0].type == "expect_column_values_to_be_in_set"
    assert rule.expectations[0].kwargs == {"column": "carrier", "value_set": ["NO", "SE"]}


def test_an_enumeration_that_cannot_be_meant_is_a_problem(tmp_path: Path) -> None:
    text = with_property("logicalType: string\nenum: [{label: Norway}, {value: 1}]")
    first, second = problems_of(tmp_path, text)
    assert "enum[0]: it has no value; write '- value: …'" in first + second
    assert "enum: 1 is no text, and the column is one of strings" in first + second
