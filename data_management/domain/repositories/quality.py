"""Validations, totals and scores."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from data_management.domain.events import DomainEvent
from data_management.domain.models import AssetStatus, Check, DatasetScore, RuleTotals, Validation


class IQualityRepository(Protocol):
    """Validations, totals and the scores of datasets."""

    def add(self, validation: Validation) -> bool:
        """Store a validation as its data asset's current one; False where the same request had stored it before."""

    def current_checks(self, asset_ids: Sequence[str], plan_hash: str) -> dict[str, tuple[Check, ...]]:
        """The checks of each data asset's current validation; data assets that another plan judged are left out."""

    def outdated(self, dataset: str, plan_hash: str, limit: int) -> tuple[str, ...]:
        """Ids of accepted and quarantined data assets whose current validation was made with another plan, oldest first."""

    def count_outdated(self, dataset: str, plan_hash: str) -> int:
        """The number of all `outdated` data assets."""

    def totals(self, dataset: str, status: AssetStatus) -> tuple[RuleTotals, ...]:
        """The sums over the dataset's data assets of this status (accepted or quarantined), by rule name."""

    def change_totals(self, dataset: str, status: AssetStatus, deltas: Iterable[RuleTotals]) -> None:
        """Add signed differences to the sums; a sum that becomes empty is removed."""

    def reset_totals(self, dataset: str) -> None:
        """Remove a dataset's sums, because checks of different plans cannot be added."""

    def add_score(self, score: DatasetScore, events: Sequence[DomainEvent] = ()) -> bool:
        """Append a score to the dataset's history; False where the same request had appended it before."""

    def latest_score(self, dataset: str) -> DatasetScore | None:
        """The newest score in the dataset's history; None where it has none."""
