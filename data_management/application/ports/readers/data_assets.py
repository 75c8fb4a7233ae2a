"""Reading about data assets and their versions."""

from collections.abc import Sequence
from typing import Protocol

from data_management.application.views import AssetPage, AssetView, DatasetProfile, LastArrival
from data_management.domain.models import AssetStatus, Classification, DataLocation


class DataAssetReader(Protocol):
    """Data assets, what stands where, and what the accepted ones hold."""

    def asset(self, asset_id: str) -> AssetView:
        """The data asset; `NotFound` where the catalog has none of this id."""

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

    def asset_at(self, location: DataLocation, dataset: str | None = None) -> AssetView:
        """The current data asset at `location` (of `dataset`); `NotFound` where there is none."""

    def asset_ids(self, dataset: str, status: AssetStatus) -> list[str]:
        """The ids of the dataset's data assets of a status, sorted."""

    def versions(self, asset_id: str, after: str | None = None, limit: int = 20) -> AssetPage:
        """All versions that the data asset's dataset ever had at its location, newest first. `NotFound`, `InvalidInput` for a bad cursor."""

    def versions_at(self, location: DataLocation) -> list[AssetView]:
        """Every version that ever stood at `location`, of all datasets, in the order of arrival."""

    def current_tokens(self, dataset: str, locations: Sequence[DataLocation] | None = None) -> dict[str, str]:
        """URI → version token of the dataset's current data assets, all of them or those at `locations`."""

    def standing_versions(self, dataset: str, first: str, last: str) -> str:
        """One line (see `version_at`) per current data asset whose URI is from `first` to `last`, both included.

        For comparing a listing in bulk. Every line is true, but some may be missing: those of files with very long or strange names.
        """

    def last_arrival(self, dataset: str) -> LastArrival | None:
        """The data asset that arrived last, whatever became of it; None where nothing ever arrived, or the dataset is unknown."""

    def classifications(self, dataset: str) -> tuple[Classification, ...]:
        """The classifications of the accepted data asset that arrived last; none for an unknown dataset."""

    def profile(self, dataset: str) -> DatasetProfile:
        """The profiles of all accepted data assets as one; `NotFound` where the catalog has no such dataset."""
