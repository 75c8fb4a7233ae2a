"""Commands about who may what: keys, the audit, and what callers ask to change."""

from dataclasses import field
from datetime import datetime
from typing import Any
from uuid import uuid4

from pydantic.dataclasses import dataclass

from data_management.application.commands.base import Command
from data_management.domain.models import ApiKey, AuditRecord, Permission, PresentedKey, Principal, Role


@dataclass(frozen=True)
class IssuedKey:
    """A new key, and what its owner presents. The secret is available only here."""

    key: ApiKey
    shown: PresentedKey


@dataclass(frozen=True)
class CreateKeyCommand(Command[IssuedKey]):
    """Create the key that is `shown`. Idempotent: executed twice, one command makes one key."""

    name: str
    role: Role
    by: Principal
    datasets: tuple[str, ...] | None = None
    """The only datasets that the key is for; None: all."""
    samples: bool = False
    expires_at: datetime | None = None
    shown: PresentedKey = field(default_factory=PresentedKey.new, repr=False)


@dataclass(frozen=True)
class RevokeKeyCommand(Command[ApiKey]):
    """Revoke a key. Idempotent."""

    key_id: str
    by: Principal


@dataclass(frozen=True)
class RecordAuditCommand(Command[None]):
    """Append records to the audit."""

    records: tuple[AuditRecord, ...]


@dataclass(frozen=True)
class Caller:
    """Who asks, by which request, from where."""

    principal: Principal
    request_id: str | None = None
    client: str | None = None
    route: str = ""
    """What was asked for, in the words of the audit of a denial."""


@dataclass(frozen=True)
class Affected:
    """A dataset, a data asset or a consumer of a dataset that a request changes.

    `version` is the one that the caller knows: 0 where it knows that there is none, None where it does not say.
    """

    kind: str
    """``dataset``, ``data_asset``, ``location`` (the data asset that stands there afterwards), or ``consumer``, which has no version."""
    id: str
    dataset: str
    version: int | None = None


@dataclass(frozen=True)
class Acted:
    """What a request did: its commands' results, and what it changed, as in the audit. `replayed`: it was done before, and not again."""

    results: tuple[Any, ...]
    subjects: tuple[str, ...]
    replayed: bool = False


@dataclass(frozen=True, config={"arbitrary_types_allowed": True})
class ActCommand(Command[Acted]):
    """Do what a caller asks, with its audit, in one transaction. `Denied` where they may not; `Stale` where a version is another."""

    caller: Caller
    permission: Permission
    action: str
    affected: tuple[Affected, ...]
    commands: tuple[Command[Any], ...]
    request_key: str | None = None
    """Makes the request idempotent: repeated with this key within a day, it is not done again."""
    fingerprint: str = ""
    """SHA-256 (hex) of the request; another one under the same key is `InvalidInput`."""
    own_key: str = field(default_factory=lambda: uuid4().hex)

    @property
    def known_by(self) -> str:
        """What its outcome is recorded under, so that an attempt after a lost answer finds it."""
        return self.request_key or self.own_key
