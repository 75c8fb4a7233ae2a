"""The comparison can fail: what is changed in a result is found out, and what means the same is not."""

import copy
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from great_expectations import expectations as gxe

from data_management_tests.integration.differential.compare import Verdict, compared, same, same_multiset
from data_management_tests.integration.differential.differences import ACCEPTED
from data_management_tests.integration.differential.reference import Result, reference

_FRAME = pd.DataFrame({"a": [1.0, 2.0, None, 7.0], "t": ["x", "y", None, "y"]})
_ROWS = gxe.ExpectColumnValuesToBeBetween(column="a", min_value=2)
_FIGURE = gxe.ExpectColumnMeanToBeBetween(column="a", min_value=2)
_BROKEN = gxe.ExpectColumnMeanToBeBetween(column="t")


def _changed(result: Result, path: tuple[str, ...], value: Any) -> Result:
    changed = copy.deepcopy(result)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("element_count", 5),
        ("unexpected_count", 2),
        ("missing_count", 0),
        ("unexpected_percent", 33.3333),
        ("missing_percent", None),
        ("partial_unexpected_list", []),
        ("partial_unexpected_list", [2.0]),
    ],
)
def test_a_changed_figure_is_found_out(key: str, value: Any) -> None:
    theirs = reference(_FRAME, _ROWS)

    comparison = compared(theirs, _changed(theirs, ("result", key), value))

    assert (comparison.verdict, comparison.where) == (Verdict.DIFFERS, (key,))


@pytest.mark.parametrize("expectation", [_ROWS, _FIGURE])
def test_another_success_is_found_out(expectation: Any) -> None:
    theirs = reference(_FRAME, expectation)

    comparison = compared(theirs, _changed(theirs, ("success",), not theirs["success"]))

    assert comparison.where == ("success",)


@pytest.mark.parametrize("factor", [1 + 1e-8, 1 - 1e-8, -1, math.nan, math.inf])
def test_another_observed_value_is_found_out(factor: float) -> None:
    theirs = reference(_FRAME, _FIGURE)
    value = theirs["result"]["observed_value"]

    assert compared(theirs, _changed(theirs, ("result", "observed_value"), value * factor), scale=7).where == (
        "observed_value",
    )


def test_what_a_result_lacks_is_found_out() -> None:
    theirs = reference(_FRAME, _ROWS)
    lacking = copy.deepcopy(theirs)
    del lacking["result"]["missing_count"]

    assert compared(theirs, lacking).where == ("missing_count",)
    assert compared(lacking, theirs).where == ("missing_count",)


def test_a_result_agrees_with_itself_and_an_error_with_an_error() -> None:
    rows, broken = reference(_FRAME, _ROWS), reference(_FRAME, _BROKEN)

    assert compared(rows, rows).verdict is Verdict.AGREED
    assert compared(broken, broken).verdict is Verdict.BOTH_ERRED
    assert compared(broken, rows).verdict is Verdict.WE_CAN
    assert compared(rows, broken).verdict is Verdict.WE_CANNOT


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (np.float64(0.1) + 0.2, 0.3),
        (None, math.nan),
        (pd.NaT, "NaT"),
        (np.str_("2020-01-01T00:00:00.000000"), "2020-01-01T00:00:00"),
        (np.datetime64("2020-01-01T00:00:00"), "2020-01-01T00:00:00"),
        ([1, None], (1.0, math.nan)),
        (math.inf, np.inf),
    ],
)
def test_one_thing_in_two_ways(one: Any, other: Any) -> None:
    assert same(one, other)
    assert same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (True, 1),
        (0, None),
        ("1", 1),
        ("a", "A"),
        (2**53, 2**53 + 1),
        (math.inf, -math.inf),
        (math.inf, 1e308),
        ("2020-01-01T00:00:00", "2020-01-01T00:00:00+00:00"),
        ("2020-01-01T00:00:00", "2020-01-01T00:00:01"),
        ([1, 2], [2, 1]),
        ({"a": 1}, {"b": 1}),
    ],
)
def test_two_things(one: Any, other: Any) -> None:
    assert not same(one, other)
    assert not same(other, one)


def test_multisets_count() -> None:
    assert same_multiset(["a", 1, None], [math.nan, "a", 1.0])
    assert not same_multiset(["a", "a", "b"], ["a", "b", "b"])
    assert not same_multiset(["a"], ["a", "a"])


def test_the_decision_record_lists_each_difference_with_its_reason() -> None:
    record = Path(__file__).parents[3] / "docs" / "adr" / "0010-differences-from-gx.md"
    rows = [line.strip("| ").split(" | ") for line in record.read_text().splitlines() if line.startswith("| ")]
    assert rows[1:] == [[difference.name, difference.reason] for difference in ACCEPTED]
