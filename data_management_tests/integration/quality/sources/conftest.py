from pathlib import Path

import pytest

from data_management_tests.integration.quality.sources.examples import Reader


@pytest.fixture(params=["small", "large"])
def reader(request: pytest.FixtureRequest, tmp_path: Path) -> Reader:
    """Both ways of a file: parsed in memory, and scanned by DuckDB where it lies."""
    return Reader(tmp_path, large=request.param == "large")
