"""Looking for words."""

from pydantic.dataclasses import dataclass

from data_management.application.ports import Search
from data_management.application.queries.base import Query
from data_management.application.views import SearchPage


@dataclass(frozen=True)
class SearchQuery(Query[SearchPage]):
    """A page of what has all the words."""

    search: Search
    after: str | None = None
    limit: int = 100
