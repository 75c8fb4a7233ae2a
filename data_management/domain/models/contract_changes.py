"""How one version of a contract differs from another."""

from enum import StrEnum

from pydantic.dataclasses import dataclass


class ContractPart(StrEnum):
    """What of a dataset a change is about."""

    DATASET = "dataset"
    COLUMN = "column"
    KEY = "key"
    """Columns that name a row."""
    RULE = "rule"
    SERVER = "server"
    """Where files land, and how they are read."""
    POLICY = "policy"
    """How checks become a score and a verdict."""
    TEXT = "text"
    """What is for people."""


class ContractChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    STRICTER = "stricter"
    """Less is good than before."""
    LOOSER = "looser"
    """More is good than before."""
    CHANGED = "changed"
    """Neither holds, or nobody can tell."""


class Party(StrEnum):
    """Whom a breaking change breaks."""

    PRODUCERS = "producers"
    """Who delivers files: what was accepted before may be quarantined, rejected or not found now."""
    CONSUMERS = "consumers"
    """Who reads accepted files: they may meet what could not be there before, or miss what was."""


@dataclass(frozen=True)
class ContractChange:
    """One difference of a dataset; `before` and `after` are for people, None where there is nothing."""

    dataset: str
    part: ContractPart
    what: str
    """The column's or rule's name, or which property of the dataset."""
    kind: ContractChangeKind
    before: str | None = None
    after: str | None = None
    breaks: tuple[Party, ...] = ()

    @property
    def is_breaking(self) -> bool:
        return bool(self.breaks)


@dataclass(frozen=True)
class ContractDiff:
    changes: tuple[ContractChange, ...] = ()

    @property
    def breaking(self) -> tuple[ContractChange, ...]:
        return tuple(change for change in self.changes if change.is_breaking)

    @property
    def is_breaking(self) -> bool:
        return any(change.is_breaking for change in self.changes)

    @property
    def due(self) -> str | None:
        """Which part of the contract's version is to be raised, by Semantic Versioning; None where nothing changed."""
        if not self.changes:
            return None
        if self.is_breaking:
            return "major"
        return "patch" if all(change.part is ContractPart.TEXT for change in self.changes) else "minor"
