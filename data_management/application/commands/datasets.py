"""Commands about datasets."""

from pydantic.dataclasses import dataclass

from data_management.application.commands.base import Command
from data_management.domain.models import Dataset


@dataclass(frozen=True)
class RegisterDatasetCommand(Command[Dataset]):
    """Store a dataset as its contract defines it."""

    dataset: Dataset
    may_rename: bool = True
    """Whether its schema object may be one that declared a dataset of another name, which is renamed; without it, `Conflict`."""


@dataclass(frozen=True)
class RetireDatasetCommand(Command[bool]):
    """Retire a dataset that no contract declares any more; its history stays. False where it was retired before."""

    name: str
