"""Datasets and files by words."""

from pydantic import BaseModel, Field
from starlette.responses import Response

from data_management.presentation.pages.site import Asked


class SearchWanted(BaseModel):
    q: str = Field("", max_length=1000)
    after: str | None = Field(None, max_length=4000)


def show_search(asked: Asked) -> Response:
    wanted = asked.wanted(SearchWanted)
    return asked.answer("search.html", here="search", q=wanted.q, hits=[], wanted=wanted, next=None)
