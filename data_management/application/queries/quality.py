"""Questions about quality: scores, validations, plans, and what waits to be judged."""

from datetime import datetime

from pydantic.dataclasses import dataclass

from data_management.application.queries.base import Query
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


@dataclass(frozen=True)
class GetPendingQuery(Query[Pending]):
    """What waits to be judged in a dataset whose contract makes this plan, at a moment (UTC)."""

    dataset: str
    plan_hash: str
    at: datetime


@dataclass(frozen=True)
class GetQualityHistoryQuery(Query[ScorePage]):
    """A page of a dataset's scores, newest first."""

    dataset: str
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
class ListFailingAssetsQuery(Query[FailingPage]):
    """A page of the current data assets on which a rule failed or errored when they were judged last, newest first.

    A page may hold fewer than `limit`, or none, and still have a `next`: so many others were looked at.
    """

    dataset: str
    rule: str
    after: str | None = None
    limit: int = 50


@dataclass(frozen=True)
class ListJudgedLongestAgoQuery(Query[list[AssetView]]):
    """The judged data assets whose last validation is the oldest; only what the plan of `plan_hash` judged, where it is given."""

    dataset: str
    limit: int
    plan_hash: str | None = None


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
