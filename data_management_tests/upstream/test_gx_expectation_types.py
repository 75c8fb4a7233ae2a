"""Our table of expectation types is that of the installed Great Expectations.

A failure says what moved: mend `data_management.domain.expectations`, then look at what the engine makes of it.
"""

import inspect
import warnings
from typing import Any

import pytest

from data_management.domain.expectations import (
    COMMON_ARGUMENTS,
    EXPECTATION_TYPES,
    ExpectationKind,
    find_expectation_type,
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import great_expectations.expectations.core as gx_core
    from great_expectations.expectations import expectation as gx

NOT_ARGUMENTS = {"library_metadata"}  # a class attribute that some of GX's models declare as a field by mistake

INSTALLED = {
    found.expectation_type: found
    for _, found in inspect.getmembers(gx_core, inspect.isclass)
    if issubclass(found, gx.Expectation) and found.expectation_type and found.__module__.startswith(gx_core.__name__)
}


def own_fields(expectation: Any) -> dict[str, Any]:
    return {
        name: field
        for name, field in expectation.__fields__.items()
        if name not in gx.BatchExpectation.__fields__ and name not in NOT_ARGUMENTS
    }


def test_the_table_names_exactly_the_core_expectations_of_the_installed_version() -> None:
    ours, theirs = set(EXPECTATION_TYPES), set(INSTALLED)
    assert ours == theirs, f"new in GX: {sorted(theirs - ours)}; gone from GX: {sorted(ours - theirs)}"


def test_the_arguments_common_to_all_are_those_of_the_installed_version() -> None:
    theirs = set(gx.BatchExpectation.__fields__)
    assert (
        theirs == COMMON_ARGUMENTS
    ), f"new in GX: {sorted(theirs - COMMON_ARGUMENTS)}; gone from GX: {sorted(COMMON_ARGUMENTS - theirs)}"


@pytest.mark.parametrize("name", sorted(EXPECTATION_TYPES))
def test_an_expectation_takes_the_arguments_that_the_table_says(name: str) -> None:
    if name not in INSTALLED:
        pytest.skip("reported by the test of names")
    ours, theirs = EXPECTATION_TYPES[name], own_fields(INSTALLED[name])
    required = {argument for argument, field in theirs.items() if field.required}
    assert set(ours.required) == required, f"{name} requires {sorted(required)}, the table says {sorted(ours.required)}"
    optional = set(theirs) - required
    assert set(ours.optional) == optional, f"{name} allows {sorted(optional)}, the table says {sorted(ours.optional)}"


@pytest.mark.parametrize("name", sorted(EXPECTATION_TYPES))
def test_an_expectation_looks_at_what_the_table_says(name: str) -> None:
    if name not in INSTALLED:
        pytest.skip("reported by the test of names")
    ours, theirs = EXPECTATION_TYPES[name], INSTALLED[name]
    fields = own_fields(theirs)
    if "column" in fields:
        kind = ExpectationKind.COLUMN
    elif "column_A" in fields:
        kind = ExpectationKind.COLUMN_PAIR
    elif issubclass(theirs, gx.MulticolumnMapExpectation):
        kind = ExpectationKind.MULTICOLUMN
    else:
        kind = ExpectationKind.TABLE
    assert ours.kind is kind, f"{name} is a {kind} expectation, the table says {ours.kind}"
    row_level = issubclass(theirs, gx.ColumnMapExpectation | gx.ColumnPairMapExpectation | gx.MulticolumnMapExpectation)
    assert ours.row_level is row_level, f"{name}: row-level is {row_level}, the table says {ours.row_level}"


@pytest.mark.parametrize("name", sorted(INSTALLED))
def test_an_expectation_is_found_by_the_name_of_its_class(name: str) -> None:
    found = find_expectation_type(INSTALLED[name].__name__)
    assert found is not None
    assert found.name == name
