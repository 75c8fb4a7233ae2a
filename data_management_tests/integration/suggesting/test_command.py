"""``data-management contract suggest`` as a process, with the real engine."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]


def run(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "data_management.main", *arguments],
        cwd=PROJECT,
        env={**os.environ, "DATA_MANAGEMENT_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.end_to_end
def test_a_contract_is_suggested_written_and_kept(tmp_path: Path) -> None:
    output = tmp_path / "planes.odcs.yaml"
    landing = str(PROJECT / "landing/planes/*.parquet")
    done = run("contract", "suggest", "landing/planes", "--landing", landing, "--output", str(output), home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "left out: 'planes_embraer.parquet'" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["planes.odcs.yaml"]
    good = str(PROJECT / "landing/planes/planes_airbus.parquet")
    validated = run("validate", good, "--contract", str(output), "--format", "json", home=tmp_path)
    assert [file["verdict"] for file in json.loads(validated.stdout)] == ["pass"]

    before = output.read_text()
    again = run("contract", "suggest", good, "--output", str(output), home=tmp_path)
    assert again.returncode == 2
    assert "give --force to replace it" in again.stderr
    assert output.read_text() == before
    assert run("contract", "suggest", good, "--output", str(output), "--force", home=tmp_path).returncode == 0
    assert output.read_text() != before
    assert output.read_text().startswith("# Suggested by data-management from 736 rows of 1 file.\n")
    assert "# It names no server" in output.read_text()


@pytest.mark.end_to_end
def test_json_says_confidence_and_reason_of_each_rule(tmp_path: Path) -> None:
    done = run("contract", "suggest", "landing/planes/planes_airbus.parquet", "--format", "json", home=tmp_path)
    said = json.loads(done.stdout)
    assert (said["name"], said["files"], said["rows"]) == ("planes_airbus", 1, 736)
    unique = next(rule for rule in said["rules"] if rule["kind"] == "unique")
    assert (unique["column"], unique["active"], unique["holds"]) == ("tailnum", True, True)
    assert unique["confidence"] == pytest.approx(0.9948, abs=1e-4)
    assert "736 values" in unique["reason"]


@pytest.mark.end_to_end
def test_nothing_readable_exits_with_three(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("")
    done = run("contract", "suggest", str(tmp_path / "empty.csv"), home=tmp_path)
    assert (done.returncode, done.stdout) == (3, "")
    assert "left out: 'empty.csv'" in done.stderr


@pytest.mark.end_to_end
def test_files_of_several_datasets_are_doubted(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("id,amount,day\n1,2.5,2024-01-01\n")
    (tmp_path / "people.csv").write_text("id,height,team\n1,180,a\n")
    done = run("contract", "suggest", str(tmp_path), home=tmp_path)
    assert done.returncode == 0
    assert done.stderr == (
        "warning: the files have less than half of their columns in common; if they are of several datasets, suggest a "
        "contract for each\n"
    )
