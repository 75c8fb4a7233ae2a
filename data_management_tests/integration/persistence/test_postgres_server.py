"""The tests' own server leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg


def test_a_session_that_is_killed_takes_its_server_along(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from data_management_tests.postgres import session_server_url\n"
        "print(session_server_url(Path(sys.argv[1])), flush=True); time.sleep(600)"
    )
    alone = {name: value for name, value in os.environ.items() if name != "PYTEST_XDIST_WORKER"}
    session = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], env=alone, stdout=subprocess.PIPE, text=True
    )
    assert session.stdout is not None
    url = session.stdout.readline().strip()
    with psycopg.connect(url) as connection:
        folder = connection.execute("SHOW data_directory").fetchone()
    assert folder is not None
    server = int((Path(folder[0]) / "postmaster.pid").read_text().split("\n")[0])
    session.send_signal(signal.SIGKILL)
    session.communicate()
    give_up = time.monotonic() + 60
    while psutil.pid_exists(server) or Path(folder[0]).exists():
        assert time.monotonic() < give_up, "the server outlived its session"
        time.sleep(0.05)
