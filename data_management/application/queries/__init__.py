"""What can be asked of the catalog to tell. Each names the type of its answer."""

from data_management.application.queries.access import FindKeyQuery, ListAuditQuery, ListKeysQuery
from data_management.application.queries.base import Query
from data_management.application.queries.consumers import ListConsumersQuery, ListFileChangesQuery, ListUnseenFilesQuery
from data_management.application.queries.data_assets import (
    GetClassificationsQuery,
    GetCurrentTokensQuery,
    GetDataAssetAtQuery,
    GetDataAssetByIdQuery,
    GetDatasetProfileQuery,
    GetLastArrivalQuery,
    GetStandingVersionsQuery,
    ListAssetIdsQuery,
    ListDataAssetsQuery,
    ListVersionsAtLocationQuery,
    ListVersionsOfDataAssetQuery,
)
from data_management.application.queries.datasets import (
    FindDatasetsQuery,
    GetDatasetQuery,
    GetDefinitionQuery,
    ListDatasetsQuery,
)
from data_management.application.queries.events import (
    GetConsumerPositionQuery,
    HasSeenEventQuery,
    ListDeadLettersQuery,
    ListDestinationsQuery,
    ListEventsQuery,
    ListLastEventsQuery,
)
from data_management.application.queries.quality import (
    GetPendingQuery,
    GetQualityHistoryQuery,
    GetScoreAtQuery,
    ListFailingAssetsQuery,
    ListJudgedLongestAgoQuery,
    ListOutdatedAssetsQuery,
    ListPlansQuery,
    ListValidationsQuery,
)
from data_management.application.queries.search import SearchQuery
from data_management.application.queries.upkeep import AuditDatasetQuery, GetPrunableQuery

__all__ = [
    "AuditDatasetQuery",
    "FindDatasetsQuery",
    "FindKeyQuery",
    "GetClassificationsQuery",
    "GetConsumerPositionQuery",
    "GetCurrentTokensQuery",
    "GetDataAssetAtQuery",
    "GetDataAssetByIdQuery",
    "GetDatasetProfileQuery",
    "GetDatasetQuery",
    "GetDefinitionQuery",
    "GetLastArrivalQuery",
    "GetPendingQuery",
    "GetPrunableQuery",
    "GetQualityHistoryQuery",
    "GetScoreAtQuery",
    "GetStandingVersionsQuery",
    "HasSeenEventQuery",
    "ListAssetIdsQuery",
    "ListAuditQuery",
    "ListConsumersQuery",
    "ListDataAssetsQuery",
    "ListDatasetsQuery",
    "ListDeadLettersQuery",
    "ListDestinationsQuery",
    "ListEventsQuery",
    "ListFailingAssetsQuery",
    "ListFileChangesQuery",
    "ListJudgedLongestAgoQuery",
    "ListKeysQuery",
    "ListLastEventsQuery",
    "ListOutdatedAssetsQuery",
    "ListPlansQuery",
    "ListUnseenFilesQuery",
    "ListValidationsQuery",
    "ListVersionsAtLocationQuery",
    "ListVersionsOfDataAssetQuery",
    "Query",
    "SearchQuery",
]
