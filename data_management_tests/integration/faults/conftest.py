from pathlib import Path

import pytest

from data_management.infrastructure.persistence.engine import CatalogPlace, postgres_url
from data_management.infrastructure.persistence.schema import upgrade_catalog


@pytest.fixture(params=["sqlite", "postgres"])
def current(request: pytest.FixtureRequest, tmp_path: Path) -> CatalogPlace:
    """Where an empty catalog of the current schema is."""
    if request.param == "sqlite":
        upgrade_catalog(tmp_path / "catalog.db")
        return tmp_path / "catalog.db"
    return postgres_url(request.getfixturevalue("postgres_catalog"))
