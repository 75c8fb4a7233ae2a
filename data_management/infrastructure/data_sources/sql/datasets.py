from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, update

from data_management.domain.events import DomainEvent
from data_management.domain.models import Dataset, Plan
from data_management.errors import Conflict, NotFound
from data_management.infrastructure.data_sources.sql.acceptances import accept_all, withdraw_all
from data_management.infrastructure.data_sources.sql.last import last_accepted
from data_management.infrastructure.data_sources.sql.outbox import rename_subject
from data_management.infrastructure.data_sources.sql.search import rebuild, refresh
from data_management.infrastructure.data_sources.sql.transaction import Transaction
from data_management.infrastructure.persistence import mappers
from data_management.infrastructure.persistence.dialects import upsert
from data_management.infrastructure.persistence.tables import data_assets, datasets, plans


class SQLDatasetRepository:
    """A dataset's events carry its own version, which every change of it raises."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._connection = transaction.connection

    def get(self, name: str) -> Dataset:
        found = self.find(name)
        if found is None:
            raise NotFound(
                f"the catalog has no dataset {name!r}; `data-management datasets list` names those that it has"
            )
        return found

    def find(self, name: str) -> Dataset | None:
        known = self._transaction.definitions
        if name not in known:
            self._transaction.lock(name)
            definition = self._connection.scalar(select(datasets.c.definition).where(datasets.c.name == name))
            if definition is None:
                return None
            known[name] = mappers.dataset_from_json(definition)
        return known[name]

    def save(self, dataset: Dataset, events: Sequence[DomainEvent] = ()) -> None:
        self._transaction.lock(dataset.name)
        row = {"name": dataset.name, "version": 1, "definition": mappers.dataset_to_json(dataset)}
        statement = upsert(self._connection.dialect.name, datasets)
        self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=[datasets.c.name],
                set_={"version": datasets.c.version + 1, "definition": statement.excluded.definition},
            ),
            row,
        )
        self._transaction.definitions.pop(dataset.name, None)
        self.refresh_words(dataset)
        self.record(dataset.name, events)

    def version(self, name: str) -> int | None:
        self._transaction.lock(name)
        return self._connection.scalar(select(datasets.c.version).where(datasets.c.name == name))

    def retired_at(self, name: str) -> datetime | None:
        self._transaction.lock(name)
        return self._connection.scalar(select(datasets.c.retired_at).where(datasets.c.name == name))

    def rebuild_search(self) -> tuple[str, ...]:
        names = self._connection.scalars(select(datasets.c.name).order_by(datasets.c.name)).all()
        changed = tuple(name for name in names if self.refresh_words(self.get(name)))
        rebuild(self._connection)
        return changed

    def find_by_object(self, contract_id: str, object_id: str) -> Dataset | None:
        found = self._declared_by(contract_id, object_id)
        while found is not None and self._transaction.lock(found.name):
            found = self._declared_by(contract_id, object_id)
        return found

    def rename(self, name: str, to: str, events: Sequence[DomainEvent] = ()) -> None:
        self._transaction.lock_all((name, to))
        definition = mappers.dataset_to_json(replace(self.get(name), name=to))
        if self._transaction.find_dataset_id(to) is not None:
            raise Conflict(f"dataset {name!r} cannot be called {to!r}, another one is")
        its = datasets.c
        change = update(datasets).where(its.name == name)
        self._connection.execute(change.values(name=to, definition=definition, version=its.version + 1))
        rename_subject(self._connection, "dataset", name, to)
        self._transaction.forget()
        self.refresh_words(self.get(to))
        self.record(to, events)

    def retire(self, name: str, at: datetime, events: Sequence[DomainEvent] = ()) -> bool:
        self._transaction.lock(name)
        its = datasets.c
        query = update(datasets).where(its.name == name, its.retired_at.is_(None))
        changed = self._connection.execute(query.values(retired_at=at, version=its.version + 1)).rowcount
        if changed:
            self.record(name, events)
            withdraw_all(self._transaction, self._transaction.dataset_id(name))
        return bool(changed)

    def restore(self, name: str) -> bool:
        self._transaction.lock(name)
        its = datasets.c
        query = update(datasets).where(its.name == name, its.retired_at.is_not(None)).values(retired_at=None)
        changed = self._connection.execute(query).rowcount
        if changed:
            accept_all(self._transaction, self._transaction.dataset_id(name))
        return bool(changed)

    def keep_plan(self, dataset: str, plan: Plan) -> None:
        self._transaction.lock(dataset)
        key = (self._transaction.dataset_id(dataset), plan.hash)
        if key in self._transaction.kept_plans:
            return
        here = plans.c.id == self._transaction.plan_id(*key)
        if self._connection.scalar(select(plans.c.id).where(here, plans.c.definition.is_(None))) is not None:
            self._connection.execute(update(plans).where(here).values(definition=mappers.plan_to_json(plan)))
        self._transaction.kept_plans.add(key)

    def record(self, name: str, events: Sequence[DomainEvent]) -> None:
        version = self._connection.scalar(select(datasets.c.version).where(datasets.c.name == name))
        assert version is not None
        self._transaction.record("dataset", [(name, version, events)])

    def refresh_words(self, dataset: Dataset) -> bool:
        """Make a search find it by what it is now; whether it was found by other words before."""
        known, transaction = self._transaction.last_columns.get(dataset.name), self._transaction
        if known is None:
            last = last_accepted(self._connection, transaction.dataset_id(dataset.name), data_assets.c.schema_id)
            transaction.schemas.load([last.value if last else None])
            columns = transaction.schemas.get(last.value) if last else None
        else:
            columns = known[1]
        return refresh(transaction, dataset, columns or ())

    def _declared_by(self, contract_id: str, object_id: str) -> Dataset | None:
        rows = self._connection.scalars(select(datasets.c.definition).order_by(datasets.c.id))
        found = (each for each in rows if (each["contract_id"], each.get("object_id")) == (contract_id, object_id))
        definition = next(found, None)
        return None if definition is None else mappers.dataset_from_json(definition)

    def touch(self, name: str) -> None:
        """Raise its version: something beside its definition changed."""
        self._connection.execute(update(datasets).where(datasets.c.name == name).values(version=datasets.c.version + 1))
