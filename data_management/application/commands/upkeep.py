"""Commands that keep the catalog small and right."""

from datetime import datetime

from pydantic.dataclasses import dataclass

from data_management.application.commands.base import Command
from data_management.domain.models import Prunable, PruneStep


@dataclass(frozen=True)
class PruneCommand(Command[PruneStep]):
    """Do one step of pruning what ended before a moment (UTC); see `IRetentionRepository`. `by` is whom the audit names."""

    what: Prunable
    before: datetime
    after: int = 0
    most: int = 1000
    by: str = "unknown"


@dataclass(frozen=True)
class MendTotalsCommand(Command[None]):
    """Recompute a dataset's totals from its current validations, in one transaction; totals of rules over the whole dataset stay."""

    dataset: str


@dataclass(frozen=True)
class RebuildSearchCommand(Command[tuple[str, ...]]):
    """Rebuild the search index; returns the datasets whose words changed."""
