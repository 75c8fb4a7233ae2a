"""dbt's properties files: models, sources, seeds and snapshots with their data tests.

The names and arguments of tests are those of https://docs.getdbt.com/reference/resource-properties/data-tests and of the packages
dbt_utils and dbt_expectations.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from data_management.domain.expectations import EXPECTATION_TYPES
from data_management.infrastructure.contracts.translating.drafts import Draft, expectation, for_people

_RESOURCES: Final = ("models", "seeds", "snapshots")
_CONFIG: Final = ("severity", "where", "error_if", "warn_if", "enabled")
_NOT_ARGUMENTS: Final = (
    *_CONFIG, "config", "arguments", "name", "test_name", "description", "tags", "limit", "fail_calc", "store_failures",
    "store_failures_as", "meta", "alias", "schema", "database", "quote", "quote_values",
)  # fmt: skip
_METRICS: Final = {"not_null": "nullValues", "unique": "duplicateValues", "accepted_values": "invalidValues"}
_TYPES: Final = (
    (r"(big|small|tiny|medium|hyper)?int(eger)?\d*|u?int\d+|(big|small)?serial|byteint|long|short", "integer"),
    (r"(number|numeric|decimal|dec|bignumeric)\(\d+(,0)?\)", "integer"),
    (r"(number|numeric|decimal|dec|bignumeric)(\(\d+,\d+\))?|float\d*|double( precision)?|real|money", "number"),
    (r"bool(ean)?", "boolean"),
    (r"date", "date"),
    (r"timestamp\w*(\(\d\))?( with(out)? time zone)?|datetime\d*(\(\d\))?", "timestamp"),
    (r"time(\(\d\))?( with(out)? time zone)?", "time"),
    (r"(n?var|n)?char(acter)?( varying)?\d*(\(\d+\))?|text|string|varchar2|uuid|clob", "string"),
)
_COMPARISON = re.compile(r"\s*(!=|<>|>=|<=|==?|>|<)\s*(\d+(?:\.\d+)?)\s*")
_OPPOSITE: Final = {
    "!=": "mustBe",
    "<>": "mustBe",
    ">": "mustBeLessOrEqualTo",
    ">=": "mustBeLessThan",
    "<": "mustBeGreaterOrEqualTo",
    "<=": "mustBeGreaterThan",
    "=": "mustNotBe",
    "==": "mustNotBe",
}
"""dbt says what fails, ODCS what must hold."""


def is_dbt(content: Any) -> bool:
    return isinstance(content, Mapping) and any(isinstance(content.get(key), list) for key in (*_RESOURCES, "sources"))


def draft_of_dbt(content: Mapping[str, Any]) -> Draft:
    draft = Draft()
    for name, resource in _resources(content, draft.losses):
        draft.objects.append(_object(name, resource, draft))
    return draft


def _resources(content: Mapping[str, Any], losses: list[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key in _RESOURCES:
        for resource in _mappings(content.get(key)):
            yield str(resource.get("name", "")), resource
    for source in _mappings(content.get("sources")):
        for table in _mappings(source.get("tables")):
            if "freshness" in table or "freshness" in source:
                losses.append(f"source {source.get('name')}.{table.get('name')}: freshness is not imported")
            yield str(table.get("name", "")), table


@dataclass(frozen=True)
class _Test:
    """One data test, its configuration apart from its arguments."""

    name: str
    arguments: Mapping[str, Any]
    config: Mapping[str, Any]
    title: str | None
    description: str | None

    @property
    def severity(self) -> str:
        return "warning" if str(self.config.get("severity", "error")).lower() == "warn" else "critical"

    @property
    def is_plain(self) -> bool:
        return self.severity == "critical" and not set(self.config) & {"where", "error_if", "warn_if"}

    def in_words(self) -> str:
        said = {**self.arguments, **{key: self.config[key] for key in _CONFIG if key in self.config}}
        return f"dbt test {self.name} {json.dumps(said, default=str)}" if said else f"dbt test {self.name}"


def _object(name: str, resource: Mapping[str, Any], draft: Draft) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name}
    if resource.get("description"):
        found["description"] = str(resource["description"]).strip()
    tags = _setting(resource, "tags")
    if tags:
        found["tags"] = [str(tag) for tag in tags] if isinstance(tags, list) else [str(tags)]
    meta = _setting(resource, "meta")
    if isinstance(meta, Mapping) and isinstance(meta.get("owner"), str):
        draft.owners.append(meta["owner"])
    properties = [_property(name, column, draft) for column in _mappings(resource.get("columns"))]
    if properties:
        found["properties"] = properties
    quality = [entry for test in _tests(resource, draft.losses, name) for entry in _of_table(test, name, draft.losses)]
    if quality:
        found["quality"] = quality
    return found


def _property(dataset: str, column: Mapping[str, Any], draft: Draft) -> dict[str, Any]:
    found: dict[str, Any] = {"name": str(column.get("name", ""))}
    if column.get("data_type"):
        found["physicalType"] = str(column["data_type"])
        logical = _logical_type(str(column["data_type"]))
        if logical is not None:
            found["logicalType"] = logical
        else:
            draft.losses.append(f"{dataset}.{found['name']}: the type {column['data_type']} has no logical type")
    stated_type = (_setting(column, "meta") or {}).get("logical_type") if "logicalType" not in found else None
    if isinstance(stated_type, str):
        found["logicalType"] = stated_type
    if column.get("description"):
        found["description"] = str(column["description"]).strip()
    for constraint in _mappings(column.get("constraints")):
        kind = constraint.get("type")
        stated = {"not_null": "required", "unique": "unique", "primary_key": "primaryKey"}.get(str(kind))
        if stated:
            found[stated] = True
        else:
            draft.losses.append(f"{dataset}.{found['name']}: the constraint {kind} is not imported")
    quality: list[dict[str, Any]] = []
    for test in _tests(column, draft.losses, f"{dataset}.{found['name']}"):
        stated = {"not_null": "required", "unique": "unique"}.get(test.name)
        if stated and test.is_plain and not test.arguments:
            found[stated] = True
        else:
            quality += _of_column(test, f"{dataset}.{found['name']}", found.get("logicalType"), draft.losses)
    if quality:
        found["quality"] = quality
    return found


def _tests(resource: Mapping[str, Any], losses: list[str], where: str) -> Iterator[_Test]:
    for key in ("data_tests", "tests"):
        given = resource.get(key)
        for entry in given if isinstance(given, list) else []:
            test = _test(entry)
            if test is None:
                losses.append(f"{where}: {entry!r} is no data test")
            elif test.config.get("enabled") is False:
                losses.append(f"{where}: the test {test.name} is disabled, and not imported")
            else:
                yield test


def _test(entry: Any) -> _Test | None:
    if isinstance(entry, str):
        return _Test(entry, {}, {}, None, None)
    if not isinstance(entry, Mapping) or not entry:
        return None
    if "test_name" in entry:
        name, given = str(entry["test_name"]), entry
    else:
        name = next(iter(entry))
        inner = entry[name]
        given = {**(inner if isinstance(inner, Mapping) else {}), **{k: v for k, v in entry.items() if k != name}}
    inner_config = given.get("config")
    config = {key: given[key] for key in _CONFIG if key in given}
    config |= dict(inner_config) if isinstance(inner_config, Mapping) else {}
    nested = given.get("arguments")
    arguments = {key: value for key, value in given.items() if key not in _NOT_ARGUMENTS}
    arguments |= dict(nested) if isinstance(nested, Mapping) else {}
    return _Test(name, arguments, config, _text(given.get("name")), _text(given.get("description")))


def _of_column(test: _Test, where: str, logical_type: str | None, losses: list[str]) -> list[dict[str, Any]]:
    if "where" in test.config:
        return [_lost(test, where, losses)]
    if test.name in _METRICS:
        return _metric(test, where, logical_type, losses)
    gx = _as_expectation(test)
    if gx is None or set(test.config) & {"error_if", "warn_if"}:
        return [_lost(test, where, losses)]
    return [_named(test, expectation(*gx, test.severity))]


def _of_table(test: _Test, where: str, losses: list[str]) -> list[dict[str, Any]]:
    columns = test.arguments.get("combination_of_columns")
    if test.name == "dbt_utils.unique_combination_of_columns" and columns and "where" not in test.config:
        entry = {"metric": "duplicateValues", "arguments": {"properties": columns}}
        return [_named(test, entry | held) for held in _thresholds(test)]
    gx = _as_expectation(test)
    if gx is None or set(test.config) & {"where", "error_if", "warn_if"}:
        return [_lost(test, where, losses)]
    return [_named(test, expectation(*gx, test.severity))]


def _metric(test: _Test, where: str, logical_type: str | None, losses: list[str]) -> list[dict[str, Any]]:
    entry: dict[str, Any] = {"metric": _METRICS[test.name]}
    if test.name == "accepted_values":
        values = test.arguments.get("values")
        if not isinstance(values, list) or not values:
            return [_lost(test, where, losses)]
        entry["arguments"] = {"validValues": [_value(value, logical_type) for value in values]}
    thresholds = _thresholds(test)
    if test.name == "unique" and any(held.get("mustBe") != 0 for held in thresholds):
        losses.append(f"{where}: dbt counts values that occur twice, duplicateValues their rows")
    return [_named(test, entry | held) for held in thresholds]


def _thresholds(test: _Test) -> list[dict[str, Any]]:
    """One for what is an error, and one more where a warning begins earlier."""
    error_if, warn_if = (str(test.config.get(key, "!= 0")) for key in ("error_if", "warn_if"))
    if test.severity == "warning":
        return [_held(warn_if, "warning")]
    found = [_held(error_if, "critical")]
    if "error_if" in test.config:
        found.append(_held(warn_if, "warning"))
    return found


def _held(fails_if: str, severity: str) -> dict[str, Any]:
    compared = _COMPARISON.fullmatch(fails_if)
    if compared is None:
        return {"mustBe": 0, "severity": severity}
    bound = float(compared[2])
    return {_OPPOSITE[compared[1]]: int(bound) if bound.is_integer() else bound, "severity": severity}


def _as_expectation(test: _Test) -> tuple[str, dict[str, Any]] | None:
    given = test.arguments
    package, _, name = test.name.rpartition(".")
    if package == "dbt_expectations":
        type_ = EXPECTATION_TYPES.get(name)
        kwargs = {key: value for key, value in given.items() if value is not None}
        if kwargs.pop("strictly", False) and type_ is not None and "strict_min" in type_.arguments:
            kwargs |= {f"strict_{side}": True for side in ("min", "max") if f"{side}_value" in kwargs}
        return None if type_ is None or set(kwargs) - set(type_.arguments) else (name, kwargs)
    if package != "dbt_utils":
        return None
    match name:
        case "accepted_range" if set(given) <= {"min_value", "max_value", "inclusive"}:
            bounds = {key: given[key] for key in ("min_value", "max_value") if key in given}
            strict = given.get("inclusive", True) is False
            return "expect_column_values_to_be_between", bounds | {
                f"strict_{key[:3]}": True for key in bounds if strict
            }
        case "not_null_proportion" if set(given) == {"at_least"}:
            return "expect_column_values_to_not_be_null", {"mostly": given["at_least"]}
        case "not_accepted_values" if set(given) == {"values"}:
            return "expect_column_values_to_not_be_in_set", {"value_set": given["values"]}
        case "not_empty_string" if set(given) <= {"trim_whitespace"}:
            if given.get("trim_whitespace", True):
                return "expect_column_values_to_match_regex", {"regex": r"\S"}
            return "expect_column_value_lengths_to_be_between", {"min_value": 1}
        case _:
            return None


def _lost(test: _Test, where: str, losses: list[str]) -> dict[str, Any]:
    losses.append(f"{where}: the {test.in_words()} has no counterpart; it stands as a rule for people")
    return _named(test, for_people(test.in_words(), test.severity))


def _named(test: _Test, entry: dict[str, Any]) -> dict[str, Any]:
    if test.description and entry.get("type") != "text":
        entry["description"] = test.description
    return entry


def _value(value: Any, logical_type: str | None) -> Any:
    """A test quotes its values unless told otherwise, whatever the column's type."""
    if logical_type in ("integer", "number") and isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            return value
        return int(number) if number.is_integer() else number
    return str(value).lower() if logical_type == "string" and isinstance(value, bool) else value


def _logical_type(physical: str) -> str | None:
    text = re.sub(r"\s*([(),])\s*", r"\1", physical.strip().lower())
    return next((logical for pattern, logical in _TYPES if re.fullmatch(pattern, text)), None)


def _setting(resource: Mapping[str, Any], name: str) -> Any:
    config = resource.get("config")
    return resource.get(name) or (config.get(name) if isinstance(config, Mapping) else None)


def _mappings(given: Any) -> list[Mapping[str, Any]]:
    return [each for each in given if isinstance(each, Mapping)] if isinstance(given, list) else []


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
