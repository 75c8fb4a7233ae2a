"""Contracts from and to the formats of other tools."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from pydantic.dataclasses import dataclass

from data_management.application.ports import ContractTerms
from data_management.domain.models import Dataset


class ForeignFormat(StrEnum):
    """What other tools write and read."""

    GX = "gx"
    """An expectation suite of Great Expectations, as JSON."""
    DBT = "dbt"
    """dbt's properties file (``schema.yml``) with its data tests."""
    JSON_SCHEMA = "json-schema"
    """JSON Schema of one row."""
    MARKDOWN = "markdown"
    """A document for people; it is written alone."""


@dataclass(frozen=True)
class Translated:
    """`losses` say what the other format has no words for, or ours."""

    text: str
    losses: tuple[str, ...] = ()


class ContractTranslator(Protocol):
    def imported(self, path: Path, terms: ContractTerms, format_: ForeignFormat | None = None) -> Translated:
        """A contract that reads without problems; tests that have no rule stand in it as rules of type text.

        None: the content says the format. `InvalidInput` where it is no such file.
        """

    def exported(self, datasets: Sequence[Dataset], format_: ForeignFormat) -> Translated:
        """What the other tool reads. `InvalidInput` where the format holds one dataset and several are given."""
