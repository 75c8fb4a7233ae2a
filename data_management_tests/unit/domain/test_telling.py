"""What people are told of a rule."""

from dataclasses import replace

import pytest

from data_management.application.views import DatasetView
from data_management.domain.models import (
    AssetCounts,
    ColumnSpec,
    Expectation,
    Operator,
    Rule,
    Threshold,
    Unit,
)
from data_management.domain.services import rule_in_words, told_threshold
from data_management.presentation.dtos import DatasetDetailDto
from data_management_tests.examples import in_range, not_null, orders, row_count

BETWEEN = Threshold(Operator.MUST_BE_BETWEEN, (500.0, 1200.0))
FEW = Threshold(Operator.MUST_BE_LESS_THAN, (0.5,), Unit.PERCENT)
LISTED = Expectation("expect_column_values_to_be_in_set", {"column": "id", "value_set": ["EWR"]})


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (row_count(threshold=BETWEEN), "rowCount mustBeBetween [500, 1200]"),
        (not_null(threshold=FEW), "nullValues mustBeLessThan 0.5 percent: expect_column_values_to_not_be_null"),
        (
            replace(not_null(threshold=FEW), expectations=(LISTED,)),
            "invalidValues mustBeLessThan 0.5 percent: expect_column_values_to_be_in_set(value_set=['EWR'])",
        ),
        (in_range(), "expect_column_values_to_be_between(min_value=0)"),
    ],
)
def test_a_rule_is_told_with_its_threshold_in_the_words_of_the_contract(rule: Rule, words: str) -> None:
    assert rule_in_words(rule, frozenset()) == words


def test_of_a_rule_about_a_private_column_neither_arguments_nor_threshold_are_told() -> None:
    rule = replace(not_null(threshold=FEW), expectations=(LISTED,))
    assert rule_in_words(rule, {"id"}) == "expect_column_values_to_be_in_set(value_set=…)"
    assert told_threshold(rule, {"id"}) is None


def test_programs_and_pages_get_the_threshold_of_columns_that_are_not_private() -> None:
    dataset = replace(
        orders(not_null(threshold=FEW), row_count(threshold=BETWEEN)),
        columns=(ColumnSpec("id", "integer", classification="restricted"),),
    )
    shown = DatasetDetailDto.of_detail(DatasetView.of(dataset, AssetCounts(), None, ()))
    assert [rule.threshold for rule in shown.totals] == [
        None,
        {"operator": "mustBeBetween", "bounds": [500.0, 1200.0], "unit": "rows"},
    ]
