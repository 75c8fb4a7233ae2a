"""The rules as a suite of Great Expectations, which GX and we both take."""

from typing import Any

from benchmarks.quality.rules import Rule


def suite_of(rules: tuple[Rule, ...]) -> dict[str, Any]:
    """The suite in JSON's terms; each expectation carries its rule's name in `meta`."""
    expectations = []
    for rule in rules:
        kind, arguments = _expectation(rule)
        expectations.append({"type": kind, "kwargs": arguments, "meta": {"rule": rule.name}})
    return {"name": "lineitem", "expectations": expectations, "meta": {}}


def _expectation(rule: Rule) -> tuple[str, dict[str, Any]]:
    bounds = {"min_value": rule.low, "max_value": rule.high}
    match rule.kind:
        case "not_null":
            return "expect_column_values_to_not_be_null", {"column": rule.column}
        case "unique":
            return "expect_compound_columns_to_be_unique", {"column_list": list(rule.columns)}
        case "in_set":
            return "expect_column_values_to_be_in_set", {"column": rule.column, "value_set": list(rule.values)}
        case "between":
            return "expect_column_values_to_be_between", {"column": rule.column, **bounds}
        case "regex":
            return "expect_column_values_to_match_regex", {"column": rule.column, "regex": rule.pattern}
        case "length":
            return "expect_column_value_lengths_to_be_between", {"column": rule.column, **bounds}
        case "mean":
            return "expect_column_mean_to_be_between", {"column": rule.column, **bounds}
        case "rows":
            return "expect_table_row_count_to_equal", {"value": rule.low}
        case "greater":
            pair = {"column_A": rule.columns[0], "column_B": rule.columns[1]}
            either = {"ignore_row_if": "either_value_is_missing"}
            return "expect_column_pair_values_a_to_be_greater_than_b", pair | either
        case _:
            raise ValueError(rule.kind)
