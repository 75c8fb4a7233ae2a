"""Handlers of questions that are answered page by page."""

from collections.abc import Callable, Mapping
from typing import Any

from data_management.application import queries as q
from data_management.application.ports import CatalogReader
from data_management.application.views import (
    AssetPage,
    DatasetPage,
    DatasetView,
    FailingPage,
    ScorePage,
    ScorePoint,
    SearchPage,
    ValidationPage,
)
from data_management.errors import InvalidInput, NotFound


def find_datasets(query: q.FindDatasetsQuery, reader: CatalogReader) -> DatasetPage:
    return reader.dataset_page(query.wanted, query.after, _room(query.limit))


def get_quality_history(query: q.GetQualityHistoryQuery, reader: CatalogReader) -> ScorePage:
    return reader.scores(query.dataset, query.after, _room(query.limit))


def get_score_at(query: q.GetScoreAtQuery, reader: CatalogReader) -> ScorePoint:
    return reader.score_at(query.dataset, query.at)


def list_validations(query: q.ListValidationsQuery, reader: CatalogReader) -> ValidationPage:
    return reader.validations(query.asset_id, query.after, _room(query.limit))


def list_versions_of_data_asset(query: q.ListVersionsOfDataAssetQuery, reader: CatalogReader) -> AssetPage:
    return reader.versions(query.asset_id, query.after, _room(query.limit))


def list_failing_assets(query: q.ListFailingAssetsQuery, reader: CatalogReader) -> FailingPage:
    page = reader.failing(query.dataset, query.rule, query.after, _room(query.limit))
    if not page.found and query.after is None and query.rule not in _rules_of(reader.dataset(query.dataset)):
        raise NotFound(
            f"dataset {query.dataset!r} has no rule {query.rule!r}; `data-management datasets show` lists those that it has"
        )
    return page


def _rules_of(dataset: DatasetView) -> set[str]:
    return {rule.name for rule in dataset.rules} | {total.rule for total in dataset.totals}


def search(query: q.SearchQuery, reader: CatalogReader) -> SearchPage:
    return reader.search(query.search, query.after, _room(query.limit))


def _room(limit: int) -> int:
    if limit < 1:
        raise InvalidInput(f"a page of {limit} has no room; ask for 1 or more")
    return limit


PAGE_QUERY_HANDLERS: Mapping[type[q.Query[Any]], Callable[[Any, CatalogReader], Any]] = {
    q.FindDatasetsQuery: find_datasets,
    q.GetQualityHistoryQuery: get_quality_history,
    q.GetScoreAtQuery: get_score_at,
    q.ListValidationsQuery: list_validations,
    q.ListVersionsOfDataAssetQuery: list_versions_of_data_asset,
    q.ListFailingAssetsQuery: list_failing_assets,
    q.SearchQuery: search,
}
