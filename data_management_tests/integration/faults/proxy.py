"""A server's connection that breaks: at a message that a client sends, before the server has it or while its answer is on the way."""

import socket
import threading
from contextlib import suppress
from enum import StrEnum
from typing import Self


class Cut(StrEnum):
    ASKED = "before the server has the message"
    ANSWERED = "after the server's answer, which nobody gets"


class CuttingProxy:
    """Between clients and a server on TCP. Nothing is cut until `cut_at`."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self.messages = 0
        """How many the clients sent since `cut_at`."""
        self.cuts = 0
        self._at, self._times, self._how = 0, 0, Cut.ASKED

    def cut_at(self, message: int, how: Cut = Cut.ASKED, times: int = 1) -> None:
        """Cut the connection of the `message`-th from now on, and of as many after it until `times` were cut; 0 never does."""
        with self._lock:
            self.messages, self.cuts = 0, 0
            self._at, self._times, self._how = message, times, how

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in list(self._sockets):
            _close(each)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self._server)
            except OSError:
                client.close()
                continue
            for each in (client, server):  # else each part of a pipeline waits 40 ms for the answer to the one before
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets |= {client, server}
            silenced = threading.Event()
            threading.Thread(target=self._forward, args=(client, server, silenced), daemon=True).start()
            threading.Thread(target=self._answer, args=(server, client, silenced), daemon=True).start()

    def _forward(self, client: socket.socket, server: socket.socket, silenced: threading.Event) -> None:
        with suppress(OSError):
            while data := client.recv(1 << 16):
                how = None if silenced.is_set() else self._verdict()
                if how is Cut.ANSWERED:
                    silenced.set()
                if how is not Cut.ASKED:
                    server.sendall(data)
                if how is Cut.ASKED:
                    break  # else the server answers when it has all of what belongs to the message
        self._end(client, server)

    def _verdict(self) -> Cut | None:
        with self._lock:
            self.messages += 1
            if not self._at or self.messages < self._at or self.cuts >= self._times:
                return None
            self.cuts += 1
            return self._how

    def _answer(self, server: socket.socket, client: socket.socket, silenced: threading.Event) -> None:
        with suppress(OSError):
            while data := server.recv(1 << 16):
                if silenced.is_set():
                    break
                client.sendall(data)
        self._end(client, server)

    def _end(self, *both: socket.socket) -> None:
        for each in both:
            _close(each)
            self._sockets.discard(each)


def _close(which: socket.socket) -> None:
    with suppress(OSError):
        which.shutdown(socket.SHUT_RDWR)
    which.close()
