"""Whether the server lives, whether it can serve, and its figures."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from data_management.application.commands import Caller
from data_management.application.ports import DatasetFilter
from data_management.application.queries import FindDatasetsQuery
from data_management.domain.models import Permission
from data_management.presentation.api.access import Allowed
from data_management.presentation.api.context import Context
from data_management.presentation.api.metrics import CONTENT_TYPE
from data_management.presentation.api.schemas import HealthDto

router = APIRouter(tags=["health"])


@router.get("/healthz", operation_id="getHealth", summary="Whether the process lives")
async def get_health() -> HealthDto:
    return HealthDto(status="ok")


@router.get("/readyz", operation_id="getReadiness", summary="Whether the catalog can be read")
def get_readiness(context: Context) -> HealthDto:
    context.app.ask(FindDatasetsQuery(DatasetFilter(names=()), limit=1))
    return HealthDto(status="ok")


@router.get(
    "/metrics",
    operation_id="getMetrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def get_metrics(
    context: Context, caller: Annotated[Caller, Depends(Allowed(Permission.READ, everywhere=True))]
) -> Response:
    return Response(context.metrics.text(), media_type=CONTENT_TYPE)


@router.get(
    "/v1/openapi.json",
    operation_id="getOpenApi",
    summary="This interface as OpenAPI 3.1",
    response_class=Response,
    responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}},
)
async def get_openapi(request: Request, caller: Annotated[Caller, Depends(Allowed(Permission.READ))]) -> Response:
    return JSONResponse(request.app.openapi())
