"""Contracts that take long to read keep nobody else waiting."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

import httpx
import pytest

from data_management.application.ports import ContractReading
from data_management.infrastructure.contracts import OdcsContractReader
from data_management_tests.end_to_end.api.server import Server
from data_management_tests.end_to_end.api.test_writing import YAML, plain

SENT = 60
"""More than the threads that a server has for all of its requests."""


class Slow:
    """Reads none before `go`."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.begun = threading.Semaphore(0)
        self.at_once = self.most_at_once = 0
        self._lock = threading.Lock()
        self._read = OdcsContractReader.read_text

    def read_text(self, text: str, folder: Path, name: str) -> ContractReading:
        with self._lock:
            self.at_once += 1
            self.most_at_once = max(self.at_once, self.most_at_once)
        self.begun.release()
        self.go.wait(60)
        with self._lock:
            self.at_once -= 1
        return self._read(OdcsContractReader(), text, folder, name)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    slow = Slow()
    monkeypatch.setattr(OdcsContractReader, "read_text", lambda _reader, *arguments: slow.read_text(*arguments))
    yield slow
    slow.go.set()


def test_others_are_answered_meanwhile_and_too_many_are_told_to_wait(sqlite_server: Server, slow: Slow) -> None:
    key = {"Authorization": f"Bearer {sqlite_server.key('admin')}"}

    def send(number: int) -> httpx.Response:
        content = plain(f"slow{number}")
        return httpx.post(f"{sqlite_server.url}/v1/datasets", content=content, headers=key | YAML, timeout=90)

    with ThreadPoolExecutor(SENT) as senders:
        sent = [senders.submit(send, number) for number in range(SENT)]
        try:
            assert slow.begun.acquire(timeout=30)
            for _ in range(5):
                assert httpx.get(f"{sqlite_server.url}/readyz", timeout=20).status_code == 200
                assert httpx.get(f"{sqlite_server.url}/v1/datasets", headers=key, timeout=20).status_code == 200
            assert wait(sent, timeout=30, return_when=FIRST_COMPLETED).done
        finally:
            slow.go.set()
        answers = [each.result() for each in sent]
    counts = Counter(answer.status_code for answer in answers)
    assert set(counts) == {201, 503}
    assert counts[201] >= 16
    assert slow.most_at_once == 2
    refused = next(answer.json() for answer in answers if answer.status_code == 503)
    assert "contracts are being read" in refused["detail"]
    assert send(SENT).status_code == 201
