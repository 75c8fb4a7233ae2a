"""Who asks, and what they may do."""

import hashlib
import hmac
import re
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from pydantic.dataclasses import dataclass

_KEY: Final = re.compile(r"dmk_([0-9a-f]{16})_([A-Za-z0-9_-]{43})", re.ASCII)


class Role(StrEnum):
    """Each may do all that the one before may."""

    READER = "reader"
    CONSUMER = "consumer"
    EDITOR = "editor"
    ADMIN = "admin"


class Permission(StrEnum):
    READ = "read"
    """See datasets, data assets, scores and events."""
    SAMPLES = "samples"
    """See values of the data: samples, commonest values, bounds of texts. No role has it; it is given by itself."""
    WRITE = "write"
    """Register and retire datasets, register data assets."""
    CONSUME = "consume"
    """Say how far a consumer of a dataset has come, and that it is no more."""
    PLACE_LANDINGS = "place landings"
    """Say where the server looks for files, and by which access."""
    ERASE = "erase"
    AUDIT = "audit"
    """Read who did what."""


_ALLOWED: Final = {
    Role.READER: frozenset({Permission.READ}),
    Role.CONSUMER: frozenset({Permission.READ, Permission.CONSUME}),
    Role.EDITOR: frozenset({Permission.READ, Permission.CONSUME, Permission.WRITE}),
    Role.ADMIN: frozenset(Permission) - {Permission.SAMPLES},
}


@dataclass(frozen=True)
class Principal:
    """Who asks: the holder of a key or of an issuer's token, or the system's user at the command line."""

    id: str
    """``key/<id>``, ``oidc/<subject>`` or ``user/<name>``: what stands in the audit."""
    role: Role
    datasets: tuple[str, ...] | None = None
    """The only ones that they see; None: all."""
    samples: bool = False

    def may(self, permission: Permission) -> bool:
        """Whether the role allows it at all; `sees` says of which datasets."""
        return self.samples if permission is Permission.SAMPLES else permission in _ALLOWED[self.role]

    def sees(self, dataset: str) -> bool:
        return self.datasets is None or dataset in self.datasets

    @property
    def sees_all(self) -> bool:
        return self.datasets is None


@dataclass(frozen=True)
class ApiKey:
    """A key as the catalog keeps it. The secret is 256 random bits, so one round of SHA-256 hides it for good."""

    id: str
    name: str
    role: Role
    secret_sha256: str
    created_at: datetime
    created_by: str
    datasets: tuple[str, ...] | None = None
    samples: bool = False
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def opens(self, secret: str, at: datetime) -> bool:
        """Whether this is its secret and it is in force. Takes as long for a wrong secret as for the right one."""
        is_right = hmac.compare_digest(sha256_of(secret), self.secret_sha256)
        return is_right and self.is_in_force(at)

    def is_in_force(self, at: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)

    @property
    def principal(self) -> Principal:
        return Principal(f"key/{self.id}", self.role, self.datasets, self.samples)


@dataclass(frozen=True)
class PresentedKey:
    """``dmk_<id>_<secret>``, as its holder shows it."""

    id: str
    secret: str

    @classmethod
    def parse(cls, text: str) -> "PresentedKey | None":
        found = _KEY.fullmatch(text)
        return cls(found[1], found[2]) if found else None

    def __str__(self) -> str:
        return f"dmk_{self.id}_{self.secret}"


def sha256_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class Outcome(StrEnum):
    DONE = "done"
    DENIED = "denied"


@dataclass(frozen=True)
class AuditRecord:
    """Who did, or was denied, what. `before` and `after` hold what changed, never values of the data.

    `id` is 0 until it is stored.
    """

    at: datetime
    who: str
    action: str
    """``dataset.register``, or of a denial the request's method and route."""
    subject: str
    """``dataset/<name>``, ``data_asset/<id>`` or ``key/<id>``; of a denial the path."""
    outcome: Outcome
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    reason: str | None = None
    request_id: str | None = None
    client: str | None = None
    id: int = 0
