"""Each port test runs on the fake and on the real catalog; both begin with two datasets and empty otherwise."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest
from sqlalchemy import URL, Engine, select

from data_management.application.ports import CatalogReader, UnitOfWork
from data_management.domain.events import DomainEvent
from data_management.infrastructure.data_sources.sql import SQLCatalogReader, SQLUnitOfWorkFactory
from data_management.infrastructure.persistence.engine import create_catalog_engine, postgres_url
from data_management.infrastructure.persistence.schema import open_catalog
from data_management.infrastructure.persistence.tables import outbox
from data_management_tests.fakes import FakeCatalog, FakeClock
from data_management_tests.port_tests.examples import CUSTOMERS, ORDERS

OutboxKey = tuple[str, int, int, str]
"""Aggregate id, its version, ordinal, type of the event."""


class Catalog(Protocol):
    def unit_of_work(self) -> UnitOfWork: ...

    def reader(self) -> CatalogReader: ...

    def recorded(self) -> list[OutboxKey]: ...

    def payloads(self, kind: type[DomainEvent]) -> list[dict[str, Any]]:
        """Those of the events of a kind, as they are stored."""

    @property
    def clock(self) -> FakeClock: ...


class Fake(FakeCatalog):
    clock: FakeClock

    def payloads(self, kind: type[DomainEvent]) -> list[dict[str, Any]]:
        return [vars(event) for event in self.events if type(event) is kind]

    def recorded(self) -> list[OutboxKey]:
        return [(r.aggregate_id, r.aggregate_version, r.ordinal, type(r.event).__name__) for r in self.outbox]


@dataclass
class Real:
    engine: Engine
    clock: FakeClock = field(default_factory=FakeClock)

    def unit_of_work(self) -> UnitOfWork:
        return SQLUnitOfWorkFactory(self.engine, self.clock)()

    def payloads(self, kind: type[DomainEvent]) -> list[dict[str, Any]]:
        query = select(outbox.c.payload).where(outbox.c.type == kind.__name__).order_by(outbox.c.id)
        with self.engine.connect() as connection:
            return list(connection.scalars(query))

    def reader(self) -> CatalogReader:
        return SQLCatalogReader(self.engine)

    def recorded(self) -> list[OutboxKey]:
        its = outbox.c
        with self.engine.connect() as connection:
            query = select(its.aggregate_id, its.aggregate_version, its.ordinal, its.type).order_by(its.id)
            return [(row[0], row[1], row[2], row[3]) for row in connection.execute(query)]


@pytest.fixture(scope="session")
def empty_catalog_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "catalog.db"
    open_catalog(path, embedded=True).dispose()
    return path


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def catalog(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalog]:
    if request.param == "fake":
        yield Fake([ORDERS, CUSTOMERS])
        return
    if request.param == "sqlite":
        place: Path | URL = tmp_path / "catalog.db"
        shutil.copy(request.getfixturevalue("empty_catalog_file"), tmp_path / "catalog.db")
    else:
        place = postgres_url(request.getfixturevalue("postgres_catalog"))
    engine = create_catalog_engine(place)
    real = Real(engine)
    with real.unit_of_work() as work:
        work.datasets.save(ORDERS)
        work.datasets.save(CUSTOMERS)
    yield real
    reader = real.reader()
    wrong = {view.name: audit.counts for view in reader.datasets() if (audit := reader.audit(view.name)).counts}
    engine.dispose()
    assert not wrong, "what is kept by difference is what it would be if it were counted"
