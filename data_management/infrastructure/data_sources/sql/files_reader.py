"""Single data assets of a dataset: the versions of one, and those that a rule fails."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy import Row, Select, select

from data_management.application.views import AssetPage, AssetView, FailingAsset, FailingPage
from data_management.domain.models import AssetStatus, Check, Verdict
from data_management.errors import NotFound
from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.data_sources.sql.assets import ENTRIES, entries_from
from data_management.infrastructure.data_sources.sql.chunks import chunked
from data_management.infrastructure.data_sources.sql.cursors import cursor, id_of
from data_management.infrastructure.data_sources.sql.event_reader import SQLEventReader
from data_management.infrastructure.data_sources.sql.transaction import Transaction
from data_management.infrastructure.persistence import mappers
from data_management.infrastructure.persistence.tables import data_assets, validations

_ENDED = tuple(status for status in AssetStatus if not status.is_current)
_JUDGED = tuple(status for status in AssetStatus if status.is_judged)
_MOST_LOOKED_AT = 20_000
"""Data assets that one page of failing ones looks at; most are passed over by their verdict."""

_ITS = data_assets.c


class SQLFilesReader(SQLEventReader):
    def versions(self, asset_id: str, after: str | None = None, limit: int = 20) -> AssetPage:
        with self._snapshot() as snapshot:
            where = select(_ITS.dataset_id, _ITS.location).where(_ITS.public_id == asset_id)
            found = snapshot.connection.execute(where).one_or_none()
            if found is None:
                raise NotFound(
                    f"the catalog has no data asset {asset_id!r}; `data-management assets list` names those that it has"
                )
            query = ENTRIES.where(_ITS.dataset_id == found.dataset_id, _ITS.location == found.location)
            query = query.order_by(_ITS.id.desc()).limit(limit + 1)
            if after is not None:
                query = query.where(_ITS.id < id_of(after))
            queries = [query.where(_ITS.is_current), *(query.where(_ITS.status == each.value) for each in _ENDED)]
            rows = _merged([snapshot.connection.execute(each).all() for each in queries])
            return asset_page(snapshot, list(islice(rows, limit + 1)), limit)

    def failing(self, dataset: str, rule: str, after: str | None = None, limit: int = 50) -> FailingPage:
        with self._snapshot() as snapshot:
            dataset_id = snapshot.dataset_id(dataset)
            query: Select[Any] = select(_ITS.id, _ITS.verdict, _ITS.validation_id)
            query = query.where(_ITS.dataset_id == dataset_id)
            query = query.order_by(_ITS.id.desc()).limit(_MOST_LOOKED_AT + 1)
            if after is not None:
                query = query.where(_ITS.id < id_of(after))
            of_status = [snapshot.connection.execute(query.where(_ITS.status == each.value)).all() for each in _JUDGED]
            rows = list(islice(_merged(of_status), _MOST_LOOKED_AT + 1))
            looked_at = rows[:_MOST_LOOKED_AT]
            following = cursor(looked_at[-1].id) if len(rows) > _MOST_LOOKED_AT else None
            suspects = [row for row in looked_at if row.verdict != Verdict.PASS.value]
            checks = dict(islice(_checks(snapshot, suspects, rule), limit + 1))
            if len(checks) > limit:
                checks.popitem()
                following = cursor(next(reversed(checks)))
            return FailingPage(_with_checks(snapshot, checks), following)

    @contextmanager
    def _snapshot(self) -> Iterator[Transaction]:
        with self._reading() as connection:
            yield Transaction(connection, utc_now)


def asset_page(snapshot: Transaction, rows: Sequence[Row[Any]], limit: int) -> AssetPage:
    """Of rows of which one more than `limit` was asked for."""
    page = rows[:limit]
    return AssetPage(
        assets=tuple(map(AssetView.of, entries_from(snapshot, page))),
        next=cursor(page[-1].id) if len(rows) > limit else None,
    )


def _merged(of_status: Sequence[Sequence[Row[Any]]]) -> Iterator[Row[Any]]:
    """Newest first."""
    return merge(*of_status, key=lambda row: row.id, reverse=True)


def _checks(snapshot: Transaction, suspects: Sequence[Row[Any]], rule: str) -> Iterator[tuple[int, Check]]:
    """Surrogate key → the rule's check, of those where it failed or errored."""
    its = validations.c
    query = select(its.id, its.checks_layout_id, its.checks)
    for chunk in chunked(suspects):
        wanted = query.where(its.id.in_([row.validation_id for row in chunk]))
        found = {row.id: row for row in snapshot.connection.execute(wanted)}
        snapshot.layouts.load(row.checks_layout_id for row in found.values())
        for suspect in chunk:
            row = found.get(suspect.validation_id)
            checks = mappers.checks_from(snapshot.layouts.get(row.checks_layout_id), row.checks) if row else ()
            for check in checks:
                if check.rule == rule and (check.errored or check.success is False):
                    yield suspect.id, check


def _with_checks(snapshot: Transaction, checks: dict[int, Check]) -> tuple[FailingAsset, ...]:
    rows = snapshot.connection.execute(ENTRIES.where(_ITS.id.in_(checks)).order_by(_ITS.id.desc())).all()
    entries = entries_from(snapshot, rows)
    return tuple(FailingAsset(AssetView.of(entry), checks[row.id]) for row, entry in zip(rows, entries, strict=True))
