"""The data assets that the catalog remembers."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from data_management.domain.models import AssetCounts, Column, DataCatalogEntry, DataLocation


class IDataAssetRepository(Protocol):
    """Data assets, current and past."""

    def get(self, asset_id: str) -> DataCatalogEntry:
        """The entry; `NotFound` where there is none of this id."""

    def get_many(self, asset_ids: Sequence[str]) -> list[DataCatalogEntry]:
        """The entries that exist, in the order of `asset_ids`."""

    def current_at(self, dataset: str, locations: Iterable[DataLocation]) -> dict[DataLocation, DataCatalogEntry]:
        """The current entries of `dataset` at `locations`; a location that is not known is left out."""

    def current_of(self, dataset: str) -> Iterator[DataCatalogEntry]:
        """All current entries of `dataset`, in the order of their locations."""

    def save(self, entry: DataCatalogEntry) -> DataCatalogEntry:
        """Store an entry (insert where ``entry.version`` is 0) and put its events in the outbox.

        An entry that becomes accepted, or stops being so, gets its dataset's next position; positions have no gaps and follow the order of commits.

        Returns the entry with its version raised by one and its events cleared. `Conflict` where the stored
        version is not `entry.version`, or where another current entry stands at its location.
        """

    def save_all(self, entries: Sequence[DataCatalogEntry]) -> list[DataCatalogEntry]:
        """`save` of many, in order, in few statements; all or none."""

    def all_at(self, location: DataLocation) -> list[DataCatalogEntry]:
        """Every version that ever stood at `location`, of all datasets, in the order of arrival."""

    def erase(self, entry: DataCatalogEntry) -> DataCatalogEntry:
        """`save` a tombstone with its new location, and remove the erased values from stored validations and events too."""

    def last_columns(self, dataset: str) -> tuple[Column, ...] | None:
        """The columns of the accepted data asset that arrived last, even if it was superseded or removed since; None where none was accepted."""

    def counts(self, dataset: str) -> AssetCounts:
        """The number of current entries in each state. It is kept up to date by `save`, so reading it is cheap."""

    def recount(self, dataset: str) -> None:
        """Correct `counts` by counting every current entry of the dataset."""
