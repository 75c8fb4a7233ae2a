"""What is well and what is not: in a project, on its machine, and behind what it reaches."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Protocol

from pydantic.dataclasses import dataclass

from data_management.errors import DataManagementError


class Condition(StrEnum):
    OK = "ok"
    WARNING = "warning"
    """It works, and may not do what somebody expects."""
    FAILURE = "failure"


@dataclass(frozen=True)
class Finding:
    """`fix` says what to do; None where nothing is to be done."""

    subject: str
    condition: Condition
    message: str
    fix: str | None = None


class Probe(Protocol):
    """Looks at one part, changes nothing, and takes seconds at most."""

    subject: str

    def findings(self) -> Iterator[Finding]: ...


def diagnose(probes: Iterable[Probe]) -> Iterator[Finding]:
    """Findings as they come. A probe that breaks is a finding of its own, and the others go on."""
    for probe in probes:
        try:
            yield from probe.findings()
        except DataManagementError as error:
            yield failure_of(probe.subject, error)
        except Exception as error:  # noqa: BLE001  whatever is broken is what is looked for
            message = f"it could not be looked at: {type(error).__name__}: {error}"
            yield Finding(probe.subject, Condition.FAILURE, message, "read the message; if it says nothing, report it")


def failure_of(subject: str, error: DataManagementError) -> Finding:
    """Its message says what is wrong, and behind the last semicolon what to do."""
    message, _, fix = error.message.rpartition("; ")
    return Finding(subject, Condition.FAILURE, message or fix, fix if message else None)
