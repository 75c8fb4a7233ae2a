"""What programs read of a catalog's upkeep."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel

from data_management.domain.repositories import Prunable


class PrunedDto(BaseModel):
    """How many rows went, or in a `dry_run` would go: data assets, validations' checks, events, scores of datasets."""

    before: datetime
    dry_run: bool
    assets: int
    checks: int
    events: int
    scores: int

    @classmethod
    def of(cls, before: datetime, removed: Mapping[Prunable, int], *, dry_run: bool) -> "PrunedDto":
        return cls(
            before=before,
            dry_run=dry_run,
            assets=removed[Prunable.ASSETS],
            checks=removed[Prunable.CHECKS],
            events=removed[Prunable.EVENTS],
            scores=removed[Prunable.SCORES],
        )
