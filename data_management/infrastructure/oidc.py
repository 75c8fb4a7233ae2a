"""Tokens of an OpenID Connect issuer: JWTs as RFC 7519 and RFC 8725 have them."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import httpx

from data_management.application.ports import Clock
from data_management.domain.models import Principal, Role
from data_management.errors import InvalidInput, Unauthenticated, Unavailable

if TYPE_CHECKING:
    from jwt import PyJWK

_SAFE: Final = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
"""Those with a public key: a shared secret would let whoever checks a token make one."""
_FRESH: Final = timedelta(hours=1)
_LEAST_PAUSE: Final = timedelta(seconds=30)
_LEEWAY_SECONDS: Final = 30
_MOST_KEYS_BYTES: Final = 1_000_000
_LONGEST_TOKEN: Final = 16_384

Fetch = Callable[[str], Any]


class OidcTokenVerifier:
    """Checks signature, issuer, audience, times and algorithm; claims say the role.

    The issuer's keys are fetched when the first token comes, again after an hour, and sooner for a key that is not among them,
    though not more often than every 30 s: tokens that are made up cost the issuer nothing.
    """

    def __init__(
        self,
        *,
        issuer: str,
        audience: str,
        algorithms: Sequence[str],
        clock: Clock,
        role_claim: str = "data_management_role",
        datasets_claim: str = "data_management_datasets",
        samples_claim: str = "data_management_samples",
        fetch: Fetch | None = None,
    ) -> None:
        try:
            import jwt  # noqa: F401  the extra `oidc`
        except ImportError as error:
            raise Unavailable(f"tokens of an issuer need PyJWT ({error}); install data-management[oidc]") from error
        if not issuer.startswith("https://"):
            raise InvalidInput(f"DATA_MANAGEMENT_OIDC_ISSUER={issuer!r} does not begin with https://")
        if not audience:
            raise InvalidInput(
                "DATA_MANAGEMENT_OIDC_AUDIENCE is not set; name the `aud` that tokens for this server have"
            )
        if not algorithms or not _SAFE.issuperset(algorithms):
            raise InvalidInput(
                f"DATA_MANAGEMENT_OIDC_ALGORITHMS={' '.join(algorithms)!r}: use some of {', '.join(sorted(_SAFE))}"
            )
        self._issuer = issuer
        self._audience = audience
        self._algorithms = list(algorithms)
        self._clock = clock
        self._claims = role_claim, datasets_claim, samples_claim
        self._fetch = fetch or _get
        self._keys: dict[str, PyJWK] = {}
        self._fetched_at: datetime | None = None
        self._lock = threading.Lock()

    def verify(self, token: str) -> Principal:
        import jwt

        if len(token) > _LONGEST_TOKEN:
            raise Unauthenticated("this token is longer than any token is")
        try:
            header = jwt.get_unverified_header(token)
            key = self._key(str(header.get("kid", "")))
            claims = jwt.decode(
                token,
                key,
                algorithms=self._algorithms,
                audience=self._audience,
                issuer=self._issuer,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud", "sub"], "strict_aud": False},
            )
        except jwt.PyJWTError as error:
            raise Unauthenticated(f"this token is not valid: {error}; get a new one from {self._issuer}") from error
        return self._principal(claims)

    def _principal(self, claims: dict[str, Any]) -> Principal:
        role_claim, datasets_claim, samples_claim = self._claims
        given = claims.get(role_claim)
        names = [given] if isinstance(given, str) else given if isinstance(given, list) else []
        roles = [role for role in Role if role.value in names]
        if not roles:
            raise Unauthenticated(
                f"this token names no role: its claim {role_claim!r} must be one of {', '.join(Role)}; ask whoever runs the issuer"
            )
        datasets = claims.get(datasets_claim)
        if datasets is not None and not (
            isinstance(datasets, list) and all(isinstance(each, str) for each in datasets)
        ):
            raise Unauthenticated(f"this token's claim {datasets_claim!r} is no list of names")
        return Principal(
            id=f"oidc/{claims['sub']}",
            role=roles[-1],
            datasets=None if datasets is None else tuple(datasets),
            samples=claims.get(samples_claim) is True,
        )

    def _key(self, key_id: str) -> "PyJWK":
        with self._lock:
            now = self._clock()
            age = None if self._fetched_at is None else now - self._fetched_at
            if age is None or age > _FRESH or (key_id not in self._keys and age > _LEAST_PAUSE):
                self._refresh(now)
            if not self._keys:
                raise Unavailable(f"the keys of {self._issuer} could not be had; they are asked for again every 30 s")
            if key_id not in self._keys:
                raise Unauthenticated(f"this token is signed by a key that {self._issuer} does not show")
            return self._keys[key_id]

    def _refresh(self, now: datetime) -> None:
        """What is known stays where the issuer cannot be asked."""
        from jwt import PyJWKSet, PyJWTError

        self._fetched_at = now
        try:
            told = self._fetch(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
            if told.get("issuer") != self._issuer:
                raise Unavailable(
                    f"{self._issuer} calls itself {told.get('issuer')!r}; correct DATA_MANAGEMENT_OIDC_ISSUER"
                )
            place = str(told["jwks_uri"])
            if not place.startswith("https://"):
                raise Unavailable(f"{self._issuer} shows its keys at {place!r}, which is not https://")
            found = PyJWKSet.from_dict(self._fetch(place))
        except (httpx.HTTPError, PyJWTError, ValueError, KeyError, AttributeError) as error:
            if self._keys:
                return
            raise Unavailable(
                f"the keys of {self._issuer} cannot be had: {error}; check that it can be reached"
            ) from error
        self._keys = {str(key.key_id or ""): key for key in found.keys if key.public_key_use in (None, "sig")}


def _get(url: str) -> Any:
    with httpx.Client(timeout=5.0, follow_redirects=False) as client, client.stream("GET", url) as response:
        response.raise_for_status()
        content = b""
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > _MOST_KEYS_BYTES:
                raise ValueError(f"{url} tells more than {_MOST_KEYS_BYTES} bytes")
        return httpx.Response(200, content=content).json()
