"""What the planner relies on in Great Expectations 1.24: which metrics an expectation names, and the shape of its result.

A GX release that names another metric, or asks for one more, fails here with the expectation's name.
"""

from typing import Any

import pytest

from data_management.domain.expectations import EXPECTATION_TYPES
from data_management.infrastructure.quality.worker import load_libraries

load_libraries()

import great_expectations.expectations as gxe  # noqa: E402
from great_expectations.expectations.row_conditions import Column  # noqa: E402

from data_management.infrastructure.quality.gx import question  # noqa: E402

ARGUMENTS: dict[str, Any] = {
    "column": "a",
    "column_A": "a",
    "column_B": "b",
    "column_list": ["a", "b"],
    "column_set": ["a"],
    "double_sided": True,
    "json_schema": {},
    "like_pattern": "a",
    "like_pattern_list": ["a"],
    "max_value": 1,
    "method": "iqr",
    "min_value": 0,
    "partition_object": {"bins": [0, 1], "weights": [1.0]},
    "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[0, 1]]},
    "regex": "a",
    "regex_list": ["a"],
    "strftime_format": "%Y",
    "sum_total": 1,
    "threshold": 1,
    "type_": "int64",
    "unexpected_rows_query": "SELECT * FROM {batch}",
    "value": 1,
    "value_pairs_set": [[1, 2]],
    "value_set": [1],
}
OF_A_COLUMN = {
    "expect_column_value_lengths_to_be_between": "column_values.value_length.between",
    "expect_column_value_lengths_to_equal": "column_values.value_length.equals",
    "expect_column_value_z_scores_to_be_less_than": "column_values.z_score.under_threshold",
    "expect_column_values_to_be_between": "column_values.between",
    "expect_column_values_to_be_dateutil_parseable": "column_values.dateutil_parseable",
    "expect_column_values_to_be_decreasing": "column_values.decreasing",
    "expect_column_values_to_be_in_set": "column_values.in_set",
    "expect_column_values_to_be_increasing": "column_values.increasing",
    "expect_column_values_to_be_json_parseable": "column_values.json_parseable",
    "expect_column_values_to_be_unique": "column_values.unique",
    "expect_column_values_to_match_json_schema": "column_values.match_json_schema",
    "expect_column_values_to_match_like_pattern": "column_values.match_like_pattern",
    "expect_column_values_to_match_like_pattern_list": "column_values.match_like_pattern_list",
    "expect_column_values_to_match_regex": "column_values.match_regex",
    "expect_column_values_to_match_regex_list": "column_values.match_regex_list",
    "expect_column_values_to_match_strftime_format": "column_values.match_strftime_format",
    "expect_column_values_to_not_be_in_set": "column_values.not_in_set",
    "expect_column_values_to_not_be_null": "column_values.nonnull",
    "expect_column_values_to_not_be_outliers": "column_values.not_outliers",
    "expect_column_values_to_not_match_like_pattern": "column_values.not_match_like_pattern",
    "expect_column_values_to_not_match_like_pattern_list": "column_values.not_match_like_pattern_list",
    "expect_column_values_to_not_match_regex": "column_values.not_match_regex",
    "expect_column_values_to_not_match_regex_list": "column_values.not_match_regex_list",
}
OF_SEVERAL = {
    "expect_column_pair_values_a_to_be_greater_than_b": "column_pair_values.a_greater_than_b",
    "expect_column_pair_values_to_be_equal": "column_pair_values.equal",
    "expect_column_pair_values_to_be_in_set": "column_pair_values.in_set",
    "expect_compound_columns_to_be_unique": "compound_columns.unique",
    "expect_multicolumn_sum_to_equal": "multicolumn_sum.equal",
    "expect_multicolumn_values_to_be_equal": "multicolumn_values.equal",
    "expect_select_column_values_to_be_unique_within_record": "select_column_values.unique.within_record",
}
OTHERS = {
    "expect_column_distinct_values_to_be_in_set": {
        "column.distinct_values.not_in_set",
        "column.distinct_values.not_in_set.count",
    },
    "expect_column_distinct_values_to_contain_set": {
        "column.distinct_values.missing_from_column",
        "column.distinct_values.missing_from_column.count",
    },
    "expect_column_distinct_values_to_equal_set": {
        "column.distinct_values.missing_from_column",
        "column.distinct_values.missing_from_column.count",
        "column.distinct_values.not_in_set",
        "column.distinct_values.not_in_set.count",
    },
    "expect_column_kl_divergence_to_be_less_than": {
        "column.histogram",
        "column_values.between.count",
        "column_values.nonnull.count",
    },
    "expect_column_max_to_be_between": {"column.max"},
    "expect_column_mean_to_be_between": {"column.mean"},
    "expect_column_median_to_be_between": {"column.median"},
    "expect_column_min_to_be_between": {"column.min"},
    "expect_column_most_common_value_to_be_in_set": {"column.most_common_value"},
    "expect_column_proportion_of_non_null_values_to_be_between": {"column.non_null_proportion"},
    "expect_column_proportion_of_unique_values_to_be_between": {"column.unique_proportion"},
    "expect_column_quantile_values_to_be_between": {"column.quantile_values"},
    "expect_column_stdev_to_be_between": {"column.standard_deviation"},
    "expect_column_sum_to_be_between": {"column.sum"},
    "expect_column_to_exist": {"table.columns"},
    "expect_column_type_to_be": {"table.column_types"},
    "expect_column_unique_value_count_to_be_between": {"column.distinct_values.count"},
    "expect_column_values_to_be_null": {"column_values.null.unexpected_count", "table.row_count"},
    "expect_table_column_count_to_be_between": {"table.column_count"},
    "expect_table_column_count_to_equal": {"table.column_count"},
    "expect_table_columns_to_match_ordered_list": {"table.columns"},
    "expect_table_columns_to_match_set": {"table.columns"},
    "expect_table_row_count_to_be_between": {"table.row_count"},
    "expect_table_row_count_to_equal": {"table.row_count"},
    "unexpected_rows_expectation": {"unexpected_rows_query.row_count", "unexpected_rows_query.table"},
}
BY_DATA = {"expect_column_values_to_be_in_type_list", "expect_column_values_to_be_of_type"}
"""They look at the data already when they name metrics, so that only GX's own engine can run them."""
NEED_A_DATABASE = {"expect_query_results_to_match_comparison", "expect_table_row_count_to_equal_other_table"}


def _named(kind: str) -> set[str]:
    type_ = EXPECTATION_TYPES[kind]
    given = {name: ARGUMENTS[name] for name in (*type_.required, *type_.optional) if name in ARGUMENTS}
    return {metric.name for metric in question(kind, given).metrics.values()}


def test_every_type_is_pinned_here() -> None:
    assert set(EXPECTATION_TYPES) == {*OF_A_COLUMN, *OF_SEVERAL, *OTHERS, *BY_DATA, *NEED_A_DATABASE}


@pytest.mark.parametrize(("kind", "base"), OF_A_COLUMN.items())
def test_a_column_map_names_its_count_the_missing_and_the_rows(kind: str, base: str) -> None:
    assert _named(kind) == {f"{base}.unexpected_count", "column_values.nonnull.unexpected_count", "table.row_count"}


@pytest.mark.parametrize(("kind", "base"), OF_SEVERAL.items())
def test_a_map_of_several_columns_names_its_count_and_what_is_left_of_the_rows(kind: str, base: str) -> None:
    assert _named(kind) == {f"{base}.unexpected_count", f"{base}.filtered_row_count", "table.row_count"}


@pytest.mark.parametrize(("kind", "names"), OTHERS.items())
def test_an_aggregate_names_its_figures(kind: str, names: set[str]) -> None:
    assert _named(kind) == names


def test_details_add_values_and_their_places() -> None:
    asked = question("expect_column_values_to_be_in_set", {"column": "a", "value_set": [1]}, details=True)
    assert {metric.name.rpartition(".")[2] for metric in asked.metrics.values()} == {
        "unexpected_count",
        "row_count",
        "unexpected_values",
        "unexpected_index_list",
        "unexpected_index_query",
    }


def test_a_result_has_the_shape_that_gx_documents() -> None:
    asked = question("expect_column_values_to_be_in_set", {"column": "a", "value_set": [1]}, details=True)
    outcome = asked.judged(
        {
            "column_values.nonnull.unexpected_count": 1,
            "column_values.in_set.unexpected_count": 2,
            "column_values.in_set.unexpected_values": [3, 3],
            "column_values.in_set.unexpected_index_list": [0, 4],
            "column_values.in_set.unexpected_index_query": None,
            "table.row_count": 5,
        }
    )
    assert outcome.result is not None
    assert outcome.result["success"] is False
    assert outcome.result["result"] == {
        "element_count": 5,
        "missing_count": 1,
        "missing_percent": 20.0,
        "partial_unexpected_counts": [{"count": 2, "value": 3}],
        "partial_unexpected_index_list": [0, 4],
        "partial_unexpected_list": [3, 3],
        "unexpected_count": 2,
        "unexpected_percent": 50.0,
        "unexpected_percent_nonmissing": 50.0,
        "unexpected_percent_total": 40.0,
    }


@pytest.mark.parametrize(
    ("condition", "written"),
    [
        (Column("a") > 1, "a > 1"),
        (Column("a b") == "x", "`a b` == 'x'"),
        (Column("a").is_in([1, 2]), "a in [1, 2]"),
        (Column("a").is_not_null(), "~a.isnull()"),
        ((Column("a") > 1) & (Column("b") < 2), "(a > 1 and b < 2)"),
    ],
)
def test_a_condition_is_written_in_pandas_syntax(condition: Any, written: str) -> None:
    configured = gxe.ExpectColumnValuesToBeUnique(column="a", row_condition=condition).configuration
    first, *_ = question(configured.type, configured.kwargs).metrics.values()
    assert first.row_condition == written
