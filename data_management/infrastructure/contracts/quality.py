"""An entry of `quality` as a rule."""

from dataclasses import dataclass, replace
from typing import Final

import open_data_contract_standard.model as odcs

from data_management.domain.custom_expectations import CustomExpectations
from data_management.domain.models import Dimension, Rule, Severity
from data_management.domain.services.spelling import did_you_mean
from data_management.infrastructure.contracts.columns import Column, Columns
from data_management.infrastructure.contracts.custom_properties import (
    OF_RULES,
    Properties,
    dimension_of,
    scope_of,
    weight_of,
)
from data_management.infrastructure.contracts.gx import gx_check, is_great_expectations
from data_management.infrastructure.contracts.metrics import Check, Entry, library_check
from data_management.infrastructure.contracts.problems import Place, quoted

SEVERITIES: Final = {
    **dict.fromkeys(("critical", "error", "high", "blocker"), Severity.CRITICAL),
    **dict.fromkeys(("warning", "warn", "medium"), Severity.WARNING),
    **dict.fromkeys(("info", "information", "low"), Severity.INFO),
}
_TYPES: Final = ("library", "text", "sql", "custom")
_UNSAID: Final = Dimension.CONFORMITY
"""The dimension of a rule that cannot be run and does not name one."""


@dataclass(frozen=True)
class Draft:
    """A rule whose name may still have to give way: `named` is whether the contract itself names it."""

    rule: Rule
    place: Place
    named: bool = False


def drafts_of(
    place: Place,
    entries: list[odcs.DataQuality] | None,
    column: Column | None,
    columns: Columns,
    custom: CustomExpectations = (),
) -> list[Draft]:
    """The rules of a `quality` list; entries with problems are reported and left out."""
    drafts = [
        _draft(Entry(place.at("quality", index), quality, column, columns, custom))
        for index, quality in enumerate(entries or ())
    ]
    return [draft for draft in drafts if draft is not None]


def _draft(entry: Entry) -> Draft | None:
    check = _check(entry)
    quality, place = entry.quality, entry.place
    dimension = None if quality.dimension is None else dimension_of(place.at("dimension"), quality.dimension)
    severity = _severity(place.at("severity"), quality.severity or (check.severity if check else None))
    properties = Properties(place, quality.customProperties, OF_RULES)
    weight, scope = weight_of(properties), scope_of(properties)
    if check is None:
        return None
    name = (quality.name or quality.id or "").strip()
    on = check.column or (entry.column.name if entry.column else None)
    rule = Rule(
        name=name or ".".join(part for part in (on, check.short_name) if part),
        expectations=check.expectations,
        dimension=dimension or check.dimension or _UNSAID,
        severity=severity or Severity.CRITICAL,
        weight=weight,
        column=on,
        description=(quality.description or "").strip(),
        threshold=check.threshold,
        scope=scope,
        not_runnable=check.not_runnable,
    )
    return Draft(nested(rule, entry.column), place, named=bool(name))


def nested(rule: Rule, column: Column | None) -> Rule:
    """The rule as it is where its column is part of another: shown, and not run."""
    if column is None or column.inside is None:
        return rule
    reason = f"{column.name} is inside the column {column.inside}, and expectations look at whole columns"
    return replace(
        rule, expectations=(), threshold=None, column=column.inside, not_runnable=rule.not_runnable or reason
    )


def _check(entry: Entry) -> Check | None:
    quality = entry.quality
    type_ = (quality.type or "library").strip().lower()
    if type_ == "library":
        return library_check(entry)
    if type_ == "text":
        return Check(short_name="text", not_runnable="a text rule is for people")
    if type_ == "sql":
        if not quality.query:
            entry.place.at("query").wrong("a rule of type sql has no query", "add 'query:'")
        return Check(
            short_name="sql", not_runnable="SQL rules are not run on files; say it with a metric or an expectation"
        )
    if type_ == "custom":
        return _custom(entry)
    otherwise = f"use one of {', '.join(_TYPES)}"
    entry.place.at("type").wrong(
        f"the type {quoted(quality.type)} is not known", did_you_mean(type_, _TYPES, otherwise)
    )
    return None


def _custom(entry: Entry) -> Check | None:
    engine = (entry.quality.engine or "").strip()
    if not engine:
        entry.place.at("engine").wrong("a rule of type custom names no engine", "add 'engine: greatExpectations'")
        return None
    if is_great_expectations(engine):
        return gx_check(entry)
    return Check(
        short_name=engine, not_runnable=f"rules of the engine {quoted(engine)} are not run; greatExpectations is"
    )


def _severity(place: Place, given: object) -> Severity | None:
    if given is None:
        return None
    found = SEVERITIES.get(str(given).strip().lower())
    if found is None:
        otherwise = f"use one of {', '.join(Severity)}"
        place.wrong(
            f"the severity {quoted(given)} is not known", did_you_mean(str(given), tuple(SEVERITIES), otherwise)
        )
    return found
