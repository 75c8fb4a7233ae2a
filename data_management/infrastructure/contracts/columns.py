"""The columns that the rules of a dataset may name."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from data_management.domain.services.spelling import closest
from data_management.infrastructure.contracts.problems import Place, quoted


@dataclass(frozen=True)
class Column:
    """A property of a schema object, or one nested in it."""

    name: str
    """In the file, the physical name where there is one; of a nested one, with the names of what it is in: ``address.city``."""
    logical_type: str | None = None
    inside: str | None = None
    """The column that a nested one is part of."""


@dataclass(frozen=True)
class Columns:
    """The declared columns by the names that rules may call them: their logical and their physical ones."""

    by_name: Mapping[str, str] = field(default_factory=dict)

    def resolve(self, place: Place, name: str) -> str:
        """The column's name in the file. An object without properties declares nothing, so that any column may be meant."""
        if not self.by_name or name in self.by_name:
            return self.by_name.get(name, name)
        likely = closest(name, self.by_name)
        fix = f"did you mean {likely!r}?" if likely else "declare it under 'properties:', or correct the name"
        place.wrong(f"the column {quoted(name)} is not declared", fix)
        return name
