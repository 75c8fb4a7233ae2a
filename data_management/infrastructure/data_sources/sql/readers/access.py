"""Keys and the audit, straight from the tables."""

from sqlalchemy import select

from data_management.application.ports import AuditFilter
from data_management.application.views import AuditPage
from data_management.domain.models import ApiKey
from data_management.infrastructure.data_sources.sql.access import key_of, record_of
from data_management.infrastructure.data_sources.sql.cursors import cursor, id_of
from data_management.infrastructure.data_sources.sql.readers.base import SQLReader
from data_management.infrastructure.persistence.tables import api_keys, audit


class SQLAccessReader(SQLReader):
    def find_key(self, key_id: str) -> ApiKey | None:
        with self._reading() as connection:
            row = connection.execute(select(api_keys).where(api_keys.c.id == key_id)).one_or_none()
            return None if row is None else key_of(row)

    def api_keys(self) -> list[ApiKey]:
        with self._reading() as connection:
            rows = connection.execute(select(api_keys).order_by(api_keys.c.created_at, api_keys.c.id))
            return [key_of(row) for row in rows]

    def audit_records(self, wanted: AuditFilter, after: str | None = None, limit: int = 100) -> AuditPage:
        its = audit.c
        query = select(audit).order_by(its.id.desc()).limit(limit + 1)
        for column, value in ((its.who, wanted.who), (its.action, wanted.action), (its.subject, wanted.subject)):
            if value is not None:
                query = query.where(column == value)
        if wanted.since is not None:
            query = query.where(its.at >= wanted.since)
        if after is not None:
            query = query.where(its.id < id_of(after))
        with self._reading() as connection:
            records = [record_of(row) for row in connection.execute(query)]
        page = tuple(records[:limit])
        return AuditPage(page, cursor(page[-1].id) if len(records) > limit else None)
