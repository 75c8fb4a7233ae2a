"""The accepted files of a dataset, as those see them who consume them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from data_management.application.commands import Caller
from data_management.application.queries import ListFileChangesQuery, ListUnseenFilesQuery
from data_management.domain.models import Permission
from data_management.presentation.api.access import Allowed
from data_management.presentation.api.context import Context
from data_management.presentation.api.paths import DatasetName
from data_management.presentation.api.replies import reply
from data_management.presentation.api.schemas import FilesAsked
from data_management.presentation.dtos.consumers import FileChangesDto

router = APIRouter(prefix="/v1/datasets", tags=["files"])
Reader = Annotated[Caller, Depends(Allowed(Permission.READ))]


@router.get(
    "/{dataset}/files",
    operation_id="listFiles",
    summary="Show which files became accepted, or were withdrawn, behind a position",
    description="Behind `after`, or behind where a `consumer` stands, which does not move by that. The next page is behind `to`.",
    response_model=FileChangesDto,
)
def list_files(
    request: Request, context: Context, caller: Reader, dataset: DatasetName, asked: Annotated[FilesAsked, Query()]
) -> Response:
    changes = (
        context.app.ask(ListFileChangesQuery(dataset, asked.after, asked.limit))
        if asked.consumer is None
        else context.app.ask(ListUnseenFilesQuery(dataset, asked.consumer, asked.limit))
    )
    return reply(request, FileChangesDto.of(changes))
