"""How many files of a dataset are in which state: kept by difference, so that telling it reads one row."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, bindparam, func, select

from data_management.domain.models import AssetCounts, AssetStatus, DataCatalogEntry
from data_management.infrastructure.persistence.dialects import Insert, upsert
from data_management.infrastructure.persistence.tables import data_assets, dataset_counts

_ITS = data_assets.c
_FIGURES = ("pending", "accepted", "quarantined", "rejected", "rows")
_STATES = {
    AssetStatus.ARRIVED: "pending",
    AssetStatus.REGISTERED: "pending",
    AssetStatus.ACCEPTED: "accepted",
    AssetStatus.QUARANTINED: "quarantined",
    AssetStatus.REJECTED: "rejected",
}
_STORED = select(dataset_counts).where(dataset_counts.c.dataset_id == bindparam("dataset_id"))
_COUNTED = (
    select(_ITS.status, func.count().label("files"), func.sum(_ITS.row_count).label("rows"))
    .where(_ITS.dataset_id == bindparam("dataset_id"), _ITS.status.in_([status.value for status in _STATES]))
    .group_by(_ITS.status)
)


class Standing(NamedTuple):
    """What a version of a data asset adds to the counts of its dataset."""

    version: int
    status: AssetStatus
    rows: int

    @classmethod
    def of(cls, entry: DataCatalogEntry) -> "Standing":
        return cls(entry.version, entry.status, entry.row_count or 0)

    @classmethod
    def of_row(cls, row: Row[Any]) -> "Standing":
        return cls(row.version, AssetStatus(row.status), row.row_count or 0)


class CountChanges:
    """What one transaction changes in the counts. They are written once, at its end: each dataset's row is touched as late,
    and as seldom, as can be. Whoever notes a change is the dataset's only writer.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._changes: dict[int, Counter[str]] = {}

    def note(self, dataset_id: int, before: Iterable[Standing], after: Iterable[Standing]) -> None:
        changes = self._changes.setdefault(dataset_id, Counter())
        for standings_, sign in ((before, -1), (after, 1)):
            for standing in standings_:
                state = _STATES.get(standing.status)
                if state is not None:
                    changes[state] += sign
                if state == "accepted":
                    changes["rows"] += sign * standing.rows

    def noted(self) -> dict[int, Counter[str]]:
        """For `go_back_to`, where a part of the transaction is undone."""
        return {dataset_id: changes.copy() for dataset_id, changes in self._changes.items()}

    def go_back_to(self, noted: dict[int, Counter[str]]) -> None:
        self._changes = noted

    def forget(self, dataset_id: int) -> None:
        self._changes.pop(dataset_id, None)

    def write(self) -> None:
        rows = [
            {"dataset_id": dataset_id} | {figure: changes[figure] for figure in _FIGURES}
            for dataset_id, changes in sorted(self._changes.items())
            if any(changes.values())
        ]
        if rows:
            self._connection.execute(_add(self._connection.dialect.name), rows)
        self._changes.clear()


def counts_of(connection: Connection, dataset_id: int | None) -> AssetCounts:
    """As they are kept."""
    row = connection.execute(_STORED, {"dataset_id": dataset_id}).one_or_none()
    return AssetCounts() if row is None else counts_from_row(row)


def counts_from_row(row: Row[Any]) -> AssetCounts:
    """Of `dataset_counts`; of one that an outer join left empty, nothing."""
    return AssetCounts(**{figure: getattr(row, figure) or 0 for figure in _FIGURES})


def counted(connection: Connection, dataset_id: int) -> AssetCounts:
    """As they are when every current data asset is looked at."""
    figures: Counter[str] = Counter()
    for row in connection.execute(_COUNTED, {"dataset_id": dataset_id}):
        figures[_STATES[AssetStatus(row.status)]] += row.files
        if row.status == AssetStatus.ACCEPTED.value:
            figures["rows"] += int(row.rows or 0)
    return AssetCounts(**figures)


def recount(connection: Connection, dataset_id: int) -> None:
    counts = counted(connection, dataset_id)
    row = {"dataset_id": dataset_id} | {figure: getattr(counts, figure) for figure in _FIGURES}
    connection.execute(_replace(connection.dialect.name), row)


def standings(connection: Connection, chunks: Iterable[Sequence[str]]) -> dict[str, Standing]:
    """Of data assets as they are stored, by id."""
    query: Select[Any] = select(_ITS.public_id, _ITS.version, _ITS.status, _ITS.row_count)
    return {
        row.public_id: Standing.of_row(row)
        for chunk in chunks
        for row in connection.execute(query.where(_ITS.public_id.in_(chunk)))
    }


@cache
def _add(dialect: str) -> Insert:
    statement, its = upsert(dialect, dataset_counts), dataset_counts.c
    added = {figure: its[figure] + statement.excluded[figure] for figure in _FIGURES}
    return statement.on_conflict_do_update(index_elements=[its.dataset_id], set_=added)


@cache
def _replace(dialect: str) -> Insert:
    statement = upsert(dialect, dataset_counts)
    anew = {figure: statement.excluded[figure] for figure in _FIGURES}
    return statement.on_conflict_do_update(index_elements=[dataset_counts.c.dataset_id], set_=anew)
