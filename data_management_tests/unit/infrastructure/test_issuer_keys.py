"""An issuer's keys: asked for seldom, in bounded time, and nobody waits who need not."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from data_management.errors import Unauthenticated, Unavailable
from data_management.infrastructure.issuer_keys import IssuerKeys, fetch_json

ISSUER = "https://id.example.com"
KEY = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
"""The public key of RFC 8037, A.2."""
HOUR = 3600.0


class Issuer:
    """What it shows at its URLs, and how often that was asked; it answers while it is not `held`."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.names: Any = {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys"}
        self.kids = ["old"]
        self.broken: Exception | None = None
        self.free = threading.Event()
        self.free.set()

    def __call__(self, url: str) -> Any:
        self.asked.append(url)
        self.free.wait(30)
        if self.broken:
            raise self.broken
        if url.endswith("openid-configuration"):
            return self.names
        return {"keys": [KEY | {"kid": kid} for kid in self.kids]}


class Elapsed:
    def __init__(self) -> None:
        self.seconds = 5.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    made = Issuer()
    yield made
    made.free.set()


@pytest.fixture
def elapsed() -> Elapsed:
    return Elapsed()


@pytest.fixture
def keys(issuer: Issuer, elapsed: Elapsed) -> IssuerKeys:
    return IssuerKeys(ISSUER, fetch=issuer, elapsed=elapsed, seconds=20)


def test_the_issuer_is_asked_seldom_whatever_is_shown(keys: IssuerKeys, issuer: Issuer, elapsed: Elapsed) -> None:
    for number in range(50):
        with pytest.raises(Unauthenticated):
            keys.key(f"made-up-{number}")
    keys.key("old")
    assert len(issuer.asked) == 2
    issuer.kids.append("new")
    elapsed.seconds += 31
    assert keys.key("new").key_id == "new"
    assert len(issuer.asked) == 4


def test_keys_that_are_known_outlive_an_issuer_that_is_away_for_a_day(
    keys: IssuerKeys, issuer: Issuer, elapsed: Elapsed
) -> None:
    keys.key("old")
    issuer.broken = ValueError("it is away")
    elapsed.seconds += 23 * HOUR
    assert keys.key("old").key_id == "old"
    elapsed.seconds += 2 * HOUR
    with pytest.raises(Unavailable, match="it is away"):
        keys.key("old")


def test_a_known_key_is_given_while_the_issuer_takes_its_time(
    keys: IssuerKeys, issuer: Issuer, elapsed: Elapsed
) -> None:
    keys.key("old")
    issuer.free.clear()
    issuer.kids = ["new"]
    elapsed.seconds += 2 * HOUR
    assert [keys.key("old").key_id for _ in range(3)] == ["old"] * 3
    issuer.free.set()
    assert keys.key("new").key_id == "new"
    assert len(issuer.asked) == 4


def test_who_must_wait_for_the_issuer_waits_no_longer_than_agreed(issuer: Issuer, elapsed: Elapsed) -> None:
    keys = IssuerKeys(ISSUER, fetch=issuer, elapsed=elapsed, seconds=0.01)
    issuer.free.clear()
    with pytest.raises(Unavailable, match="in time"):
        keys.key("old")


def test_not_every_thread_of_the_server_waits_for_the_issuer(keys: IssuerKeys, issuer: Issuer) -> None:
    issuer.free.clear()
    told: list[str] = []
    crowd = threading.Semaphore(0)

    def ask() -> None:
        try:
            keys.key("old")
            told.append("a key")
        except Unavailable as error:
            told.append(error.message)
            crowd.release()

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for _ in range(4):
        assert crowd.acquire(timeout=10)
    issuer.free.set()
    for thread in threads:
        thread.join(10)
    assert sorted(set(told)) == [
        "a key",
        f"the keys of {ISSUER} are being fetched; ask again in some seconds",
    ]
    assert told.count("a key") == 16


def test_an_issuer_that_was_never_reached_is_asked_again_after_a_while(
    keys: IssuerKeys, issuer: Issuer, elapsed: Elapsed
) -> None:
    issuer.broken = ValueError("it is away")
    for _ in range(5):
        with pytest.raises(Unavailable, match="cannot be had: it is away; check"):
            keys.key("old")
    assert len(issuer.asked) == 1
    issuer.broken = None
    elapsed.seconds += 31
    assert keys.key("old").key_id == "old"


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"issuer": "https://evil.example.com", "jwks_uri": f"{ISSUER}/keys"}, "calls itself"),
        ({"issuer": ISSUER, "jwks_uri": "http://id.example.com/keys"}, "not https://"),
        ({"issuer": ISSUER, "jwks_uri": "file:///etc/passwd"}, "not https://"),
        ({"issuer": ISSUER}, "not https://"),
        ([], "cannot be had"),
        (None, "cannot be had"),
    ],
)
def test_an_issuer_that_says_what_it_should_not_is_not_believed(
    keys: IssuerKeys, issuer: Issuer, names: Any, said: str
) -> None:
    issuer.names = names
    with pytest.raises(Unavailable, match=said):
        keys.key("old")
    assert len(issuer.asked) == 1


def test_the_keys_may_stand_at_another_host_by_https(keys: IssuerKeys, issuer: Issuer) -> None:
    """Of Google's issuer they do."""
    issuer.names = {"issuer": ISSUER, "jwks_uri": "https://www.example.org/certs"}
    assert keys.key("old").key_id == "old"
    assert issuer.asked[1] == "https://www.example.org/certs"


@pytest.mark.parametrize("broken", [httpx.InvalidURL("port"), RecursionError("deep"), TypeError("odd")])
def test_whatever_an_issuer_sends_ends_as_unavailable(keys: IssuerKeys, issuer: Issuer, broken: Exception) -> None:
    issuer.broken = broken
    with pytest.raises(Unavailable):
        keys.key("old")


def test_a_malformed_place_of_keys_ends_as_unavailable() -> None:
    def fetch(url: str) -> Any:
        if url.endswith("openid-configuration"):
            return {"issuer": ISSUER, "jwks_uri": "https://id.example.com:port/keys"}
        return fetch_json(url)

    with pytest.raises(Unavailable, match="port"):
        IssuerKeys(ISSUER, fetch=fetch).key("old")


@contextmanager
def speaking(say: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    """A server that reads a request, and says something."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                say(connection, ended)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/keys"
        ended.set()
        thread.join(10)


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\nx-slow: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_an_issuer_that_drips_bytes_is_left(start: bytes) -> None:
    def drip(connection: socket.socket, ended: threading.Event) -> None:
        connection.sendall(start)
        while not ended.wait(0.02):
            try:
                connection.sendall(b"z")
            except OSError:
                return

    with speaking(drip) as url, pytest.raises(TimeoutError, match=r"did not answer within 0\.2 s"):
        fetch_json(url, 0.2)


def test_what_an_issuer_shows_is_read() -> None:
    def answer(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"keys": 1}')

    with speaking(answer) as url:
        assert fetch_json(url) == {"keys": 1}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "302"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + b" " * 2_000_000, "more than"),
        (b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "500"),
    ],
)
def test_what_is_no_answer_is_none(answer: bytes, said: str) -> None:
    def send(connection: socket.socket, _: threading.Event) -> None:
        try:
            connection.sendall(answer)
        except OSError:
            return

    with speaking(send) as url, pytest.raises((ValueError, httpx.HTTPStatusError), match=said):
        fetch_json(url)
