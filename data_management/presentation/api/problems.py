"""Errors as RFC 9457 problems: the one place that knows which HTTP status an error is."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from data_management.errors import (
    Conflict,
    DataManagementError,
    Denied,
    InvalidInput,
    NotFound,
    Pruned,
    Rejected,
    Stale,
    Throttled,
    Unauthenticated,
    Unavailable,
)

MEDIA_TYPE: Final = "application/problem+json"

_STATUSES: Final[Sequence[tuple[type[DataManagementError], HTTPStatus]]] = (  # the first that fits
    (Unauthenticated, HTTPStatus.UNAUTHORIZED),
    (Throttled, HTTPStatus.TOO_MANY_REQUESTS),
    (Denied, HTTPStatus.FORBIDDEN),
    (Stale, HTTPStatus.PRECONDITION_FAILED),
    (Conflict, HTTPStatus.CONFLICT),
    (Pruned, HTTPStatus.GONE),
    (NotFound, HTTPStatus.NOT_FOUND),
    (InvalidInput, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Rejected, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
)


class FaultDto(BaseModel):
    """One thing that is wrong with a request: where (`query.limit`, a contract's `schema[0].name`, a line), and what."""

    place: str
    problem: str
    line: int | None = None


class Problem(BaseModel):
    """RFC 9457. `type` names the kind of problem for programs, `detail` says what is wrong and what to do."""

    type: str = Field(examples=["urn:data-management:problem:not-found"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(
        examples=["the catalog has no dataset 'ordres'; `data-management datasets list` names those that it has"]
    )
    instance: str | None = Field(None, examples=["/v1/datasets/ordres"])
    request_id: str | None = Field(None, examples=["5f1c2a9d4b7e4c0c8a3e1d2f6b7a8c9d"])
    faults: list[FaultDto] | None = None


class RequestProblem(Exception):
    """What is wrong with a request as HTTP, which no use case knows of."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        faults: Sequence[FaultDto] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.faults, self.headers = status, detail, faults, headers


def problem(
    scope: Mapping[str, Any],
    status: HTTPStatus,
    detail: str,
    faults: Sequence[FaultDto] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    made = Problem(
        type=f"urn:data-management:problem:{status.phrase.lower().replace(' ', '-')}",
        title=status.phrase,
        status=status,
        detail=detail,
        instance=scope.get("raw_path", b"").decode("ascii", "replace") or None,
        request_id=scope.get("state", {}).get("request_id"),
        faults=None if faults is None else list(faults),
    )
    return Response(made.model_dump_json(exclude_none=True), int(status), dict(headers or {}), MEDIA_TYPE)


def of_error(scope: Mapping[str, Any], error: DataManagementError) -> Response:
    return problem(scope, status_of(error), error.message, headers=headers_of(error))


def status_of(error: DataManagementError) -> HTTPStatus:
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)


def headers_of(error: DataManagementError) -> dict[str, str]:
    headers = {}
    if status_of(error) is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="data-management"'
    if isinstance(error, Throttled):
        headers["Retry-After"] = str(error.retry_after)
    return headers


async def on_error(request: Request, error: Exception) -> Response:
    """Whatever was raised on purpose; a denial is put in the audit first."""
    assert isinstance(error, DataManagementError)
    caller = getattr(request.state, "caller", None)
    if isinstance(error, Denied) and caller is not None:
        await run_in_threadpool(request.app.state.authenticator.denied, caller, request.url.path, error)
    return of_error(request.scope, error)


async def on_request_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestProblem)
    return problem(request.scope, error.status, error.detail, error.faults, error.headers)


async def on_invalid(request: Request, error: Exception) -> Response:
    """What FastAPI found wrong with parameters or body. The values are not repeated: they may be anything."""
    assert isinstance(error, RequestValidationError)
    faults = [FaultDto(place=".".join(map(str, each["loc"])), problem=str(each["msg"])) for each in error.errors()[:20]]
    detail = "; ".join(f"{fault.place}: {fault.problem}" for fault in faults[:3]) or "the request is not valid"
    return problem(request.scope, HTTPStatus.UNPROCESSABLE_ENTITY, detail, faults)


async def on_http(request: Request, error: Exception) -> Response:
    """What the router says: no such path, no such method."""
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    detail = {
        HTTPStatus.NOT_FOUND: "there is nothing at this path; GET /v1/openapi.json lists what there is",
        HTTPStatus.METHOD_NOT_ALLOWED: "this path does not take that method; the header Allow names those that it takes",
    }.get(status, str(error.detail))
    headers = dict(error.headers or {})
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(request.app.state.methods_of(request.scope["path"]))
    return problem(request.scope, status, detail, headers=headers)
