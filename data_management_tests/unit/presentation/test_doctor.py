"""``data-management doctor`` over fakes."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from data_management.application.diagnosis import Condition, Finding
from data_management.errors import InvalidInput
from data_management_tests.unit.presentation.backend import Shell


@dataclass
class FakeProbe:
    condition: Condition
    subject: str = "catalog"

    def findings(self) -> Iterator[Finding]:
        yield Finding(self.subject, self.condition, "it is as it is", "do something")


@pytest.mark.parametrize(("condition", "code"), [("ok", 0), ("warning", 0), ("failure", 4)])
@pytest.mark.parametrize("style", ["table", "json", "jsonl", "csv"])
def test_only_a_failure_is_an_exit_code(shell: Shell, condition: str, code: int, style: str) -> None:
    shell.backend.looking = [FakeProbe(Condition(condition))]
    said = shell("doctor", "--format", style)
    assert said.code == code
    assert condition in said.out
    assert "do something" in said.out


def test_a_bad_setting_is_the_first_thing_found(shell: Shell) -> None:
    shell.backend.broken = InvalidInput("bad setting: X is none; unset it")
    said = shell("doctor", "--format", "json")
    assert said.code == 4
    assert said.json == [
        {"subject": "settings", "condition": "failure", "message": "bad setting: X is none", "fix": "unset it"}
    ]
