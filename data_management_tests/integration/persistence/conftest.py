from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from data_management.infrastructure.data_sources.sql import SQLUnitOfWorkFactory
from data_management.infrastructure.persistence.schema import open_catalog
from data_management_tests.port_tests.examples import CUSTOMERS, ORDERS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "catalog.db"


@pytest.fixture
def engine(path: Path) -> Iterator[Engine]:
    """A catalog with two datasets."""
    engine = open_catalog(path, embedded=True)
    with SQLUnitOfWorkFactory(engine)() as work:
        work.datasets.save(ORDERS)
        work.datasets.save(CUSTOMERS)
    yield engine
    engine.dispose()
