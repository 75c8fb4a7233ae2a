"""The command as a process: signals, pipes, colours, a project from nothing."""

import contextlib
import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from click.shell_completion import get_completion_class

from data_management.presentation.cli.exit_codes import ExitCode
from data_management_tests.integration.pipeline.project import Project

COMMAND = [sys.executable, "-m", "data_management.main"]
ROOT = Path(__file__).parents[3]


def environment(**more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DATA_MANAGEMENT", "NO_COLOR", "FORCE_COLOR"))}
    return kept | {"PYTHONPATH": str(ROOT), **more}


def call(folder: Path, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env=environment(**more),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_doctor_says_which_setting_is_wrong(tmp_path: Path) -> None:
    said = call(tmp_path, "doctor", "--format", "json", DATA_MANAGEMENT_LEASE_SECONDS="soon")
    (finding,) = json.loads(said.stdout)
    assert (said.returncode, finding["subject"], finding["condition"]) == (4, "settings", "failure")
    assert "DATA_MANAGEMENT_LEASE_SECONDS" in finding["message"]
    elsewhere = call(tmp_path, "doctor", DATA_MANAGEMENT_URL="http://127.0.0.1:9")
    assert (elsewhere.returncode, elsewhere.stderr[:36]) == (2, "error: this works on the local catal")


class TestSignals:
    def test_terminated_a_run_gives_its_files_back(self, tmp_path: Path) -> None:
        project = Project(tmp_path)
        for number in range(120):
            project.drop(f"{number:03}.csv", rows=500)
        process = project.start("run", lease_seconds=600)
        _wait_for_the_first_judged(project)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
        assert process.returncode == ExitCode.TERMINATED
        assert "stopping; a second SIGTERM ends at once" in err.splitlines()
        assert "Traceback" not in err
        (pending,) = project.json("datasets", "pending")
        assert pending["held_by"] == []
        code, out, err = project.call("run")
        assert code == 0, out + err
        assert project.json("datasets", "show", "orders")["files"]["accepted"] == 120

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_a_server_ends_when_it_is_asked_to(self, tmp_path: Path, number: signal.Signals) -> None:
        project = Project(tmp_path)
        process = project.start("serve", "--dev", "--port", "0")
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(3)]
        assert said[-1].startswith("Pages to look at")
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 128 + number, err
        assert err.startswith("stopping; a second ")
        assert all(not key["in_force"] for key in project.json("keys", "list")), "the key of the moment went with it"

    @pytest.mark.parametrize("what", ["contract", "suite"])
    def test_ctrl_c_leaves_no_half_contract(self, tmp_path: Path, what: str) -> None:
        project = Project(tmp_path)
        for number in range(60):
            project.drop(f"{number:03}.csv", rows=2000)
        if what == "contract":
            process = project.start("contract", "suggest", "landing/orders", "--output", "new.yaml")
        else:
            process = project.start("validate", "landing/orders", "--format", "jsonl")
        _wait_for_workers(process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert process.returncode in (130, 0), err
        if process.returncode == 130:
            assert err.splitlines()[-1] == "error: interrupted"
            assert "Traceback" not in err
        assert not list(tmp_path.glob(".new.yaml*"))
        assert process.returncode == 0 or not (tmp_path / "new.yaml").exists()
        for line in out.splitlines():
            json.loads(line)


def _wait_for_the_first_judged(project: Project) -> None:
    """Asked of the file itself: another process of ours would take until the run is over."""
    catalog = project.home / ".data_management" / "catalog.db"
    give_up = time.monotonic() + 120
    while time.monotonic() < give_up:
        with (
            contextlib.suppress(sqlite3.Error),
            contextlib.closing(sqlite3.connect(f"file:{catalog}?mode=ro", uri=True)) as connection,
        ):
            if connection.execute("SELECT count(*) FROM validations").fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("nothing was judged within two minutes")


def _wait_for_workers(process: "subprocess.Popen[str]") -> None:
    watched = psutil.Process(process.pid)
    give_up = time.monotonic() + 60
    while not watched.children() and time.monotonic() < give_up:
        time.sleep(0.02)


class TestPipes:
    @pytest.fixture
    def much(self, tmp_path: Path) -> Path:
        """A contract with more to say than a pipe holds."""
        columns = "".join(f"      - {{name: '{'c' * 100}{number}', logicalType: strin}}\n" for number in range(450))
        path = tmp_path / "much.yaml"
        path.write_text(
            f"apiVersion: v3.1.0\nkind: DataContract\nid: x\nversion: 1.0.0\nschema:\n  - name: a\n    properties:\n{columns}"
        )
        return path

    @pytest.mark.parametrize("style", ["table", "json", "jsonl", "csv"])
    def test_a_reader_that_leaves_is_nothing_to_complain_about(self, much: Path, style: str) -> None:
        with subprocess.Popen(
            [*COMMAND, "contract", "lint", str(much), "--format", style],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            assert len(process.stdout.read(10)) == 10
            process.stdout.close()
            assert process.stderr.read() == b""
            assert process.wait(60) == 0

    def test_a_terminal_of_ascii_gets_ascii(self, tmp_path: Path) -> None:
        (tmp_path / "a.csv").write_text("id\n1\n")
        said = call(tmp_path, "validate", "a.csv", PYTHONIOENCODING="ascii")
        assert (said.returncode, said.stderr) == (0, "")
        assert said.stdout.isascii()
        assert "\\u" not in said.stdout

    def test_help_for_a_reader_that_leaves(self, tmp_path: Path) -> None:
        done = subprocess.run(
            ["bash", "-c", '"$@" | head -c 0; exit ${PIPESTATUS[0]}', "-", *COMMAND, "--help"],
            capture_output=True,
            env=environment(),
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")

    @pytest.mark.parametrize("closed", ["0<&- 1>&- 2>&-", "1>&-", "2>&-"])
    def test_closed_streams_are_nothing_to_complain_about(self, tmp_path: Path, closed: str) -> None:
        """And what is written to them ends in no file of ours."""
        project = Project(tmp_path)
        project.drop("a.csv")
        for command in (["run"], ["events", "tail"], ["datasets", "list"]):
            done = subprocess.run(
                ["bash", "-c", f'"$@" {closed}', "-", *COMMAND, *command],
                capture_output=True,
                env=project.environment(log_level="ERROR"),
                cwd=tmp_path,
                check=False,
                timeout=120,
            )
            assert (done.returncode, done.stderr) == (0, b""), command
        assert project.json("datasets", "show", "orders")["files"]["accepted"] == 1

    def test_a_terminal_gets_colours_unless_told_otherwise_and_a_pipe_none(self, tmp_path: Path) -> None:
        project = Project(tmp_path)
        project.drop("a.csv")
        code, out, err = project.call("run", log_level="ERROR")
        assert (code, err) == (0, ""), "no progress either"
        assert "\x1b" not in out
        assert b"\x1b[32m" in _on_a_terminal(project, "datasets", "list")
        assert b"\x1b[32m" not in _on_a_terminal(project, "datasets", "list", NO_COLOR="1")


def _on_a_terminal(project: Project, *arguments: str, **more: str) -> bytes:
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        env=project.environment() | {"TERM": "xterm-256color", "COLUMNS": "60"} | more,
        stdout=slave,
        stderr=slave,
        cwd=project.home,
    )
    os.close(slave)
    shown = b""
    while chunk := _read(master):
        shown += chunk
    os.close(master)
    assert process.wait(60) == 0
    return shown


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # how Linux says that the terminal is closed
        return b""


class TestInit:
    def test_a_project_from_nothing_runs_at_once(self, tmp_path: Path) -> None:
        home = tmp_path / "new" / "project"
        assert call(tmp_path, "init", str(home)).returncode == 0
        assert call(home, "contract", "lint", "--strict").returncode == 0
        said = call(home, "run", "--format", "json", DATA_MANAGEMENT_SETTLE_SECONDS="0")
        assert said.returncode == 0, said.stderr
        (run,) = json.loads(said.stdout)
        assert [outcome["status"] for outcome in run["judged"]] == ["accepted", "accepted"]
        assert run["verdict"] == "pass"

    def test_dagster_finds_in_it_what_it_needs(self, tmp_path: Path) -> None:
        call(tmp_path, "init")
        for name in ("workspace.yaml", "dagster.yaml"):
            assert (tmp_path / name).read_text() == (ROOT / name).read_text()
        script = "from data_management.definitions import defs; print([str(k) for k in defs.resolve_all_asset_keys()])"
        said = subprocess.run(
            [sys.executable, "-c", script], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
        )
        assert "['orders']" in said.stdout, said.stderr

    def test_a_contract_is_suggested_from_files_that_lie_there(self, tmp_path: Path) -> None:
        (tmp_path / "in").mkdir()
        (tmp_path / "in" / "a.csv").write_text("id,name\n" + "".join(f"{n},x{n}\n" for n in range(50)))
        said = call(tmp_path, "init", "--from", "in")
        assert said.returncode == 0, said.stderr
        assert (tmp_path / "contracts" / "a.odcs.yaml").exists()
        assert not (tmp_path / "landing").exists()
        (run,) = json.loads(call(tmp_path, "run", "--format", "json", DATA_MANAGEMENT_SETTLE_SECONDS="0").stdout)
        assert [outcome["status"] for outcome in run["judged"]] == ["accepted"]


def test_a_shell_completes_commands_and_names_of_datasets(tmp_path: Path) -> None:
    project = Project(tmp_path, "orders", "returns")
    project.call("datasets", "register")

    def completed(words: str) -> str:
        asked = {
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split()) - 1),
            "_DATA_MANAGEMENT_COMPLETE": "bash_complete",
        }
        return subprocess.run(
            COMMAND, env=project.environment() | asked, cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout

    assert completed("data-management data") == "plain,datasets\n"
    assert completed("data-management datasets show o") == "plain,orders\n"
    assert completed("data-management run --dataset r") == "plain,returns\n"
    for shell in ("bash", "zsh", "fish"):
        assert get_completion_class(shell) is not None
        assert "_DATA_MANAGEMENT_COMPLETE" in call(tmp_path, "completion", shell).stdout
