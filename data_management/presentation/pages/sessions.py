"""Browsers that have shown a key. A session lives in this process alone and holds nobody's secret."""

import hashlib
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from data_management.application.queries import FindKeyQuery
from data_management.application.services import Application
from data_management.domain.models import Principal
from data_management.presentation.pages.links import ROOT

COOKIE: Final = "data_management_session"


@dataclass(frozen=True)
class SessionLimits:
    lasts: timedelta = timedelta(hours=12)
    """From when it was opened, whatever is done with it."""
    most: int = 10_000
    """The oldest makes room."""


@dataclass(frozen=True)
class _Session:
    key_id: str
    ends_at: datetime


class Sessions:
    """By the SHA-256 of what the cookie holds, which is 256 random bits. It ends with its key: revoked, expired or forgotten."""

    def __init__(self, app: Application, limits: SessionLimits = SessionLimits()) -> None:
        self._app = app
        self._limits = limits
        self._open: OrderedDict[str, _Session] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, key_id: str) -> str:
        """What the cookie shall hold."""
        shown = secrets.token_urlsafe(32)
        with self._lock:
            self._open[_hashed(shown)] = _Session(key_id, self._app.clock() + self._limits.lasts)
            while len(self._open) > self._limits.most:
                self._open.popitem(last=False)
        return shown

    def principal(self, shown: str | None) -> Principal | None:
        """Who it is now: the key is looked at each time. None where there is no such session any more."""
        with self._lock:
            session = self._open.get(_hashed(shown)) if shown else None
        if shown is None or session is None:
            return None
        now = self._app.clock()
        key = self._app.ask(FindKeyQuery(session.key_id)) if now < session.ends_at else None
        if key is None or not key.is_in_force(now):
            self.end(shown)
            return None
        return key.principal

    def end(self, shown: str | None) -> None:
        if shown:
            with self._lock:
                self._open.pop(_hashed(shown), None)

    def give(self, response: Response, request: Request, shown: str) -> None:
        response.set_cookie(
            COOKIE,
            shown,
            max_age=int(self._limits.lasts.total_seconds()),
            path=ROOT,
            secure=is_secret(request),
            httponly=True,
            samesite="strict",
        )


def forget(response: Response, request: Request) -> None:
    response.delete_cookie(COOKIE, path=ROOT, secure=is_secret(request), httponly=True, samesite="strict")


def is_secret(request: Request) -> bool:
    """Whether the cookie may travel over TLS alone: always, but for a server that is asked on its own machine in the clear."""
    return "https" in (request.url.scheme, _origin(request)) or not _is_loopback(request.url.hostname or "")


def is_in_the_clear(request: Request) -> bool:
    """Whether the browser says that it is not on HTTPS where it would have to be: it would drop the cookie."""
    return is_secret(request) and _origin(request) == "http"


def is_from_elsewhere(headers: Headers) -> bool:
    """Whether a form was sent by another site's page. Browsers say so in Sec-Fetch-Site, or else in Origin; who says neither is no browser."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] != headers.get("host", "")


def _origin(request: Request) -> str:
    """The scheme of the page that sends the form; empty where the browser does not say."""
    return request.headers.get("origin", "").partition(":")[0]


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _hashed(shown: str) -> str:
    return hashlib.sha256(shown.encode("utf-8", "replace")).hexdigest()
