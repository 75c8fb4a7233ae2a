"""Whether the sums are right, and what can be pruned."""

from datetime import datetime

from sqlalchemy import select

from data_management.application.views import TotalsAudit
from data_management.domain.models import Prunable
from data_management.infrastructure.data_sources.sql.auditing import audit_of
from data_management.infrastructure.data_sources.sql.readers.base import SQLReader
from data_management.infrastructure.data_sources.sql.retention import prunable_of
from data_management.infrastructure.persistence import mappers
from data_management.infrastructure.persistence.tables import datasets


class SQLUpkeepReader(SQLReader):
    def audit(self, name: str) -> TotalsAudit:
        with self._snapshot() as snapshot:
            dataset_id = snapshot.dataset_id(name)
            query = select(datasets.c.definition).where(datasets.c.id == dataset_id)
            return audit_of(snapshot, mappers.dataset_from_json(snapshot.connection.scalar(query)))

    def prunable(self, before: datetime, audit_before: datetime | None = None) -> dict[Prunable, int]:
        with self._snapshot() as snapshot:
            return prunable_of(snapshot, before, audit_before or before)
