"""The reference is what the code says."""

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "docs" / "reference.py"
SPEC = importlib.util.spec_from_file_location("reference", SCRIPT)
assert SPEC is not None
assert SPEC.loader is not None
reference = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(reference)


@pytest.mark.parametrize("name", reference.PAGES)
def test_a_page_of_the_reference_is_up_to_date(name: str) -> None:
    written = (SCRIPT.parent / "reference" / name).read_text()
    assert written == reference.NOTE + reference.PAGES[name]() + "\n", "run: .venv/bin/python docs/reference.py"
