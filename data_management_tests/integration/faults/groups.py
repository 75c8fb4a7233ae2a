"""Starts process groups (`crashing`) and kills them."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from data_management.infrastructure.quality.reach import SPOOL_PREFIX
from data_management_tests.integration.pipeline.project import Project


class Groups:
    """`home` holds what they are told of their outcomes and what they complain of."""

    def __init__(self, project: Project, home: Path, spools: Path) -> None:
        self.spools = spools
        self._living: set[int] = set()
        self.acknowledged = home / "acknowledged"
        self.acknowledged.touch()
        self.complaints = home / "complaints"
        command = [sys.executable, "-m", "data_management_tests.integration.faults.crashing", str(self.acknowledged)]
        with self.complaints.open("w") as complaints:
            self._process = subprocess.Popen(
                command,
                cwd=Path(__file__).parents[3],
                env=project.environment() | {"TMPDIR": str(self.spools)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
            )
        self._answer()

    def start(self, *roles: str) -> int:
        group = int(self._ask(start=roles)["group"])
        self._living.add(group)
        return group

    def kill(self, group: int) -> None:
        os.killpg(group, signal.SIGKILL)
        self._living.discard(group)
        self._ask(stop=group, killed=True)
        while members(group):
            time.sleep(0.005)

    def end(self, group: int) -> list[int]:
        """By SIGTERM; the exit statuses."""
        self._living.discard(group)
        return list(self._ask(stop=group)["ended"])

    def run(self, role: str) -> int:
        """A role that ends by itself; its exit status."""
        group = self.start(role)
        (status,) = self._ask(stop=group, killed=True)["ended"]
        self._living.discard(group)
        return int(status)

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        for group in self._living:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        self._process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()

    def _ask(self, **question: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, self.complaints.read_text()
        answer: dict[str, Any] = json.loads(line)
        return answer


def members(group: int) -> list[int]:
    """Processes of this group that live."""
    living = []
    for process in psutil.process_iter(["pid", "status"]):
        with suppress(ProcessLookupError):
            if os.getpgid(process.pid) == group and process.info["status"] != psutil.STATUS_ZOMBIE:
                living.append(process.pid)
    return living


def leftovers(spools: Path) -> list[Path]:
    """What killed processes left there; it looks old from now on, so that the next one removes it."""
    left = [path for path in spools.iterdir() if path.name.startswith(SPOOL_PREFIX)]
    long_ago = time.time() - 3600
    for folder in left:
        with suppress(FileNotFoundError):
            os.utime(folder, (long_ago, long_ago))
    return left
