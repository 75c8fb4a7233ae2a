"""Expectation suites of Great Expectations as JSON: read, and written."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from data_management.domain.custom_expectations import SETTING, CustomExpectations, find_custom
from data_management.domain.expectations import ExpectationKind, find_expectation_type
from data_management.domain.models import Dataset, Expectation, Operator, Rule, RuleScope, Severity, Threshold, Unit
from data_management.errors import InvalidInput
from data_management.infrastructure.contracts.translating.drafts import Draft, expectation, for_people

_TYPE_KEYS: Final = ("type", "expectation_type")
_OF_RESULTS: Final = ("result_format", "catch_exceptions", "batch_id", "meta")


def is_suite(content: Any) -> bool:
    return isinstance(content, Mapping) and isinstance(content.get("expectations"), list)


def draft_of_suite(content: Mapping[str, Any], name: str, custom: CustomExpectations = ()) -> Draft:
    """One schema object: columns are those that expectations name."""
    draft, columns, table = Draft(), dict[str, dict[str, Any]](), list[dict[str, Any]]()
    for place, given in enumerate(content["expectations"], start=1):
        type_, kwargs = _configured(given, place)
        for column in _columns_of(kwargs):
            columns.setdefault(column, {"name": column})
        own = find_custom(type_, custom)
        known = own.on(kwargs, of_property=False) if own else find_expectation_type(type_)
        severity = str(given.get("severity") or Severity.CRITICAL).lower()
        is_of_column = known is None or known.kind is ExpectationKind.COLUMN
        property_ = columns.get(str(kwargs.get("column"))) if is_of_column else None
        if known is None:
            draft.losses.append(
                f"expectation {place}, {type_}, is none of Great Expectations' core; {SETTING} names your own"
            )
            said = f"{type_} {json.dumps(kwargs)} of a suite of Great Expectations"
            entry = for_people(said, severity)
        elif (
            property_ is not None
            and set(kwargs) == {"column"}
            and severity == Severity.CRITICAL
            and known.name in _STATED
        ):
            property_[_STATED[known.name]] = True
            continue
        else:
            kwargs = {key: value for key, value in kwargs.items() if property_ is None or key != "column"}
            entry = expectation(known.name, kwargs, severity) | _described(given)
        (table if property_ is None else property_.setdefault("quality", [])).append(entry)
    draft.objects.append(_object(content, name, list(columns.values()), table))
    return draft


_STATED: Final = {"expect_column_values_to_not_be_null": "required", "expect_column_values_to_be_unique": "unique"}
"""What a property says by itself."""


def _configured(given: Any, place: int) -> tuple[str, dict[str, Any]]:
    type_ = next((given[key] for key in _TYPE_KEYS if key in given), None) if isinstance(given, Mapping) else None
    kwargs = given.get("kwargs", {}) if isinstance(given, Mapping) else None
    if not isinstance(type_, str) or not isinstance(kwargs, Mapping):
        raise InvalidInput(f"expectation {place} of the suite has no type, or kwargs that are no mapping")
    return type_, {str(key): value for key, value in kwargs.items() if key not in _OF_RESULTS}


def _object(
    content: Mapping[str, Any], name: str, columns: list[dict[str, Any]], table: list[dict[str, Any]]
) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "physicalType": "file"}
    suite = content.get("name") or content.get("expectation_suite_name")
    if isinstance(suite, str) and suite:
        found["description"] = f"From the expectation suite {suite}."
    return found | ({"properties": columns} if columns else {}) | ({"quality": table} if table else {})


def _described(given: Mapping[str, Any]) -> dict[str, Any]:
    notes = given.get("description") or given.get("notes")
    text = "\n".join(map(str, notes)) if isinstance(notes, list) else notes
    return {"description": text} if isinstance(text, str) and text else {}


def _columns_of(kwargs: Mapping[str, Any]) -> Iterator[str]:
    for key in ("column", "column_A", "column_B", "column_list", "column_set"):
        value = kwargs.get(key)
        for name in value if isinstance(value, list) else [value]:
            if isinstance(name, str):
                yield name


def suite_of(dataset: Dataset) -> tuple[str, list[str]]:
    """The suite's JSON, which `ExpectationSuite(**json)` takes, and what it does not say."""
    typed = [rule.name for rule in dataset.rules if rule.expectation == "expect_column_values_to_be_of_type"]
    losses = []
    if typed:
        losses.append(
            f"the types of {len(typed)} column(s): Great Expectations names them as each engine does, and the contract by kind"
        )
    expectations = [
        {
            "type": each.type,
            "kwargs": each.kwargs,
            "severity": rule.severity.value,
            "meta": {"rule": rule.name, "dimension": rule.dimension.value, "weight": rule.effective_weight},
            **({"description": rule.description} if rule.description else {}),
        }
        for rule in dataset.rules
        if rule.name not in typed
        for each in _expectations(rule, losses)
    ]
    meta = {"contract": dataset.contract_id, "contract_version": dataset.contract_version}
    suite = {"name": dataset.name, "expectations": expectations, "meta": meta, "notes": dataset.description or None}
    if dataset.policy.gate.min_score is not None or dataset.policy.gate.min_dimensions:
        losses.append("gates (minScore) are the score's, which Great Expectations does not have")
    return json.dumps(suite, indent=2, ensure_ascii=False) + "\n", losses


def _expectations(rule: Rule, losses: list[str]) -> list[Expectation]:
    if not rule.expectations:
        losses.append(f"rule {rule.name!r} is left out: {rule.not_runnable}")
        return []
    if rule.scope is RuleScope.DATASET:
        losses.append(f"rule {rule.name!r} is about all files together; give Great Expectations a batch of all of them")
    if rule.threshold is None:
        return list(rule.expectations)
    borne = _with_threshold(rule, rule.threshold)
    if borne is None:
        losses.append(f"rule {rule.name!r} is left out: its threshold ({_shown(rule.threshold)}) has no counterpart")
        return []
    return [borne] if isinstance(borne, Expectation) else borne


def _with_threshold(rule: Rule, threshold: Threshold) -> Expectation | list[Expectation] | None:
    """What bears exactly as much; None where nothing does."""
    operator, bounds = threshold.operator, threshold.bounds
    first = rule.expectations[0]
    if first.type == "expect_table_row_count_to_be_between":
        least, most = {
            Operator.MUST_BE: (bounds[0], bounds[0]),
            Operator.MUST_BE_BETWEEN: (bounds[0], bounds[-1]),
            Operator.MUST_BE_GREATER_THAN: (bounds[0] + 1, None),
            Operator.MUST_BE_GREATER_OR_EQUAL_TO: (bounds[0], None),
            Operator.MUST_BE_LESS_THAN: (None, bounds[0] - 1),
            Operator.MUST_BE_LESS_OR_EQUAL_TO: (None, bounds[0]),
        }.get(operator, (None, None))
        limits = {"min_value": least, "max_value": most}
        if (least is None and most is None) or any(each is not None and each != int(each) for each in limits.values()):
            return None
        return Expectation(first.type, {name: int(each) for name, each in limits.items() if each is not None})
    if bounds[-1] <= 0 and operator in (Operator.MUST_BE, Operator.MUST_BE_LESS_OR_EQUAL_TO, Operator.MUST_BE_BETWEEN):
        return list(rule.expectations)
    is_share = threshold.unit is Unit.PERCENT and operator is Operator.MUST_BE_LESS_OR_EQUAL_TO
    only_nulls = first.type == "expect_column_values_to_not_be_null" and len(rule.expectations) == 1
    if is_share and only_nulls:  # of the others Great Expectations takes the share of what is not null
        return Expectation(first.type, {**first.kwargs, "mostly": 1 - bounds[0] / 100})
    return None


def _shown(threshold: Threshold) -> str:
    return f"{threshold.operator} {', '.join(f'{bound:g}' for bound in threshold.bounds)} {threshold.unit}"
