"""ODCS library metrics as expectations with a threshold."""

import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import open_data_contract_standard.model as odcs

from data_management.domain.custom_expectations import CustomExpectations
from data_management.domain.models import Dimension, Expectation, Threshold
from data_management.domain.services.spelling import did_you_mean
from data_management.infrastructure.contracts.columns import Column, Columns
from data_management.infrastructure.contracts.problems import Place, quoted
from data_management.infrastructure.contracts.thresholds import threshold_of

METRICS: Final = ("nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount")

_OLD_METRICS: Final = {"duplicateCount": "duplicateValues", "rowCount": "rowCount"}
_OLD_RULES: Final = {
    "uniqueCheck": "duplicateValues",
    "nullCheck": "nullValues",
    "validValues": "invalidValues",
    "invalid": "invalidValues",
    "countCheck": "rowCount",
}


@dataclass(frozen=True)
class Check:
    """What an entry of `quality` runs: expectations, or the reason why there is nothing to run."""

    expectations: tuple[Expectation, ...] = ()
    dimension: Dimension | None = None
    threshold: Threshold | None = None
    short_name: str = ""
    column: str | None = None
    not_runnable: str | None = None
    severity: str | None = None


@dataclass(frozen=True)
class Entry:
    """An entry of `quality` at its place, on a column or on the whole dataset."""

    place: Place
    quality: odcs.DataQuality
    column: Column | None
    columns: Columns
    custom: CustomExpectations = ()
    """The user's own expectations."""


def library_check(entry: Entry) -> Check | None:
    """What a library metric runs; None where a problem was reported."""
    quality = entry.quality
    if quality.metric is None and quality.rule is not None:
        metric = _OLD_METRICS.get(quality.rule, quality.rule)
        if metric not in METRICS:
            return _old_rule(entry, quality.rule)
    else:
        metric = _OLD_METRICS.get(quality.metric or "", quality.metric or "")
    if not metric:
        _report_no_metric(entry)
        return None
    if metric not in METRICS:
        otherwise = f"use one of {', '.join(METRICS)}"
        entry.place.at("metric").wrong(
            f"the metric {quoted(metric)} is not known", did_you_mean(metric, METRICS, otherwise)
        )
        return None
    return _metric_check(entry, metric)


def _report_no_metric(entry: Entry) -> None:
    quality, place = entry.quality, entry.place
    if quality.query is not None:
        place.wrong("it has a query and no type", "add 'type: sql'")
    elif quality.engine is not None or quality.implementation is not None:
        place.wrong("it has an engine and no type", "add 'type: custom'")
    else:
        place.at("metric").wrong(
            "it says nothing to check: it has no metric",
            f"add 'metric:' with one of {', '.join(METRICS)}, or 'type: text' where it is for people",
        )


def _old_rule(entry: Entry, rule: str) -> Check:
    """A rule of v3.0, whose library had no fixed names."""
    node = entry.place.at("validValues").node
    if rule == "validValues" and entry.column is not None and node is not None and isinstance(node.value, list):
        allowed = _allowed(entry, entry.place.at("validValues"), node.value)
        return Check((_on(entry.column, "be_in_set", value_set=allowed),), Dimension.CONFORMITY, None, rule)
    metric = _OLD_RULES.get(rule)
    instead = f"'metric: {metric}'" if metric else f"a metric ({', '.join(METRICS)})"
    reason = f"the library rule {quoted(rule)} of ODCS v3.0 has no defined meaning; write {instead} instead"
    return Check(short_name=rule, not_runnable=reason)


def _metric_check(entry: Entry, metric: str) -> Check | None:
    place = entry.place
    if metric == "rowCount":
        if entry.column is not None:
            place.wrong(
                "rowCount counts the rows of a dataset, not of a property", "move it into the object's 'quality:'"
            )
        expectations: tuple[Expectation, ...] | None = (
            Expectation("expect_table_row_count_to_be_between", {"min_value": 0}),
        )
        _check_arguments(entry, metric, ())
        dimension = Dimension.COVERAGE
    elif metric == "duplicateValues":
        expectations, dimension = _duplicates(entry), Dimension.UNIQUENESS
    elif entry.column is None:
        place.wrong(
            f"{metric} counts the values of a property, not of an object", "move it into the property's 'quality:'"
        )
        expectations, dimension = None, Dimension.CONFORMITY
    else:
        read, dimension = _OF_COLUMNS[metric]
        expectations = read(entry, entry.column)
    threshold = threshold_of(place, entry.quality, metric, percent=metric != "rowCount")
    if expectations is None or threshold is None:
        return None
    return Check(expectations, dimension, threshold, metric)


def _nulls(entry: Entry, column: Column) -> tuple[Expectation, ...]:
    _check_arguments(entry, "nullValues", ())
    return (_on(column, "not_be_null"),)


def _missing(entry: Entry, column: Column) -> tuple[Expectation, ...] | None:
    """Null and the listed values; the two counts are disjoint, for a set is looked for among the values that are not null."""
    arguments = _check_arguments(entry, "missingValues", ("missingValues",))
    values = arguments.get("missingValues")
    if not isinstance(values, list) or not values:
        entry.place.at("arguments", "missingValues").wrong(
            "missingValues does not say which values count as missing",
            "add \"arguments: {missingValues: [null, '', 'N/A']}\"",
        )
        return None
    listed = _scalars(entry.place.at("arguments", "missingValues"), [value for value in values if value is not None])
    expectations = [_on(column, "not_be_null")] if None in values or "" in values else []
    if listed:
        expectations.append(_on(column, "not_be_in_set", value_set=listed))
    return tuple(expectations)


def _invalid(entry: Entry, column: Column) -> tuple[Expectation, ...] | None:
    arguments = _check_arguments(entry, "invalidValues", ("validValues", "pattern"))
    place = entry.place.at("arguments")
    values, pattern = arguments.get("validValues"), arguments.get("pattern")
    if values is not None and pattern is not None:
        problem = "invalidValues has both validValues and a pattern, and the standard does not say how they add up"
        place.wrong(problem, "keep the list, which is the stricter, or write two entries")
        return None
    if values is not None:
        if not isinstance(values, list) or not values:
            place.at("validValues").wrong("validValues is not a list of values", "write 'validValues: [a, b]'")
            return None
        return (_on(column, "be_in_set", value_set=_allowed(entry, place.at("validValues"), values)),)
    if pattern is None:
        place.wrong(
            "invalidValues does not say which values are valid", "add 'arguments: {validValues: […]}', or a 'pattern:'"
        )
        return None
    regex = checked_regex(place.at("pattern"), pattern)
    return None if regex is None else (_on(column, "match_regex", regex=regex),)


def _duplicates(entry: Entry) -> tuple[Expectation, ...] | None:
    if entry.column is not None:
        _check_arguments(entry, "duplicateValues", ())
        return (_on(entry.column, "be_unique"),)
    names = _check_arguments(entry, "duplicateValues", ("properties",)).get("properties")
    place = entry.place.at("arguments", "properties")
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        place.wrong(
            "duplicateValues of an object does not say which properties are unique together",
            "add 'arguments: {properties: [a, b]}', or move it into a property's 'quality:'",
        )
        return None
    return (unique_together([entry.columns.resolve(place.at(index), name) for index, name in enumerate(names)]),)


def unique_together(columns: Sequence[str]) -> Expectation:
    if len(set(columns)) == 1:
        return Expectation("expect_column_values_to_be_unique", {"column": columns[0]})
    return Expectation("expect_compound_columns_to_be_unique", {"column_list": list(dict.fromkeys(columns))})


_OF_COLUMNS: Final[dict[str, tuple[Callable[[Entry, Column], tuple[Expectation, ...] | None], Dimension]]] = {
    "nullValues": (_nulls, Dimension.COMPLETENESS),
    "missingValues": (_missing, Dimension.COMPLETENESS),
    "invalidValues": (_invalid, Dimension.CONFORMITY),
}


def _on(column: Column, what: str, **kwargs: Any) -> Expectation:
    return Expectation(f"expect_column_values_to_{what}", {"column": column.name, **kwargs})


def _check_arguments(entry: Entry, metric: str, known: tuple[str, ...]) -> dict[str, Any]:
    arguments = entry.quality.arguments or {}
    for name in arguments:
        if name not in known:
            otherwise = f"{metric} takes {' and '.join(known) or 'no arguments'}"
            problem = f"{metric} has no argument {quoted(name)}"
            entry.place.at("arguments", name).wrong(problem, did_you_mean(name, known, otherwise))
    return arguments


def _allowed(entry: Entry, place: Place, values: Sequence[Any]) -> list[Any]:
    return allowed_values(place, values, None if entry.column is None else entry.column.logical_type)


def allowed_values(place: Place, values: Sequence[Any], logical_type: str | None) -> list[Any]:
    """The values of a set that a column may hold: null belongs to completeness, and text is not a number."""
    allowed = _scalars(place, [value for value in values if value is not None])
    for value in allowed:
        if isinstance(value, list | dict):
            continue
        if logical_type == "string" and not isinstance(value, str):
            place.wrong(f"{value!r} is no text, and the column is one of strings", f"put it in quotes: '{value}'")
        elif logical_type in ("integer", "number") and (isinstance(value, str | bool)):
            place.wrong(f"{quoted(value)} is no number, and the column is one of numbers", "write it without quotes")
    return allowed


def _scalars(place: Place, values: Sequence[Any]) -> list[Any]:
    for value in values:
        if isinstance(value, list | dict):
            place.wrong(f"{quoted(value)} is not a single value", "list text, numbers or booleans")
    return list(values)


def checked_regex(place: Place, pattern: object) -> str | None:
    """The pattern, which is looked for anywhere in a value, as in ECMA-262; None where it does not compile."""
    if not isinstance(pattern, str):
        place.wrong(f"{quoted(pattern)} is not a regular expression", "write it as text, in single quotes")
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        place.wrong(f"the pattern {quoted(pattern)} is not a regular expression: {error}", "correct it")
        return None
    return pattern
