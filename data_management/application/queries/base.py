"""What every query is."""

from typing import Generic, TypeVar

A = TypeVar("A")


class Query(Generic[A]):
    """A question, answered with an `A`."""
