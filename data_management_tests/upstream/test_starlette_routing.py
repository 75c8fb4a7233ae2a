"""What the API relies on, or mends, in Starlette's routing."""

import asyncio

import httpx
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send


def asked(api: FastAPI, method: str, path: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://api") as client:
            return await client.request(method, path)

    return asyncio.run(ask())


def test_allow_names_the_methods_of_the_first_route_at_a_path_alone() -> None:
    """Hence `methods_of`: the API tells those of all."""
    api = FastAPI(openapi_url=None)
    api.get("/a")(lambda: None)
    api.put("/a")(lambda: None)
    answer = asked(api, "POST", "/a")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


def test_the_first_middleware_is_the_outermost() -> None:
    """Authentication stands behind the limits and before all routes."""

    class Marked:
        def __init__(self, app: ASGIApp, mark: str) -> None:
            self._app, self._mark = app, mark

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            async def sending(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message["headers"].append((b"passed", self._mark.encode()))
                await send(message)

            await self._app(scope, receive, sending)

    api = FastAPI(openapi_url=None, middleware=[Middleware(Marked, mark="outer"), Middleware(Marked, mark="inner")])
    assert asked(api, "GET", "/").headers["passed"] == "inner, outer"


def test_a_slash_at_the_end_is_another_path_where_nothing_redirects() -> None:
    api = FastAPI(openapi_url=None, redirect_slashes=False)
    api.get("/a")(lambda: None)
    assert asked(api, "GET", "/a/").status_code == 404
