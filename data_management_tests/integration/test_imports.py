"""What Dagster and the CLI load must be light: heavy libraries are imported where they are used."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("great_expectations", "pandas", "sqlalchemy", "boto3", "botocore", "httpx", "duckdb", "pyarrow", "alembic")
PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "module",
    ["data_management.definitions", "data_management.main", "data_management.plugin", "data_management.container"],
)
def test_importing_an_entry_point_loads_nothing_heavy(module: str) -> None:
    script = f"import sys, {module}; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    # Dagster's own storage needs SQLAlchemy and Alembic in a process that opens its instance; loading definitions does not.
    assert done.stdout.strip() == "[]"


def test_help_loads_neither_dagster_nor_the_container() -> None:
    script = (
        "import sys; from data_management.main import _ContainerBackend; from data_management.presentation.cli import run_cli; "
        "run_cli(_ContainerBackend(), ['--help']); "
        "print([n for n in ('dagster', 'dependency_injector', 'open_data_contract_standard', 'rich', 'pebble') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_loads_no_command_and_no_model() -> None:
    script = (
        "import sys; from data_management.presentation.cli import run_cli; run_cli(None, ['--help']); "
        "print([n for n in ('pydantic', 'data_management.application', 'data_management.domain') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
