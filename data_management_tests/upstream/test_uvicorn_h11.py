"""What `GuardedProtocol` and `NamesInPaths` rely on in uvicorn's `H11Protocol`."""

import asyncio
from collections.abc import Callable
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from data_management.presentation.api.serving import GuardedProtocol

HEAD = b"GET /a%2Fb?c=%20 HTTP/1.1\r\nHost: x\r\n\r\n"


class Transport(asyncio.Transport):
    """What is written to nobody."""

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.1", 1), "sockname": ("192.0.2.2", 2)})
        self.written = b""
        self.answered = asyncio.Event()
        self.closed = False

    def write(self, data: Any) -> None:
        self.written += bytes(data)
        self.answered.set()

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def resume_reading(self) -> None:
        pass


async def answer(scope: Any, receive: Any, send: Any) -> None:
    asked.append(scope)
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


asked: list[dict[str, Any]] = []


def connected(act: Callable[[H11Protocol, Transport], Any], **options: Any) -> None:
    """`act`, a coroutine, with a connection that was just made."""

    async def within() -> None:
        asked.clear()
        config = uvicorn.Config(answer, lifespan="off", log_config=None, ws="none", **options)
        protocol, transport = H11Protocol(config, ServerState(), {}), Transport()
        protocol.connection_made(transport)
        await act(protocol, transport)
        protocol.connection_lost(None)

    asyncio.run(within())


def test_what_the_guard_wraps_is_there_and_what_it_adds_is_not() -> None:
    ours = {name for name in vars(GuardedProtocol) if not name.startswith("__")}
    wrapped = {"connection_made", "connection_lost", "data_received", "pause_writing", "resume_writing"}
    assert {name for name in ours if hasattr(H11Protocol, name)} == wrapped


def test_a_client_is_idle_until_its_head_has_come_and_again_behind_the_answer() -> None:
    async def act(protocol: H11Protocol, transport: Transport) -> None:
        for byte in HEAD[:-1]:
            protocol.data_received(bytes([byte]))
            assert protocol.conn.their_state is h11.IDLE
        protocol.data_received(HEAD[-1:])
        assert protocol.conn.their_state is h11.DONE
        await transport.answered.wait()
        assert protocol.conn.their_state is h11.IDLE

    connected(act)


def test_uvicorn_itself_waits_for_a_head_without_an_end() -> None:
    """Its keep-alive timer runs between requests alone: neither before the first, nor within a head."""

    async def act(protocol: H11Protocol, transport: Transport) -> None:
        assert protocol.timeout_keep_alive_task is None
        protocol.data_received(HEAD)
        await transport.answered.wait()
        assert protocol.timeout_keep_alive_task is not None
        protocol.data_received(HEAD[:5])
        assert protocol.timeout_keep_alive_task is None

    connected(act)


def test_nobody_waits_for_long_for_who_takes_no_answer() -> None:
    """`pause_writing` and `resume_writing` hold the application back, and no timer of uvicorn's ends it."""

    async def act(protocol: H11Protocol, transport: Transport) -> None:
        protocol.pause_writing()
        draining = asyncio.ensure_future(protocol.flow.drain())
        await asyncio.sleep(0)
        assert not draining.done()
        protocol.resume_writing()
        await draining

    connected(act)


def test_a_head_is_bounded() -> None:
    async def act(protocol: H11Protocol, transport: Transport) -> None:
        protocol.data_received(b"GET / HTTP/1.1\r\nX: " + b"x" * 2000)
        assert transport.written.startswith(b"HTTP/1.1 400")
        assert transport.closed

    connected(act, h11_max_incomplete_event_size=1000)


def test_the_raw_path_is_what_was_sent_without_its_query() -> None:
    async def act(protocol: H11Protocol, transport: Transport) -> None:
        protocol.data_received(HEAD)
        await transport.answered.wait()

    connected(act)
    assert [(scope["raw_path"], scope["path"], scope["client"]) for scope in asked] == [
        (b"/a%2Fb", "/a/b", ("192.0.2.1", 1))
    ]
