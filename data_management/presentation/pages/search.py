"""Datasets and files by words."""

from pydantic import BaseModel, Field
from starlette.responses import Response

from data_management.application.ports import Search
from data_management.application.queries import SearchQuery
from data_management.application.views import SearchHit
from data_management.presentation.dtos.search import SearchHitDto
from data_management.presentation.pages.site import Asked

_A_PAGE = 50


class SearchWanted(BaseModel):
    q: str = Field("", max_length=1000)
    after: str | None = Field(None, max_length=4000)


def show_search(asked: Asked) -> Response:
    wanted = asked.wanted(SearchWanted)
    hits: tuple[SearchHit, ...] = ()
    following = None
    if wanted.q.strip():
        page = asked.ask(SearchQuery(Search(wanted.q, datasets=asked.caller.principal.datasets), wanted.after, _A_PAGE))
        hits, following = page.hits, page.next
    return asked.answer(
        "search.html",
        here="search",
        q=wanted.q,
        hits=[SearchHitDto.of(each) for each in hits],
        wanted=wanted,
        next=following,
    )
