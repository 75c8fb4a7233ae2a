"""Instances of values that need no check."""

from dataclasses import MISSING, fields
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


def trusted(kind: type[T], **values: Any) -> T:
    """A frozen dataclass of values that are known to be of its types: pydantic takes longer to check an arrival than SQLite to store it.

    What is left out has the class's default; a field whose default is made anew each time must be given.
    """
    made = object.__new__(kind)
    object.__setattr__(made, "__dict__", _defaults(kind) | values)  # type: ignore[arg-type]  # a class has a hash
    return made


@cache
def _defaults(kind: Any) -> dict[str, Any]:
    return {
        field.name: field.default
        for field in fields(kind)
        if field.default is not MISSING and not type(field.default).__module__.startswith("pydantic")
    }
