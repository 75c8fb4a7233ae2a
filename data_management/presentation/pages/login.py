"""Into a session with a key, and out of it."""

from http import HTTPStatus
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from data_management.application.commands import RecordAuditCommand
from data_management.domain.models import AuditRecord, Outcome, Principal
from data_management.errors import DataManagementError, Denied, InvalidInput, Unauthenticated
from data_management.presentation.api.access import client_of
from data_management.presentation.api.problems import headers_of, status_of
from data_management.presentation.pages.links import ROOT, own, page
from data_management.presentation.pages.rendering import HEADERS
from data_management.presentation.pages.sessions import COOKIE, forget, is_from_elsewhere, is_in_the_clear
from data_management.presentation.pages.site import Site

_KEY = "key/"


def to_login(request: Request) -> Response:
    """Where somebody goes who has no session; they come back after it."""
    wanted = request.scope.get("raw_path", b"").decode("ascii", "replace")
    if request.url.query:
        wanted += f"?{request.url.query}"
    is_first = request.method not in ("GET", "HEAD") or wanted == f"{ROOT}/"
    return goto(page("login", next=None if is_first else wanted))


def goto(address: str) -> Response:
    return RedirectResponse(address, int(HTTPStatus.SEE_OTHER), HEADERS)


def show_login(site: Site, request: Request) -> Response:
    return site.answer("login.html", caller=None, next=request.query_params.get("next", ""), problem=None)


async def log_in(site: Site, request: Request) -> Response:
    form = await _form(request)
    return await run_in_threadpool(_log_in, site, request, form)


async def log_out(site: Site, request: Request) -> Response:
    if is_from_elsewhere(request.headers):
        return await run_in_threadpool(_refused, site, request, Denied(_ELSEWHERE), "")
    site.sessions.end(request.cookies.get(COOKIE))
    response = goto(f"{ROOT}/login")
    forget(response, request)
    return response


_ELSEWHERE = "this form was sent by a page of another site; log in and out on the catalog's own pages"


def _log_in(site: Site, request: Request, form: dict[str, str]) -> Response:
    wanted, request_id = form.get("next", ""), getattr(request.state, "request_id", None)
    client, asked = client_of(request.scope), f"{request.method} {request.url.path}"
    try:
        _must_be_ours(request)
        principal = site.authenticator.authenticate(form.get("key", "").strip(), client, asked, request_id)
        _must_hold_a_key(principal)
    except DataManagementError as error:
        return _refused(site, request, error, wanted)
    site.sessions.end(request.cookies.get(COOKIE))
    _record(site, principal, client, request_id)
    response = goto(own(wanted))
    site.sessions.give(response, request, site.sessions.begin(principal.id.removeprefix(_KEY)))
    return response


def _must_be_ours(request: Request) -> None:
    if is_from_elsewhere(request.headers):
        raise Denied(_ELSEWHERE)
    if is_in_the_clear(request):
        raise InvalidInput(
            "a key shall not travel in the clear, and this page came by HTTP: put TLS before the server, or give it a "
            "certificate (--tls-certificate); then log in by HTTPS, and take a new key for this one"
        )


def _must_hold_a_key(principal: Principal) -> None:
    if not principal.id.startswith(_KEY):
        raise Unauthenticated("log in with a key of this catalog, `dmk_…`; tokens of an issuer are for programs")


def _refused(site: Site, request: Request, error: DataManagementError, wanted: str) -> Response:
    headers = {name: value for name, value in headers_of(error).items() if name != "WWW-Authenticate"}
    return site.answer(
        "login.html",
        caller=None,
        status=status_of(error),
        headers=headers,
        request_id=getattr(request.state, "request_id", None),
        next=wanted,
        problem=error.message,
    )


def _record(site: Site, principal: Principal, client: str, request_id: str | None) -> None:
    record = AuditRecord(
        at=site.app.clock(),
        who=principal.id,
        action="session.begin",
        subject=principal.id,
        outcome=Outcome.DONE,
        request_id=request_id,
        client=client,
    )
    site.app.run(RecordAuditCommand((record,)))


async def _form(request: Request) -> dict[str, str]:
    """Of a form without files; of a field that comes twice, the first."""
    text = (await request.body()).decode("utf-8", "replace")
    try:
        fields = parse_qs(text, keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}
