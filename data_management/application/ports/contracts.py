"""Data contracts and suites, read and written."""

from pathlib import Path
from typing import Protocol

from pydantic.dataclasses import dataclass

from data_management.domain.models import (
    Dataset,
    FileFormat,
    Rule,
    Suggestion,
)


@dataclass(frozen=True)
class ContractProblem:
    """What is wrong with a contract: where (a path like ``schema[0].quality[2]``, a line), what, and what to do."""

    file: str
    place: str
    problem: str
    fix: str
    line: int | None = None

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        place = f" at {self.place}" if self.place else ""
        return f"{where}{place}: {self.problem}; {self.fix}"


@dataclass(frozen=True)
class ContractReading:
    """One contract file: its datasets, or the problems that keep it from being used.

    A broken contract has no `datasets`; `names` are those of the datasets that it would have declared, as far as they
    could be read; of a file that is no data contract, those that no contract of the folder declares, or the file's own.
    """

    file: str
    datasets: tuple[Dataset, ...] = ()
    problems: tuple[ContractProblem, ...] = ()
    names: tuple[str, ...] = ()


class ContractReader(Protocol):
    def read_text(self, text: str, folder: Path, name: str) -> ContractReading:
        """Read a contract that somebody sent: paths in it are relative to `folder`, and messages call it `name`."""

    def read(self, path: Path) -> ContractReading:
        """Read one contract file; whatever is wrong with it stands in the result. Never raises for its content."""

    def read_folder(self, folder: Path) -> tuple[ContractReading, ...]:
        """Read all ``*.yaml`` and ``*.yml`` of a folder, in the order of their names.

        Two contracts that declare the same dataset name: the later one is broken, and says so. `NotFound` where there is
        no such folder.
        """


@dataclass(frozen=True)
class ContractTerms:
    """What a contract says beside its columns and rules."""

    name: str
    path: str | None = None
    """Where files land, as it shall stand in the contract."""
    format: FileFormat | None = None
    delimiter: str | None = None


class ContractWriter(Protocol):
    def suggested(self, suggestion: Suggestion, terms: ContractTerms) -> str:
        """A contract that reads back without problems: sure rules stand in it, the others as comments with their confidence."""


class SuiteReader(Protocol):
    def __call__(self, path: Path) -> tuple[Rule, ...]:
        """The rules of a file that Great Expectations wrote as a suite's JSON. `InvalidInput` says what is wrong with it."""
