"""Forgetting the past."""

from datetime import datetime
from typing import Protocol

from data_management.domain.models import Prunable, PruneStep


class IRetentionRepository(Protocol):
    """Forgetting the past, step by step."""

    def prune(self, what: Prunable, before: datetime, after: int, most: int) -> PruneStep:
        """Remove up to `most` rows of one kind that ended before a moment (UTC); `after` is 0, or the `next` of the step before.

        One step reads a bounded number of rows, so it may remove fewer than `most`; the next step continues behind them.
        """
