from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from data_management.infrastructure.data_sources.sql import SQLUnitOfWorkFactory
from data_management.infrastructure.persistence.schema import open_catalog
from data_management_tests.port_tests.examples import ORDERS


@pytest.fixture(params=["sqlite"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A catalog with one dataset."""
    engine = open_catalog(tmp_path / "catalog.db", embedded=True)
    with SQLUnitOfWorkFactory(engine)() as work:
        work.datasets.save(ORDERS)
    yield engine
    engine.dispose()


@pytest.fixture
def unit_of_work(engine: Engine) -> SQLUnitOfWorkFactory:
    return SQLUnitOfWorkFactory(engine)
