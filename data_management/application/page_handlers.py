"""Handlers of questions that are answered page by page."""

from collections.abc import Callable, Mapping
from typing import Any

from data_management.application import queries as q
from data_management.application.ports import CatalogReader
from data_management.application.views import (
    AssetPage,
    DatasetPage,
    FailingPage,
    ScorePage,
    ScorePoint,
    SearchPage,
    ValidationPage,
)
from data_management.errors import InvalidInput


def find_datasets(query: q.FindDatasetsQuery, reader: CatalogReader) -> DatasetPage:
    return reader.dataset_page(query.wanted, query.after, _room(query.limit))


def list_scores(query: q.ListScoresQuery, reader: CatalogReader) -> ScorePage:
    return reader.score_page(query.dataset, query.after, _room(query.limit))


def get_score_at(query: q.GetScoreAtQuery, reader: CatalogReader) -> ScorePoint:
    return reader.score_at(query.dataset, query.at)


def list_validations(query: q.ListValidationsQuery, reader: CatalogReader) -> ValidationPage:
    return reader.validation_page(query.asset_id, query.after, _room(query.limit))


def list_versions(query: q.ListVersionsQuery, reader: CatalogReader) -> AssetPage:
    return reader.versions(query.asset_id, query.after, _room(query.limit))


def list_failing_assets(query: q.ListFailingAssetsQuery, reader: CatalogReader) -> FailingPage:
    return reader.failing(query.dataset, query.rule, query.after, _room(query.limit))


def search(query: q.SearchQuery, reader: CatalogReader) -> SearchPage:
    return reader.search(query.search, query.after, _room(query.limit))


def _room(limit: int) -> int:
    if limit < 1:
        raise InvalidInput(f"a page of {limit} has no room; ask for 1 or more")
    return limit


PAGE_QUERY_HANDLERS: Mapping[type[q.Query[Any]], Callable[[Any, CatalogReader], Any]] = {
    q.FindDatasetsQuery: find_datasets,
    q.ListScoresQuery: list_scores,
    q.GetScoreAtQuery: get_score_at,
    q.ListValidationsQuery: list_validations,
    q.ListVersionsQuery: list_versions,
    q.ListFailingAssetsQuery: list_failing_assets,
    q.SearchQuery: search,
}
