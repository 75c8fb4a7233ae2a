"""A receiver of webhooks over HTTP, that behaves as it is told."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


@dataclass
class Receiver:
    """`answer` is called with each request and gives the status; `location` is where a redirect points."""

    url: str = ""
    answer: Callable[[Received], int] = lambda _: 204
    location: str = ""
    drips: bool = False
    """Sends its answer byte by byte, for ever."""
    received: list[Received] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def hang(self, seconds: float) -> Callable[[Received], int]:
        """An answer that comes late, and says that all is well."""

        def late(_: Received) -> int:
            self.ended.wait(seconds)
            return 200

        return late


@contextmanager
def receiving() -> Iterator[Receiver]:  # noqa: C901  a handler's methods
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self._body()
            if body is None:
                return
            received = Received(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            receiver.received.append(received)
            status = receiver.answer(received)
            if receiver.drips:
                self._drip()
                return
            self.send_response(status)
            if receiver.location:
                self.send_header("location", receiver.location)
            self.send_header("content-length", "0")
            self.end_headers()

        def _body(self) -> bytes | None:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length)
            self.close_connection = len(body) < length  # who sent it died over it
            return None if self.close_connection else body

        def _drip(self) -> None:
            self.close_connection = True
            try:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
                while not receiver.ended.is_set():
                    self.wfile.write(b"z")
                    self.wfile.flush()
                    time.sleep(0.02)
            except OSError:
                return

        def log_message(self, *_: object) -> None:
            pass

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except OSError:  # who sent it did not wait for the answer
                self.close_connection = True

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield receiver
        finally:
            receiver.ended.set()
            server.shutdown()
            thread.join()
