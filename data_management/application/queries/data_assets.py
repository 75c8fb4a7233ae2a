"""Questions about data assets and their versions."""

from pydantic.dataclasses import dataclass

from data_management.application.queries.base import Query
from data_management.application.views import AssetPage, AssetView, DatasetProfile, LastArrival
from data_management.domain.models import AssetStatus, Classification, DataLocation


@dataclass(frozen=True)
class GetDataAssetByIdQuery(Query[AssetView]):
    asset_id: str


@dataclass(frozen=True)
class GetDataAssetAtQuery(Query[AssetView]):
    """The current data asset at a location; of a dataset, where two may look there."""

    location: DataLocation
    dataset: str | None = None


@dataclass(frozen=True)
class ListDataAssetsQuery(Query[AssetPage]):
    """A page in the order of arrival, or the other way round; `after` is the `next` of the page before."""

    dataset: str | None = None
    statuses: tuple[AssetStatus, ...] = ()
    after: str | None = None
    limit: int = 100
    current_only: bool = True
    newest_first: bool = False


@dataclass(frozen=True)
class ListAssetIdsQuery(Query[list[str]]):
    """The ids of a dataset's data assets of a status, sorted."""

    dataset: str
    status: AssetStatus


@dataclass(frozen=True)
class ListVersionsOfDataAssetQuery(Query[AssetPage]):
    """A page of what the dataset of a data asset ever had where that stands, itself among them, newest first."""

    asset_id: str
    after: str | None = None
    limit: int = 20


@dataclass(frozen=True)
class ListVersionsAtLocationQuery(Query[list[AssetView]]):
    """Every version that ever stood at a location, of all datasets, in the order of arrival."""

    location: DataLocation


@dataclass(frozen=True)
class GetCurrentTokensQuery(Query[dict[str, str]]):
    """URI → version token of a dataset's current data assets, all of them or those at `locations`."""

    dataset: str
    locations: tuple[DataLocation, ...] | None = None


@dataclass(frozen=True)
class GetStandingVersionsQuery(Query[str]):
    """In lines, `version_at` of the current data assets at the URIs from `first` to `last`."""

    dataset: str
    first: str
    last: str


@dataclass(frozen=True)
class GetLastArrivalQuery(Query[LastArrival | None]):
    """The data asset of a dataset that arrived last; None where nothing ever did."""

    dataset: str


@dataclass(frozen=True)
class GetClassificationsQuery(Query[tuple[Classification, ...]]):
    """What the columns of the last accepted file of a dataset were found to hold."""

    dataset: str


@dataclass(frozen=True)
class GetDatasetProfileQuery(Query[DatasetProfile]):
    """The profile of all accepted files of a dataset together. It reads each one's: for people, not for loops."""

    dataset: str
