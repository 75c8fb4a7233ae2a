"""How Great Expectations 1.24 knows the user's own expectations; see ``infrastructure/quality/custom.py``."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_management.domain.custom_expectations import snake_case
from data_management.domain.expectations import EXPECTATION_TYPES
from data_management.infrastructure.quality.worker import load_libraries, quiet

load_libraries()

from great_expectations.expectations.expectation import ColumnMapExpectation, Expectation  # noqa: E402
from great_expectations.expectations.registry import (  # noqa: E402
    _registered_expectations,
    get_expectation_impl,
    register_expectation,
)
from great_expectations.util import camel_to_snake  # noqa: E402


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    before = dict(_registered_expectations)
    with quiet():
        yield
    _registered_expectations.clear()
    _registered_expectations.update(before)


@given(st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,30}", fullmatch=True))
def test_a_class_is_called_as_we_say(name: str) -> None:
    assert snake_case(name) == camel_to_snake(name)


def test_the_metaclass_registers_a_class_under_that_name() -> None:
    class ExpectColumnValuesToBeHTMLSafe2(ColumnMapExpectation):
        map_metric = "column_values.html_safe"

    name = snake_case("ExpectColumnValuesToBeHTMLSafe2")
    assert ExpectColumnValuesToBeHTMLSafe2.expectation_type == name
    assert get_expectation_impl(name) is ExpectColumnValuesToBeHTMLSafe2


def test_abstract_classes_have_no_name() -> None:
    assert Expectation.expectation_type == ColumnMapExpectation.expectation_type == ""


def test_who_comes_last_has_the_name_until_it_is_registered_anew() -> None:
    name = "expect_column_values_to_be_unique"
    its_own = get_expectation_impl(name)
    taker = type("ExpectColumnValuesToBeUnique", (ColumnMapExpectation,), {"map_metric": "x.y", "__module__": __name__})
    assert get_expectation_impl(name) is taker
    register_expectation(its_own)
    assert get_expectation_impl(name) is its_own


def test_every_core_type_is_registered() -> None:
    assert all(get_expectation_impl(name).expectation_type == name for name in EXPECTATION_TYPES)
