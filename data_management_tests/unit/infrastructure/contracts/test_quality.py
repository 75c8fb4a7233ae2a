from pathlib import Path

import pytest

from data_management.domain.models import Dimension, RuleScope, Severity
from data_management_tests.unit.infrastructure.contracts.examples import (
    only_problem,
    only_rule,
    problems_of,
    rules_of,
    with_property,
    with_quality,
)

NULLS = "metric: nullValues, mustBe: 0"


@pytest.mark.parametrize(
    ("written_as", "severity"),
    [
        ("critical", Severity.CRITICAL),
        ("error", Severity.CRITICAL),
        ("High", Severity.CRITICAL),
        ("BLOCKER", Severity.CRITICAL),
        ("warning", Severity.WARNING),
        ("Warn", Severity.WARNING),
        ("medium", Severity.WARNING),
        ("info", Severity.INFO),
        ("Information", Severity.INFO),
        ("low", Severity.INFO),
    ],
)
def test_severities_of_many_tools_are_understood(tmp_path: Path, written_as: str, severity: Severity) -> None:
    assert only_rule(tmp_path, with_quality(f"- {{{NULLS}, severity: {written_as}}}")).severity is severity


def test_a_rule_without_a_severity_is_critical(tmp_path: Path) -> None:
    assert only_rule(tmp_path, with_quality(f"- {{{NULLS}}}")).severity is Severity.CRITICAL


@pytest.mark.parametrize(
    ("written_as", "dimension"),
    [
        *((dimension.value, dimension) for dimension in Dimension),
        ("Accuracy", Dimension.ACCURACY),
        ("ac", Dimension.ACCURACY),
        ("cp", Dimension.COMPLETENESS),
        ("CF", Dimension.CONFORMITY),
        ("cs", Dimension.CONSISTENCY),
        ("cv", Dimension.COVERAGE),
        ("tm", Dimension.TIMELINESS),
        ("uq", Dimension.UNIQUENESS),
        ("validity", Dimension.CONFORMITY),
        ("freshness", Dimension.TIMELINESS),
    ],
)
def test_a_dimension_may_be_said_and_abbreviated(tmp_path: Path, written_as: str, dimension: Dimension) -> None:
    assert only_rule(tmp_path, with_quality(f"- {{{NULLS}, dimension: {written_as}}}")).dimension is dimension


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ("severity: hgih", ".severity: the severity 'hgih' is not known; did you mean 'high'?"),
        ("severity: zzz", ".severity: the severity 'zzz' is not known; use one of critical, warning, info"),
        (
            "dimension: completness",
            ".dimension: the dimension 'completness' is not known; did you mean 'completeness'?",
        ),
        (
            "dimension: zzz",
            ".dimension: the dimension 'zzz' is not known; use one of accuracy, completeness, conformity",
        ),
        ("type: libary", ".type: the type 'libary' is not known; did you mean 'library'?"),
        (
            "customProperties: [{property: weight, value: -1}]",
            ".customProperties[0].value: -1 is not a number from 0 on; write a number, 0 or more",
        ),
        ("customProperties: [{property: weight, value: true}]", ".customProperties[0].value: True is not a number"),
        (
            "customProperties: [{property: scope, value: file}]",
            ".customProperties[0].value: 'file' is not one of its values; write one of asset, dataset",
        ),
        (
            "customProperties: [{property: wieght, value: 1}]",
            None,
        ),
        (
            "customProperties: [{property: weigth, value: 1}]",
            None,
        ),
        (
            "customProperties: [{property: weights, value: 1}]",
            ".customProperties[0]: the custom property 'weights' is not known; did you mean 'weight'?",
        ),
        (
            "customProperties: [{property: weight, value: 1}, {property: weight, value: 2}]",
            ".customProperties[1]: the custom property 'weight' is given twice; remove one of them",
        ),
    ],
)
def test_what_a_rule_says_of_itself_is_checked(tmp_path: Path, more: str, problem: str | None) -> None:
    text = with_quality(f"- {{{NULLS}, {more}}}")
    if problem is None:  # below the likeness at which a word of one's own becomes a misspelling of ours
        assert only_rule(tmp_path, text).weight is None
    else:
        assert only_problem(tmp_path, text).startswith(f"10 schema[0].properties[0].quality[0]{problem}")


def test_weight_and_scope_are_custom_properties_and_others_are_left_alone(tmp_path: Path) -> None:
    text = with_quality(
        f"- {{{NULLS}, customProperties: [{{property: weight, value: 2.5}}, {{property: scope, value: Dataset}}, "
        "{property: FIELD_NAME, value: }, {property: businessKey, value: [a, b]}]}"
    )
    rule = only_rule(tmp_path, text)
    assert (rule.weight, rule.scope) == (2.5, RuleScope.DATASET)


def test_a_rule_bears_its_name_else_its_id_else_what_it_checks(tmp_path: Path) -> None:
    text = with_quality(f"""\
        - {{{NULLS}, name: Every flight has a carrier, id: r1, description: No carrier no flight}}
        - {{{NULLS}, id: r2}}
        - {{{NULLS}}}
        """)
    rules = rules_of(tmp_path, text)
    assert list(rules) == ["Every flight has a carrier", "r2", "carrier.nullValues", "delay.type"]
    assert rules["Every flight has a carrier"].description == "No carrier no flight"


def test_derived_names_that_clash_are_numbered_and_given_ones_stay(tmp_path: Path) -> None:
    text = with_quality(f"- {{{NULLS}}}\n- {{{NULLS}}}\n- {{{NULLS}, name: carrier.nullValues}}\n- {{{NULLS}}}")
    assert list(rules_of(tmp_path, text)) == [
        "carrier.nullValues_2",
        "carrier.nullValues_3",
        "carrier.nullValues",
        "carrier.nullValues_4",
        "delay.type",
    ]


def test_two_rules_given_the_same_name_are_a_problem(tmp_path: Path) -> None:
    text = with_property(f"quality: [{{{NULLS}, name: complete}}]", "- {metric: rowCount, mustBe: 1, name: complete}")
    assert only_problem(tmp_path, text) == (
        "13 schema[0].quality[0].name: the rule's name 'complete' is given twice, first in line 9; "
        "give each rule a name of its own"
    )


@pytest.mark.parametrize(
    ("entry", "name", "reason"),
    [
        ("type: text, description: Verified by hand", "carrier.text", "a text rule is for people"),
        ("type: SQL, query: SELECT 1, mustBe: 0", "carrier.sql", "SQL rules are not run on files"),
        (
            "type: custom, engine: soda, implementation: 'x: y'",
            "carrier.soda",
            "rules of the engine 'soda' are not run",
        ),
        ("type: custom, engine: dbt, implementation: {a: b}", "carrier.dbt", "rules of the engine 'dbt' are not run"),
    ],
)
def test_a_rule_that_cannot_be_run_is_kept_with_the_reason(tmp_path: Path, entry: str, name: str, reason: str) -> None:
    rule = only_rule(tmp_path, with_quality(f"- {{{entry}, dimension: accuracy, severity: info}}"))
    assert (rule.name, rule.expectations, rule.column) == (name, (), "carrier")
    assert (rule.dimension, rule.severity) == (Dimension.ACCURACY, Severity.INFO)
    assert str(rule.not_runnable).startswith(reason)


def test_a_sql_rule_without_a_query_is_a_problem(tmp_path: Path) -> None:
    assert "a rule of type sql has no query; add 'query:'" in only_problem(tmp_path, with_quality("- {type: sql}"))


def test_rules_of_nested_properties_are_kept_and_not_run(tmp_path: Path) -> None:
    text = with_property(f"""\
        logicalType: object
        properties:
        - name: code
          required: true
          logicalType: string
          quality:
          - {{{NULLS}, severity: warning}}
        """)
    rules = rules_of(tmp_path, text)
    assert list(rules) == ["carrier.code.required", "carrier.code.nullValues", "delay.type"]
    rule = rules["carrier.code.nullValues"]
    assert (rule.expectations, rule.threshold, rule.column) == ((), None, "carrier")
    assert rule.not_runnable == "carrier.code is inside the column carrier, and expectations look at whole columns"


def test_every_entry_with_a_problem_is_reported(tmp_path: Path) -> None:
    text = with_quality(f"- {{metric: a, mustBe: 0, severity: zzz}}\n- {{{NULLS}}}\n- {{{NULLS}, unit: zzz}}")
    assert len(problems_of(tmp_path, text)) == 3
