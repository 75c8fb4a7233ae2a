"""What files say of one column, and how sure that makes a rule."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, Final, TypeVar

from pydantic.dataclasses import dataclass

from data_management.domain.expectations import EXPECTATION_TYPES
from data_management.domain.models import (
    ColumnProfile,
    Dimension,
    Expectation,
    Operator,
    Rule,
    Severity,
    SuggestedRule,
    SuggestionKind,
    Threshold,
    Unit,
)
from data_management.domain.services.classification import wilson_lower_bound

_FOLDS: Final = 20
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_KEYS: Final = frozenset(
    [
        "id",
        "ids",
        "key",
        "uuid",
        "guid",
        "code",
        "nr",
        "no",
        "num",
        "number",
        "zip",
        "postcode",
        "plz",
        "sku",
        "ean",
        "isbn",
        "ref",
        "reference",
        "serial",
        "idx",
    ]
)
_T = TypeVar("_T")


@dataclass(frozen=True)
class ColumnEvidence:
    """A column of several files: `profiles` are those of the files that have it, which together have `rows` rows."""

    name: str
    logical_type: str | None
    profiles: tuple[ColumnProfile, ...]
    rows: int
    files: int
    """Of all files, also those without it."""

    @property
    def everywhere(self) -> bool:
        return len(self.profiles) == self.files

    @cached_property
    def filled(self) -> tuple[ColumnProfile, ...]:
        """The profiles of the files where it has values."""
        return tuple(profile for profile in self.profiles if profile.count)

    @property
    def count(self) -> int:
        return sum(profile.count or 0 for profile in self.profiles)

    @property
    def nulls(self) -> int:
        return sum(profile.nulls for profile in self.profiles)

    @property
    def varies(self) -> bool:
        """Whether its values differ within any file. Where they do not, each file is one observation, however many rows it has."""
        return any(profile.distinct != 1 for profile in self.filled)

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(word.lower() for word in _WORD.findall(self.name))

    @property
    def is_named_like_a_key(self) -> bool:
        return bool(self.words) and (self.words[-1] in _KEYS or self.name.lower().endswith("id"))

    @property
    def shown(self) -> str:
        """What it was seen in, for reasons."""
        return f"{self.count:,} values of {plural(len(self.filled), 'file')}"

    def certainty(self, held: int, of: int, files: tuple[int, int]) -> float:
        """The Wilson bound of rows for which a limit held; of files, where they speak against it or do not vary within."""
        sure = wilson_lower_bound(held, of)
        if files[0] < files[1]:
            sure = min(sure, wilson_lower_bound(*files))
        return sure if self.varies else min(sure, wilson_lower_bound(len(self.filled), len(self.filled)))


def foreseen(parts: Sequence[_T], admits: Callable[[Sequence[_T], Sequence[_T]], bool]) -> tuple[int, int]:
    """How many files (or equal parts of many) the limit made of the *others* lets pass, and of how many; (0, 0) of a single file."""
    folds = min(len(parts), _FOLDS)
    if folds < 2:  # noqa: PLR2004  nothing is left to foresee it from
        return (0, 0)
    held = 0
    for fold in range(folds):
        others = [part for place, part in enumerate(parts) if place % folds != fold]
        held += admits(others, parts[fold::folds])
    return (held, folds)


def plural(count: int, what: str) -> str:
    return f"{count:,} {what}" + ("" if count == 1 else "s")


def expecting(
    evidence: ColumnEvidence,
    kind: SuggestionKind,
    to: str,
    *,
    confidence: float,
    reason: str,
    holds: bool = True,
    threshold: Threshold | None = None,
    **kwargs: Any,
) -> SuggestedRule:
    """A rule of a column, as our reader makes it of the contract.

    What the schema states (type, required, unique) is critical, as there: what is downstream breaks without it. A limit that was read
    off data warns.
    """
    stated = kind in (SuggestionKind.TYPE, SuggestionKind.REQUIRED, SuggestionKind.UNIQUE)
    expectation = Expectation(f"expect_column_{to}", {"column": evidence.name, **kwargs})
    rule = Rule(
        name=f"{evidence.name}.{kind}",
        expectations=(expectation,),
        dimension=EXPECTATION_TYPES[expectation.type].dimension,
        severity=Severity.CRITICAL if stated else Severity.WARNING,
        column=evidence.name,
        threshold=threshold,
    )
    return SuggestedRule(
        kind=kind,
        rule=rule,
        confidence=confidence,
        rows=evidence.rows if kind in (SuggestionKind.REQUIRED, SuggestionKind.NULL_SHARE) else evidence.count,
        files=len(evidence.profiles),
        reason=reason,
        holds=holds,
    )


def none_may_differ() -> Threshold:
    return Threshold(Operator.MUST_BE, (0,))


def at_most_percent(percent: float) -> Threshold:
    return Threshold(Operator.MUST_BE_LESS_OR_EQUAL_TO, (percent,), Unit.PERCENT)


def row_count_rule(least: int, most: int) -> Rule:
    return Rule(
        name="row_count",
        expectations=(Expectation("expect_table_row_count_to_be_between", {"min_value": 0}),),
        dimension=Dimension.COVERAGE,
        severity=Severity.WARNING,
        threshold=Threshold(Operator.MUST_BE_BETWEEN, (least, most)),
    )


def total(numbers: Iterable[int | None]) -> int:
    return sum(number or 0 for number in numbers)
