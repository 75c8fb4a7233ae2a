"""Reading about quality."""

from datetime import datetime
from typing import Protocol

from data_management.application.views import (
    AssetPage,
    AssetView,
    FailingPage,
    Pending,
    PlanView,
    ScorePage,
    ScorePoint,
    ValidationPage,
)


class QualityReader(Protocol):
    """Scores, validations, plans, and what waits to be judged."""

    def pending(self, dataset: str, plan_hash: str, at: datetime) -> Pending:
        """The arrivals that a run could claim, the data assets that another plan judged, and who holds arrivals; nothing for an unknown dataset."""

    def scores(self, dataset: str, after: str | None = None, limit: int = 100) -> ScorePage:
        """A dataset's history, newest first; cursors as in `DataAssetReader.assets`. `NotFound` where the catalog has no such dataset."""

    def score_at(self, dataset: str, at: datetime) -> ScorePoint:
        """A dataset's last score of `at` or before; `NotFound` where there is none."""

    def validations(self, asset_id: str, after: str | None = None, limit: int = 20) -> ValidationPage:
        """A data asset's validations, newest first; cursors as in `DataAssetReader.assets`. `NotFound` where the catalog has none of this id."""

    def failing(self, dataset: str, rule: str, after: str | None = None, limit: int = 50) -> FailingPage:
        """Current data assets on which the rule failed or errored when they were judged last, newest first; a page may hold fewer than `limit`."""

    def judged_longest_ago(self, dataset: str, limit: int, plan_hash: str | None = None) -> list[AssetView]:
        """Up to `limit` judged data assets, the one whose last validation is the oldest first; of one plan where it is given."""

    def outdated_assets(self, dataset: str, plan_hash: str, after: str | None = None, limit: int = 100) -> AssetPage:
        """A page, in the order of arrival, of the judged data assets that another plan judged; cursors as in `DataAssetReader.assets`."""

    def plans(self, dataset: str) -> list[PlanView]:
        """The plans that ever judged something of the dataset, newest first; `NotFound` where the catalog has no such dataset."""
