"""Every kind of rule over one small table, with numbers counted by hand."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from data_management.domain.models import Check, ColumnSpec, Dimension, Expectation, Rule
from data_management.infrastructure.quality.worker import examine_here
from data_management_tests.integration.quality.examples import examined, only_check, read, request, rule, written

CSV = """\
id,qty,price,code,flag,day,at,low,high
1,10,1.50,A-1,true,2024-01-01,2024-01-01T08:00:00Z,1,2
2,,2.25,A-2,false,2024-01-02,2024-01-02T08:00:00Z,3,3
3,30,,B-1,true,,2024-01-03T08:00:00Z,5,4
3,40,4.00,b-2,,2024-01-04,,,6
5,50,5.00,,false,2024-01-05,2024-01-05T08:00:00Z,7,
"""
FLOAT = pytest.approx


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return written(tmp_path, "table.csv", CSV)


ROW_LEVEL: list[tuple[str, dict[str, Any], int, int, bool]] = [
    ("column_values_to_not_be_null", {"column": "qty"}, 5, 1, False),
    ("column_values_to_not_be_null", {"column": "qty", "mostly": 0.8}, 5, 1, True),
    ("column_values_to_be_null", {"column": "qty"}, 5, 4, False),
    ("column_values_to_be_unique", {"column": "id"}, 5, 2, False),
    ("column_values_to_be_unique", {"column": "qty"}, 4, 0, True),
    ("column_values_to_be_in_set", {"column": "qty", "value_set": [10, 30]}, 4, 2, False),
    ("column_values_to_be_in_set", {"column": "price", "value_set": [1.5, 2.25, 4, 5]}, 4, 0, True),
    ("column_values_to_be_in_set", {"column": "flag", "value_set": [True]}, 4, 2, False),
    ("column_values_to_be_in_set", {"column": "day", "value_set": ["2024-01-01", "2024-01-02"]}, 4, 2, False),
    ("column_values_to_not_be_in_set", {"column": "code", "value_set": ["A-1"]}, 4, 1, False),
    ("column_values_to_be_between", {"column": "qty", "min_value": 20, "max_value": 40}, 4, 2, False),
    ("column_values_to_be_between", {"column": "qty", "min_value": 30, "strict_min": True}, 4, 2, False),
    ("column_values_to_be_between", {"column": "qty", "min_value": 20, "mostly": 0.75}, 4, 1, True),
    ("column_values_to_be_between", {"column": "day", "min_value": "2024-01-02"}, 4, 1, False),
    (
        "column_values_to_be_between",
        {"column": "at", "min_value": "2024-01-02T08:00:00", "max_value": "2024-01-03T09:00:00+01:00"},
        4,
        2,
        False,
    ),
    ("column_values_to_match_regex", {"column": "code", "regex": r"^[A-Z]-\d$"}, 4, 1, False),
    ("column_values_to_match_regex", {"column": "qty", "regex": r"^\d0$"}, 4, 0, True),
    ("column_values_to_match_regex", {"column": "price", "regex": r"^\d\.\d\d$"}, 4, 0, True),
    ("column_values_to_match_regex", {"column": "code", "regex": r"^(?=A)"}, 4, 2, False),
    ("column_values_to_not_match_regex", {"column": "code", "regex": "1"}, 4, 2, False),
    ("column_values_to_match_regex_list", {"column": "code", "regex_list": ["^A", "^B"]}, 4, 1, False),
    ("column_values_to_not_match_regex_list", {"column": "code", "regex_list": ["^A", "^B"]}, 4, 3, False),
    ("column_value_lengths_to_be_between", {"column": "code", "min_value": 4}, 4, 4, False),
    ("column_value_lengths_to_equal", {"column": "price", "value": 4}, 4, 0, True),
    ("column_values_to_match_strftime_format", {"column": "day", "strftime_format": "%Y-%m-%d"}, 4, 0, True),
    ("column_values_to_be_dateutil_parseable", {"column": "day"}, 4, 0, True),
    ("column_values_to_be_json_parseable", {"column": "code"}, 4, 4, False),
    ("column_values_to_be_json_parseable", {"column": "qty"}, 4, 0, True),
    ("column_values_to_be_of_type", {"column": "code", "type_": "integer"}, 4, 4, False),
    ("column_values_to_be_of_type", {"column": "price", "type_": "integer"}, 4, 4, False),
    ("column_values_to_be_of_type", {"column": "code", "type_": "integer", "mostly": 0}, 4, 4, True),
    ("column_value_z_scores_to_be_less_than", {"column": "qty", "threshold": 1, "double_sided": True}, 4, 2, False),
    ("column_pair_values_a_to_be_greater_than_b", {"column_A": "high", "column_B": "low"}, 5, 4, False),
    (
        "column_pair_values_a_to_be_greater_than_b",
        {"column_A": "high", "column_B": "low", "or_equal": True, "ignore_row_if": "either_value_is_missing"},
        3,
        1,
        False,
    ),
    (
        "column_pair_values_to_be_equal",
        {"column_A": "high", "column_B": "low", "ignore_row_if": "either_value_is_missing"},
        3,
        2,
        False,
    ),
    (
        "column_pair_values_to_be_in_set",
        {
            "column_A": "low",
            "column_B": "high",
            "value_pairs_set": [[1, 2], [3, 3]],
            "ignore_row_if": "either_value_is_missing",
        },
        3,
        1,
        False,
    ),
    ("compound_columns_to_be_unique", {"column_list": ["id", "flag"]}, 5, 0, True),
    ("compound_columns_to_be_unique", {"column_list": ["id", "id"]}, 5, 2, False),
    (
        "select_column_values_to_be_unique_within_record",
        {"column_list": ["low", "high"], "ignore_row_if": "any_value_is_missing"},
        3,
        1,
        False,
    ),
    (
        "multicolumn_sum_to_equal",
        {"column_list": ["low", "high"], "sum_total": 6, "ignore_row_if": "any_value_is_missing"},
        3,
        2,
        False,
    ),
    (
        "column_values_to_not_be_null",
        {"column": "code", "row_condition": "id > 3", "condition_parser": "pandas"},
        1,
        1,
        False,
    ),
]

AGGREGATE: list[tuple[str, dict[str, Any], bool, Any]] = [
    ("column_mean_to_be_between", {"column": "qty", "min_value": 32, "max_value": 33}, True, 32.5),
    ("column_median_to_be_between", {"column": "qty", "min_value": 0, "max_value": 10}, False, 35.0),
    ("column_sum_to_be_between", {"column": "qty", "min_value": 130, "max_value": 130}, True, 130.0),
    ("column_min_to_be_between", {"column": "qty", "min_value": 5}, True, 10.0),
    ("column_max_to_be_between", {"column": "id", "max_value": 4}, False, 5),
    ("column_max_to_be_between", {"column": "day", "max_value": "2024-01-05"}, True, None),
    ("column_min_to_be_between", {"column": "at", "min_value": "2024-01-01T09:00:00Z"}, False, None),
    ("column_stdev_to_be_between", {"column": "id", "min_value": 1, "max_value": 2}, True, FLOAT(1.4832397)),
    ("column_unique_value_count_to_be_between", {"column": "id", "min_value": 4, "max_value": 4}, True, 4),
    ("column_proportion_of_unique_values_to_be_between", {"column": "id", "min_value": 0.9}, False, 0.8),
    ("column_proportion_of_non_null_values_to_be_between", {"column": "qty", "min_value": 0.8}, True, 0.8),
    (
        "column_quantile_values_to_be_between",
        {"column": "qty", "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[30, 40]]}},
        True,
        None,
    ),
    ("column_distinct_values_to_be_in_set", {"column": "flag", "value_set": [True, False]}, True, None),
    ("column_distinct_values_to_contain_set", {"column": "code", "value_set": ["A-1", "Z"]}, False, None),
    ("column_distinct_values_to_equal_set", {"column": "id", "value_set": [1, 2, 3, 5]}, True, None),
    ("column_most_common_value_to_be_in_set", {"column": "id", "value_set": [3]}, True, None),
    ("column_to_exist", {"column": "id"}, True, None),
    ("column_to_exist", {"column": "nothing"}, False, None),
    ("table_row_count_to_be_between", {"min_value": 6}, False, 5),
    ("table_row_count_to_equal", {"value": 5}, True, 5),
    ("table_column_count_to_equal", {"value": 9}, True, 9),
    ("table_columns_to_match_set", {"column_set": ["id"]}, False, None),
]


@pytest.mark.parametrize(("kind", "arguments", "evaluated", "unexpected", "success"), ROW_LEVEL)
def test_row_level_rules(
    table: Path, kind: str, arguments: dict[str, Any], evaluated: int, unexpected: int, success: bool
) -> None:
    check = only_check(table, rule(kind, **arguments))
    assert (check.error, check.evaluated, check.unexpected, check.success) == (None, evaluated, unexpected, success)
    assert check.observed is None


@pytest.mark.parametrize(("kind", "arguments", "success", "observed"), AGGREGATE)
def test_aggregate_rules(table: Path, kind: str, arguments: dict[str, Any], success: bool, observed: Any) -> None:
    check = only_check(table, rule(kind, **arguments))
    assert (check.error, check.success, check.observed) == (None, success, observed)
    assert (check.evaluated, check.unexpected) == (None, None)


BROKEN = [
    rule("column_values_to_be_unique", "missing column", column="nothing"),
    rule("column_values_to_be_between", "no bounds", column="qty"),
    rule("column_values_to_be_between", "text against numbers", column="code", min_value=1, max_value=2),
    rule("column_values_to_match_regex", "bad regex", column="code", regex="["),
    rule("column_values_to_be_in_set", "missing argument", column="code"),
    rule("column_values_to_be_in_set", "unknown argument", column="code", value_set=[1], colour="blue"),
    rule("column_values_to_be_purple", "unknown expectation", column="code"),
    rule("column_mean_to_be_between", "mean of text", column="code", min_value=1),
    rule("column_values_to_be_unique", "no column"),
    rule("column_values_to_be_unique", "column is a list", column=["id"]),
    rule("column_values_to_not_be_null", "bad mostly", column="id", mostly=7),
    rule("column_values_to_not_be_null", "bad condition", column="id", row_condition="(", condition_parser="pandas"),
    rule("query_results_to_match_comparison", "needs a database", base_query="select 1", comparison_query="select 1"),
]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda one: one.name)
def test_one_broken_rule_of_fifty_leaves_forty_nine_right(table: Path, broken: Rule) -> None:
    rules = [rule("column_values_to_be_in_set", str(n), column="qty", value_set=[n, 10]) for n in range(49)]
    checks = read(table, *rules[:20], broken, *rules[20:]).checks
    assert len(checks) == 50
    failed = checks[20]
    assert (failed.errored, failed.success, failed.rule) == (True, None, broken.name)
    assert failed.error is not None
    assert "A-1" not in failed.error
    assert [check.errored for check in checks].count(True) == 1
    assert all(check.unexpected == (2 if check.rule in ("30", "40") else 3) for check in checks if not check.errored)


def test_a_rule_of_several_expectations_adds_up(table: Path) -> None:
    both = replace(
        rule("column_values_to_not_be_null", column="code"),
        expectations=(
            Expectation("expect_column_values_to_not_be_null", {"column": "code"}),
            Expectation("expect_column_values_to_not_be_in_set", {"column": "code", "value_set": ["A-1", "A-2"]}),
        ),
    )
    check = only_check(table, both)
    assert (check.evaluated, check.unexpected, check.success) == (5, 3, False)


def test_a_rule_that_cannot_be_run_has_no_check(table: Path) -> None:
    nothing = Rule(name="sql", expectations=(), dimension=Dimension.ACCURACY, not_runnable="it is SQL")
    assert read(table, nothing).checks == ()


def test_an_empty_table_evaluates_nothing(tmp_path: Path) -> None:
    empty = written(tmp_path, "empty.csv", CSV.splitlines()[0])
    for kind, arguments, *_ in ROW_LEVEL:
        check = only_check(empty, rule(kind, **arguments))
        if kind != "column_value_z_scores_to_be_less_than" and "row_condition" not in arguments:
            assert (check.error, check.evaluated, check.unexpected, check.success) == (None, 0, 0, True), kind


def test_a_value_that_does_not_cast_is_counted_once_and_is_not_missing(tmp_path: Path) -> None:
    file = written(tmp_path, "a.csv", "n,k\n1,a\n,b\nmany,c\n4,d\n")
    specs = (ColumnSpec("n", "integer"),)
    rules = (
        rule("column_values_to_be_of_type", column="n", type_="integer"),
        rule("column_values_to_not_be_null", column="n"),
        rule("column_values_to_be_null", column="n"),
        rule("column_values_to_be_between", column="n", min_value=2),
        rule("column_proportion_of_non_null_values_to_be_between", column="n", min_value=0),
    )
    examination = read(file, *rules, columns=specs)
    assert [(check.evaluated, check.unexpected) for check in examination.checks[:4]] == [(3, 1), (4, 1), (4, 3), (2, 1)]
    assert examination.checks[4].observed == 0.75
    assert [(c.name, c.type) for c in examination.columns] == [("n", "BIGINT"), ("k", "VARCHAR")]
    assert examination.profile[0].nulls == 1


def test_figures_of_classified_columns_stay_in_the_file(table: Path) -> None:
    mean = rule("column_mean_to_be_between", column="qty", min_value=0)
    for classification, shown in (("restricted", None), ("Public", 32.5), ("internal", 32.5), (None, 32.5)):
        specs = (ColumnSpec("qty", classification=classification),)
        examination = read(table, mean, columns=specs)
        assert examination.checks[0].observed == shown
        assert examination.checks[0].success
        assert examination.profile[1].mean == shown


def test_decimals_compare_as_they_read(tmp_path: Path) -> None:
    values = pa.array(["0.10", "0.20", None, "0.20"]).cast(pa.decimal128(10, 2))
    parquet.write_table(pa.table({"d": values}), tmp_path / "d.parquet")
    checks = read(
        tmp_path / "d.parquet",
        rule("column_values_to_be_between", column="d", min_value=0.1, max_value=0.2),
        rule("column_values_to_be_in_set", column="d", value_set=[0.1]),
        rule("column_values_to_be_unique", column="d"),
        rule("column_mean_to_be_between", column="d", min_value=0, max_value=1),
        rule("column_values_to_be_unique", "again", column="d"),
    ).checks
    assert [(check.evaluated, check.unexpected) for check in checks] == [(3, 0), (3, 2), (3, 2), (None, None), (3, 2)]
    assert checks[3].observed == pytest.approx(1 / 6)


def test_dates_beyond_nanoseconds_compare(tmp_path: Path) -> None:
    file = written(tmp_path, "a.csv", "day\n0001-01-01\n2024-01-01\n9999-12-31\n\n")
    checks = read(
        file,
        rule("column_values_to_be_between", column="day", min_value="2000-01-01", max_value="3000-01-01"),
        rule("column_values_to_be_in_set", column="day", value_set=["9999-12-31"]),
        rule("column_values_to_be_unique", column="day"),
    ).checks
    assert [(c.error, c.evaluated, c.unexpected) for c in checks] == [(None, 3, 2), (None, 3, 2), (None, 3, 0)]


def test_large_integers_with_missing_ones_are_not_rounded(tmp_path: Path) -> None:
    file = written(tmp_path, "a.csv", "n,k\n9007199254740993,a\n9007199254740992,b\n,c\n")
    checks = read(
        file,
        rule("column_values_to_be_unique", column="n"),
        rule("column_values_to_be_in_set", column="n", value_set=[9007199254740993]),
        rule("column_values_to_match_regex", column="n", regex="^[0-9]+$"),
        rule("compound_columns_to_be_unique", column_list=["n", "n"], ignore_row_if="any_value_is_missing"),
    ).checks
    assert [(c.evaluated, c.unexpected) for c in checks] == [(2, 0), (2, 1), (2, 0), (2, 0)]


def test_several_files_are_one_table(tmp_path: Path) -> None:
    one = written(tmp_path, "1.csv", "id,a\n1,x\n2,y\n")
    two = written(tmp_path, "2.csv", "id,b\n2,x\nq,y\n")
    unique = rule("column_values_to_be_unique", column="id")
    examination = examined(examine_here(request(one, two, rules=[unique])))
    assert (examination.row_count, examination.content_sha256) == (4, None)
    assert [column.name for column in examination.columns] == ["id", "a", "b"]
    assert (examination.checks[0].evaluated, examination.checks[0].unexpected) == (4, 2)


def test_checks_are_plain_values(table: Path) -> None:
    for kind, arguments, *_ in AGGREGATE:
        check: Check = only_check(table, rule(kind, **arguments))
        assert type(check.observed) in (int, float, bool, type(None))
        assert type(check.success) is bool
