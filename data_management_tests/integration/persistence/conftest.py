from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine

from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.data_sources.sql import SQLUnitOfWorkFactory
from data_management.infrastructure.persistence.engine import CatalogPlace, create_catalog_engine, postgres_url
from data_management.infrastructure.persistence.schema import open_catalog, upgrade_catalog
from data_management_tests.port_tests.examples import CUSTOMERS, ORDERS

BOTH = ("sqlite", "postgres")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "catalog.db"


@pytest.fixture
def engine(path: Path) -> Iterator[Engine]:
    """A catalog in SQLite with two datasets."""
    yield from _filled(open_catalog(path, embedded=True))


@pytest.fixture
def postgres(postgres_catalog: str) -> Iterator[Engine]:
    """The same in Postgres."""
    yield from _filled(open_catalog(postgres_url(postgres_catalog)))


@pytest.fixture(params=BOTH)
def either(request: pytest.FixtureRequest) -> Engine:
    """The same in one and in the other."""
    found: Engine = request.getfixturevalue("engine" if request.param == "sqlite" else "postgres")
    return found


@pytest.fixture(params=BOTH)
def place(request: pytest.FixtureRequest, path: Path) -> CatalogPlace:
    """Where there is no catalog yet: no file, or an empty database."""
    if request.param == "sqlite":
        return path
    url: URL = postgres_url(request.getfixturevalue("empty_database"))
    return url


@pytest.fixture
def bare(place: CatalogPlace) -> Iterator[Engine]:
    engine = create_catalog_engine(place)
    yield engine
    engine.dispose()


@pytest.fixture
def current(place: CatalogPlace) -> CatalogPlace:
    """A catalog of the current schema, without anything in it."""
    upgrade_catalog(place)
    return place


def _filled(engine: Engine) -> Iterator[Engine]:
    with SQLUnitOfWorkFactory(engine, utc_now)() as work:
        work.datasets.save(ORDERS)
        work.datasets.save(CUSTOMERS)
    yield engine
    engine.dispose()
