"""Guesses and denials are counted: in a window, by whom they are of."""

from datetime import timedelta

import pytest

from data_management.application.commands import Caller, CreateKeyCommand
from data_management.application.queries import ListAuditQuery
from data_management.application.services import Authenticator
from data_management.application.services.access import GuessLimit
from data_management.domain.models import Principal, Role
from data_management.errors import Denied, Throttled, Unauthenticated
from data_management_tests.unit.application.world import World

ANN = Principal("oidc/ann", Role.READER)
HERE = "10.0.0.1"


class Verifier:
    """Knows one token."""

    def verify(self, token: str) -> Principal:
        if token != "good":
            raise Unauthenticated("this token is not from the issuer")
        return ANN


def attempts(authenticator: Authenticator, shown: str | None, times: int) -> list[str]:
    """What came of each."""
    found = []
    for _ in range(times):
        try:
            found.append(authenticator.authenticate(shown, HERE, "GET /v1/datasets").id)
        except (Unauthenticated, Throttled) as error:
            found.append(type(error).__name__)
    return found


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def authenticator(world: World) -> Authenticator:
    return Authenticator(world.app, Verifier(), GuessLimit(failures=3))


@pytest.mark.parametrize("guess", [None, "bad", "dmk_0123456789abcdef_" + "x" * 43])
def test_no_guess_of_others_keeps_a_valid_token_out(authenticator: Authenticator, guess: str | None) -> None:
    assert attempts(authenticator, guess, 5) == ["Unauthenticated"] * 3 + ["Throttled"] * 2
    assert attempts(authenticator, "good", 5) == ["oidc/ann"] * 5


def test_no_guess_of_others_keeps_the_holder_of_a_key_out(world: World, authenticator: Authenticator) -> None:
    issued = world.app.run(CreateKeyCommand("k", Role.READER, Principal("user/test", Role.ADMIN)))
    right = str(issued.shown)
    wrong = right[:-3] + "xxx"
    assert attempts(authenticator, wrong, 5) == ["Unauthenticated"] * 3 + ["Throttled"] * 2
    assert attempts(authenticator, right, 5) == [issued.key.principal.id] * 5
    assert attempts(authenticator, wrong, 1) == ["Throttled"]
    world.clock.advance(seconds=61)
    assert attempts(authenticator, wrong, 1) == ["Unauthenticated"]


def test_who_is_denied_again_and_again_does_not_fill_the_audit(world: World, authenticator: Authenticator) -> None:
    def denied(who: str, times: int) -> None:
        for number in range(times):
            caller = Caller(Principal(who, Role.READER), route=f"GET /{number}")
            authenticator.denied(caller, f"/{number}", Denied("no"))

    def told() -> list[str]:
        return [each.who for each in world.app.ask(ListAuditQuery()).records]

    denied("oidc/ann", 50)
    denied("oidc/bob", 1)
    assert sorted(told()) == ["oidc/ann"] * 3 + ["oidc/bob"]
    world.clock.advance(seconds=timedelta(minutes=1, seconds=1).total_seconds())
    denied("oidc/ann", 1)
    assert sorted(told()) == ["oidc/ann"] * 4 + ["oidc/bob"]
