import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

PROCESSES, FILES = 20, 50


def start(path: Path, seed: int, files: int) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-m",
        "data_management_tests.integration.persistence.writer",
        str(path),
        str(seed),
        str(files),
    ]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def test_many_processes_that_create_and_fill_one_catalog_record_each_file_once(path: Path) -> None:
    processes = [start(path, seed, FILES) for seed in range(PROCESSES)]
    complaints = [process.communicate(timeout=120)[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * PROCESSES, complaints
    with closing(sqlite3.connect(path)) as connection:
        for query, expected in [
            ("SELECT count(*) FROM data_assets", FILES),
            ("SELECT count(DISTINCT location) FROM data_assets WHERE is_current", FILES),
            ("SELECT count(*) FROM arrivals", FILES),
            ("SELECT count(*) FROM outbox", FILES),
            ("PRAGMA integrity_check", "ok"),
        ]:
            assert connection.execute(query).fetchone() == (expected,), query
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
