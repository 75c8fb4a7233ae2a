"""Questions of those who keep the catalog small and right."""

from datetime import datetime

from pydantic.dataclasses import dataclass

from data_management.application.queries.base import Query
from data_management.application.views import TotalsAudit
from data_management.domain.models import Prunable


@dataclass(frozen=True)
class AuditDatasetQuery(Query[TotalsAudit]):
    """Whether a dataset's totals are what its current validations sum up to."""

    name: str


@dataclass(frozen=True)
class GetPrunableQuery(Query[dict[Prunable, int]]):
    """How much of what ended before a moment can be forgotten; of the audit, before another where it is given."""

    before: datetime
    audit_before: datetime | None = None
