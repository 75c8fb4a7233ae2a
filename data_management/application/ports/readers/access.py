"""Reading keys and the audit."""

from datetime import datetime
from typing import Protocol

from pydantic.dataclasses import dataclass

from data_management.application.views import AuditPage
from data_management.domain.models import ApiKey


@dataclass(frozen=True)
class AuditFilter:
    """Which records: those that fit all that is given."""

    who: str | None = None
    action: str | None = None
    subject: str | None = None
    since: datetime | None = None


class AccessReader(Protocol):
    """Keys, and who did what."""

    def find_key(self, key_id: str) -> ApiKey | None:
        """The key as it is stored; None where there is none."""

    def api_keys(self) -> list[ApiKey]:
        """All keys, revoked and expired ones too, the oldest first."""

    def audit_records(self, wanted: AuditFilter, after: str | None = None, limit: int = 100) -> AuditPage:
        """A page of the audit, the newest record first; cursors as in `DataAssetReader.assets`."""
