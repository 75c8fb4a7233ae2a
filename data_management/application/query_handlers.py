"""One function per query; the dispatch table ends the file."""

from collections.abc import Callable, Mapping
from typing import Any

from data_management.application import queries as q
from data_management.application.access import ACCESS_QUERY_HANDLERS
from data_management.application.consumption import CONSUMPTION_QUERY_HANDLERS
from data_management.application.event_handlers import EVENT_QUERY_HANDLERS
from data_management.application.page_handlers import PAGE_QUERY_HANDLERS
from data_management.application.ports import CatalogReader
from data_management.application.views import (
    AssetPage,
    AssetView,
    DatasetProfile,
    DatasetView,
    LastArrival,
    Pending,
    PlanView,
    TotalsAudit,
)
from data_management.domain.models import Classification, Dataset
from data_management.domain.repositories import Prunable


def list_datasets(query: q.ListDatasetsQuery, reader: CatalogReader) -> list[DatasetView]:
    return reader.datasets()


def get_dataset(query: q.GetDatasetQuery, reader: CatalogReader) -> DatasetView:
    return reader.dataset(query.name)


def get_data_asset_by_id(query: q.GetDataAssetByIdQuery, reader: CatalogReader) -> AssetView:
    return reader.asset(query.asset_id)


def get_data_asset_at(query: q.GetDataAssetAtQuery, reader: CatalogReader) -> AssetView:
    return reader.asset_at(query.location, query.dataset)


def list_data_assets(query: q.ListDataAssetsQuery, reader: CatalogReader) -> AssetPage:
    return reader.assets(
        query.dataset, query.statuses, query.after, query.limit, query.current_only, newest_first=query.newest_first
    )


def get_classifications(query: q.GetClassificationsQuery, reader: CatalogReader) -> tuple[Classification, ...]:
    return reader.classifications(query.dataset)


def get_dataset_profile(query: q.GetDatasetProfileQuery, reader: CatalogReader) -> DatasetProfile:
    return reader.profile(query.dataset)


def get_last_arrival(query: q.GetLastArrivalQuery, reader: CatalogReader) -> LastArrival | None:
    return reader.last_arrival(query.dataset)


def get_current_tokens(query: q.GetCurrentTokensQuery, reader: CatalogReader) -> dict[str, str]:
    return reader.current_tokens(query.dataset, query.locations)


def get_standing_versions(query: q.GetStandingVersionsQuery, reader: CatalogReader) -> str:
    return reader.standing_versions(query.dataset, query.first, query.last)


def list_versions_at_location(query: q.ListVersionsAtLocationQuery, reader: CatalogReader) -> list[AssetView]:
    return reader.versions_at(query.location)


def list_judged_longest_ago(query: q.ListJudgedLongestAgoQuery, reader: CatalogReader) -> list[AssetView]:
    return reader.judged_longest_ago(query.dataset, query.limit, query.plan_hash)


def list_outdated_assets(query: q.ListOutdatedAssetsQuery, reader: CatalogReader) -> AssetPage:
    return reader.outdated_assets(query.dataset, query.plan_hash, query.after, query.limit)


def list_plans(query: q.ListPlansQuery, reader: CatalogReader) -> list[PlanView]:
    return reader.plans(query.dataset)


def get_definition(query: q.GetDefinitionQuery, reader: CatalogReader) -> Dataset:
    return reader.definition(query.name)


def audit_dataset(query: q.AuditDatasetQuery, reader: CatalogReader) -> TotalsAudit:
    return reader.audit(query.name)


def get_prunable(query: q.GetPrunableQuery, reader: CatalogReader) -> dict[Prunable, int]:
    return reader.prunable(query.before, query.audit_before)


def list_asset_ids(query: q.ListAssetIdsQuery, reader: CatalogReader) -> list[str]:
    return reader.asset_ids(query.dataset, query.status)


def get_pending(query: q.GetPendingQuery, reader: CatalogReader) -> Pending:
    return reader.pending(query.dataset, query.plan_hash, query.at)


QueryHandler = Callable[[Any, CatalogReader], Any]

QUERY_HANDLERS: Mapping[type[q.Query[Any]], QueryHandler] = {
    q.ListDatasetsQuery: list_datasets,
    q.GetDatasetQuery: get_dataset,
    q.GetDataAssetByIdQuery: get_data_asset_by_id,
    q.GetDataAssetAtQuery: get_data_asset_at,
    q.ListDataAssetsQuery: list_data_assets,
    q.GetCurrentTokensQuery: get_current_tokens,
    q.GetStandingVersionsQuery: get_standing_versions,
    q.ListVersionsAtLocationQuery: list_versions_at_location,
    q.ListJudgedLongestAgoQuery: list_judged_longest_ago,
    q.GetLastArrivalQuery: get_last_arrival,
    q.GetClassificationsQuery: get_classifications,
    q.GetDatasetProfileQuery: get_dataset_profile,
    q.ListAssetIdsQuery: list_asset_ids,
    q.ListOutdatedAssetsQuery: list_outdated_assets,
    q.ListPlansQuery: list_plans,
    q.GetDefinitionQuery: get_definition,
    q.AuditDatasetQuery: audit_dataset,
    q.GetPrunableQuery: get_prunable,
    q.GetPendingQuery: get_pending,
    **EVENT_QUERY_HANDLERS,
    **ACCESS_QUERY_HANDLERS,
    **PAGE_QUERY_HANDLERS,
    **CONSUMPTION_QUERY_HANDLERS,
}
