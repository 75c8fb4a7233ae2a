"""Reading the catalog."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from pydantic.dataclasses import dataclass

from data_management.application.files import ConsumerView, FileChanges
from data_management.application.messaging import EventReader
from data_management.application.views import (
    AssetPage,
    AssetView,
    AuditPage,
    DatasetPage,
    DatasetProfile,
    DatasetView,
    FailingPage,
    LastArrival,
    Pending,
    PlanView,
    ScorePage,
    ScorePoint,
    SearchPage,
    TotalsAudit,
    ValidationPage,
)
from data_management.domain.models import (
    ApiKey,
    AssetStatus,
    Classification,
    DataLocation,
    Dataset,
    Prunable,
)


@dataclass(frozen=True)
class DatasetFilter:
    """Which datasets: those that fit all that is given."""

    names: tuple[str, ...] | None = None
    """None: any."""
    owner: str | None = None
    tag: str | None = None
    retired: bool | None = None


@dataclass(frozen=True)
class Search:
    """What is looked for: datasets and data assets that have all words of `text`. Only its first words count."""

    text: str
    kinds: tuple[str, ...] = ("dataset", "data_asset")
    datasets: tuple[str, ...] | None = None
    """Only these and their data assets; None: all."""


@dataclass(frozen=True)
class AuditFilter:
    """Which records: those that fit all that is given."""

    who: str | None = None
    action: str | None = None
    subject: str | None = None
    since: datetime | None = None


class CatalogReader(EventReader, Protocol):
    """Read models, without a write transaction. Lists are in a stable order."""

    def datasets(self) -> list[DatasetView]:
        """All datasets by name."""

    def dataset(self, name: str) -> DatasetView:
        """`NotFound` where the catalog has none of this name."""

    def asset(self, asset_id: str) -> AssetView:
        """`NotFound` where the catalog has none of this id."""

    def assets(
        self,
        dataset: str | None = None,
        statuses: tuple[AssetStatus, ...] = (),
        after: str | None = None,
        limit: int = 100,
        current_only: bool = True,
        *,
        newest_first: bool = False,
    ) -> AssetPage:
        """A page in the order of arrival, or the other way round; `after` is the cursor of the page before. `InvalidInput` for a bad cursor."""

    def versions(self, asset_id: str, after: str | None = None, limit: int = 20) -> AssetPage:
        """All that its dataset ever had at its location, newest first. `NotFound`, `InvalidInput` for a bad cursor."""

    def failing(self, dataset: str, rule: str, after: str | None = None, limit: int = 50) -> FailingPage:
        """Current data assets on which the rule failed or errored when they were judged last, newest first; a page may hold fewer than `limit`."""

    def asset_at(self, location: DataLocation, dataset: str | None = None) -> AssetView:
        """The current data asset at `location` (of `dataset`); `NotFound` where there is none."""

    def current_tokens(self, dataset: str, locations: Sequence[DataLocation] | None = None) -> dict[str, str]:
        """URI → version token of the dataset's current data assets, all of them or those at `locations`."""

    def standing_versions(self, dataset: str, first: str, last: str) -> str:
        """In lines, `version_at` of the current data assets at the URIs from `first` to `last`, both included.

        It is for comparing in bulk: what is in it stands so; of what has a very long or strange name, some may be missing.
        """

    def versions_at(self, location: DataLocation) -> list[AssetView]:
        """Every version that ever stood at `location`, of all datasets, in the order of arrival."""

    def judged_longest_ago(self, dataset: str, limit: int, plan_hash: str | None = None) -> list[AssetView]:
        """Up to `limit` judged data assets, the one whose last validation is the oldest first; of one plan where it is given."""

    def classifications(self, dataset: str) -> tuple[Classification, ...]:
        """Those of the data asset that arrived last among those ever accepted; of an unknown dataset, none."""

    def profile(self, dataset: str) -> DatasetProfile:
        """The profiles of all accepted data assets as one; `NotFound` where the catalog has no such dataset."""

    def last_arrival(self, dataset: str) -> LastArrival | None:
        """The data asset that arrived last, whatever became of it; None of an unknown dataset, and where nothing ever did."""

    def asset_ids(self, dataset: str, status: AssetStatus) -> list[str]:
        """The ids of the dataset's data assets of a status, sorted."""

    def pending(self, dataset: str, plan_hash: str, at: datetime) -> Pending:
        """What a run could claim, what another plan judged, and who holds arrivals; of an unknown dataset, nothing."""

    def outdated_assets(self, dataset: str, plan_hash: str, after: str | None = None, limit: int = 100) -> AssetPage:
        """A page, in the order of arrival, of the judged data assets that another plan judged; cursors as in `assets`."""

    def definition(self, name: str) -> Dataset:
        """The dataset as it was registered last; `NotFound` where the catalog has none of this name."""

    def audit(self, name: str) -> TotalsAudit:
        """Sum the dataset's current validations and compare; it reads each of them. `NotFound` where the catalog has no such dataset."""

    def plans(self, dataset: str) -> list[PlanView]:
        """The plans that ever judged something of the dataset, newest first; `NotFound` where the catalog has no such dataset."""

    def prunable(self, before: datetime, audit_before: datetime | None = None) -> dict[Prunable, int]:
        """How much `IRetentionRepository.prune` would remove; of the audit, before another moment where it is given."""

    def dataset_page(self, wanted: DatasetFilter, after: str | None = None, limit: int = 100) -> DatasetPage:
        """Those that are `wanted`, by name; cursors as in `assets`."""

    def scores(self, dataset: str, after: str | None = None, limit: int = 100) -> ScorePage:
        """A dataset's history, newest first; cursors as in `assets`. `NotFound` where the catalog has no such dataset."""

    def score_at(self, dataset: str, at: datetime) -> ScorePoint:
        """The last one of `at` or before; `NotFound` where there is none."""

    def validations(self, asset_id: str, after: str | None = None, limit: int = 20) -> ValidationPage:
        """A data asset's validations, newest first; cursors as in `assets`. `NotFound` where the catalog has none of this id."""

    def search(self, search: Search, after: str | None = None, limit: int = 100) -> SearchPage:
        """Datasets, those that fit best first, then data assets that stand, the newest first; cursors as in `assets`."""

    def find_key(self, key_id: str) -> ApiKey | None:
        """The key as it is stored; None where there is none."""

    def api_keys(self) -> list[ApiKey]:
        """All of them, also those that open nothing any more, the oldest first."""

    def audit_records(self, wanted: AuditFilter, after: str | None = None, limit: int = 100) -> AuditPage:
        """Who did what, the newest first; cursors as in `assets`."""

    def file_changes(self, dataset: str, after: int, limit: int | None = None) -> FileChanges:
        """What became accepted in a dataset behind a position and still is, and what of before was withdrawn since.

        `NotFound` where the catalog has no such dataset, `Pruned` where withdrawals behind `after` were pruned, `InvalidInput` where the
        dataset has not come so far.
        """

    def unseen_files(self, dataset: str, consumer: str, limit: int | None = None) -> FileChanges:
        """The same behind the position of a consumer, who is new at 0, without what it has and was withdrawn only for a time."""

    def consumers(self, dataset: str | None = None, name: str | None = None) -> list[ConsumerView]:
        """The consumers of datasets, of all or one, all or those of a name, by dataset and name."""
