"""Questions about keys and the audit."""

from pydantic.dataclasses import dataclass

from data_management.application.ports import AuditFilter
from data_management.application.queries.base import Query
from data_management.application.views import AuditPage
from data_management.domain.models import ApiKey


@dataclass(frozen=True)
class FindKeyQuery(Query[ApiKey | None]):
    key_id: str


@dataclass(frozen=True)
class ListKeysQuery(Query[list[ApiKey]]):
    """All of them, the oldest first."""


@dataclass(frozen=True)
class ListAuditQuery(Query[AuditPage]):
    """A page of who did what, the newest first."""

    wanted: AuditFilter = AuditFilter()
    after: str | None = None
    limit: int = 100
