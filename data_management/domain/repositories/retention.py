"""Forgetting the past."""

from datetime import datetime
from typing import Protocol

from data_management.domain.models import Prunable, PruneStep


class IRetentionRepository(Protocol):
    """Forgetting the past, step by step."""

    def prune(self, what: Prunable, before: datetime, after: int, most: int) -> PruneStep:
        """Forget of this what ended before a moment, `most` of it at most; `after` is 0, or the `next` of the step before.

        A step that finds little reads a bounded stretch and removes less; the next goes on behind it.
        """
