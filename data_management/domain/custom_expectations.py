"""Expectations of the user's own: classes that workers import, and everybody else knows by name alone."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from pydantic.dataclasses import dataclass

from data_management.domain.expectations import EXPECTATION_TYPES, ExpectationKind, ExpectationType
from data_management.domain.models import Dimension
from data_management.errors import InvalidInput

SETTING: Final = "DATA_MANAGEMENT_EXPECTATIONS"

_SEPARATORS: Final = re.compile(r"[,\s]+")
_COLUMNS: Final = {
    "column": ExpectationKind.COLUMN,
    "column_A": ExpectationKind.COLUMN_PAIR,
    "column_B": ExpectationKind.COLUMN_PAIR,
    "column_list": ExpectationKind.MULTICOLUMN,
}
_ARGUMENTS: Final = (*_COLUMNS, "mostly", "row_condition", "condition_parser", "ignore_row_if")
"""What GX's base classes take; what the user's class adds is not known here."""


@dataclass(frozen=True)
class CustomExpectation:
    """Where the class of an expectation is."""

    module: str
    class_name: str

    @property
    def type(self) -> str:
        return snake_case(self.class_name)

    def __str__(self) -> str:
        return f"{self.module}:{self.class_name}"

    def on(self, arguments: Mapping[str, object], *, of_property: bool) -> ExpectationType:
        """The type, as far as its use tells: with these arguments, under a property or not."""
        given = {_letters(name) for name, value in arguments.items() if value is not None}
        kinds = [kind for name, kind in _COLUMNS.items() if _letters(name) in given]
        default = ExpectationKind.COLUMN if of_property else ExpectationKind.TABLE
        return ExpectationType(
            name=self.type,
            dimension=Dimension.CONFORMITY,
            kind=kinds[0] if kinds else default,
            row_level=False,
            optional=_ARGUMENTS,
            custom=True,
        )


def _letters(name: str) -> str:
    return name.replace("_", "").lower()


CustomExpectations = tuple[CustomExpectation, ...]


def snake_case(class_name: str) -> str:
    """The type of an expectation of this class, as GX names it."""
    return re.sub(r"(?<=.)(?=[A-Z][a-z])|(?<=[a-z0-9])(?=[A-Z])", "_", class_name).lower()


def custom_expectations(setting: str) -> CustomExpectations:
    """``module:ClassName``, several separated by commas or blanks. `InvalidInput` says which is none."""
    return tuple(_distinct([_custom_expectation(one) for one in _SEPARATORS.split(setting) if one]))


def _custom_expectation(one: str) -> CustomExpectation:
    module, _, class_name = one.partition(":")
    if not all(part.isidentifier() for part in (*module.split("."), class_name)):
        raise InvalidInput(f"{one!r} names no class; write module:ClassName")
    found = CustomExpectation(module, class_name)
    if found.type in EXPECTATION_TYPES:
        raise InvalidInput(f"{one!r} has the name of Great Expectations' own {found.type}; rename the class")
    return found


def _distinct(all_: list[CustomExpectation]) -> Iterator[CustomExpectation]:
    seen: dict[str, CustomExpectation] = {}
    for one in all_:
        first = seen.setdefault(one.type, one)
        if first is one:
            yield one
        elif first != one:
            raise InvalidInput(f"{first} and {one} are both called {one.type}; rename one of the classes")


def find_custom(name: str, custom: CustomExpectations) -> CustomExpectation | None:
    """The one of this name, in snake_case or CamelCase."""
    return next((one for one in custom if name in (one.type, one.class_name)), None)
