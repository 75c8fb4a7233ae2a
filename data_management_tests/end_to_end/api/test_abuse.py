"""Clients that send too much, too slowly, or never stop: refused or served, in bounded memory.

Smaller numbers every day; those of the promise with ``GUARANTEES=full``.
"""

import contextlib
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import psutil
import pytest

from data_management.application.services import Application
from data_management.presentation.api.serving import GuardedProtocol
from data_management_tests.end_to_end.api.conftest import application, fill, options
from data_management_tests.end_to_end.api.server import Server, served
from data_management_tests.end_to_end.api.test_writing import YAML, plain
from data_management_tests.integration.pipeline.project import Project

FULL = os.environ.get("GUARANTEES") == "full"
BODY_MB = 1024 if FULL else 48
PARTS = 10_000 if FULL else 2_000
CONNECTIONS = 200 if FULL else 60
CLIENTS, WRITES = (32, 100) if FULL else (8, 8)
MOST_GROWTH_MB = 64
MB = 1024 * 1024
one_worker = pytest.mark.xdist_group("abuse")  # its server is slow to start


@dataclass
class Process:
    """The real command, as a process of its own, and what it ever held."""

    url: str
    key: str
    process: psutil.Process
    peak: int = 0
    base: int = 0

    def watch(self, until: threading.Event) -> None:
        while not until.wait(0.02):
            self.peak = max(self.peak, self.process.memory_info().rss)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.url.removeprefix("http://").split(":")
        return host, int(port)

    def is_well(self) -> bool:
        return httpx.get(f"{self.url}/v1/datasets", headers=self.headers, timeout=30).status_code == 200


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    project = Project(tmp_path_factory.mktemp("served"), "orders", "returns")
    with application(project.home) as app:
        fill(app, project)
    serving = project.start("serve", "--dev", "--port", "0", log_level="ERROR")  # nobody reads what it logs
    assert serving.stdout is not None
    try:
        key = serving.stdout.readline().strip().rpartition(" ")[2]
        url = serving.stdout.readline().split()[2].removesuffix("/v1,")
        process = Process(url, key, psutil.Process(serving.pid))
        for _ in range(20):
            assert process.is_well()
        with ThreadPoolExecutor(40) as pool:  # all threads that it will ever have
            list(pool.map(lambda _: process.is_well(), range(80)))
        process.base = process.process.memory_info().rss
        yield process
    finally:
        serving.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            serving.communicate(timeout=30)
        serving.kill()


@pytest.fixture
def running(serving: Process) -> Iterator[Process]:
    """It may never grow by more than the promise, over all tests here together."""
    serving.peak = 0
    stop = threading.Event()
    watcher = threading.Thread(target=serving.watch, args=(stop,))
    watcher.start()
    yield serving
    stop.set()
    watcher.join()
    grown = (serving.peak - serving.base) / MB
    print(f"memory is {grown:.1f} MB over the base")  # noqa: T201  shown with -rP
    assert grown < MOST_GROWTH_MB


@one_worker
def test_a_body_without_an_end_is_refused(running: Process) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < BODY_MB * MB:
            sent += MB
            yield b"x" * MB

    for _ in range(1 if FULL else 2):
        sent = 0
        with contextlib.suppress(httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
            headers = running.headers | YAML
            answer = httpx.post(f"{running.url}/v1/datasets", content=endless(), headers=headers, timeout=60)
            assert answer.status_code == 413
        assert sent < 64 * MB
    assert running.is_well()


@one_worker
def test_a_body_that_says_how_large_it_is_is_refused_before_it_comes(running: Process) -> None:
    with socket.create_connection(running.address, timeout=30) as connection:
        head = f"POST /v1/datasets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {running.key}\r\n"
        connection.sendall(f"{head}Content-Type: application/yaml\r\nContent-Length: {BODY_MB * MB}\r\n\r\n".encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 413")
        connection.settimeout(10)
        with contextlib.suppress(ConnectionResetError):
            while connection.recv(65536):
                pass
    assert running.is_well()


@one_worker
def test_many_parts_of_a_form_are_no_contract(running: Process) -> None:
    parts = "".join(
        f'--b\r\nContent-Disposition: form-data; name="f{number}"; filename="{number}"\r\n\r\nx\r\n'
        for number in range(PARTS)
    )
    headers = running.headers | {"Content-Type": "multipart/form-data; boundary=b"}
    for path in ("/v1/datasets", "/v1/data-assets"):
        answer = httpx.post(f"{running.url}{path}", content=f"{parts}--b--\r\n", headers=headers, timeout=60)
        assert answer.status_code in (413, 415, 422)
    assert running.is_well()


@one_worker
def test_many_connections_that_say_nothing_or_read_nothing_hinder_nobody(running: Process) -> None:
    with contextlib.ExitStack() as stack:
        for number in range(CONNECTIONS):
            connection = stack.enter_context(socket.create_connection(running.address, timeout=30))
            request = f"GET /v1/datasets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {running.key}\r\n"
            if number % 4 == 1:
                connection.sendall(request.encode())  # the head does not end
            elif number % 4 == 2:
                connection.sendall(request.encode() + b"\r\n")  # the answer is not read
            elif number % 4 == 3:
                post = (
                    request.replace("GET", "POST")
                    + "Content-Type: application/yaml\r\nContent-Length: 1000000\r\n\r\nx"
                )
                connection.sendall(post.encode())  # the body does not come
        for _ in range(5):
            assert running.is_well()


def test_who_goes_away_is_no_error(sqlite_shared: Server, capfd: pytest.CaptureFixture[str]) -> None:
    address = sqlite_shared.url.removeprefix("http://").split(":")
    head = f"POST /v1/datasets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {sqlite_shared.key('editor')}\r\n"
    with socket.create_connection((address[0], int(address[1])), timeout=10) as connection:
        connection.sendall(f"{head}Content-Type: application/yaml\r\nContent-Length: 100\r\n\r\nx".encode())
        time.sleep(0.3)
    with sqlite_shared.client("reader") as client:
        assert client.get("/v1/datasets").status_code == 200
    told = "".join(capfd.readouterr())
    assert "a client went away" in told
    assert "Traceback" not in told


@one_worker
def test_deep_and_wide_contracts_are_refused(running: Process) -> None:
    bombs = [
        "a: &a [x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)),
        "[" * 100_000,
        "{a: " * 50_000,
        "- " * 100_000,
        "a: " + "x" * 900_000,
        "\n".join(f"k{n}: {n}" for n in range(70_000)),
    ]
    for bomb in bombs:
        answer = httpx.post(f"{running.url}/v1/datasets", content=bomb, headers=running.headers | YAML, timeout=60)
        assert answer.status_code == 422, answer.text[:200]
    deep = httpx.post(
        f"{running.url}/v1/data-assets",
        content="[" * 500_000,
        headers=running.headers | {"Content-Type": "application/json"},
        timeout=60,
    )
    assert deep.status_code in (400, 422)
    assert running.is_well()


def test_who_is_slow_is_let_go(filled: Application, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GuardedProtocol, "head_seconds", 0.5)
    monkeypatch.setattr(GuardedProtocol, "drain_seconds", 0.5)
    chosen = options(project)
    with served(filled, options=type(chosen)(chosen.contracts_folder, most_body_seconds=0.5)) as server:
        address = server.url.removeprefix("http://").split(":")
        key = server.key("editor")
        request = f"POST /v1/datasets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
        body = "Content-Type: application/yaml\r\nContent-Length: 100\r\n\r\n"

        def told(*parts: str) -> bytes:
            """What the server says until it closes, to parts that come 0.2 s apart and then no more."""
            with socket.create_connection((address[0], int(address[1])), timeout=10) as connection:
                answer = b""
                with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                    for part in parts:
                        connection.sendall(part.encode())
                        time.sleep(0.2)
                    while chunk := connection.recv(65536):
                        answer += chunk
                return answer

        assert told() == b""
        assert told(*"GET / HTTP/1.1\r\n") == b""
        assert told(request + body, "x").startswith(b"HTTP/1.1 408")
        with server.client("reader") as client:
            assert client.get("/v1/datasets").status_code == 200


def test_who_does_not_read_is_let_go(sqlite_shared: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    given_up = threading.Event()
    give_up = GuardedProtocol._give_up

    def giving_up(protocol: GuardedProtocol) -> None:
        give_up(protocol)
        given_up.set()

    monkeypatch.setattr(GuardedProtocol, "drain_seconds", 0.5)
    monkeypatch.setattr(GuardedProtocol, "_give_up", giving_up)
    address = sqlite_shared.url.removeprefix("http://").split(":")
    request = f"GET /v1/openapi.json HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {sqlite_shared.key('reader')}\r\n\r\n"
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(20)
        connection.connect((address[0], int(address[1])))
        with contextlib.suppress(ConnectionResetError, BrokenPipeError, TimeoutError):
            for _ in range(400):
                connection.sendall(request.encode())
        assert given_up.wait(60)
        total = 0
        with contextlib.suppress(ConnectionResetError):
            while chunk := connection.recv(65536):
                total += len(chunk)
    assert total < 400 * 40_000  # the connection was given up


def test_no_change_is_lost_and_no_stale_one_gets_through(server: Server) -> None:
    """Guarantee 5."""
    with server.client("editor") as client:
        first = client.put("/v1/datasets/plain", content=plain(), headers=YAML | {"If-None-Match": "*"})
        before = int(first.headers["etag"].strip('"').partition("-")[0])

    def write(number: int) -> tuple[int, int]:
        done = stale = 0
        with server.client("editor") as client:
            etag = client.get("/v1/datasets/plain").headers["etag"]
            for each in range(WRITES):
                text = plain(description=f"client {number} write {each}")
                answer = client.put("/v1/datasets/plain", content=text, headers=YAML | {"If-Match": etag})
                assert answer.status_code in (200, 412), answer.text
                if answer.status_code == 200:
                    assert answer.json()["description"] == f"client {number} write {each}" or CLIENTS > 1
                    done, etag = done + 1, answer.headers["etag"]
                else:
                    stale, etag = stale + 1, client.get("/v1/datasets/plain").headers["etag"]
        return done, stale

    with ThreadPoolExecutor(CLIENTS) as pool:
        results = list(pool.map(write, range(CLIENTS)))
    done, stale = (sum(each) for each in zip(*results, strict=True))
    with server.client("admin") as client:
        after = int(client.get("/v1/datasets/plain").headers["etag"].strip('"').partition("-")[0])
        records = 0
        cursor = None
        while True:
            page = client.get(
                "/v1/audit", params={"subject": "dataset/plain", "limit": 500} | ({"cursor": cursor} if cursor else {})
            ).json()
            records, cursor = records + len(page["items"]), page["next"]
            if cursor is None:
                break
    print(f"{done} changes, {stale} stale")  # noqa: T201  shown with -rP
    assert done + stale == CLIENTS * WRITES
    assert after - before == done == records - 1
