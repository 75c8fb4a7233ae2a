from dataclasses import dataclass

from data_management.application.ports import Clock
from data_management.domain.services import DataValidationService


@dataclass(frozen=True)
class Tools:
    """What handlers need besides the unit of work."""

    clock: Clock
    validation: DataValidationService
