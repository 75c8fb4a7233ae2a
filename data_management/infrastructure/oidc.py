"""Tokens of an OpenID Connect issuer: JWTs as RFC 7519 and RFC 8725 have them."""

from collections.abc import Sequence
from typing import Any, Final

from data_management.domain.models import Principal, Role
from data_management.errors import InvalidInput, Unauthenticated, Unavailable
from data_management.infrastructure.issuer_keys import IssuerKeys

_SAFE: Final = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
"""Those with a public key: a shared secret would let whoever checks a token make one."""
_LEEWAY_SECONDS: Final = 30
_LONGEST_TOKEN: Final = 16_384


class OidcTokenVerifier:
    """Checks signature, issuer, audience, times and algorithm; claims say the role. `keys` are the issuer's; None: as it shows them."""

    def __init__(
        self,
        *,
        issuer: str,
        audience: str,
        algorithms: Sequence[str],
        role_claim: str = "data_management_role",
        datasets_claim: str = "data_management_datasets",
        samples_claim: str = "data_management_samples",
        keys: IssuerKeys | None = None,
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
        self._claims = role_claim, datasets_claim, samples_claim
        self._keys = keys or IssuerKeys(issuer)

    def verify(self, token: str) -> Principal:
        import jwt

        if len(token) > _LONGEST_TOKEN:
            raise Unauthenticated("this token is longer than any token is")
        try:
            header = jwt.get_unverified_header(token)
            key = self._keys.key(str(header.get("kid", "")))
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
