"""Search over datasets and data assets."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from data_management.application.commands import Caller
from data_management.application.ports import Search
from data_management.application.queries import SearchQuery
from data_management.domain.models import Permission
from data_management.presentation.api.access import Allowed
from data_management.presentation.api.context import Context
from data_management.presentation.api.replies import reply
from data_management.presentation.api.schemas import SearchAsked, SearchPageDto
from data_management.presentation.dtos.search import SearchHitDto

router = APIRouter(prefix="/v1", tags=["search"])


@router.get(
    "/search",
    operation_id="search",
    summary="Find datasets and data assets by words",
    description="All words must be in names, locations, owners, tags, columns or descriptions. Datasets come first, those that fit best "
    "before others; then data assets, the newest first.",
    response_model=SearchPageDto,
)
def search(
    request: Request,
    context: Context,
    caller: Annotated[Caller, Depends(Allowed(Permission.READ))],
    asked: Annotated[SearchAsked, Query()],
) -> Response:
    kinds = (asked.kind,) if asked.kind else ("dataset", "data_asset")
    wanted = Search(asked.q, kinds, caller.principal.datasets)
    page = context.app.ask(SearchQuery(wanted, asked.cursor, asked.limit))
    return reply(request, SearchPageDto(items=[SearchHitDto.of(each) for each in page.hits], next=page.next))
