"""A contract that files speak for: columns and rules with what they stand on. A person accepts it."""

from enum import StrEnum

from pydantic.dataclasses import dataclass

from data_management.domain.models.classifications import Classification
from data_management.domain.models.datasets import ColumnSpec
from data_management.domain.models.rules import Rule


class SuggestionKind(StrEnum):
    TYPE = "type"
    REQUIRED = "required"
    UNIQUE = "unique"
    ALLOWED_VALUES = "allowed_values"
    PATTERN = "pattern"
    LENGTH = "length"
    RANGE = "range"
    NULL_SHARE = "null_share"
    ROW_COUNT = "row_count"


@dataclass(frozen=True)
class SuggestedRule:
    """A rule with its evidence.

    `confidence` is a Wilson lower bound at 95 %: of the share of `rows` (of `files`, where the rule is about whole files) for which
    the rule held. `reason` counts and quotes no value. Where it does not hold of all that was looked at, `holds` is false.
    """

    kind: SuggestionKind
    rule: Rule
    confidence: float
    rows: int
    files: int
    reason: str
    holds: bool = True


@dataclass(frozen=True)
class SuggestedColumn:
    name: str
    logical_type: str | None = None
    classification: Classification | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suggestion:
    """What to demand of files like these."""

    columns: tuple[SuggestedColumn, ...]
    rules: tuple[SuggestedRule, ...]
    files: int
    rows: int
    min_confidence: float

    def is_active(self, suggested: SuggestedRule) -> bool:
        """Whether it is sure enough to stand in the contract; the others are for a person to decide.

        A type is how the files are read, not a rate: few rows make it no less so.
        """
        sure = suggested.kind is SuggestionKind.TYPE or suggested.confidence >= self.min_confidence
        return suggested.holds and sure

    @property
    def active(self) -> tuple[SuggestedRule, ...]:
        return tuple(suggested for suggested in self.rules if self.is_active(suggested))

    def rules_of(self, column: str | None) -> tuple[SuggestedRule, ...]:
        """Those of a column; of None, those of the whole dataset."""
        return tuple(suggested for suggested in self.rules if suggested.rule.column == column)

    def has(self, column: str, kind: SuggestionKind) -> bool:
        """Whether the column has an active rule of this kind."""
        return any(each.kind is kind and each.rule.column == column for each in self.active)

    def classification_of(self, column: SuggestedColumn) -> str | None:
        """The level that the contract states; None where it is not sure enough."""
        found = column.classification
        return found.sensitivity.value if found and found.confidence >= self.min_confidence else None

    @property
    def specs(self) -> tuple[ColumnSpec, ...]:
        """The columns as the contract will state them."""
        return tuple(
            ColumnSpec(
                name=column.name,
                logical_type=column.logical_type if self.has(column.name, SuggestionKind.TYPE) else None,
                required=self.has(column.name, SuggestionKind.REQUIRED),
                classification=self.classification_of(column),
            )
            for column in self.columns
        )
