"""One pass from landing to catalog with everything real: files, engine, SQLite, processes."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from data_management.infrastructure.quality.reach import SPOOL_PREFIX
from data_management_tests.integration.pipeline.project import Project


def test_a_pass_judges_every_file_and_a_second_finds_nothing_new(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.drop("good.csv")
    project.drop("bad.csv", amount=-1)
    (tmp_path / "landing" / "orders" / "empty.csv").write_bytes(b"")
    code, out, err = project.call("run")
    assert code == 1, out + err
    assert "empty.csv' is empty" in err
    assert project.statuses() == {"bad.csv": ["quarantined"], "empty.csv": ["rejected"], "good.csv": ["accepted"]}
    code, out, _ = project.call("run")
    assert (code, "nothing new" in out) == (0, True)


def test_a_pass_leaves_nothing_in_the_temporary_folder(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = temporary / f"{SPOOL_PREFIX}killed"
    (left / "files").mkdir(parents=True)
    (left / "files" / "copy.csv").write_text("id")
    os.utime(left, (time.time() - 3600,) * 2)
    monkeypatch.setenv("TMPDIR", str(temporary))
    project = Project(tmp_path)
    project.drop("a.csv")
    code, out, err = project.call("run")
    assert code == 0, out + err
    assert list(temporary.iterdir()) == []


def test_a_pass_notices_what_is_gone_and_what_the_contract_learnt(tmp_path: Path) -> None:
    project = Project(tmp_path)
    gone, ragged = project.drop("gone.csv"), project.drop("ragged.csv")
    ragged.write_bytes(b"id,amount,name\n1,2,x\n3,4,y\n5,6,z,too much\n")
    assert project.call("run")[0] == 3
    gone.unlink()
    contract = tmp_path / "contracts" / "orders.yaml"
    contract.write_text(
        contract.read_text().replace(
            "format: csv", "format: csv, customProperties: [{property: badRows, value: count}]"
        )
    )
    code, out, err = project.call("run")
    assert code == 0, out + err
    assert project.statuses() == {"gone.csv": ["removed"], "ragged.csv": ["accepted"]}


def test_a_dataset_that_failed_fails_until_it_is_mended(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.drop("bad.csv", amount=-1)
    assert [project.call("run")[0] for _ in range(2)] == [1, 1]
    project.drop("bad.csv", amount=1)
    assert [project.call("run")[0] for _ in range(2)] == [0, 0]


def test_a_landing_that_is_not_there_is_said(tmp_path: Path) -> None:
    project = Project(tmp_path)
    (tmp_path / "landing" / "orders").rmdir()
    code, out, err = project.call("run")
    assert (code, "nothing new" in out) == (0, True)
    assert "landing/orders of dataset 'orders' is not there" in err


def test_reading_makes_no_catalog(tmp_path: Path) -> None:
    project = Project(tmp_path)
    code, _, err = project.call("datasets", "list")
    assert code == 4
    assert "`data-management run` makes it" in err
    assert not (tmp_path / ".data_management").exists()


def test_output_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    project = Project(tmp_path)
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "data_management.main", "db", "upgrade"],
            env={name: value for name, value in project.environment().items() if name != "PYTHONUNBUFFERED"},
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 4
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_b_a_are_three_versions(tmp_path: Path) -> None:
    project = Project(tmp_path)
    for rows in (3, 5, 3):
        project.drop("a.csv", rows=rows)
        project.call("run")
    assert project.statuses() == {"a.csv": ["superseded", "superseded", "accepted"]}
    assert project.json("datasets", "show", "orders")["files"]["rows"] == 3


def test_a_broken_contract_leaves_the_others_working(tmp_path: Path) -> None:
    project = Project(tmp_path, "orders", "returns")
    contract = tmp_path / "contracts" / "returns.yaml"
    contract.write_text(contract.read_text().replace("required", "requird"))
    project.drop("a.csv")
    code, _, err = project.call("run")
    assert code == 2
    assert f"{contract}:12" in err
    assert "did you mean 'required'?" in err
    assert project.statuses() == {"a.csv": ["accepted"]}


def test_a_run_that_is_killed_half_way_and_run_again_loses_and_doubles_nothing(tmp_path: Path) -> None:
    project, files = Project(tmp_path), 400
    for number in range(files):
        project.drop(f"{number:03}.csv", rows=200)
    process = project.start("run")
    accepted = _wait_for_some(project, process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert 0 < accepted < files
    time.sleep(2.5)  # the lease of the dead runs out
    code, out, err = project.call("run")
    assert code == 0, out + err
    assert project.statuses() == {f"{number:03}.csv": ["accepted"] for number in range(files)}
    detail = project.json("datasets", "show", "orders")
    assert {total["evaluated"] for total in detail["totals"]} == {files * 200}
    assert {total["passed"] for total in detail["totals"]} == {files}


def test_two_runs_at_once_judge_every_file_once(tmp_path: Path) -> None:
    project, files = Project(tmp_path), 60
    for number in range(files):
        project.drop(f"{number:03}.csv")
    project.call("db", "upgrade")
    processes = [project.start("run", "--format", "json", lease_seconds=60) for _ in range(2)]
    answers = [process.communicate(timeout=240) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], answers
    judged = sum(out.count('"status": "accepted"') for out, _ in answers)
    assert judged == files
    assert project.json("datasets", "show", "orders")["files"]["accepted"] == files


def test_a_file_that_grows_while_we_look_is_read_when_it_is_whole(tmp_path: Path) -> None:
    project = Project(tmp_path)
    path = project.drop("growing.csv", rows=0)
    done = threading.Event()

    def write() -> None:
        with path.open("a") as file:
            for row in range(30):
                file.write(f"{row},1.5\n")
                file.flush()
                time.sleep(0.1)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not done.is_set():
        project.call("run", settle_seconds=1.5)
    writer.join()
    time.sleep(1.6)
    project.call("run", settle_seconds=1.5)
    assert project.statuses() == {"growing.csv": ["accepted"]}
    assert project.json("datasets", "show", "orders")["files"]["rows"] == 30


def test_ctrl_c_gives_the_batch_back_in_one_line(tmp_path: Path) -> None:
    project = Project(tmp_path)
    for number in range(400):
        project.drop(f"{number:03}.csv", rows=500)
    process = project.start("run", lease_seconds=600)
    _wait_for_some(project, process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "stopping; a second Ctrl-C ends at once" in err.splitlines()
    assert err.splitlines()[-1] == "error: interrupted"
    assert "Traceback" not in err
    code, out, err = project.call("run")
    assert code == 0, out + err
    assert project.json("datasets", "show", "orders")["files"]["accepted"] == 400


def test_names_are_data(tmp_path: Path) -> None:
    project = Project(tmp_path)
    names = ["with space.csv", "quo'te\".csv", "ünï.csv", "a#b?c%20.csv", "; DROP TABLE x --.csv", "new\nline.csv"]
    paths = [project.drop(name) for name in names]
    code, out, err = project.call("run")
    assert code == 0, out + err
    assert project.json("datasets", "list")[0]["files"]["accepted"] == len(names)
    shown = project.json("assets", "show", str(paths[1]))
    assert (shown["status"], shown["rows"]) == ("accepted", 3)


def _wait_for_some(project: Project, process: "subprocess.Popen[str]") -> int:
    """How many files are accepted, as soon as some are; the process goes on meanwhile.

    Asked of the catalog's file: another process of ours would take until the run is over.
    """
    catalog = project.home / ".data_management" / "catalog.db"
    give_up = time.monotonic() + 120
    while time.monotonic() < give_up:
        assert process.poll() is None, process.communicate()
        with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{catalog}?mode=ro", uri=True)) as connection:
            accepted = connection.execute("SELECT count(*) FROM data_assets WHERE status = 'accepted'").fetchone()[0]
            if accepted:
                return int(accepted)
        time.sleep(0.02)
    raise AssertionError("nothing was accepted within two minutes")


def test_a_run_tells_how_the_columns_of_a_new_file_differ(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    project = Project(tmp_path)
    contract = tmp_path / "contracts" / "orders.yaml"
    contract.write_text(contract.read_text().replace("*.csv, format: csv", "*.parquet, format: parquet"))
    landing = tmp_path / "landing" / "orders"
    pq.write_table(pa.table({"id": [1, 2], "amount": [1.5, 2.5], "note": ["a", "b"]}), landing / "1.parquet")
    (first,) = project.json("run")
    assert first["judged"][0]["schema_changes"] == []
    pq.write_table(pa.table({"amount": [1.5, 2.5], "id": ["1", "2"], "more": [1, 2]}), landing / "2.parquet")
    (second,) = project.json("run")
    assert second["judged"][0]["status"] == "accepted"
    assert second["judged"][0]["schema_changes"] == [
        "column 'more' was added",
        "column 'note' was removed (breaking)",
        "column 'id' was BIGINT and is VARCHAR (breaking)",
        "its columns stand in another order",
    ]
    pq.write_table(pa.table({"id": [1, 2], "amount": [1.5, 2.5]}), landing / "3.parquet")
    code, _, err = project.call("run")
    assert code == 0
    assert "orders: file:///" in err
    assert "3.parquet has other columns than before: column 'more' was removed (breaking)" in err
    columns = {each["name"]: each for each in project.json("assets", "show", str(landing / "2.parquet"))["columns"]}
    assert columns["id"] == {"name": "id", "type": "BIGINT", "stored_type": "VARCHAR"}


def test_the_profile_of_a_dataset_shows_types_and_how_sure_an_estimate_is(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.drop("one.csv", rows=300)
    project.drop("two.csv", rows=400)
    assert project.call("run")[0] == 0
    found = project.json("datasets", "profile", "orders")
    assert [(column["name"], column["type"]) for column in found["columns"]] == [("id", "BIGINT"), ("amount", "DOUBLE")]
    assert found["columns"][0]["distinct_error"] > 0
    _, out, _ = project.call("datasets", "profile", "orders")
    row = next(line for line in out.splitlines() if "│ id " in line)
    assert "BIGINT" in row
    assert f"~{found['columns'][0]['distinct']} ±{found['columns'][0]['distinct_error']:.0%}" in row


@pytest.mark.parametrize("length", [75, 76])
def test_a_temporary_folder_too_deep_for_sockets_is_named(tmp_path: Path, temporary: Path, length: int) -> None:
    project = Project(tmp_path)
    project.drop("good.csv")
    deep = temporary / ("x" * (length - len(str(temporary)) - 1))
    deep.mkdir()
    process = subprocess.run(
        [sys.executable, "-m", "data_management.main", "run"],
        check=False,
        cwd=project.home,
        env=project.environment() | {"TMPDIR": str(deep)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    if length == 75:
        assert process.returncode == 0, process.stderr
    else:
        assert process.returncode == 4
        assert "the path of the temporary folder has 76 bytes" in process.stderr
        assert project.statuses() == {"good.csv": ["arrived"]}
