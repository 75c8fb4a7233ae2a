"""Reading for upkeep."""

from datetime import datetime
from typing import Protocol

from data_management.application.views import TotalsAudit
from data_management.domain.models import Prunable


class UpkeepReader(Protocol):
    """Whether the catalog's sums are right, and what of its past can go."""

    def audit(self, name: str) -> TotalsAudit:
        """Sum the dataset's current validations and compare; it reads each of them. `NotFound` where the catalog has no such dataset."""

    def prunable(self, before: datetime, audit_before: datetime | None = None) -> dict[Prunable, int]:
        """How much `IRetentionRepository.prune` would remove; of the audit, before another moment where it is given."""
