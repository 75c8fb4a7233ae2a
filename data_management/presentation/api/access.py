"""Who asks, and whether they may: every request is authenticated before anything else looks at it."""

from typing import Any, Final

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from data_management.application.access import must_be_allowed
from data_management.application.commands import Caller
from data_management.application.services import Authenticator
from data_management.domain.models import Permission, Principal
from data_management.errors import DataManagementError, Denied
from data_management.presentation.api.paths import name_of
from data_management.presentation.api.problems import of_error

OPEN_PATHS: Final = frozenset({"/healthz", "/readyz"})
"""What anybody may ask. All else is closed, also what does not exist."""


class Authentication:
    """Puts the principal of a request in its state, or answers for it."""

    def __init__(self, app: ASGIApp, authenticator: Authenticator) -> None:
        self._app = app
        self._authenticator = authenticator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in OPEN_PATHS:
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        try:
            principal = await run_in_threadpool(
                self._authenticator.authenticate,
                _bearer(Headers(scope=scope)),
                client_of(scope),
                f"{scope['method']} {scope['path']}",
                state.get("request_id"),
            )
        except DataManagementError as error:
            await of_error(scope, error)(scope, receive, send)
            return
        state["principal"] = principal
        await self._app(scope, receive, send)


def client_of(scope: Scope) -> str:
    """The address of the other end of the connection; what headers say of it is not asked."""
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


class Allowed:
    """A dependency of a route: the caller, where they may do this (to the dataset in the path)."""

    def __init__(self, permission: Permission, *, everywhere: bool = False) -> None:
        self.permission = permission
        self.everywhere = everywhere
        """Whether a caller of some datasets alone is turned away."""

    def __call__(self, request: Request) -> Caller:
        principal: Principal = request.state.principal
        route: Any = request.scope.get("route")
        caller = Caller(
            principal=principal,
            request_id=getattr(request.state, "request_id", None),
            client=client_of(request.scope),
            route=f"{request.method} {getattr(route, 'path', request.url.path)}",
        )
        request.state.caller = caller
        dataset = request.path_params.get("dataset")
        must_be_allowed(principal, self.permission, None if dataset is None else name_of(dataset))
        if self.everywhere and not principal.sees_all:
            raise Denied("this key is for some datasets alone, and this tells of all; take a key for all of them")
        return caller


def _bearer(headers: Headers) -> str | None:
    """The key or token; None where there is none, or more than one header that may hold one."""
    given = headers.getlist("authorization")
    if len(given) != 1:
        return None
    scheme, _, shown = given[0].partition(" ")
    return shown.strip() or None if scheme.lower() == "bearer" else None
