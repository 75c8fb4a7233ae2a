"""What somebody else has: a Dagster project outside this repository, with an environment of its own that our wheel is installed in."""

import os
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from data_management_tests.end_to_end.dagster_dev import REPOSITORY

_UNREACHABLE = ("dns error", "error sending request", "client error (connect)", "failed to fetch", "network")

PYPROJECT = """
[project]
name = "shop"
version = "0.1.0"
requires-python = ">=3.11"

[tool.dg]
directory_type = "project"

[tool.dg.project]
root_module = "shop"
"""
DEFINITIONS = """
from pathlib import Path

from dagster import definitions, load_from_defs_folder


@definitions
def defs():
    return load_from_defs_folder(path_within_project=Path(__file__).parent)
"""


def uv(*arguments: str | Path) -> None:
    """Run uv, without which a wheel cannot be built here; where no index of packages is reached, say so and skip."""
    program = shutil.which("uv")
    assert program is not None, "uv is not on the PATH: pip install uv"
    done = subprocess.run([program, *map(str, arguments)], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if done.returncode and any(word in done.stderr.lower() for word in _UNREACHABLE):
        pytest.skip(f"the package index cannot be reached, so the wheel is not tried: {done.stderr.strip()[-500:]}")
    assert done.returncode == 0, done.stderr


def built(folder: Path) -> tuple[Path, Path]:
    """The wheel and the source distribution, built as they are released."""
    uv("build", "-q", "--out-dir", folder, REPOSITORY)
    (wheel,), (source,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, source


def names_in(archive: Path) -> set[str]:
    """The files of a wheel, or of a source distribution below its only folder."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return set(wheel.namelist())
    with tarfile.open(archive) as source:
        return {name.partition("/")[2] for name in source.getnames()}


class Environment:
    """A virtual environment with the wheel in it, and with what it declares."""

    def __init__(self, folder: Path, wheel: Path, *extras: str) -> None:
        self.folder = folder
        uv("venv", "-q", folder)
        what = f"data-management[{','.join(extras)}] @ {wheel.as_uri()}" if extras else wheel
        constraints = ("-c", REPOSITORY / "constraints.txt")
        uv("pip", "install", "-q", "--python", folder / "bin" / "python", *constraints, what)

    def call(self, program: str, *arguments: str, at: Path) -> "subprocess.CompletedProcess[str]":
        """Run one of its programs, with nothing of this process's environment that is ours or Dagster's."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DAGSTER", "DATA_MANAG", "PYTHON", "VIRTUAL_ENV", "DG_"))
        }
        kept |= {"PATH": f"{self.folder / 'bin'}{os.pathsep}{kept['PATH']}", "DAGSTER_HOME": str(_dagster_home(at))}
        kept |= {"DATA_MANAGEMENT_HOME": str(at), "DATA_MANAGEMENT_SETTLE_SECONDS": "0", "PYTHONPATH": str(at / "src")}
        return subprocess.run(
            [str(self.folder / "bin" / program), *arguments],
            cwd=at,
            env=kept,
            capture_output=True,
            text=True,
            check=False,
        )

    def ok(self, program: str, *arguments: str, at: Path) -> str:
        """What it wrote, on both streams, where all went well."""
        done = self.call(program, *arguments, at=at)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr


def _dagster_home(project: Path) -> Path:
    home = project / ".dagster_home"
    if not home.is_dir():
        home.mkdir(parents=True)
        (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    return home


def new_project(folder: Path) -> Path:
    """A project as ``create-dagster`` lays it out."""
    defs = folder / "src" / "shop" / "defs"
    defs.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (defs / "__init__.py").touch()
    (folder / "src" / "shop" / "__init__.py").touch()
    (folder / "src" / "shop" / "definitions.py").write_text(DEFINITIONS)
    return folder
