"""Keys, the audit and the requests that were done."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from data_management.domain.models import ApiKey, AuditRecord, Remembered


class IAccessRepository(Protocol):
    """Keys, and the record of who did what."""

    def add_key(self, key: ApiKey) -> None: ...

    def key(self, key_id: str) -> ApiKey:
        """`NotFound` where there is none."""

    def revoke_key(self, key_id: str, at: datetime) -> bool:
        """It opens nothing from now on; False where that was so before. `NotFound` where there is none."""

    def record(self, records: Sequence[AuditRecord]) -> None:
        """Append to the audit."""

    def recall(self, who: str, request_key: str, fingerprint: str, at: datetime) -> Remembered | None:
        """What was done under this key of this caller in the last day; None, and it is noted, where nothing was."""

    def remember(self, who: str, request_key: str, subjects: Sequence[str]) -> None:
        """What the noted request changed."""
