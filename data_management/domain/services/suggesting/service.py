"""The rules that files speak for."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from data_management.domain.models import (
    Check,
    Classification,
    ColumnProfile,
    Examination,
    SuggestedColumn,
    SuggestedRule,
    Suggestion,
    SuggestionKind,
)
from data_management.domain.services.classification import wilson_lower_bound
from data_management.domain.services.suggesting.evidence import ColumnEvidence, plural, total
from data_management.domain.services.suggesting.numbers import range_rule
from data_management.domain.services.suggesting.presence import (
    null_share_rule,
    required_rule,
    row_count_suggestion,
    type_rule,
    unique_rule,
)
from data_management.domain.services.suggesting.texts import text_rules

DEFAULT_CONFIDENCE: Final = 0.95
_LIKELY: Final = 0.5
"""What is less sure is not worth a person's time."""
_OF_FILES: Final = (SuggestionKind.NULL_SHARE, SuggestionKind.ROW_COUNT, SuggestionKind.TYPE)

_LOGICAL_TYPES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"), "integer"),
    **dict.fromkeys(("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"), "integer"),
    **dict.fromkeys(("FLOAT", "DOUBLE", "DECIMAL"), "number"),
    **dict.fromkeys(("VARCHAR", "ENUM"), "string"),
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIME": "time",
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"), "timestamp"),
    **dict.fromkeys(("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE"), "timestamp"),
}
_WIDER: Final = {frozenset(("integer", "number")): "number", frozenset(("date", "timestamp")): "timestamp"}
_TEXTUAL: Final = ("csv", "json", "jsonl")
_ISO_DATE = re.compile(r"9999-99-99")
_ISO_TIMESTAMP = re.compile(r"9999-99-99[A ]99:99(:99(\.9{1,6})?)?(A|[+-]99:?99)?")


class RuleSuggestionService:
    """Pure: values in, values out."""

    def suggest(self, examinations: Sequence[Examination], *, min_confidence: float = DEFAULT_CONFIDENCE) -> Suggestion:
        """What the files' profiles speak for. Of columns that hold, or may hold, something private no rule tells a value."""
        classified = _classified(examinations)
        columns: list[SuggestedColumn] = []
        rules: list[SuggestedRule] = []
        for evidence, notes in _columns(examinations):
            classification = classified.get(evidence.name)
            columns.append(SuggestedColumn(evidence.name, evidence.logical_type, classification, notes))
            rules += _rules(evidence, tells_values=classification is None)
        rules += row_count_suggestion([examination.row_count for examination in examinations])
        return Suggestion(
            columns=tuple(columns),
            rules=tuple(each for each in rules if each.confidence >= _LIKELY or each.kind is SuggestionKind.TYPE),
            files=len(examinations),
            rows=sum(examination.row_count for examination in examinations),
            min_confidence=min_confidence,
        )

    def measured(self, suggestion: Suggestion, examinations: Sequence[Examination]) -> Suggestion:
        """The suggestion after its rules were run on the files: profiles estimate and sample, checks count.

        A rule that could not be evaluated, or that few rows keep, is dropped. So is what the values tell of a column in which a file was
        found to hold something private only now.
        """
        by_rule: dict[str, list[Check]] = {}
        for examination in examinations:
            for check in examination.checks:
                by_rule.setdefault(check.rule, []).append(check)
        private = _classified(examinations)
        kept = (_counted(each, by_rule.get(each.rule.name, [])) for each in suggestion.rules)
        rules = tuple(
            each for each in kept if each is not None and (each.rule.column not in private or not _tells_values(each))
        )
        columns = tuple(
            replace(column, classification=column.classification or private.get(column.name))
            for column in suggestion.columns
        )
        return replace(suggestion, rules=rules, columns=columns)


def _rules(evidence: ColumnEvidence, *, tells_values: bool) -> Iterator[SuggestedRule]:
    yield from type_rule(evidence)
    if not evidence.everywhere:
        return  # a rule on a column that a file lacks cannot be run there
    yield from required_rule(evidence)
    unique = list(unique_rule(evidence))
    yield from unique
    if tells_values:
        yield from text_rules(evidence)
        if not unique:
            yield from range_rule(evidence)
    yield from null_share_rule(evidence)


def _tells_values(suggested: SuggestedRule) -> bool:
    return suggested.kind in (
        SuggestionKind.ALLOWED_VALUES,
        SuggestionKind.PATTERN,
        SuggestionKind.LENGTH,
        SuggestionKind.RANGE,
    )


def _counted(suggested: SuggestedRule, checks: Sequence[Check]) -> SuggestedRule | None:
    if not checks or any(check.success is None for check in checks):
        return None
    holds = all(check.success for check in checks)
    if suggested.kind in _OF_FILES:
        return suggested if holds else None
    rows, unexpected = total(check.evaluated for check in checks), total(check.unexpected for check in checks)
    confidence = min(suggested.confidence, wilson_lower_bound(rows - unexpected, rows))
    if confidence < _LIKELY:
        return None
    reason = suggested.reason
    if unexpected:
        reason = f"{rows - unexpected:,} of {rows:,} rows of {plural(len(checks), 'file')} keep it"
    return replace(suggested, holds=holds, rows=rows, confidence=confidence, reason=reason)


def _columns(examinations: Sequence[Examination]) -> Iterator[tuple[ColumnEvidence, tuple[str, ...]]]:
    """Each column with its evidence and notes, in the order in which they are met."""
    found: dict[str, list[tuple[ColumnProfile, str, Examination]]] = {}
    for examination in examinations:
        types = {column.name: column.type for column in examination.columns}
        for profile in examination.profile:
            found.setdefault(profile.name, []).append((profile, types[profile.name], examination))
    for name, parts in found.items():
        types_of_files = {_logical_type(type_, profile, file) for profile, type_, file in parts if profile.count}
        agreed, notes = _agreed(types_of_files)
        if len(parts) < len(examinations):
            notes.append(f"only {len(parts)} of {len(examinations)} files have it")
        if not types_of_files:
            notes.append("it is empty in all files")
        evidence = ColumnEvidence(
            name=name,
            logical_type=agreed,
            profiles=tuple(profile for profile, _, _ in parts),
            rows=sum(examination.row_count for _, _, examination in parts),
            files=len(examinations),
        )
        yield evidence, tuple(notes)


def _agreed(types: set[str | None]) -> tuple[str | None, list[str]]:
    if len(types) < 2:  # noqa: PLR2004  they agree
        return next(iter(types), None), []
    named = ", ".join(sorted(type_ or "another type" for type_ in types))
    wider = _WIDER.get(frozenset(type_ or "" for type_ in types), "string" if "string" in types else None)
    return wider, [f"its files differ in type: {named}"]


def _logical_type(type_: str, profile: ColumnProfile, file: Examination) -> str | None:
    family = type_.partition("(")[0].strip().upper()
    logical = None if type_.endswith("]") else _LOGICAL_TYPES.get(family)
    shapes = [each.value for each in profile.patterns or ()]
    if logical == "string" and shapes and file.reading.get("format") in _TEXTUAL:
        if all(_ISO_DATE.fullmatch(shape) for shape in shapes):
            return "date"
        if all(_ISO_TIMESTAMP.fullmatch(shape) for shape in shapes):
            return "timestamp"
    return logical


def _classified(examinations: Iterable[Examination]) -> dict[str, Classification]:
    """The surest of each column; where one file calls it private, it is."""
    found: dict[str, Classification] = {}
    for examination in examinations:
        for each in examination.classifications:
            other = found.get(each.column)
            if other is None or (each.sensitivity.is_private, each.confidence) > (
                other.sensitivity.is_private,
                other.confidence,
            ):
                found[each.column] = each
    return found
