"""The core expectation types of Great Expectations 1.24: what they look at, take, and say about quality.

Held against the installed version by ``data_management_tests/upstream/test_gx_expectation_types.py``.
"""

from enum import StrEnum
from typing import Final

from pydantic.dataclasses import dataclass

from data_management.domain.models import Dimension


class ExpectationKind(StrEnum):
    """What an expectation looks at."""

    COLUMN = "column"
    COLUMN_PAIR = "column_pair"
    MULTICOLUMN = "multicolumn"
    TABLE = "table"


@dataclass(frozen=True)
class ExpectationType:
    """One type. A `row_level` one counts unexpected rows; the others yield one figure of the whole."""

    name: str
    dimension: Dimension
    kind: ExpectationKind
    row_level: bool
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    needs_database: bool = False
    """It runs SQL of its own or reads a second table, so it cannot be run on a file."""
    custom: bool = False
    """A class of the user's, which may take other arguments than these."""

    @property
    def arguments(self) -> tuple[str, ...]:
        """All but the `COMMON_ARGUMENTS`."""
        return (*self.required, *self.optional)

    @property
    def column_arguments(self) -> tuple[str, ...]:
        """The arguments that name columns which must exist."""
        return {
            ExpectationKind.COLUMN: ("column",),
            ExpectationKind.COLUMN_PAIR: ("column_A", "column_B"),
            ExpectationKind.MULTICOLUMN: ("column_list",),
            ExpectationKind.TABLE: (),
        }[self.kind]

    @property
    def short_name(self) -> str:
        """For the names of rules: ``be_between`` for ``expect_column_values_to_be_between``."""
        name = self.name.removeprefix("expect_")
        prefixes = ("column_values_to_", "column_", "table_") if self.kind is not ExpectationKind.MULTICOLUMN else ()
        prefix = next((prefix for prefix in prefixes if name.startswith(prefix)), "")
        return name.removeprefix(prefix)


COMMON_ARGUMENTS: Final = frozenset(
    {
        "batch_id",
        "catch_exceptions",
        "description",
        "id",
        "meta",
        "notes",
        "rendered_content",
        "result_format",
        "severity",
        "windows",
    }
)
"""What every expectation takes, and what decides nothing about its outcome (`windows` aside, which only GX Cloud knows)."""

_CONDITION = ("row_condition", "condition_parser")
_ROWS = ("mostly", *_CONDITION)
_BETWEEN = ("min_value", "max_value", "strict_min", "strict_max")


def _values(name: str, dimension: Dimension, *required: str, optional: tuple[str, ...] = ()) -> ExpectationType:
    return ExpectationType(
        f"expect_column_{name}", dimension, ExpectationKind.COLUMN, True, ("column", *required), (*_ROWS, *optional)
    )


def _figure(name: str, dimension: Dimension, *required: str, optional: tuple[str, ...] = ()) -> ExpectationType:
    return ExpectationType(
        f"expect_column_{name}",
        dimension,
        ExpectationKind.COLUMN,
        False,
        ("column", *required),
        (*_CONDITION, *optional),
    )


def _schema(name: str, *required: str, optional: tuple[str, ...] = ()) -> ExpectationType:
    kind = ExpectationKind.COLUMN if "column" in required else ExpectationKind.TABLE
    return ExpectationType(f"expect_{name}", Dimension.CONFORMITY, kind, False, required, optional)


def _pair(name: str, *required: str, optional: tuple[str, ...] = ()) -> ExpectationType:
    return ExpectationType(
        f"expect_column_pair_values_{name}",
        Dimension.CONSISTENCY,
        ExpectationKind.COLUMN_PAIR,
        True,
        ("column_A", "column_B", *required),
        (*_ROWS, *optional, "ignore_row_if"),
    )


def _columns(name: str, dimension: Dimension, *required: str) -> ExpectationType:
    return ExpectationType(
        f"expect_{name}",
        dimension,
        ExpectationKind.MULTICOLUMN,
        True,
        ("column_list", *required),
        (*_ROWS, "ignore_row_if"),
    )


def _table(
    name: str,
    dimension: Dimension,
    *required: str,
    optional: tuple[str, ...] = (),
    needs_database: bool = False,
) -> ExpectationType:
    return ExpectationType(name, dimension, ExpectationKind.TABLE, False, required, optional, needs_database)


_TYPES = (
    # rows by one column
    _values("value_lengths_to_be_between", Dimension.CONFORMITY, optional=_BETWEEN),
    _values("value_lengths_to_equal", Dimension.CONFORMITY, "value"),
    _values("value_z_scores_to_be_less_than", Dimension.ACCURACY, "threshold", "double_sided"),
    _values("values_to_be_between", Dimension.CONFORMITY, optional=_BETWEEN),
    _values("values_to_be_dateutil_parseable", Dimension.CONFORMITY),
    _values("values_to_be_decreasing", Dimension.CONSISTENCY, optional=("strictly",)),
    _values("values_to_be_in_set", Dimension.CONFORMITY, "value_set"),
    _values("values_to_be_in_type_list", Dimension.CONFORMITY, optional=("type_list",)),
    _values("values_to_be_increasing", Dimension.CONSISTENCY, optional=("strictly",)),
    _values("values_to_be_json_parseable", Dimension.CONFORMITY),
    _values("values_to_be_null", Dimension.COMPLETENESS),
    _values("values_to_be_of_type", Dimension.CONFORMITY, "type_"),
    _values("values_to_be_unique", Dimension.UNIQUENESS),
    _values("values_to_match_json_schema", Dimension.CONFORMITY, "json_schema"),
    _values("values_to_match_like_pattern", Dimension.CONFORMITY, "like_pattern", optional=("escape",)),
    _values(
        "values_to_match_like_pattern_list", Dimension.CONFORMITY, "like_pattern_list", optional=("match_on", "escape")
    ),
    _values("values_to_match_regex", Dimension.CONFORMITY, optional=("regex",)),
    _values("values_to_match_regex_list", Dimension.CONFORMITY, "regex_list", optional=("match_on",)),
    _values("values_to_match_strftime_format", Dimension.CONFORMITY, "strftime_format"),
    _values("values_to_not_be_in_set", Dimension.CONFORMITY, "value_set"),
    _values("values_to_not_be_null", Dimension.COMPLETENESS),
    _values("values_to_not_be_outliers", Dimension.ACCURACY, optional=("method", "multiplier")),
    _values("values_to_not_match_like_pattern", Dimension.CONFORMITY, "like_pattern", optional=("escape",)),
    _values("values_to_not_match_like_pattern_list", Dimension.CONFORMITY, "like_pattern_list", optional=("escape",)),
    _values("values_to_not_match_regex", Dimension.CONFORMITY, "regex"),
    _values("values_to_not_match_regex_list", Dimension.CONFORMITY, "regex_list"),
    # figures of one column
    _figure("distinct_values_to_be_in_set", Dimension.CONFORMITY, "value_set"),
    _figure("distinct_values_to_contain_set", Dimension.COVERAGE, "value_set"),
    _figure("distinct_values_to_equal_set", Dimension.CONFORMITY, "value_set"),
    _figure(
        "kl_divergence_to_be_less_than",
        Dimension.ACCURACY,
        optional=(
            "partition_object",
            "threshold",
            "internal_weight_holdout",
            "tail_weight_holdout",
            "bucketize_data",
            "min_value",
            "max_value",
        ),
    ),
    _figure("max_to_be_between", Dimension.CONFORMITY, optional=_BETWEEN),
    _figure("mean_to_be_between", Dimension.ACCURACY, optional=_BETWEEN),
    _figure("median_to_be_between", Dimension.ACCURACY, optional=_BETWEEN),
    _figure("min_to_be_between", Dimension.CONFORMITY, optional=_BETWEEN),
    _figure("most_common_value_to_be_in_set", Dimension.ACCURACY, "value_set", optional=("ties_okay",)),
    _figure("proportion_of_non_null_values_to_be_between", Dimension.COMPLETENESS, optional=_BETWEEN),
    _figure("proportion_of_unique_values_to_be_between", Dimension.UNIQUENESS, optional=_BETWEEN),
    _figure("quantile_values_to_be_between", Dimension.ACCURACY, "quantile_ranges", optional=("allow_relative_error",)),
    _figure("stdev_to_be_between", Dimension.ACCURACY, optional=_BETWEEN),
    _figure("sum_to_be_between", Dimension.ACCURACY, optional=_BETWEEN),
    _figure("unique_value_count_to_be_between", Dimension.UNIQUENESS, optional=_BETWEEN),
    # rows by several columns
    _pair("a_to_be_greater_than_b", optional=("or_equal",)),
    _pair("to_be_equal"),
    _pair("to_be_in_set", "value_pairs_set"),
    _columns("compound_columns_to_be_unique", Dimension.UNIQUENESS),
    _columns("multicolumn_sum_to_equal", Dimension.CONSISTENCY, "sum_total"),
    _columns("multicolumn_values_to_be_equal", Dimension.CONSISTENCY),
    _columns("select_column_values_to_be_unique_within_record", Dimension.UNIQUENESS),
    # the table
    _schema("column_to_exist", "column", optional=("column_index",)),
    _schema("column_type_to_be", "column", "type_"),
    _schema("table_column_count_to_be_between", optional=("min_value", "max_value")),
    _schema("table_column_count_to_equal", "value"),
    _schema("table_columns_to_match_ordered_list", optional=("column_list",)),
    _schema("table_columns_to_match_set", optional=("column_set", "exact_match")),
    _table("expect_table_row_count_to_be_between", Dimension.COVERAGE, optional=(*_BETWEEN, *_CONDITION)),
    _table("expect_table_row_count_to_equal", Dimension.COVERAGE, "value", optional=_CONDITION),
    # what needs a database
    _table(
        "expect_table_row_count_to_equal_other_table",
        Dimension.CONSISTENCY,
        "other_table_name",
        optional=_CONDITION,
        needs_database=True,
    ),
    _table(
        "expect_query_results_to_match_comparison",
        Dimension.CONSISTENCY,
        "base_query",
        "comparison_data_source_name",
        "comparison_query",
        optional=("mostly",),
        needs_database=True,
    ),
    _table("unexpected_rows_expectation", Dimension.ACCURACY, "unexpected_rows_query"),
)

EXPECTATION_TYPES: Final = {type_.name: type_ for type_ in _TYPES}
"""By snake_case name."""

_BY_LETTERS = {name.replace("_", ""): type_ for name, type_ in EXPECTATION_TYPES.items()}


def find_expectation_type(name: str) -> ExpectationType | None:
    """The type of this name, in snake_case or CamelCase; None where GX's core has none."""
    return EXPECTATION_TYPES.get(name) or _BY_LETTERS.get(name.replace("_", "").lower())
