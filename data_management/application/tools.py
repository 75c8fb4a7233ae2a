"""What handlers need besides the unit of work."""

from dataclasses import dataclass

from data_management.application.ports import Clock
from data_management.domain.services import DataValidationService


@dataclass(frozen=True)
class Tools:
    clock: Clock
    validation: DataValidationService
