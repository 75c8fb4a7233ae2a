"""``data-management init``: all or nothing, and never over what is there."""

import importlib
from pathlib import Path
from typing import Any

import pytest

from data_management_tests.unit.presentation.backend import Shell

INIT = importlib.import_module("data_management.presentation.cli.init")
CONTRACT = Path("contracts/orders.odcs.yaml")


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_what_is_there_is_replaced_by_force_alone(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / CONTRACT).write_text("mine")
    said = shell("init", str(tmp_path))
    assert said.code == 2
    assert str(CONTRACT) in said.err
    assert files(tmp_path) == {"contracts", str(CONTRACT)}
    assert (tmp_path / CONTRACT).read_text() == "mine"
    assert shell("init", str(tmp_path), "--force").code == 0
    assert (tmp_path / CONTRACT).read_text().startswith("# A data contract")


def test_a_link_is_there_too(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / ".gitignore").symlink_to(tmp_path / "nowhere")
    assert shell("init", str(tmp_path)).code == 2
    assert files(tmp_path) == {".gitignore"}


def test_other_files_are_left_alone(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    said = shell("init", str(tmp_path))
    assert said.code == 0
    assert "data-management run" in said.out
    assert (tmp_path / "README.md").read_text() == "mine"


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError("disk full")])
def test_interrupted_it_leaves_nothing(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    write, written = INIT.write_whole, []

    def breaking(output: Path, text: str, **how: Any) -> None:
        if len(written) == 4:
            raise error
        written.append(output)
        write(output, text, **how)

    monkeypatch.setattr(INIT, "write_whole", breaking)
    (tmp_path / "kept").touch()
    assert shell("init", str(tmp_path / "a" / "b")).code in (4, 130)
    assert len(written) == 4
    assert files(tmp_path) == {"kept"}


def test_a_folder_that_cannot_be_made_is_named(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = shell("init", str(tmp_path / "file" / "x"))
    assert said.code == 2
    assert "file" in said.err


def test_samples_of_two_folders_are_two_contracts(shell: Shell, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.csv").touch()
    said = shell("init", str(tmp_path / "p"), "--from", str(tmp_path / "a/x.csv"), "--from", str(tmp_path / "b/x.csv"))
    assert said.code == 2
    assert "several folders" in said.err
    assert not (tmp_path / "p").exists()
