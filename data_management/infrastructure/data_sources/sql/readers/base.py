"""What the readers share: a connection that only reads, and one snapshot for each answer."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from heapq import merge
from typing import Any

from sqlalchemy import Connection, Engine, Row

from data_management.application.views import AssetPage, AssetView
from data_management.domain.models import AssetStatus
from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.data_sources.sql.assets import entries_from
from data_management.infrastructure.data_sources.sql.cursors import cursor
from data_management.infrastructure.data_sources.sql.transaction import Transaction
from data_management.infrastructure.persistence.engine import connect, reading

JUDGED = tuple(status for status in AssetStatus if status.is_judged)


class SQLReader:
    def __init__(self, engine: Engine) -> None:
        self._engine = reading(engine)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with connect(self._engine) as connection, connection.begin():
            yield connection

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


def newest_first(of_status: Sequence[Sequence[Row[Any]]]) -> Iterator[Row[Any]]:
    """The rows of several queries that are each newest first, as one."""
    return merge(*of_status, key=lambda row: row.id, reverse=True)
