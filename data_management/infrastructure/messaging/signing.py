"""Signatures of webhooks, as the Standard Webhooks specification 1.0.0 has them."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

from data_management.errors import InvalidInput

_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64  # bytes, by the specification


def keys_of(secrets: str) -> tuple[bytes, ...]:
    """Keys of secrets that are separated by spaces; several sign side by side, so that one can take another's place."""
    return tuple(_key(secret) for secret in secrets.split())


def signature(keys: Sequence[bytes], message_id: str, timestamp: int, body: bytes) -> str:
    """The value of the header ``webhook-signature``: one signature a key, separated by spaces."""
    content = f"{message_id}.{timestamp}.".encode() + body
    digests = (hmac.new(key, content, hashlib.sha256).digest() for key in keys)
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(_PREFIX) or not _SHORTEST <= len(key) <= _LONGEST:
        raise InvalidInput(
            f"the secret that signs webhooks must be {_PREFIX!r} and the base64 of {_SHORTEST} to {_LONGEST} random bytes; "
            "`python -c \"import base64, secrets; print('whsec_' + base64.b64encode(secrets.token_bytes(32)).decode())\"` makes one"
        )
    return key
