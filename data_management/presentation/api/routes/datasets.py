"""Datasets: what the contracts declare."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from data_management.application.commands import Caller
from data_management.application.ports import DatasetFilter
from data_management.application.queries import FindDatasetsQuery, GetDatasetQuery
from data_management.domain.models import Permission
from data_management.presentation.api.access import Allowed
from data_management.presentation.api.context import Context
from data_management.presentation.api.paths import DatasetName
from data_management.presentation.api.replies import reply
from data_management.presentation.api.schemas import DatasetPageDto, DatasetsAsked
from data_management.presentation.dtos import DatasetDetailDto, DatasetDto

router = APIRouter(prefix="/v1/datasets", tags=["datasets"])
Reader = Annotated[Caller, Depends(Allowed(Permission.READ))]
Writer = Annotated[Caller, Depends(Allowed(Permission.WRITE))]


@router.get("", operation_id="listDatasets", summary="List datasets by name", response_model=DatasetPageDto)
def list_datasets(
    request: Request, context: Context, caller: Reader, asked: Annotated[DatasetsAsked, Query()]
) -> Response:
    wanted = DatasetFilter(caller.principal.datasets, asked.owner, asked.tag, asked.retired)
    page = context.app.ask(FindDatasetsQuery(wanted, asked.cursor, asked.limit))
    return reply(request, DatasetPageDto(items=[DatasetDto.of(each) for each in page.datasets], next=page.next))


@router.get("/{dataset}", operation_id="getDataset", summary="Show a dataset", response_model=DatasetDetailDto)
def get_dataset(request: Request, context: Context, caller: Reader, dataset: DatasetName) -> Response:
    view = context.app.ask(GetDatasetQuery(dataset))
    return reply(request, DatasetDetailDto.of_detail(view), status=HTTPStatus.OK, version=view.version)
