"""What the repositories of one transaction share."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select

from data_management.application.ports import Clock
from data_management.domain.events import DomainEvent
from data_management.domain.identifiers import new_ids
from data_management.domain.models import Check, Column, DataCatalogEntry, Dataset
from data_management.errors import NotFound
from data_management.infrastructure.data_sources.sql.counting import CountChanges, Standing
from data_management.infrastructure.data_sources.sql.interning import Interned
from data_management.infrastructure.persistence import mappers
from data_management.infrastructure.persistence.dialects import insert_new, lock_dataset
from data_management.infrastructure.persistence.row_inserts import insert_rows
from data_management.infrastructure.persistence.tables import data_assets, datasets, layouts, outbox, plans, schemas

_EVENT = (
    "event_id",
    "aggregate",
    "aggregate_id",
    "aggregate_version",
    "ordinal",
    "type",
    "payload",
    "occurred_at",
)
_ASSET_KEY = select(data_assets.c.id, data_assets.c.dataset_id).where(
    data_assets.c.public_id == bindparam("asset_id", type_=data_assets.c.public_id.type)
)


class AssetKey(NamedTuple):
    """The surrogate keys of a data asset and of its dataset."""

    id: int
    dataset_id: int


class Transaction:
    """A connection in a transaction, with what was looked up in it."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self.connection = connection
        self.clock = clock
        self.schemas: Interned[tuple[Column, ...]] = Interned(connection, schemas, mappers.columns_from_json)
        self.layouts: Interned[Any] = Interned(connection, layouts, lambda content: content)
        self.definitions: dict[str, Dataset] = {}
        self.entries: dict[str, DataCatalogEntry] = {}
        """Those that this transaction saved, as they are stored now."""
        self.counts = CountChanges(connection)
        self.standings: dict[str, Standing] = {}
        """Asset id → what it adds to the counts, as it was read or saved last."""
        self.asset_keys: dict[str, AssetKey] = {}
        self.checks: dict[str, tuple[str, tuple[Check, ...]]] = {}
        """Asset id → plan hash and checks of the validation that this transaction made current."""
        self.last_columns: dict[str, tuple[int, tuple[Column, ...] | None]] = {}
        """Dataset → surrogate key and columns of the last data asset that was accepted."""
        self.kept_plans: set[tuple[int, str]] = set()
        """Those whose definition is known to be stored."""
        self._datasets: dict[str, int] = {}
        self._plans: dict[tuple[int, str], int] = {}
        self._locked: set[str] = set()

    def lock(self, dataset: str) -> bool:
        """Be the only writer of this dataset from now on; False where this transaction was that before.

        Whoever reads in order to write calls this first. What was read before it may be out of date.
        """
        if dataset in self._locked:
            return False
        self._locked.add(dataset)
        return lock_dataset(self.connection, dataset)

    def lock_all(self, names: Iterable[str]) -> bool:
        """`lock` of several, always in one order; False where this transaction had them all."""
        return sum([self.lock(name) for name in sorted(set(names))]) > 0

    def dataset_id(self, name: str) -> int:
        """`NotFound` where the catalog has none of this name."""
        found = self.find_dataset_id(name)
        if found is None:
            raise NotFound(
                f"the catalog has no dataset {name!r}; `data-management datasets list` names those that it has"
            )
        return found

    def find_dataset_id(self, name: str) -> int | None:
        if name not in self._datasets:
            found = self.connection.scalar(select(datasets.c.id).where(datasets.c.name == name))
            if found is None:
                return None
            self._datasets[name] = found
        return self._datasets[name]

    def asset_key(self, asset_id: str) -> AssetKey:
        """`NotFound` where the catalog has none of this id."""
        if asset_id not in self.asset_keys:
            row = self.connection.execute(_ASSET_KEY, {"asset_id": asset_id}).one_or_none()
            if row is None:
                raise NotFound(
                    f"the catalog has no data asset {asset_id!r}; `data-management assets list` names those that it has"
                )
            self.asset_keys[asset_id] = AssetKey(*row)
        return self.asset_keys[asset_id]

    def plan_id(self, dataset_id: int, plan_hash: str) -> int:
        """The id of this plan of the dataset, stored now where it was not."""
        key = (dataset_id, plan_hash)
        if key not in self._plans:
            query = select(plans.c.id).where(plans.c.dataset_id == dataset_id, plans.c.hash == plan_hash)
            found = self.connection.scalar(query)
            if found is None:
                self.connection.execute(
                    insert_new(self.connection, plans), {"dataset_id": dataset_id, "hash": plan_hash}
                )
                found = self.connection.scalar(query)
            assert found is not None
            self._plans[key] = found
        return self._plans[key]

    def forget(self) -> None:
        """A part of the transaction was rolled back, perhaps with what was looked up in it."""
        self.schemas.forget()
        self.layouts.forget()
        self.definitions.clear()
        self.entries.clear()
        self.standings.clear()
        self.asset_keys.clear()
        self.checks.clear()
        self.last_columns.clear()
        self.kept_plans.clear()
        self._datasets.clear()
        self._plans.clear()
        self._locked.clear()

    def record(self, aggregate: str, changes: Iterable[tuple[str, int, Sequence[DomainEvent]]]) -> None:
        """Put the events of changes, each ``(aggregate id, the version it made, events)``, in the outbox."""
        told = [
            (aggregate_id, version, ordinal, event)
            for aggregate_id, version, events in changes
            for ordinal, event in enumerate(events)
        ]
        if not told:
            return
        count = len(told)
        aggregate_ids, versions, ordinals, events = zip(*told, strict=True)
        columns = (
            new_ids(count),
            [aggregate] * count,
            aggregate_ids,
            versions,
            ordinals,
            [type(event).__name__ for event in events],
            [mappers.event_payload(event) for event in events],
            [self.clock()] * count,
        )
        insert_rows(self.connection, outbox, dict(zip(_EVENT, columns, strict=True)))
