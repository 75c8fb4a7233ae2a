"""Handlers of searches."""

from data_management.application import queries as q
from data_management.application.handlers.paging import checked_limit
from data_management.application.handlers.signatures import QueryHandlers
from data_management.application.ports import SearchReader
from data_management.application.views import SearchPage


def search(query: q.SearchQuery, reader: SearchReader) -> SearchPage:
    return reader.search(query.search, query.after, checked_limit(query.limit))


QUERY_HANDLERS: QueryHandlers = {
    q.SearchQuery: search,
}
