from collections.abc import Iterator
from pathlib import Path

import pytest

from data_management.infrastructure.quality.sources.plain import Spool
from data_management.infrastructure.quality.sources.spool import private_spool
from data_management_tests.integration.quality.sources.csv_examples import Reader


@pytest.fixture
def spool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spool]:
    with private_spool(1 << 30, tmp_path_factory.mktemp("spool")) as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the files lie: a folder whose name SQL, globs and partitions would read."""
    found = tmp_path / "it's [a] year=2024 * ?"
    found.mkdir()
    return found


@pytest.fixture(params=["small", "large"])
def reader(request: pytest.FixtureRequest, tmp_path: Path) -> Reader:
    """Both ways of a CSV file: parsed in memory, and scanned by DuckDB where it lies."""
    return Reader(tmp_path, large=request.param == "large")
