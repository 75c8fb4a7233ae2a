"""Starts a server on a free port and waits until it answers."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_PATIENCE_SECONDS = 60.0


@contextmanager
def started(command: Callable[[int], list[str]], log: Path, environment: dict[str, str] | None = None) -> Iterator[str]:
    """Base URL of the server that `command` of a port starts; it ends with the block, and with this process."""
    port = _free_port()
    leash = [sys.executable, "-m", "data_management_tests.servers.leash", *command(port)]
    with (
        log.open("wb") as output,
        subprocess.Popen(leash, stdin=subprocess.PIPE, stdout=output, stderr=output, env=environment) as process,
    ):
        assert process.stdin is not None
        try:
            _wait_for(port, process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.stdin.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    process.kill()
    raise AssertionError(f"no server answers at port {port}; it said: {log.read_text(errors='replace')[-2000:]}")
