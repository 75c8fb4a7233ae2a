"""What every command is."""

from typing import Generic, TypeVar

R = TypeVar("R")


class Command(Generic[R]):
    """A request to change the catalog, answered with an `R`."""
