"""A suggestion as a data contract (ODCS v3.1) in YAML. Comments carry what a program has no place for."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml

from data_management.application.ports import ContractTerms
from data_management.domain.models import (
    Operator,
    SuggestedColumn,
    SuggestedRule,
    Suggestion,
    SuggestionKind,
    Unit,
)

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*([ .-][A-Za-z0-9_]+)*")
_WORDS: Final = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))
_METRICS: Final = {
    SuggestionKind.ALLOWED_VALUES: "invalidValues",
    SuggestionKind.PATTERN: "invalidValues",
    SuggestionKind.NULL_SHARE: "nullValues",
    SuggestionKind.ROW_COUNT: "rowCount",
}
_STATED: Final = (SuggestionKind.TYPE, SuggestionKind.REQUIRED, SuggestionKind.UNIQUE)

Lines = Iterator[str]


class OdcsContractWriter:
    """Writes what our reader reads back as the same rules."""

    def suggested(self, suggestion: Suggestion, terms: ContractTerms) -> str:
        return "\n".join(_document(suggestion, terms)) + "\n"


def _document(suggestion: Suggestion, terms: ContractTerms) -> Lines:
    files = f"{suggestion.files:,} file{'' if suggestion.files == 1 else 's'}"
    yield f"# Suggested by data-management from {suggestion.rows:,} rows of {files}."
    yield "# The number before each rule is the share of rows (or files) for which it holds at least, at 95 % (Wilson)."
    yield f"# Rules below {suggestion.min_confidence:g}, or with exceptions, are comments: remove the '# ' to accept one."
    yield "apiVersion: v3.1.0"
    yield "kind: DataContract"
    yield f"id: {_scalar(terms.name)}"
    yield "version: 0.1.0"
    yield "status: draft"
    if terms.path is not None:
        yield from ("servers:", "  - server: landing", "    type: local", f"    path: {_scalar(terms.path)}")
        if terms.format is not None:
            yield f"    format: {terms.format.value}"
        if terms.delimiter is not None:
            yield f"    delimiter: {_scalar(terms.delimiter)}"
    else:
        yield "# It names no server: add one, or suggest with --landing, so that a run looks for files somewhere."
    yield from ("schema:", f"  - name: {_scalar(terms.name)}", "    physicalType: file")
    if suggestion.columns:
        yield "    properties:"
    for column in suggestion.columns:
        yield from _indented(_property(suggestion, column), 6)
    yield from _indented(_quality(suggestion, suggestion.rules_of(None)), 4)


def _property(suggestion: Suggestion, column: SuggestedColumn) -> Lines:
    yield f"- name: {_scalar(column.name)}"
    yield from _indented(_of_property(suggestion, column), 2)


def _of_property(suggestion: Suggestion, column: SuggestedColumn) -> Lines:
    yield from (f"# {note}" for note in column.notes)
    if column.classification is not None:
        found = column.classification
        yield f"# {_confidence(found.confidence)}: {found.reason}"
        stated = suggestion.classification_of(column) is not None
        yield f"{'' if stated else '# '}classification: {found.sensitivity.value}"
    rules = suggestion.rules_of(column.name)
    for suggested in rules:
        if suggested.kind in _STATED:
            yield _why(suggested)
            yield f"{'' if suggestion.is_active(suggested) else '# '}{_stated(suggested)}"
    yield from _quality(suggestion, tuple(suggested for suggested in rules if suggested.kind not in _STATED))


def _quality(suggestion: Suggestion, rules: tuple[SuggestedRule, ...]) -> Lines:
    """The list of rules; where all of them are comments, so is its key."""
    if not rules:
        return
    yield "quality:" if any(suggestion.is_active(suggested) for suggested in rules) else "# quality:"
    for suggested in rules:
        yield f"  {_why(suggested)}"
        mark = "" if suggestion.is_active(suggested) else "# "
        yield from (f"{mark}  {line}" for line in _entry(suggested))


def _why(suggested: SuggestedRule) -> str:
    return f"# {_confidence(suggested.confidence)}: {suggested.reason}"


def _confidence(confidence: float) -> str:
    """Rounded down: 1 is said of no rate."""
    return f"{min(int(confidence * 10_000) / 10_000, 0.9999):.4g}"


def _stated(suggested: SuggestedRule) -> str:
    if suggested.kind is SuggestionKind.TYPE:
        return f"logicalType: {suggested.rule.expectations[0].kwargs['type_']}"
    return f"{suggested.kind}: true"


def _entry(suggested: SuggestedRule) -> Lines:
    rule = suggested.rule
    expectation = rule.expectations[0]
    arguments = {name: value for name, value in expectation.kwargs.items() if name != "column"}
    yield f"- name: {_scalar(rule.name)}"
    if suggested.kind not in _METRICS:
        yield "  type: custom"
        yield "  engine: greatExpectations"
        yield f"  implementation: {{type: {expectation.type}, kwargs: {_mapping(arguments)}}}"
    else:
        yield f"  metric: {_METRICS[suggested.kind]}"
        if suggested.kind is SuggestionKind.ALLOWED_VALUES:
            yield f"  arguments: {{validValues: [{', '.join(map(_scalar, arguments['value_set']))}]}}"
        elif suggested.kind is SuggestionKind.PATTERN:
            yield f"  arguments: {{pattern: {_quoted(arguments['regex'], chr(39))}}}"
        yield from _threshold(suggested)
    yield f"  severity: {rule.severity.value}"


def _threshold(suggested: SuggestedRule) -> Lines:
    threshold = suggested.rule.threshold
    if threshold is None:
        return
    bounds = [_scalar(int(bound) if float(bound).is_integer() else bound) for bound in threshold.bounds]
    between = threshold.operator in (Operator.MUST_BE_BETWEEN, Operator.MUST_NOT_BE_BETWEEN)
    compared = f"[{', '.join(bounds)}]" if between else bounds[0]
    yield f"  {threshold.operator.value}: {compared}"
    if threshold.unit is Unit.PERCENT:
        yield "  unit: percent"


def _mapping(arguments: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{name}: {_scalar(value)}" for name, value in arguments.items()) + "}"


def _scalar(value: Any) -> str:
    """As YAML 1.1 and 1.2 both read it back: whatever might be taken for something else stands in quotes."""
    if not isinstance(value, str):
        return repr(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return _quoted(value, '"')


def _quoted(text: str, style: str) -> str:
    return yaml.safe_dump(text, default_style=style, allow_unicode=True, width=float("inf")).rstrip("\n")


def _indented(lines: Lines, by: int) -> Lines:
    return (" " * by + line for line in lines)
