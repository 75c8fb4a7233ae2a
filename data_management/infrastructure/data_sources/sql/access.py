"""Keys, the audit, and requests that may come again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, delete, insert, select, update

from data_management.domain.models import ApiKey, AuditRecord, Outcome, Remembered, Role
from data_management.errors import NotFound
from data_management.infrastructure.data_sources.sql.transaction import Transaction
from data_management.infrastructure.persistence.dialects import insert_new
from data_management.infrastructure.persistence.tables import api_keys, audit, requests

_KEPT: Final = timedelta(days=1)


class SQLAccessRepository:
    def __init__(self, transaction: Transaction) -> None:
        self._connection = transaction.connection

    def add_key(self, key: ApiKey) -> None:
        row = vars(key) | {"role": key.role.value, "datasets": None if key.datasets is None else list(key.datasets)}
        self._connection.execute(insert(api_keys), {column.name: row[column.name] for column in api_keys.c})

    def key(self, key_id: str) -> ApiKey:
        row = self._connection.execute(select(api_keys).where(api_keys.c.id == key_id)).one_or_none()
        if row is None:
            raise NotFound(f"the catalog has no key {key_id!r}; `data-management keys list` names those that it has")
        return key_of(row)

    def revoke_key(self, key_id: str, at: datetime) -> bool:
        self.key(key_id)
        its = api_keys.c
        query = update(api_keys).where(its.id == key_id, its.revoked_at.is_(None)).values(revoked_at=at)
        return bool(self._connection.execute(query).rowcount)

    def record(self, records: Sequence[AuditRecord]) -> None:
        rows = [vars(each) | {"outcome": each.outcome.value} for each in records]
        names = [column.name for column in audit.c if column.name != "id"]
        if rows:
            self._connection.execute(insert(audit), [{name: row[name] for name in names} for row in rows])

    def recall(self, who: str, request_key: str, fingerprint: str, at: datetime) -> Remembered | None:
        its = requests.c
        self._connection.execute(delete(requests).where(its.at < at - _KEPT))
        row = {"who": who, "request_key": request_key, "fingerprint": fingerprint, "subjects": [], "at": at}
        noted = insert_new(self._connection, requests).returning(its.who)  # waits for another that is under way
        if self._connection.scalar(noted, row) is not None:
            return None
        query = select(its.fingerprint, its.subjects).where(its.who == who, its.request_key == request_key)
        known = self._connection.execute(query).one()
        return Remembered(known.fingerprint, tuple(known.subjects))

    def remember(self, who: str, request_key: str, subjects: Sequence[str]) -> None:
        its = requests.c
        query = update(requests).where(its.who == who, its.request_key == request_key)
        self._connection.execute(query.values(subjects=list(subjects)))


def key_of(row: Row[Any]) -> ApiKey:
    """Of a row of ``api_keys``."""
    stored = dict(row._mapping)  # noqa: SLF001  the row's public mapping
    datasets = stored["datasets"]
    return ApiKey(**stored | {"role": Role(stored["role"]), "datasets": None if datasets is None else tuple(datasets)})


def record_of(row: Row[Any]) -> AuditRecord:
    """Of a row of ``audit``."""
    stored = dict(row._mapping)  # noqa: SLF001  the row's public mapping
    return AuditRecord(**stored | {"outcome": Outcome(stored["outcome"])})
