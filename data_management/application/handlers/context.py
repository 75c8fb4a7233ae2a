"""What handlers of commands need besides the unit of work."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

from data_management.application.ports import Clock
from data_management.domain.services import DataValidationService


@dataclass(frozen=True)
class CommandContext:
    """The clock, the domain's judgement, and the results of earlier attempts of the same call."""

    clock: Clock
    validation: DataValidationService
    earlier_results: MutableMapping[int, Any] = field(default_factory=dict)
    """Results of an earlier attempt of this call, by ``id(command)``; check the catalog for whether they were committed."""

    def is_repeat(self, command: object) -> bool:
        """Whether an earlier attempt of this call got as far as its COMMIT."""
        return id(command) in self.earlier_results

    def earlier(self, command: object) -> Any:
        """The command's result in an earlier attempt; None in the first."""
        return self.earlier_results.get(id(command))
