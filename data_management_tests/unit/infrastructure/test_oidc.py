"""Tokens of an issuer: only what it signed, for us, in time, by an algorithm of ours."""

import base64
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from data_management.domain.models import Principal, Role
from data_management.errors import InvalidInput, Unauthenticated
from data_management.infrastructure.issuer_keys import IssuerKeys
from data_management.infrastructure.oidc import OidcTokenVerifier

ISSUER, AUDIENCE = "https://id.example.com", "catalog"
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CURVE = ec.generate_private_key(ec.SECP256R1())
PUBLIC_PEM = RSA.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


class Issuer:
    """What it shows at its URLs."""

    def __init__(self) -> None:
        self.names = {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys"}
        self.keys = [
            json.loads(RSAAlgorithm.to_jwk(RSA.public_key())) | {"kid": "rsa", "use": "sig", "alg": "RS256"},
            json.loads(ECAlgorithm.to_jwk(CURVE.public_key())) | {"kid": "ec"},
        ]

    def __call__(self, url: str) -> Any:
        return {"keys": self.keys} if url == f"{ISSUER}/keys" else self.names


def verifier(shows: Issuer | None = None, **options: Any) -> OidcTokenVerifier:
    chosen = {"algorithms": ["RS256", "ES256"], "audience": AUDIENCE, "issuer": ISSUER} | options
    return OidcTokenVerifier(keys=IssuerKeys(ISSUER, fetch=shows or Issuer()), **chosen)


def claims(**changes: Any) -> dict[str, Any]:
    import time

    now = int(time.time())
    return {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "ann",
        "exp": now + 600,
        "iat": now,
        "data_management_role": "editor",
    } | changes


def token(key: Any = RSA, algorithm: str = "RS256", kid: str = "rsa", **changes: Any) -> str:
    made = {name: value for name, value in claims(**changes).items() if value is not None}
    return jwt.encode(made, key, algorithm=algorithm, headers={"kid": kid})


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_a_token_says_who_asks() -> None:
    assert verifier().verify(token()) == Principal("oidc/ann", Role.EDITOR)
    assert verifier().verify(token(CURVE, "ES256", "ec")) == Principal("oidc/ann", Role.EDITOR)
    given = token(
        data_management_role=["reader", "admin"], data_management_datasets=["orders"], data_management_samples=True
    )
    assert verifier().verify(given) == Principal("oidc/ann", Role.ADMIN, ("orders",), samples=True)


@pytest.mark.parametrize(
    "make",
    [
        lambda: token(aud="another"),
        lambda: token(aud=None),
        lambda: token(iss="https://evil.example.com"),
        lambda: token(iss=f"{ISSUER}/"),
        lambda: token(iss=None),
        lambda: token(exp=1),
        lambda: token(exp=None),
        lambda: token(exp="never"),
        lambda: token(nbf=2**33),
        lambda: token(sub=None),
        lambda: token(OTHER),
        lambda: token(RSA, "RS512"),
        lambda: token(kid="unknown"),
        lambda: token(CURVE, "ES256", "rsa"),
        lambda: token(kid="ec"),
        lambda: token().rpartition(".")[0] + ".",
        lambda: token().rpartition(".")[0],
        lambda: token()[:-4] + "AAAA",
        lambda: f"{part({'alg': 'none', 'kid': 'rsa'})}.{part(claims())}.",
        lambda: f"{part({'alg': 'None', 'kid': 'rsa'})}.{part(claims())}.",
        lambda: hmac_with_the_public_key(PUBLIC_PEM),
        lambda: f"{part({'alg': 'RS256', 'kid': ['rsa']})}.{part(claims())}.x",
        lambda: f"{part({'alg': 'RS256', 'jwk': {}, 'kid': 'rsa'})}.{part(claims())}.x",
        lambda: "a.b.c",
        lambda: "",
        lambda: "x" * 20_000,
        lambda: token(data_management_role=None),
        lambda: token(data_management_role="root"),
        lambda: token(data_management_role={"admin": True}),
        lambda: token(data_management_datasets="orders"),
        lambda: token(data_management_datasets=[1]),
    ],
)
def test_any_other_token_is_none(make: Callable[[], str]) -> None:
    with pytest.raises(Unauthenticated):
        verifier().verify(make())


def hmac_with_the_public_key(secret: bytes) -> str:
    """Signed with what everybody knows, in the hope that it is taken for a shared secret."""
    import hashlib
    import hmac

    signed = f"{part({'alg': 'HS256', 'kid': 'rsa'})}.{part(claims())}"
    digest = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def test_samples_are_shown_for_true_alone() -> None:
    assert not verifier().verify(token(data_management_samples="false")).samples


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"issuer": "http://id.example.com"}, "https://"),
        ({"audience": ""}, "AUDIENCE"),
        ({"algorithms": ["HS256"]}, "ALGORITHMS"),
        ({"algorithms": ["none"]}, "ALGORITHMS"),
        ({"algorithms": []}, "ALGORITHMS"),
    ],
)
def test_settings_that_open_more_than_they_should_are_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        verifier(**options)
