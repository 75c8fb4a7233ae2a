from datetime import timedelta

import pytest
from starlette.datastructures import Headers
from starlette.requests import Request

from data_management.application.commands import CreateKeyCommand, RevokeKeyCommand
from data_management.domain.models import Principal, Role
from data_management.presentation.pages.sessions import (
    SessionLimits,
    Sessions,
    is_from_elsewhere,
    is_in_the_clear,
    is_secret,
)
from data_management_tests.unit.application.world import World

ADMIN = Principal("user/test", Role.ADMIN)


def key_of(world: World, lasts: timedelta | None = None) -> str:
    expires = None if lasts is None else world.clock() + lasts
    return world.app.run(CreateKeyCommand("a key", Role.READER, ADMIN, expires_at=expires)).key.id


def asked(scheme: str = "http", host: str = "localhost", **headers: str) -> Request:
    told = [(b"host", host.encode()), *((name.encode(), value.encode()) for name, value in headers.items())]
    return Request({"type": "http", "scheme": scheme, "path": "/", "headers": told, "server": (host, 80)})


def test_a_session_is_known_by_what_its_cookie_holds() -> None:
    world = World()
    sessions, key = Sessions(world.app), key_of(world)
    one, other = sessions.begin(key), sessions.begin(key)
    assert one != other
    assert sessions.principal(one) == sessions.principal(other) == Principal(f"key/{key}", Role.READER)
    for shown in (None, "", one[:-1], key, "\ud800"):
        assert sessions.principal(shown) is None
    sessions.end(one)
    assert sessions.principal(one) is None
    assert sessions.principal(other) is not None


def test_a_session_ends_by_itself() -> None:
    world = World()
    sessions = Sessions(world.app, SessionLimits(lasts=timedelta(hours=1)))
    shown = sessions.begin(key_of(world))
    world.clock.advance(minutes=59)
    assert sessions.principal(shown) is not None
    world.clock.advance(minutes=1)
    assert sessions.principal(shown) is None


def test_a_session_ends_with_its_key() -> None:
    world = World()
    sessions = Sessions(world.app)
    revoked, expiring = key_of(world), key_of(world, timedelta(minutes=5))
    shown = [sessions.begin(revoked), sessions.begin(expiring)]
    world.app.run(RevokeKeyCommand(revoked, ADMIN))
    assert sessions.principal(shown[0]) is None
    world.clock.advance(minutes=5)
    assert sessions.principal(shown[1]) is None


def test_the_oldest_session_makes_room() -> None:
    world = World()
    sessions, key = Sessions(world.app, SessionLimits(most=2)), key_of(world)
    shown = [sessions.begin(key) for _ in range(3)]
    assert [sessions.principal(each) is not None for each in shown] == [False, True, True]


@pytest.mark.parametrize(
    ("request_", "secret"),
    [
        (asked(), False),
        (asked(host="127.0.0.1"), False),
        (asked(host="[::1]:8000"), False),
        (asked(scheme="https"), True),
        (asked(origin="https://catalog.example.org"), True),
        (asked(origin="null"), False),
        (asked(host="catalog.example.org"), True),
        (asked(host="10.0.0.1"), True),
        (asked(host="localhost.example.org"), True),
    ],
)
def test_the_cookie_is_for_tls_but_on_this_machine(request_: Request, secret: bool) -> None:
    assert is_secret(request_) is secret


def test_a_browser_in_the_clear_is_told_by_its_origin() -> None:
    assert is_in_the_clear(asked(host="catalog.example.org", origin="http://catalog.example.org"))
    assert not is_in_the_clear(asked(host="catalog.example.org", origin="https://catalog.example.org"))
    assert not is_in_the_clear(asked(host="localhost", origin="http://localhost"))


@pytest.mark.parametrize(
    ("headers", "elsewhere"),
    [
        ({}, False),
        ({"sec-fetch-site": "same-origin", "origin": "https://example.org"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "same-site"}, True),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"origin": "https://catalog:8000", "host": "catalog:8000"}, False),
        ({"origin": "https://catalog:8001", "host": "catalog:8000"}, True),
        ({"origin": "null", "host": "catalog"}, True),
        ({"origin": "http://[", "host": "catalog"}, True),
    ],
)
def test_a_form_of_another_site_is_told_by_what_browsers_say(headers: dict[str, str], elsewhere: bool) -> None:
    assert is_from_elsewhere(Headers(headers)) is elsewhere
