"""What surrounds every request, as plain ASGI: nothing of a body is held that was not asked for."""

import asyncio
import re
import time
from http import HTTPStatus
from typing import Any, Final, Protocol
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data_management.presentation.api.metrics import ApiMetrics
from data_management.presentation.api.problems import problem

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)
_SECURITY: Final = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}

logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)


class Refusal(Protocol):
    """Says what is wrong, in the manner of what was asked for: a problem of the API, or a page."""

    def __call__(self, scope: Scope, status: HTTPStatus, detail: str) -> Response: ...


class Pages(Protocol):
    """What people look at, as an ASGI application."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...

    def problem(self, scope: Scope, status: HTTPStatus, detail: str) -> Response:
        """A page that says what is wrong; it asks the catalog nothing."""


def refusing(pages: Pages | None) -> Refusal:
    """By a page where one was asked for, else by a problem."""

    def refuse(scope: Scope, status: HTTPStatus, detail: str) -> Response:
        return pages.problem(scope, status, detail) if pages and is_page(scope) else problem(scope, status, detail)

    return refuse


def is_page(scope: Scope) -> bool:
    return scope["path"] in ("/", "/ui") or scope["path"].startswith("/ui/")


class RequestContext:
    """Gives a request its id, in and out and in the log; counts it; whatever goes wrong inside ends as a refusal."""

    def __init__(self, app: ASGIApp, metrics: ApiMetrics, refuse: Refusal) -> None:
        self._app = app
        self._metrics = metrics
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        status, began = 0, time.perf_counter()

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                for name, value in _SECURITY.items():
                    headers.setdefault(name, value)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, sending)
            except ClientDisconnect:
                logger.info("a client went away", method=scope["method"], path=scope["path"])
            except Exception:
                logger.exception("a request failed", method=scope["method"], path=scope["path"])
                if status:  # too late to say anything else
                    raise
                detail = (
                    "this is a defect of data-management; report it with the request's id, under which the log has more"
                )
                await self._refuse(scope, HTTPStatus.INTERNAL_SERVER_ERROR, detail)(scope, receive, sending)
            finally:
                seconds = time.perf_counter() - began
                route: Any = scope.get("route")
                self._metrics.observe(scope["method"], getattr(route, "path", "(none)"), status, seconds)
                logger.info(
                    "request",
                    method=scope["method"],
                    path=scope["path"],
                    status=status,
                    milliseconds=round(seconds * 1000, 1),
                    principal=getattr(scope["state"].get("principal"), "id", None),
                )


class BodyLimits:
    """Bounds how large a body may be, whatever it says of its length, and how long it may take.

    A connection whose body was not read to its end is closed behind the response.
    """

    def __init__(self, app: ASGIApp, most_bytes: int, most_seconds: float, refuse: Refusal) -> None:
        self._app = app
        self._most_bytes = most_bytes
        self._most_seconds = most_seconds
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        length = headers.get("content-length", "0")
        is_unread = "transfer-encoding" in headers or length.strip() != "0"
        taken = 0
        until = time.monotonic() + self._most_seconds

        async def receiving() -> Message:
            nonlocal taken, is_unread
            if not is_unread:
                return await receive()
            try:
                async with asyncio.timeout(max(until - time.monotonic(), 0)):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, "the body took too long to arrive") from None
            taken += len(message.get("body", b""))
            if taken > self._most_bytes:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, self._too_large)
            is_unread = message["type"] == "http.request" and message.get("more_body", False)
            return message

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and is_unread:
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        if not length.isascii() or not length.isdigit() or int(length) > self._most_bytes:
            refused = self._refuse(scope, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, self._too_large)
            await refused(scope, receive, sending)
            return
        await self._app(scope, receiving, sending)

    @property
    def _too_large(self) -> str:
        return f"the body is larger than {self._most_bytes} bytes, which is the most that is taken"


class Beside:
    """Gives what is asked for at ``/`` and at or below ``/ui`` to another application, which says for itself who may."""

    def __init__(self, app: ASGIApp, other: ASGIApp) -> None:
        self._app = app
        self._other = other

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_other = scope["type"] == "http" and is_page(scope)
        await (self._other if is_other else self._app)(scope, receive, send)
