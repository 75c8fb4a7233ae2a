"""Questions about datasets."""

from pydantic.dataclasses import dataclass

from data_management.application.ports import DatasetFilter
from data_management.application.queries.base import Query
from data_management.application.views import DatasetPage, DatasetView
from data_management.domain.models import Dataset


@dataclass(frozen=True)
class ListDatasetsQuery(Query[list[DatasetView]]):
    pass


@dataclass(frozen=True)
class GetDatasetQuery(Query[DatasetView]):
    name: str


@dataclass(frozen=True)
class FindDatasetsQuery(Query[DatasetPage]):
    """A page by name; `after` is the `next` of the page before."""

    wanted: DatasetFilter = DatasetFilter()
    after: str | None = None
    limit: int = 100


@dataclass(frozen=True)
class GetDefinitionQuery(Query[Dataset]):
    """A dataset as its contract declared it last."""

    name: str
