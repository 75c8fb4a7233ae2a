"""What programs read of contracts: what is wrong with them, and what changed between two."""

from pydantic import BaseModel

from data_management.application.ports import ContractProblem
from data_management.domain.models import ContractChange


class ContractProblemDto(BaseModel):
    """`level` is ``error``, of what keeps a contract from being used, or ``warning``; `place` a path like ``schema[0].quality[2]``."""

    level: str
    file: str
    line: int | None
    place: str | None
    dataset: str | None
    problem: str
    fix: str | None

    @classmethod
    def of(cls, problem: ContractProblem) -> "ContractProblemDto":
        return cls(
            level="error",
            file=problem.file,
            line=problem.line,
            place=problem.place or None,
            dataset=None,
            problem=problem.problem,
            fix=problem.fix,
        )

    @classmethod
    def of_advice(cls, file: str, dataset: str, advice: str) -> "ContractProblemDto":
        problem, _, fix = advice.rpartition("; ")
        return cls(level="warning", file=file, line=None, place=None, dataset=dataset, problem=problem, fix=fix)

    def __str__(self) -> str:
        """As compilers say it, so that editors find the place."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        about = self.place or (f"dataset {self.dataset!r}" if self.dataset else "")
        return f"{where}: {self.level}: {about + ': ' if about else ''}{self.problem}; {self.fix}"


class ContractChangeDto(BaseModel):
    """`breaks` names whom: producers deliver the files, consumers read what was accepted."""

    dataset: str
    part: str
    what: str
    kind: str
    before: str | None
    after: str | None
    breaking: bool
    breaks: list[str]

    @classmethod
    def of(cls, change: ContractChange) -> "ContractChangeDto":
        return cls(
            dataset=change.dataset,
            part=change.part.value,
            what=change.what,
            kind=change.kind.value,
            before=change.before,
            after=change.after,
            breaking=change.is_breaking,
            breaks=[party.value for party in change.breaks],
        )
