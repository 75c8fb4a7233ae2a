import pytest

from data_management.domain.custom_expectations import CustomExpectation, custom_expectations, find_custom
from data_management.domain.expectations import ExpectationKind
from data_management.errors import InvalidInput

PRIME = CustomExpectation("shop.checks", "ExpectColumnValuesToBePrime")


@pytest.mark.parametrize("between", [" ", ",", ", ", "\n", " ,\t"])
def test_classes_are_separated_by_commas_or_blanks(between: str) -> None:
    setting = f" shop.checks:ExpectColumnValuesToBePrime{between}shop:ExpectA{between}"
    assert custom_expectations(setting) == (PRIME, CustomExpectation("shop", "ExpectA"))


def test_the_same_class_twice_is_one() -> None:
    assert custom_expectations("shop:ExpectA shop:ExpectA") == (CustomExpectation("shop", "ExpectA"),)


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("shop", "'shop' names no class; write module:ClassName"),
        ("shop.ExpectA", "'shop.ExpectA' names no class"),
        ("shop:", "'shop:' names no class"),
        (":ExpectA", "':ExpectA' names no class"),
        ("shop:Outer.ExpectA", "names no class"),
        ("shop/a.py:ExpectA", "names no class"),
        (
            "shop:ExpectColumnValuesToBeUnique",
            "the name of Great Expectations' own expect_column_values_to_be_unique; rename the class",
        ),
        ("a:ExpectA b:ExpectA", "a:ExpectA and b:ExpectA are both called expect_a; rename one of the classes"),
    ],
)
def test_what_names_no_class_of_its_own_is_refused(setting: str, problem: str) -> None:
    with pytest.raises(InvalidInput) as error:
        custom_expectations(setting)
    assert problem in error.value.message


@pytest.mark.parametrize("name", ["ExpectColumnValuesToBePrime", "expect_column_values_to_be_prime"])
def test_one_is_found_by_both_its_names(name: str) -> None:
    assert find_custom(name, (PRIME,)) is PRIME
    assert find_custom("expect_column_values_to_be_unique", (PRIME,)) is None


@pytest.mark.parametrize(
    ("arguments", "of_property", "kind"),
    [
        ({"column": "a"}, False, ExpectationKind.COLUMN),
        ({}, True, ExpectationKind.COLUMN),
        ({}, False, ExpectationKind.TABLE),
        ({"column_A": "a", "column_B": "b"}, True, ExpectationKind.COLUMN_PAIR),
        ({"columnA": "a", "columnB": "b"}, True, ExpectationKind.COLUMN_PAIR),
        ({"column_list": ["a"]}, True, ExpectationKind.MULTICOLUMN),
    ],
)
def test_what_it_looks_at_is_told_by_its_arguments(
    arguments: dict[str, object], of_property: bool, kind: ExpectationKind
) -> None:
    assert PRIME.on(arguments, of_property=of_property).kind is kind
