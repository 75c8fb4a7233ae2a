"""Keys, the audit and requests of the fake catalog."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from data_management.application.ports import AuditFilter
from data_management.application.views import AuditPage
from data_management.domain.models import ApiKey, AuditRecord, Remembered
from data_management.errors import NotFound
from data_management_tests.fakes.cursors import cursor, offset
from data_management_tests.fakes.state import State


class FakeAccessRepository:
    def __init__(self, state: State) -> None:
        self._state = state

    def add_key(self, key: ApiKey) -> None:
        self._state.keys[key.id] = key

    def key(self, key_id: str) -> ApiKey:
        if key_id not in self._state.keys:
            raise NotFound(f"the catalog has no key {key_id!r}; `data-management keys list` names those that it has")
        return self._state.keys[key_id]

    def revoke_key(self, key_id: str, at: datetime) -> bool:
        key = self.key(key_id)
        self._state.keys[key_id] = replace(key, revoked_at=key.revoked_at or at)
        return key.revoked_at is None

    def record(self, records: Sequence[AuditRecord]) -> None:
        for each in records:
            self._state.last_audit = [self._state.last_audit[0] + 1]
            self._state.audit.append(replace(each, id=self._state.last_audit[0]))

    def recall(self, who: str, request_key: str, fingerprint: str, at: datetime) -> Remembered | None:
        known = self._state.requests.get((who, request_key))
        if known is not None and known[0] >= at - timedelta(days=1):
            return known[1]
        self._state.requests[who, request_key] = at, Remembered(fingerprint, ())
        return None

    def remember(self, who: str, request_key: str, subjects: Sequence[str]) -> None:
        at, known = self._state.requests[who, request_key]
        self._state.requests[who, request_key] = at, replace(known, subjects=tuple(subjects))


class FakeAccessReader:
    def __init__(self, state: Callable[[], State]) -> None:
        self._state = state

    def find_key(self, key_id: str) -> ApiKey | None:
        return self._state().keys.get(key_id)

    def api_keys(self) -> list[ApiKey]:
        return sorted(self._state().keys.values(), key=lambda key: (key.created_at, key.id))

    def audit_records(self, wanted: AuditFilter, after: str | None = None, limit: int = 100) -> AuditPage:
        found = [
            each
            for each in reversed(self._state().audit)
            if (after is None or each.id < offset(after))
            and wanted.who in (None, each.who)
            and wanted.action in (None, each.action)
            and wanted.subject in (None, each.subject)
            and (wanted.since is None or each.at >= wanted.since)
        ]
        return AuditPage(tuple(found[:limit]), cursor(found[limit - 1].id) if len(found) > limit else None)
