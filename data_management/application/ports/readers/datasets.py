"""Reading about datasets."""

from typing import Protocol

from pydantic.dataclasses import dataclass

from data_management.application.views import DatasetPage, DatasetView
from data_management.domain.models import Dataset


@dataclass(frozen=True)
class DatasetFilter:
    """Which datasets: those that fit all that is given."""

    names: tuple[str, ...] | None = None
    """None: any."""
    owner: str | None = None
    tag: str | None = None
    retired: bool | None = None


class DatasetReader(Protocol):
    """Datasets as the catalog knows them."""

    def datasets(self) -> list[DatasetView]:
        """All datasets by name."""

    def dataset(self, name: str) -> DatasetView:
        """The dataset; `NotFound` where the catalog has none of this name."""

    def dataset_page(self, wanted: DatasetFilter, after: str | None = None, limit: int = 100) -> DatasetPage:
        """A page of the datasets that are `wanted`, by name; cursors as in `DataAssetReader.assets`."""

    def definition(self, name: str) -> Dataset:
        """The dataset as it was registered last; `NotFound` where the catalog has none of this name."""
