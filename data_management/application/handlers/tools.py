"""What handlers need besides the unit of work."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

from data_management.application.ports import Clock
from data_management.domain.services import DataValidationService


@dataclass(frozen=True)
class Tools:
    clock: Clock
    validation: DataValidationService
    told: MutableMapping[int, Any] = field(default_factory=dict)
    """By the identity of a command, what an earlier attempt of the same call made of it. Whether that was stored, the catalog knows."""

    def is_repeat(self, command: object) -> bool:
        """Whether an earlier attempt came as far as COMMIT."""
        return id(command) in self.told

    def earlier(self, command: object) -> Any:
        """What an earlier attempt made of the command; None at the first."""
        return self.told.get(id(command))
