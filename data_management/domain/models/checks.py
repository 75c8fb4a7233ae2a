"""What reading one data asset yielded."""

from dataclasses import replace
from typing import Any

from pydantic import Field
from pydantic.dataclasses import dataclass

from data_management.domain.models.classifications import Classification
from data_management.domain.models.profiles import ColumnProfile
from data_management.domain.models.rules import Dimension, Rule, Severity


@dataclass(frozen=True)
class Column:
    """A column as it was read: its name and its column type, as the glossary (`CONTEXT.md`) lists them.

    `stored` is the type that the file itself has, where the contract has it read as another.
    """

    name: str
    type: str
    stored: str | None = None

    @property
    def own_type(self) -> str:
        """The file's."""
        return self.stored or self.type


@dataclass(frozen=True)
class Check:
    """A rule's outcome on a data asset.

    `evaluated` and `unexpected` count rows and are None for an aggregate rule; `observed` is an aggregate rule's
    figure. An errored check has no `success`, nor has that of a rule that is not run; `error` says why, without quoting values.
    """

    rule: str
    expectation: str | None
    column: str | None
    dimension: Dimension
    severity: Severity
    success: bool | None
    errored: bool = False
    evaluated: int | None = None
    unexpected: int | None = None
    observed: Any = None
    error: str | None = None
    engine: str | None = None
    """Which engine computed it: ``duckdb``, or ``pandas`` for what only Great Expectations' own engine computes."""
    samples: tuple[Any, ...] = ()
    """Unexpected values, only where they were asked for; masked for classified columns."""
    native_result: dict[str, Any] | None = None
    """As the library gives it that ran the rule (Great Expectations), only where it was asked for."""

    @classmethod
    def of(cls, rule: Rule, **outcome: Any) -> "Check":
        """The check of `rule` with this outcome."""
        return cls(
            rule=rule.name,
            expectation=rule.expectation,
            column=rule.column,
            dimension=rule.dimension,
            severity=rule.severity,
            **outcome,
        )

    @classmethod
    def failed_to_run(cls, rule: Rule, error: str) -> "Check":
        return cls.of(rule, success=None, errored=True, error=error)

    @classmethod
    def not_run(cls, rule: Rule) -> "Check":
        """The check of a rule that cannot be run: neither passed nor failed nor errored."""
        return cls.of(rule, success=None, error=f"not run: {rule.not_runnable or 'it has no expectation'}")

    def erased(self) -> "Check":
        """The same without what it may quote: figures observed, samples, reasons. Counts stay."""
        return replace(
            self, observed=None, samples=(), native_result=None, error=None if self.error is None else "erased"
        )

    @property
    def was_run(self) -> bool:
        return self.errored or self.success is not None

    @property
    def is_row_level(self) -> bool:
        return self.evaluated is not None and self.unexpected is not None


@dataclass(frozen=True)
class ReadingNote:
    """What a reader decided or doubted, in words: `code` for programs, `line` (1-based) where there is one."""

    code: str
    message: str
    line: int | None = None


@dataclass(frozen=True)
class Examination:
    """Everything that one reading of a data asset yielded."""

    columns: tuple[Column, ...]
    row_count: int
    checks: tuple[Check, ...]
    profile: tuple[ColumnProfile, ...] = ()
    content_sha256: str | None = None
    notes: tuple[ReadingNote, ...] = Field(default=())
    reading: dict[str, str | int | bool | None] = Field(default_factory=dict)
    """How it was read: ``format``, ``compression``, ``encoding``, ``delimiter``, ``header_line`` and their like."""
    classifications: tuple[Classification, ...] = ()
    """Of the columns that hold something personal or secret, or that the contract classifies."""
