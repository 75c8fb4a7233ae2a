"""Keys, the audit and the requests that were done."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from data_management.domain.models import ApiKey, AuditRecord, Remembered


class IAccessRepository(Protocol):
    """Keys, and the record of who did what."""

    def add_key(self, key: ApiKey) -> None:
        """Store a new key."""

    def key(self, key_id: str) -> ApiKey:
        """The key; `NotFound` where the catalog has none of this id."""

    def revoke_key(self, key_id: str, at: datetime) -> bool:
        """Revoke a key; False where it was revoked before. `NotFound` where the catalog has none of this id."""

    def record(self, records: Sequence[AuditRecord]) -> None:
        """Append records to the audit."""

    def recall(self, who: str, request_key: str, fingerprint: str, at: datetime) -> Remembered | None:
        """What this caller's request with this key did in the last day; None where it is new, and then it is noted as begun."""

    def remember(self, who: str, request_key: str, subjects: Sequence[str]) -> None:
        """Store what the request that `recall` noted has changed."""
