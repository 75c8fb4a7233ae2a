"""Validations, totals and scores."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from data_management.domain.events import DomainEvent
from data_management.domain.models import AssetStatus, Check, DatasetScore, RuleTotals, Validation


class IQualityRepository(Protocol):
    """Validations, totals and the scores of datasets."""

    def add(self, validation: Validation) -> bool:
        """Store it, with its plan, as its data asset's current validation; False where the same one stood already."""

    def current_checks(self, asset_ids: Sequence[str], plan_hash: str) -> dict[str, tuple[Check, ...]]:
        """The checks of each data asset's current validation, where that was made with this plan; others are left out."""

    def outdated(self, dataset: str, plan_hash: str, limit: int) -> tuple[str, ...]:
        """Ids of accepted and quarantined data assets whose current validation was made with another plan, oldest first."""

    def count_outdated(self, dataset: str, plan_hash: str) -> int:
        """How many `outdated` there are."""

    def totals(self, dataset: str, status: AssetStatus) -> tuple[RuleTotals, ...]:
        """The sums over the dataset's data assets of this status (accepted or quarantined), by rule name."""

    def change_totals(self, dataset: str, status: AssetStatus, deltas: Iterable[RuleTotals]) -> None:
        """Add these (signed) differences; a total that becomes empty is no more."""

    def reset_totals(self, dataset: str) -> None:
        """Forget the sums: the plan changed, and checks of two plans do not add up."""

    def add_score(self, score: DatasetScore, events: Sequence[DomainEvent] = ()) -> bool:
        """Append to the dataset's history; False where the same request stood already."""

    def latest_score(self, dataset: str) -> DatasetScore | None:
        """The last one of its history."""
