"""The API as one ASGI application."""

from collections.abc import Callable

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from data_management.application.ports import ContractReader, TokenVerifier
from data_management.application.services import Application, Authenticator, GuessLimit
from data_management.errors import DataManagementError
from data_management.presentation.api import problems
from data_management.presentation.api.access import Authentication
from data_management.presentation.api.context import ApiContext, ApiOptions
from data_management.presentation.api.metrics import ApiMetrics
from data_management.presentation.api.middleware import Beside, BodyLimits, Pages, RequestContext, refusing
from data_management.presentation.api.openapi import include
from data_management.presentation.api.paths import NamesInPaths
from data_management.presentation.api.routes import consumers, data_assets, datasets, events, files, health, search


def create_app(
    app: Application,
    *,
    contracts: Callable[[], ContractReader],
    verifier: TokenVerifier | None = None,
    options: ApiOptions = ApiOptions(),
    pages: Callable[[Application, Authenticator], Pages] | None = None,
) -> FastAPI:
    """The API over the façade; `contracts` reads those that are sent. It has no user and no key of its own: those are the catalog's.

    `pages` makes the application that people look at, at ``/ui``.
    """
    metrics = ApiMetrics(app)
    authenticator = Authenticator(app, verifier, GuessLimit(failures=options.most_guesses))
    beside = pages(app, authenticator) if pages else None
    refuse = refusing(beside)
    api = FastAPI(
        title="data_management",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        middleware=[  # the outermost first
            Middleware(NamesInPaths),
            Middleware(RequestContext, metrics=metrics, refuse=refuse),
            Middleware(
                BodyLimits,
                most_bytes=options.most_body_bytes,
                most_seconds=options.most_body_seconds,
                refuse=refuse,
            ),
            *([Middleware(Beside, other=beside)] if beside else []),
            Middleware(Authentication, authenticator=authenticator),
            Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5),
        ],
        exception_handlers={
            DataManagementError: problems.on_error,
            problems.RequestProblem: problems.on_request_problem,
            RequestValidationError: problems.on_invalid,
            HTTPException: problems.on_http,
        },
    )
    api.state.context = ApiContext(app, contracts, metrics, options)
    api.state.authenticator = authenticator
    include(
        api,
        (
            datasets.router,
            files.router,
            consumers.router,
            data_assets.router,
            search.router,
            events.router,
            health.router,
        ),
    )
    return api
