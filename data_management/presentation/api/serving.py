"""The server: uvicorn, with limits on what it does not limit itself."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS: Final = 15.0
"""How long a client has for the head of a request."""
DRAIN_SECONDS: Final = 60.0
"""How long a client has to take what was sent to it, before the connection is given up."""
MOST_CONNECTIONS: Final = 1000
_HEAD_BYTES: Final = 65_536


class GuardedProtocol(H11Protocol):
    """HTTP/1.1 in which nobody who is slow holds a connection for long: neither sending a head, nor taking a response."""

    head_seconds = HEAD_SECONDS
    drain_seconds = DRAIN_SECONDS
    _head_timer: asyncio.TimerHandle | None = None
    _drain_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._await_head()
        else:
            self._cancel_head()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._drain_timer = self._drain_timer or self.loop.call_later(self.drain_seconds, self._give_up)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._cancel_drain()

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_head()
        self._cancel_drain()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self._head_timer = self._head_timer or self.loop.call_later(self.head_seconds, self._give_up)

    def _cancel_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
        self._head_timer = None

    def _cancel_drain(self) -> None:
        if self._drain_timer is not None:
            self._drain_timer.cancel()
        self._drain_timer = None

    def _give_up(self) -> None:
        self.transport.abort()


class _Server(uvicorn.Server):
    """Whose signals are its caller's."""

    def __init__(self, config: uvicorn.Config, must_end: Callable[[], bool]) -> None:
        super().__init__(config)
        self._must_end = must_end

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or self._must_end()


def serve(api: FastAPI, listening: socket.socket, must_end: Callable[[], bool], **options: Any) -> None:
    """Serve until `must_end`, which is asked ten times a second; requests under way then get 20 s to end."""
    server_of(api, must_end, **options).run(sockets=[listening])


def server_of(api: FastAPI, must_end: Callable[[], bool] = lambda: False, **options: Any) -> uvicorn.Server:
    """`options` are uvicorn's, for TLS."""
    config = uvicorn.Config(
        api,
        http=GuardedProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=20,
        limit_concurrency=MOST_CONNECTIONS,
        h11_max_incomplete_event_size=_HEAD_BYTES,
        backlog=512,
        **options,
    )
    return _Server(config, must_end)
