"""The pages as one ASGI application. Each but the login is for who has a session; they only read."""

from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from data_management.application.access import must_be_allowed
from data_management.application.commands import Caller
from data_management.application.services import Application, Authenticator
from data_management.domain.models import Permission
from data_management.errors import DataManagementError, Denied
from data_management.presentation.api.access import client_of
from data_management.presentation.api.problems import status_of
from data_management.presentation.pages import datasets, events, files, login, search
from data_management.presentation.pages.links import ROOT, name_in
from data_management.presentation.pages.rendering import HEADERS, STATIC, static
from data_management.presentation.pages.sessions import COOKIE, Sessions
from data_management.presentation.pages.site import Asked, Page, PageOptions, Site

_PAGES: Final[Mapping[str, Page]] = {
    "/": datasets.show_datasets,
    "/search": search.show_search,
    "/events": events.show_events,
    "/datasets/{dataset}": datasets.show_dataset,
    "/datasets/{dataset}/columns": datasets.show_columns,
    "/datasets/{dataset}/files": files.show_files,
    "/datasets/{dataset}/rules/{rule}": files.show_rule,
    "/data-assets/{data_asset}": files.show_data_asset,
}
_KEEP: Final = "public, max-age=31536000, immutable"


class CatalogPages:
    """The ASGI application, and the page for what went wrong around it."""

    def __init__(self, site: Site, app: ASGIApp) -> None:
        self._site = site
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    def problem(self, scope: Scope, status: HTTPStatus, detail: str) -> Response:
        """It asks the catalog nothing, which may be what went wrong."""
        return _problem(self._site, Request(scope), status, detail, None)


def create_pages(app: Application, authenticator: Authenticator, options: PageOptions = PageOptions()) -> CatalogPages:
    """For the principals of `authenticator`; to stand inside what gives a request its id and limits its body."""
    site = Site(app, authenticator, Sessions(app), options)
    routes = [
        *(Route(path, _to_the_first_page, methods=["GET"]) for path in (ROOT, "/")),
        Route(f"{ROOT}/login", partial(login.show_login, site), methods=["GET"]),
        Route(f"{ROOT}/login", partial(login.log_in, site), methods=["POST"]),
        Route(f"{ROOT}/logout", partial(login.log_out, site), methods=["POST"]),
        Route(f"{ROOT}/static/{{name}}", _show_static, methods=["GET"]),
        *(Route(f"{ROOT}{path}", _guarded(site, path, page), methods=["GET"]) for path, page in _PAGES.items()),
    ]
    router = Router(routes, redirect_slashes=False)
    handlers = {HTTPException: partial(_on_http, site), DataManagementError: partial(_on_error, site)}
    guarded = ExceptionMiddleware(router, handlers)
    return CatalogPages(site, GZipMiddleware(guarded, minimum_size=1000, compresslevel=5))


def _guarded(site: Site, path: str, page: Page) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        principal = site.sessions.principal(request.cookies.get(COOKIE))
        if principal is None:
            return login.to_login(request)
        request.state.principal = principal
        caller = Caller(
            principal=principal,
            request_id=getattr(request.state, "request_id", None),
            client=client_of(request.scope),
            route=f"{request.method} {ROOT}{path}",
        )
        dataset = request.path_params.get("dataset")
        try:
            must_be_allowed(principal, Permission.READ, None if dataset is None else name_in(dataset))
            return page(Asked(site, request, caller))
        except DataManagementError as error:
            if isinstance(error, Denied):
                site.authenticator.denied(caller, request.url.path, error)
            return _problem(site, request, status_of(error), error.message, caller)

    return endpoint


def _to_the_first_page(request: Request) -> Response:  # noqa: ARG001  the router gives it
    return login.goto(f"{ROOT}/")


def _show_static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in STATIC:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return Response(static(name), headers=HEADERS | {"Cache-Control": _KEEP}, media_type=STATIC[name])


async def _on_http(site: Site, request: Request, error: Exception) -> Response:
    """What the router says, and the limits of bodies."""
    assert isinstance(error, HTTPException)
    try:
        principal = await run_in_threadpool(site.sessions.principal, request.cookies.get(COOKIE))
    except DataManagementError as unknown:  # nobody can tell who asks
        return await _on_error(site, request, unknown)
    if principal is None and error.status_code == HTTPStatus.NOT_FOUND:
        return login.to_login(request)
    status = HTTPStatus(error.status_code)
    detail = {
        HTTPStatus.NOT_FOUND: "there is no such page; start from the list of datasets",
        HTTPStatus.METHOD_NOT_ALLOWED: "pages only show; changes are made by the API and the command line",
    }.get(status, str(error.detail))
    caller = None if principal is None else Caller(principal)
    return _problem(site, request, status, detail, caller, error.headers)


async def _on_error(site: Site, request: Request, error: Exception) -> Response:
    """What went wrong before it was known who asks."""
    assert isinstance(error, DataManagementError)
    return _problem(site, request, status_of(error), error.message, None)


def _problem(
    site: Site,
    request: Request,
    status: HTTPStatus,
    detail: str,
    caller: Caller | None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return site.answer(
        "problem.html",
        caller=caller,
        status=status,
        headers=dict(headers or {}),
        request_id=getattr(request.state, "request_id", None),
        detail=detail,
    )
