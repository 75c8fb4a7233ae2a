"""Datasets, straight from the tables."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Row, Select, select

from data_management.application.ports import DatasetFilter
from data_management.application.views import DatasetPage, DatasetView, ScorePoint
from data_management.domain.models import Dataset
from data_management.errors import NotFound
from data_management.infrastructure.data_sources.sql.chunks import CHUNK
from data_management.infrastructure.data_sources.sql.counting import counts_from_row
from data_management.infrastructure.data_sources.sql.cursors import name_cursor, name_of
from data_management.infrastructure.data_sources.sql.quality import scores_of, totals_of
from data_management.infrastructure.data_sources.sql.readers.base import JUDGED, SQLReader
from data_management.infrastructure.data_sources.sql.transaction import Transaction
from data_management.infrastructure.persistence import mappers
from data_management.infrastructure.persistence.tables import dataset_counts, datasets

_DATASETS = select(datasets, *(each for each in dataset_counts.c if each.name != "dataset_id")).outerjoin(
    dataset_counts
)


class SQLDatasetReader(SQLReader):
    def datasets(self) -> list[DatasetView]:
        with self._snapshot() as snapshot:
            rows = snapshot.connection.execute(_DATASETS.order_by(datasets.c.name)).all()
            return [_dataset(snapshot, row) for row in rows]

    def dataset(self, name: str) -> DatasetView:
        with self._snapshot() as snapshot:
            row = snapshot.connection.execute(_DATASETS.where(datasets.c.name == name)).one_or_none()
            if row is None:
                raise NotFound(
                    f"the catalog has no dataset {name!r}; `data-management datasets list` names those that it has"
                )
            return _dataset(snapshot, row)

    def dataset_page(self, wanted: DatasetFilter, after: str | None = None, limit: int = 100) -> DatasetPage:
        its = datasets.c
        query = _DATASETS.where(its.name > (name_of(after) if after is not None else "")).order_by(its.name)
        if wanted.names is not None:
            query = query.where(its.name.in_(wanted.names))
        if wanted.retired is not None:
            query = query.where(its.retired_at.is_not(None) if wanted.retired else its.retired_at.is_(None))
        with self._snapshot() as snapshot:
            rows = list(islice(_declaring(snapshot, query, wanted), limit + 1))
            page = tuple(_dataset(snapshot, row) for row in rows[:limit])
        return DatasetPage(page, name_cursor(page[-1].name) if len(rows) > limit else None)

    def definition(self, name: str) -> Dataset:
        with self._snapshot() as snapshot:
            dataset_id = snapshot.dataset_id(name)
            query = select(datasets.c.definition).where(datasets.c.id == dataset_id)
            return mappers.dataset_from_json(snapshot.connection.scalar(query))


def _dataset(snapshot: Transaction, row: Row[Any]) -> DatasetView:
    latest = scores_of(snapshot, row.name, row.id, limit=1)
    return DatasetView.of(
        mappers.dataset_from_json(row.definition),
        counts=counts_from_row(row),
        latest=ScorePoint.of(latest[0]) if latest else None,
        totals=totals_of(snapshot, row.id, JUDGED),
        retired_at=row.retired_at,
        version=row.version,
    )


def _declaring(snapshot: Transaction, query: Select[Any], wanted: DatasetFilter) -> Iterator[Row[Any]]:
    """Those whose definitions name the owner and the tag; JSON is read here, alike of both databases."""
    last = None
    while rows := snapshot.connection.execute(
        query.limit(CHUNK) if last is None else query.where(datasets.c.name > last).limit(CHUNK)
    ).all():
        for row in rows:
            owners, tags = row.definition.get("owners", ()), row.definition.get("tags", ())
            if wanted.owner in (None, *owners) and wanted.tag in (None, *tags):
                yield row
        last = rows[-1].name
