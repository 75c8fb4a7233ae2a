"""The keys that an OpenID Connect issuer shows (RFC 7517, OpenID Connect Discovery 1.0), fetched in bounded time."""

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import httpx

from data_management.errors import Unauthenticated, Unavailable

if TYPE_CHECKING:
    from jwt import PyJWK

logger = logging.getLogger(__name__)

_FRESH_SECONDS: Final = 3600.0
_KEPT_SECONDS: Final = 24 * 3600.0
"""A key that its issuer took back is believed no longer than this, however well somebody keeps the issuer away."""
_LEAST_PAUSE_SECONDS: Final = 30.0
_MOST_BYTES: Final = 1_000_000
_MOST_WAITING: Final = 16
"""Requests that may wait for the issuer at once: fewer than the server's threads, so that others go on."""

Fetch = Callable[[str], Any]


class IssuerKeys:
    """Fetched when the first is asked for, again after an hour, and sooner for one that is not among them, though not more often
    than every 30 s: tokens that are made up cost the issuer nothing.

    Fetching has a thread of its own. A key that is known is given without waiting for it; who asks for another waits `seconds`
    at most. `elapsed` is a clock that nobody sets.
    """

    def __init__(
        self,
        issuer: str,
        *,
        fetch: Fetch | None = None,
        elapsed: Callable[[], float] = time.monotonic,
        seconds: float = 10.0,
    ) -> None:
        self._issuer = issuer
        self._fetch = fetch or fetch_json
        self._elapsed = elapsed
        self._seconds = seconds
        self._lock = threading.Lock()
        self._waiting = threading.BoundedSemaphore(_MOST_WAITING)
        self._keys: dict[str, PyJWK] = {}
        self._learnt_at = 0.0
        self._asked_at: float | None = None
        self._fetching: threading.Thread | None = None
        self._problem = "it did not answer in time"

    def key(self, key_id: str) -> "PyJWK":
        """`Unauthenticated` where the issuer shows no such key, `Unavailable` where nobody knows."""
        with self._lock:
            fetching = self._refreshing(key_id)
            known = self._known().get(key_id)
        if known is None and fetching is not None:
            self._wait_for(fetching)
        with self._lock:
            keys = self._known()
            if not keys:
                raise Unavailable(
                    f"the keys of {self._issuer} cannot be had: {self._problem}; check that it can be reached; it is asked again every 30 s"
                )
        if key_id not in keys:
            raise Unauthenticated(f"this token is signed by a key that {self._issuer} does not show")
        return keys[key_id]

    def _known(self) -> "dict[str, PyJWK]":
        return self._keys if self._elapsed() - self._learnt_at <= _KEPT_SECONDS else {}

    def _refreshing(self, key_id: str) -> threading.Thread | None:
        """The thread that is fetching, begun where it is due. One that takes too long is left to its end."""
        now = self._elapsed()
        age = None if self._asked_at is None else now - self._asked_at
        if age is None or age > (_LEAST_PAUSE_SECONDS if key_id not in self._known() else _FRESH_SECONDS):
            self._asked_at = now
            self._fetching = threading.Thread(target=self._refresh, args=(now,), name="issuer-keys", daemon=True)
            self._fetching.start()
        return self._fetching

    def _wait_for(self, fetching: threading.Thread) -> None:
        if not self._waiting.acquire(blocking=False):
            raise Unavailable(f"the keys of {self._issuer} are being fetched; ask again in some seconds")
        try:
            fetching.join(self._seconds)
        finally:
            self._waiting.release()

    def _refresh(self, asked_at: float) -> None:
        """What is known stays where the issuer cannot be asked."""
        try:
            keys = self._shown()
        except Exception as error:  # noqa: BLE001  whatever it sends: nothing of it is ours
            logger.warning("issuer's keys cannot be had", extra={"issuer": self._issuer, "error": str(error)})
            with self._lock:
                self._problem = str(error) or type(error).__name__
            return
        with self._lock:
            if asked_at == self._asked_at:  # not one that comes late
                self._keys, self._learnt_at = keys, asked_at

    def _shown(self) -> "dict[str, PyJWK]":
        from jwt import PyJWKSet

        told = self._fetch(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if told.get("issuer") != self._issuer:
            raise ValueError(f"it calls itself {told.get('issuer')!r}; correct DATA_MANAGEMENT_OIDC_ISSUER")
        place = str(told.get("jwks_uri"))
        if not place.startswith("https://"):
            raise ValueError(f"it shows its keys at {place!r}, which is not https://")
        found = PyJWKSet.from_dict(self._fetch(place))
        return {str(key.key_id or ""): key for key in found.keys if key.public_key_use in (None, "sig")}


def fetch_json(url: str, seconds: float = 5.0) -> Any:
    """What is shown at `url`, in `seconds` at most: httpx's time-outs are of one read each, which an issuer that drips bytes stays within
    for hours, so its connection is closed under it. No redirect is followed: the issuer says where its keys are.
    """
    overdue = threading.Event()
    with httpx.Client(timeout=seconds, follow_redirects=False, headers={"accept-encoding": "identity"}) as client:

        def end() -> None:
            overdue.set()
            client.close()

        ending = threading.Timer(seconds, end)
        ending.daemon = True
        ending.start()
        try:
            return _read(client, url, overdue)
        except Exception as error:
            if overdue.is_set():
                raise TimeoutError(f"{url} did not answer within {seconds:g} s") from error
            raise
        finally:
            ending.cancel()


def _read(client: httpx.Client, url: str, overdue: threading.Event) -> Any:
    with client.stream("GET", url) as response:
        response.raise_for_status()
        content = bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > _MOST_BYTES:
                raise ValueError(f"{url} tells more than {_MOST_BYTES} bytes")
            if overdue.is_set():
                raise TimeoutError
    return httpx.Response(200, content=bytes(content)).json()
