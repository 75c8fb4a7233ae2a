"""A real ``dagster dev`` in a project of its own, spoken to through GraphQL as the UI does."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

REPOSITORY = Path(__file__).parents[2]
T = TypeVar("T")

ASSETS = """{ assetNodes {
  assetKey { path }
  dependencyKeys { path }
  isExecutable
  kinds
  assetMaterializations(limit: 1) {
    metadataEntries { label ... on FloatMetadataEntry { floatValue } ... on IntMetadataEntry { intValue }
      ... on MarkdownMetadataEntry { mdStr } }
  }
  assetChecksOrError { ... on AssetChecks { checks {
    name blocking
    executionForLatestMaterialization { status evaluation { success severity description } } } } }
} }"""
TICKS = """{ sensorsOrError(repositorySelector: {repositoryName: "__repository__", repositoryLocationName: "data_management"}) {
  ... on Sensors { results { name sensorState { status ticks(limit: 20) { status skipReason error { message } } } } } } }"""
RUNS = "{ runsOrError(limit: 100) { ... on Runs { results { runId status tags { key value } } } } }"


class DagsterDev:
    """The running server; `url` answers."""

    def __init__(self, project: Path, url: str, log: Path, process: "subprocess.Popen[bytes]") -> None:
        self.project = project
        self.process = process
        self.url = url
        self._log = log

    def ask(self, query: str) -> Any:
        request = urllib.request.Request(
            f"{self.url}/graphql", json.dumps({"query": query}).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            answer = json.load(response)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def assets(self) -> dict[str, dict[str, Any]]:
        """Asset nodes by key, ``landing/flights``."""
        return {"/".join(node["assetKey"]["path"]): node for node in self.ask(ASSETS)["assetNodes"]}

    def figures(self, key: str) -> dict[str, Any]:
        """The metadata of the latest materialization; empty where there is none."""
        latest = self.assets()[key]["assetMaterializations"]
        entries = latest[0]["metadataEntries"] if latest else []
        return {e["label"]: e.get("floatValue", e.get("intValue", e.get("mdStr"))) for e in entries}

    def catalog(self, *arguments: str) -> Any:
        """What the command line says of the project's catalog, as JSON."""
        done = subprocess.run(
            [sys.executable, "-m", "data_management.main", *arguments, "--format", "json"],
            cwd=self.project,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def wait_until(self, what: str, question: Callable[[], T], seconds: float = 240) -> T:
        """The first true answer; a failure shows the server's last words."""
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up:
            if answer := question():
                return answer
            time.sleep(1)
        tail = "\n".join(self._log.read_text(errors="replace").splitlines()[-40:])
        raise AssertionError(f"not within {seconds:g} s: {what}\n{tail}")


def copy_project(to: Path) -> Path:
    """The repository's sample project in a folder of its own."""
    for name in ("contracts", "landing"):
        shutil.copytree(REPOSITORY / name, to / name)
    for name in ("workspace.yaml", "dagster.yaml"):
        shutil.copy(REPOSITORY / name, to / name)
    return to


@contextmanager
def dagster_dev(project: Path) -> Iterator[DagsterDev]:
    """Start it in a process group of its own, wait until it answers, and end the group."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = project / "dagster_dev.log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DAGSTER", "DATA_MANAG"))}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "dagster", "dev", "--port", str(port)],
            cwd=project,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment | {"DATA_MANAGEMENT_SENSOR_INTERVAL_SECONDS": "5"},
            start_new_session=True,
        )
    server = DagsterDev(project, f"http://127.0.0.1:{port}", log, process)
    try:
        server.wait_until("dagster dev answers", lambda: _answers(server.url, process))
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=60)
        finally:
            _end(process)


def _answers(url: str, process: "subprocess.Popen[bytes]") -> bool:
    assert process.poll() is None, "dagster dev ended"
    try:
        with urllib.request.urlopen(f"{url}/server_info", timeout=5):
            return True
    except OSError:
        return False


def _end(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
