from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.data_sources.sql import SQLUnitOfWorkFactory
from data_management.infrastructure.persistence.engine import postgres_url
from data_management.infrastructure.persistence.schema import open_catalog
from data_management_tests.port_tests.examples import ORDERS


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A catalog with one dataset."""
    if request.param == "sqlite":
        engine = open_catalog(tmp_path / "catalog.db", embedded=True)
    else:
        engine = open_catalog(postgres_url(request.getfixturevalue("postgres_catalog")))
    with SQLUnitOfWorkFactory(engine, utc_now)() as work:
        work.datasets.save(ORDERS)
    yield engine
    engine.dispose()


@pytest.fixture
def unit_of_work(engine: Engine) -> SQLUnitOfWorkFactory:
    return SQLUnitOfWorkFactory(engine, utc_now)
