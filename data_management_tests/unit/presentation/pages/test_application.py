import asyncio
from typing import NoReturn

import httpx
import pytest

from data_management.application.commands import CreateKeyCommand, RegisterDatasetCommand
from data_management.application.services import Authenticator
from data_management.domain.models import Operator, Principal, Role, Threshold
from data_management.errors import Unavailable
from data_management.presentation.pages import create_pages
from data_management.presentation.pages.sessions import COOKIE
from data_management_tests.examples import not_null, orders, row_count
from data_management_tests.unit.application.world import World


def gone(query: object) -> NoReturn:
    raise Unavailable("the catalog cannot be reached; start its database")


def test_a_catalog_that_is_gone_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    pages = create_pages(world.app, Authenticator(world.app))

    async def asked() -> tuple[httpx.Response, httpx.Response]:
        transport = httpx.ASGITransport(pages)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", cookies={COOKIE: "a"}) as client:
            shown = await client.get("/ui/")
            monkeypatch.setattr(world.app, "ask", gone)
            return shown, await client.post("/ui/login", data={"key": "dmk_0123456789abcdef_" + "x" * 43})

    shown, refused = asyncio.run(asked())
    assert shown.status_code == 303
    assert (refused.status_code, "start its database" in refused.text) == (503, True)


def test_a_session_cannot_be_looked_up_while_the_catalog_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    key = world.app.run(CreateKeyCommand("a key", Role.READER, Principal("user/test", Role.ADMIN)))

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(create_pages(world.app, Authenticator(world.app)))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            assert (await client.post("/ui/login", data={"key": str(key.shown)})).status_code == 303
            monkeypatch.setattr(world.app, "ask", gone)
            return await client.get("/ui/")

    refused = asyncio.run(asked())
    assert (refused.status_code, "start its database" in refused.text) == (503, True)


def test_the_page_of_a_rule_tells_its_threshold_where_it_has_one() -> None:
    enough = row_count(threshold=Threshold(Operator.MUST_BE_BETWEEN, (500.0, 1200.0)))
    world = World(dataset=orders(enough, not_null()))
    world.app.run(RegisterDatasetCommand(world.dataset))
    key = world.app.run(CreateKeyCommand("a key", Role.READER, Principal("user/test", Role.ADMIN)))

    async def asked() -> list[str]:
        transport = httpx.ASGITransport(create_pages(world.app, Authenticator(world.app)))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            await client.post("/ui/login", data={"key": str(key.shown)})
            return [
                (await client.get(f"/ui/datasets/orders/rules/{each}")).text for each in ("enough_rows", "id.required")
            ]

    of_rows, of_nulls = asyncio.run(asked())
    assert "<dt>Threshold</dt><dd><code>mustBeBetween [500, 1200]</code></dd>" in of_rows
    assert "<h1>" in of_nulls
    assert "Threshold" not in of_nulls
