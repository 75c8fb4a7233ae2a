"""Who may what: every route × role × way of asking that the OpenAPI document tells, and ways around it."""

import itertools
import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from data_management.application.commands import CreateKeyCommand, RevokeKeyCommand
from data_management.application.queries import ListAuditQuery, ListKeysQuery
from data_management.domain.models import Permission, PresentedKey, Principal, Role
from data_management.presentation.api import ApiOptions
from data_management_tests.end_to_end.api.conftest import SECRET_VALUE
from data_management_tests.end_to_end.api.server import ROOT, Server, served
from data_management_tests.fakes import FakeClock
from data_management_tests.unit.application.world import World

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
ROLES = (None, *Role)
OPEN = {"/healthz", "/readyz"}


def world_server() -> Iterator[Server]:
    """Over fakes: what is shown here is who is let through."""
    world = World()
    world.drop("a.csv")
    world.look_and_run()
    with served(world.app, options=ApiOptions(most_guesses=10**9)) as running:
        yield running


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    yield from world_server()


def expected(operation: dict[str, Any], role: Role | None, *, scoped: bool) -> set[int]:
    """The statuses that say "not let in"; empty where the request must get through."""
    if not operation["security"]:
        return set()
    if role is None:
        return {401}
    permission = Permission(operation["x-permission"])
    if not Principal("", role).may(permission) or (scoped and operation["x-everywhere"]):
        return {403}
    return set()


def test_every_route_lets_in_who_may_and_nobody_else(server: Server) -> None:
    document = server.api.openapi()
    seen = 0
    for role, scoped in itertools.product(ROLES, (False, True)):
        if role is None and scoped:
            continue
        with server.client(role and role.value, *(["orders"] if scoped else [])) as client:
            for (path, operations), method in itertools.product(document["paths"].items(), METHODS):
                named = path.replace("{dataset}", "orders").replace("{data_asset}", "nobody")
                status = client.request(method, named.replace("{consumer}", "nobody")).status_code
                operation = operations.get(method)
                if operation is None:
                    wanted = {405} if role or path in OPEN else {401}
                    assert status in wanted, (method, path, role)
                else:
                    refused = expected(operation, role, scoped=scoped)
                    is_let_in = status not in (401, 403, 405, 500)
                    assert status in refused if refused else is_let_in, (method, path, role, status)
                seen += 1
    assert seen == len(document["paths"]) * len(METHODS) * (2 * len(ROLES) - 1)


def test_a_key_for_one_dataset_sees_no_other(sqlite_shared: Server) -> None:
    server = sqlite_shared
    with server.client("admin") as client:
        others = client.get("/v1/data-assets", params={"dataset": "orders"}).json()["items"][0]
    with server.client("editor", "returns") as client:
        assert [each["name"] for each in client.get("/v1/datasets").json()["items"]] == ["returns"]
        assert {each["dataset"] for each in client.get("/v1/data-assets").json()["items"]} == {"returns"}
        assert client.get("/v1/data-assets", params={"dataset": "orders"}).json()["items"] == []
        assert client.get("/v1/data-assets", params={"location": others["location"]}).json()["items"] == []
        assert {each["dataset"] for each in client.get("/v1/search?q=csv").json()["items"]} == {"returns"}
        told = client.get("/v1/events?limit=500").text
        assert "orders" not in told
        assert "returns" in told
        paths = ["", "/scores", "/profile", "/classifications", "/plans", "/rules/id.required/failures"]
        assert {client.get(f"/v1/datasets/orders{path}").status_code for path in paths} == {403}
        assert client.get("/v1/datasets/nobody").status_code == 403  # which does not tell whether it is there
        assert client.get(f"/v1/data-assets/{others['id']}").status_code == 404
        assert client.get(f"/v1/data-assets/{others['id']}/validations").status_code == 404
        etag = {"If-Match": '"1"', "Content-Type": "application/yaml"}
        assert client.post("/v1/datasets/orders/retire", headers=etag).status_code == 403
        body = {"dataset": "orders", "location": others["location"]}
        assert client.post("/v1/data-assets", json=body).status_code == 403
    with server.client("editor", "orders", "returns") as client:
        assert client.get("/v1/data-assets").status_code == 422
        assert len(client.get("/v1/data-assets?dataset=orders").json()["items"]) == 3


def test_values_of_the_data_are_shown_to_those_alone_who_may_see_them(sqlite_shared: Server) -> None:
    def shown(role: str, *, samples: bool) -> list[bool]:
        with sqlite_shared.client(role, samples=samples) as client:
            bad = client.get("/v1/data-assets", params={"status": "quarantined"}).json()["items"][0]["id"]
            rule = client.get("/v1/datasets/orders").json()["totals"][0]["rule"]
            paths = [
                "/v1/datasets/orders/profile",
                f"/v1/data-assets/{bad}",
                f"/v1/data-assets/{bad}/validations",
                f"/v1/datasets/orders/rules/{rule}/failures",
            ]
            return [SECRET_VALUE in client.get(path).text for path in paths]

    assert shown("admin", samples=False) == [False] * 4
    assert shown("reader", samples=True) == [True] * 4


@pytest.mark.parametrize(
    "target",
    [
        "/healthz/../v1/datasets",
        "/healthz/..%2fv1/datasets",
        "/healthz;/../v1/datasets",
        "/healthz;x",
        "/healthz/",
        "//healthz",
        "/./healthz",
        "/healthz%00",
        "/healthz%2f",
        "/HEALTHZ",
        "/v1//datasets",
        "//v1/datasets",
        "/v1/./datasets",
        "/v1/datasets/",
        "/v1/datasets;role=admin",
        "/v1;/datasets",
        "/%76%31/datasets",
        "/v1%2fdatasets",
        "/v1/%2e%2e/v1/datasets",
        "/v1/../healthz/../v1/datasets",
        "/v1/datasets?next=/healthz",
        "/v1/datasets#/healthz",
        "http://127.0.0.1/v1/datasets",
        "/metrics/../healthz",
        "/v1/datasets\\..\\healthz",
        "*",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
def test_no_spelling_of_a_path_gets_around_the_key(server: Server, target: str, method: str) -> None:
    """Over a bare socket: clients tidy paths up."""
    answer = raw(server, f"{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.startswith((b"HTTP/1.1 401", b"HTTP/1.1 400")), answer[:200]


SPOOFED = {
    "X-Forwarded-For": "127.0.0.1",
    "X-Real-IP": "127.0.0.1",
    "Forwarded": "for=127.0.0.1;by=admin",
    "X-Original-URL": "/healthz",
    "X-Rewrite-URL": "/healthz",
    "X-HTTP-Method-Override": "GET",
    "X-Forwarded-User": "admin",
    "Remote-User": "admin",
    "X-API-Key": "anything",
    "Cookie": "session=admin",
    "X-Forwarded-Prefix": "/healthz",
}


def test_no_header_gets_around_the_key(server: Server) -> None:
    with server.client(None) as client:
        for name, value in SPOOFED.items():
            assert client.get("/v1/datasets", headers={name: value}).status_code == 401, name
        assert client.get("/v1/datasets", headers=SPOOFED).status_code == 401


def test_no_spelling_of_a_key_is_another_key(server: Server) -> None:
    right = server.key("admin")
    shown = PresentedKey.parse(right)
    assert shown is not None
    flipped = shown.secret[:-2] + ("AA" if shown.secret[-2:] != "AA" else "BB")
    wrong = [
        "",
        "Bearer",
        f"Basic {right}",
        f"Bearer {right}x",
        f"Bearer {right[:-1]}",
        f"Bearer {right.upper()}",
        f"Bearer dmk_{shown.id}_{flipped}",
        f"Bearer dmk_{'0' * 16}_{shown.secret}",
        f"Bearer dmk_{shown.id}_",
        f"Bearer {shown.secret}",
        f"Bearer {right}, Bearer {right}",
        "Bearer null",
        "Bearer dmk_%_%",
        "Bearer ' OR 1=1 --",
    ]
    with server.client(None) as client:
        for value in wrong:
            assert client.get("/v1/datasets", headers={"Authorization": value}).status_code == 401, value
        assert client.get(f"/v1/datasets?key={right}&access_token={right}").status_code == 401
    empty = "GET /v1/datasets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \r\nConnection: close\r\n\r\n"
    assert raw(server, empty).startswith((b"HTTP/1.1 401", b"HTTP/1.1 400"))
    twice = f"Authorization: Bearer {right}\r\n" * 2
    assert raw(server, f"GET /v1/datasets HTTP/1.1\r\nHost: x\r\n{twice}Connection: close\r\n\r\n").startswith(
        b"HTTP/1.1 401"
    )
    assert httpx.get(f"{server.url}/v1/datasets", headers={"Authorization": f"bearer {right}"}).status_code == 200


def test_a_key_that_is_revoked_or_expired_opens_nothing(server: Server) -> None:
    clock: Any = server.app.clock
    assert isinstance(clock, FakeClock)
    short = server.app.run(CreateKeyCommand("short", Role.READER, ROOT, expires_at=clock() + timedelta(minutes=1)))
    revoked = server.app.run(CreateKeyCommand("revoked", Role.READER, ROOT))
    headers = [{"Authorization": f"Bearer {issued.shown}"} for issued in (short, revoked)]
    assert [httpx.get(f"{server.url}/v1/datasets", headers=each).status_code for each in headers] == [200, 200]
    server.app.run(RevokeKeyCommand(revoked.key.id, ROOT))
    clock.advance(seconds=61)
    assert [httpx.get(f"{server.url}/v1/datasets", headers=each).status_code for each in headers] == [401, 401]


def test_the_catalog_does_not_hold_what_opens_it(server: Server) -> None:
    shown = PresentedKey.parse(server.key("admin"))
    assert shown is not None
    assert shown.secret not in repr(server.app.ask(ListKeysQuery()))
    assert shown.secret not in repr(server.app.ask(ListAuditQuery(limit=10_000)))


def test_denials_are_in_the_audit(server: Server) -> None:
    with server.client("reader") as client:
        client.get("/v1/audit", headers={"X-Request-ID": "denied-1"})
    record = server.app.ask(ListAuditQuery(limit=1)).records[0]
    key = next(key for key in server.app.ask(ListKeysQuery()) if key.name == "reader")
    assert (record.who, record.outcome, record.action, record.subject, record.request_id, record.client) == (
        f"key/{key.id}",
        "denied",
        "GET /v1/audit",
        "/v1/audit",
        "denied-1",
        "127.0.0.1",
    )


def test_who_guesses_waits_and_keeps_nobody_else_out() -> None:
    world = World()
    with served(world.app, options=ApiOptions(most_guesses=5)) as server, server.client("reader") as client:
        victim = PresentedKey.parse(server.key("editor"))
        assert victim is not None

        def guess(key_id: str) -> httpx.Response:
            shown = {"Authorization": f"Bearer dmk_{key_id}_{'x' * 43}"}
            return httpx.get(f"{server.url}/v1/datasets", headers=shown)

        assert [guess(victim.id).status_code for _ in range(7)] == [401] * 5 + [429] * 2
        assert guess(victim.id).headers["retry-after"].isdigit()
        holder = {"Authorization": f"Bearer {victim}"}
        assert httpx.get(f"{server.url}/v1/datasets", headers=holder).status_code == 200
        assert [guess(f"{number:016x}").status_code for number in range(7)] == [401] * 5 + [429] * 2
        assert client.get("/v1/datasets").status_code == 200
        denied = [each for each in world.app.ask(ListAuditQuery()).records if each.outcome == "denied"]
        assert len(denied) == 10
        world.clock.advance(seconds=61)
        assert guess(victim.id).status_code == 401


def raw(server: Server, request: str) -> bytes:
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request.encode("latin-1"))
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    return answer
