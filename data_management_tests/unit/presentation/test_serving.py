"""``keys``, ``audit`` and the ways in which ``serve`` does not start."""

import pytest

from data_management.domain.models import PresentedKey
from data_management_tests.unit.presentation.backend import Shell


def test_a_key_is_shown_once_listed_and_revoked(shell: Shell) -> None:
    made = shell("keys", "create", "dashboards", "--role", "reader", "--dataset", "orders", "--expires-in", "90d")
    shown = PresentedKey.parse(made.out.strip())
    assert made.code == 0
    assert shown is not None
    listed = shell("keys", "list", "--format", "json")
    assert shown.secret not in listed.out
    assert [(each["id"], each["role"], each["datasets"], each["in_force"]) for each in listed.json] == [
        (shown.id, "reader", ["orders"], True)
    ]
    assert shell("keys", "revoke", shown.id).code == 0
    assert not shell("keys", "revoke", shown.id, "--format", "json").json["in_force"]
    records = shell("audit", "--format", "json").json
    assert [(each["action"], each["subject"]) for each in records] == [
        ("key.revoke", f"key/{shown.id}"),
        ("key.create", f"key/{shown.id}"),
    ]
    assert shown.secret not in shell("audit").out


@pytest.mark.parametrize(
    "arguments",
    [
        ["create", "x"],
        ["create", "x", "--role", "root"],
        ["create", " ", "--role", "reader"],
        ["create", "a\nb", "--role", "reader"],
        ["create", "x", "--role", "reader", "--expires-in", "soon"],
        ["revoke", "nobody"],
    ],
)
def test_wrong_input_is_wrong_usage(shell: Shell, arguments: list[str]) -> None:
    assert shell("keys", *arguments).code == 2
    assert shell("keys", "list", "--format", "json").json == []


def test_a_server_that_nobody_could_ask_does_not_start(shell: Shell) -> None:
    said = shell("serve")
    assert said.code == 2
    assert "keys create" in said.err
    key = shell("keys", "create", "x", "--role", "reader").out.strip()
    parsed = PresentedKey.parse(key)
    assert parsed is not None
    shell("keys", "revoke", parsed.id)
    assert shell("serve").code == 2


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.1", "example.com", "::", "127.0.0.1.example.com"])
def test_the_key_of_a_moment_is_for_this_machine_alone(shell: Shell, host: str) -> None:
    said = shell("serve", "--dev", "--host", host)
    assert said.code == 2
    assert "is not" in said.err
    assert shell("keys", "list", "--format", "json").json == []
