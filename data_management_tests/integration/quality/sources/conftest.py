from collections.abc import Iterator
from pathlib import Path

import pytest

from data_management.infrastructure.quality.sources.plain import Spool
from data_management.infrastructure.quality.sources.spool import private_spool


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
