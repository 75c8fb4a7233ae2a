"""Commands that keep the catalog small and right."""

from datetime import datetime

from pydantic.dataclasses import dataclass

from data_management.application.commands.base import Command
from data_management.domain.models import Prunable, PruneStep


@dataclass(frozen=True)
class PruneCommand(Command[PruneStep]):
    """One step of forgetting what ended before a moment; see `IRetentionRepository`. `by` is who the audit says pruned it."""

    what: Prunable
    before: datetime
    after: int = 0
    most: int = 1000
    by: str = "unknown"


@dataclass(frozen=True)
class MendTotalsCommand(Command[None]):
    """Sum a dataset's current validations anew, in one transaction; what is of rules over the whole dataset stays."""

    dataset: str


@dataclass(frozen=True)
class RebuildSearchCommand(Command[tuple[str, ...]]):
    """Make what searches look into anew; the datasets that were found by other words until now."""
