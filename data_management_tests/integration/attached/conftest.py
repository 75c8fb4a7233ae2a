from pathlib import Path

import pytest

from data_management_tests.integration.attached.project import CONTRACT


@pytest.fixture
def contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A contract's file in a project of its own."""
    monkeypatch.setenv("DATA_MANAGEMENT_HOME", str(tmp_path))
    path = tmp_path / "shop.odcs.yaml"
    path.write_text(CONTRACT)
    return path
