"""What can be asked of the catalog to tell. Each names the type of its answer."""

from datetime import datetime
from typing import Generic, TypeVar

from pydantic.dataclasses import dataclass

from data_management.application.messaging import DeadLetter, DestinationView, RecordedEvent
from data_management.application.ports import AuditFilter, DatasetFilter, Search
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
from data_management.domain.models import ApiKey, AssetStatus, Classification, DataLocation, Dataset
from data_management.domain.repositories import Prunable

A = TypeVar("A")


class Query(Generic[A]):
    """A question, answered with an `A`."""


@dataclass(frozen=True)
class ListDatasetsQuery(Query[list[DatasetView]]):
    pass


@dataclass(frozen=True)
class GetDatasetQuery(Query[DatasetView]):
    name: str


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
class ListVersionsOfDataAssetQuery(Query[AssetPage]):
    """A page of what the dataset of a data asset ever had where that stands, itself among them, newest first."""

    asset_id: str
    after: str | None = None
    limit: int = 20


@dataclass(frozen=True)
class ListFailingAssetsQuery(Query[FailingPage]):
    """A page of the current data assets on which a rule failed or errored when they were judged last, newest first.

    A page may hold fewer than `limit`, or none, and still have a `next`: so many others were looked at.
    """

    dataset: str
    rule: str
    after: str | None = None
    limit: int = 50


@dataclass(frozen=True)
class GetQualityHistoryQuery(Query[ScorePage]):
    """A page of a dataset's scores, newest first."""

    dataset: str
    after: str | None = None
    limit: int = 100


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
class ListVersionsAtLocationQuery(Query[list[AssetView]]):
    """Every version that ever stood at a location, of all datasets, in the order of arrival."""

    location: DataLocation


@dataclass(frozen=True)
class ListJudgedLongestAgoQuery(Query[list[AssetView]]):
    """The judged data assets whose last validation is the oldest; only what the plan of `plan_hash` judged, where it is given."""

    dataset: str
    limit: int
    plan_hash: str | None = None


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


@dataclass(frozen=True)
class ListAssetIdsQuery(Query[list[str]]):
    """The ids of a dataset's data assets of a status, sorted."""

    dataset: str
    status: AssetStatus


@dataclass(frozen=True)
class ListOutdatedAssetsQuery(Query[AssetPage]):
    """A page of the judged data assets whose last validation was made by another plan, in the order of arrival."""

    dataset: str
    plan_hash: str
    after: str | None = None
    limit: int = 100


@dataclass(frozen=True)
class ListPlansQuery(Query[list[PlanView]]):
    """The plans that ever judged a dataset, the newest first."""

    dataset: str


@dataclass(frozen=True)
class GetDefinitionQuery(Query[Dataset]):
    """A dataset as its contract declared it last."""

    name: str


@dataclass(frozen=True)
class AuditDatasetQuery(Query[TotalsAudit]):
    """Whether a dataset's totals are what its current validations sum up to."""

    name: str


@dataclass(frozen=True)
class GetPrunableQuery(Query[dict[Prunable, int]]):
    """How much of what ended before a moment can be forgotten; of the audit, before another where it is given."""

    before: datetime
    audit_before: datetime | None = None


@dataclass(frozen=True)
class GetPendingQuery(Query[Pending]):
    """What waits to be judged in a dataset whose contract makes this plan, at a moment (UTC)."""

    dataset: str
    plan_hash: str
    at: datetime


@dataclass(frozen=True)
class ListEventsQuery(Query[list[RecordedEvent]]):
    """Events after a position, in their order."""

    after: int = 0
    limit: int = 100


@dataclass(frozen=True)
class ListLastEventsQuery(Query[list[RecordedEvent]]):
    """The last events, in their order."""

    limit: int = 10


@dataclass(frozen=True)
class GetConsumerPositionQuery(Query[int]):
    """Up to where a consumer has read; 0 where it never did."""

    consumer: str


@dataclass(frozen=True)
class HasSeenEventQuery(Query[bool]):
    """Whether a consumer has handled an event."""

    consumer: str
    event_id: str


@dataclass(frozen=True)
class ListDeadLettersQuery(Query[list[DeadLetter]]):
    """Events that a destination did not take, and that are not tried any more."""

    limit: int = 100


@dataclass(frozen=True)
class ListDestinationsQuery(Query[list[DestinationView]]):
    """Where events are sent, and how far that has come."""


@dataclass(frozen=True)
class FindDatasetsQuery(Query[DatasetPage]):
    """A page by name; `after` is the `next` of the page before."""

    wanted: DatasetFilter = DatasetFilter()
    after: str | None = None
    limit: int = 100


@dataclass(frozen=True)
class GetScoreAtQuery(Query[ScorePoint]):
    """A dataset's last score of a moment (UTC) or before."""

    dataset: str
    at: datetime


@dataclass(frozen=True)
class ListValidationsQuery(Query[ValidationPage]):
    """A page of a data asset's validations, newest first."""

    asset_id: str
    after: str | None = None
    limit: int = 20


@dataclass(frozen=True)
class SearchQuery(Query[SearchPage]):
    """A page of what has all the words."""

    search: Search
    after: str | None = None
    limit: int = 100


@dataclass(frozen=True)
class FindKeyQuery(Query[ApiKey | None]):
    key_id: str


@dataclass(frozen=True)
class ListKeysQuery(Query[list[ApiKey]]):
    """All of them, the oldest first."""


@dataclass(frozen=True)
class ListAuditQuery(Query[AuditPage]):
    """A page of who did what, the newest first."""

    wanted: AuditFilter = AuditFilter()
    after: str | None = None
    limit: int = 100
