"""Keys and the audit in JSON. Field names are part of the public interface."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from data_management.application.commands import IssuedKey
from data_management.domain.models import ApiKey, AuditRecord


class KeyDto(BaseModel):
    """`datasets` are the only ones that it opens; null: all."""

    id: str
    name: str
    role: str
    datasets: list[str] | None
    samples: bool
    in_force: bool
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None

    @classmethod
    def of(cls, key: ApiKey, at: datetime) -> "KeyDto":
        return cls(**_fields(key, at))


class IssuedKeyDto(KeyDto):
    """`key` is what its holder sends; nobody can tell it again."""

    key: str

    @classmethod
    def of_issued(cls, issued: IssuedKey) -> "IssuedKeyDto":
        return cls(**_fields(issued.key, issued.key.created_at), key=str(issued.shown))


class AuditRecordDto(BaseModel):
    """`before` and `after` hold what changed."""

    id: int
    at: datetime
    who: str
    action: str
    subject: str
    outcome: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str | None
    request_id: str | None
    client: str | None

    @classmethod
    def of(cls, record: AuditRecord) -> "AuditRecordDto":
        return cls(**vars(record) | {"outcome": record.outcome.value})


def _fields(key: ApiKey, at: datetime) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "role": key.role.value,
        "datasets": None if key.datasets is None else list(key.datasets),
        "samples": key.samples,
        "in_force": key.is_in_force(at),
        "created_at": key.created_at,
        "created_by": key.created_by,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
    }
