"""What is wrong with a contract, collected with its place."""

from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final

from data_management.application.ports import ContractProblem
from data_management.infrastructure.contracts.documents import Node, Trail

MOST_PROBLEMS: Final = 500
"""So many are reported of one file; whoever has more has one mistake many times, or means harm."""

_QUOTED: Final = 200


class TooManyProblems(Exception):
    """The report is full."""


@dataclass
class Report:
    """The problems of one file."""

    file: str
    root: Node
    problems: list[ContractProblem] = field(default_factory=list)
    broken: set[Trail] = field(default_factory=set)
    """Places whose value was reported and taken away; nothing is said about their absence."""

    def add(self, path: Trail, problem: str, fix: str, line: int | None = None) -> None:
        if any(path[:length] in self.broken for length in range(len(path) + 1)):
            return
        if len(self.problems) >= MOST_PROBLEMS:
            raise TooManyProblems
        self.problems.append(
            ContractProblem(
                file=self.file,
                place=shown(path),
                problem=problem,
                fix=fix,
                line=self.root.line_of(path) if line is None else line,
            )
        )

    def add_broken(self, path: Trail, problem: str, fix: str) -> None:
        self.add(path, problem, fix)
        self.broken.add(path)

    @property
    def place(self) -> "Place":
        return Place(self)


@dataclass(frozen=True)
class Place:
    """A place in a contract, where something can be wrong."""

    report: Report
    path: Trail = ()

    def at(self, *parts: str | int) -> "Place":
        return Place(self.report, (*self.path, *parts))

    def wrong(self, problem: str, fix: str) -> None:
        self.report.add(self.path, problem, fix)

    @property
    def node(self) -> Node | None:
        return self.report.root.at(self.path)


def shown(path: Trail) -> str:
    """``schema[0].properties[2].name``"""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return quoted_length(text.removeprefix("."))


def quoted_length(text: str) -> str:
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"


def quoted(value: object) -> str:
    """A value of the contract for a message, cut where it is long."""
    return quoted_length(repr(value))


LOOKS_LIKE: Final = 0.85


def looks_like(word: str, known: str) -> bool:
    """Whether `word` is a misspelt `known`, rather than a word of its own."""
    left, right = (text.lower().replace("_", "").replace("-", "") for text in (word[:_QUOTED], known))
    return SequenceMatcher(None, left, right).ratio() >= LOOKS_LIKE
