"""Every code block of the documentation does what it says."""

import shutil
from pathlib import Path

import pytest

from data_management_tests.documentation import Page, environment

REPOSITORY = Path(__file__).parents[2]
PAGES = [
    path
    for path in (REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md")))
    if "```" in path.read_text()
]


@pytest.mark.end_to_end
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_does_what_it_says(path: Path, tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "clone"
    home.mkdir()
    folder.mkdir()
    if path.name == "README.md":  # whose reader stands in a clone
        for name in ("contracts", "landing", "examples"):
            shutil.copytree(REPOSITORY / name, folder / name)
    assert Page(path, folder, environment(home)).run() > 0
