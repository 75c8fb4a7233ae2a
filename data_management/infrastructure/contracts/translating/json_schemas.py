"""JSON Schema of one row (draft 2020-12, and what older drafts share with it): read, and written."""

import json
from collections.abc import Mapping
from typing import Any, Final

from data_management.domain.models import ColumnSpec, Dataset, Operator, Rule, Severity
from data_management.infrastructure.contracts.translating.drafts import Draft

_MOST_DEPTH: Final = 20
_TIMES: Final = {"date": "date", "date-time": "timestamp", "time": "time"}
_OPTIONS: Final = {
    "string": ("minLength", "maxLength", "pattern", "format"),
    **dict.fromkeys(
        ("integer", "number"), ("multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
    ),
    "array": ("minItems", "maxItems", "uniqueItems"),
    "object": ("minProperties", "maxProperties"),
}
_SAID: Final = frozenset(
    (
        "type", "enum", "const", "description", "title", "properties", "required", "items", "$ref", "$defs", "definitions",
        "$schema", "$id", "$comment", "examples", "default", "deprecated", "additionalProperties", "format",
    )
)  # fmt: skip


def is_json_schema(content: Any) -> bool:
    return isinstance(content, Mapping) and ("$schema" in content or isinstance(content.get("properties"), Mapping))


def draft_of_json_schema(content: Mapping[str, Any], name: str) -> Draft:
    draft = Draft()
    reading = _Reading(content, draft.losses)
    row = reading.resolved(content, name)
    if isinstance(row.get("items"), Mapping) and "properties" not in row:
        row = reading.resolved(row["items"], name)
    object_: dict[str, Any] = {"name": name}
    text = _text(row)
    if text:
        object_["description"] = text
    object_["properties"] = reading.properties(row, "", 0)
    draft.objects.append(object_)
    return draft


class _Reading:
    def __init__(self, root: Mapping[str, Any], losses: list[str]) -> None:
        self._root = root
        self._losses = losses

    def resolved(self, schema: Any, where: str) -> Mapping[str, Any]:
        """The schema behind references within the document; an empty one where there is none."""
        for _ in range(_MOST_DEPTH):
            if not isinstance(schema, Mapping):
                return {}
            reference = schema.get("$ref")
            if not isinstance(reference, str):
                return schema
            found: Any = self._root
            for part in reference.removeprefix("#").strip("/").split("/") if reference.startswith("#/") else [""]:
                key = part.replace("~1", "/").replace("~0", "~")
                found = found.get(key) if isinstance(found, Mapping) else None
            if found is None:
                self._losses.append(f"{where}: the reference {reference} is not within the document")
                return {key: value for key, value in schema.items() if key != "$ref"}
            schema = {**found, **{key: value for key, value in schema.items() if key != "$ref"}}
        self._losses.append(f"{where}: its references lead in circles")
        return {}

    def properties(self, schema: Mapping[str, Any], prefix: str, depth: int) -> list[dict[str, Any]]:
        stated = schema.get("properties")
        needed = schema.get("required")
        needed = needed if isinstance(needed, list) else []
        found = []
        for name, inner in (stated if isinstance(stated, Mapping) else {}).items():
            property_ = {"name": str(name), **self._property(inner, f"{prefix}{name}", depth)}
            nullable = property_.pop("nullable")
            if name in needed and not nullable:
                property_["required"] = True
            found.append(property_)
        return found

    def _property(self, schema: Any, where: str, depth: int) -> dict[str, Any]:
        """A property of ODCS, and beside it whether it is `nullable`."""
        schema = self.resolved(schema, where)
        kind, is_nullable = self._kind(schema, where)
        logical = _TIMES.get(str(schema.get("format")), kind) if kind == "string" else kind
        known = _OPTIONS.get(logical or "", ())
        options = {name: schema[name] for name in known if schema.get(name) is not None}
        values = [schema["const"]] if "const" in schema else schema.get("enum")
        values = values if isinstance(values, list) else []
        found: dict[str, Any] = {
            "logicalType": logical,
            "description": _text(schema),
            "logicalTypeOptions": options,
            "enum": [{"value": value} for value in values if value is not None],
        }
        if depth < _MOST_DEPTH:
            found |= self._inside(schema, kind, where, depth + 1)
        unsaid = [key for key in schema if key not in _SAID and key not in known]
        if unsaid:
            self._losses.append(f"{where}: {', '.join(unsaid)} has no counterpart")
        return {name: value for name, value in found.items() if value} | {"nullable": is_nullable or None in values}

    def _kind(self, schema: Mapping[str, Any], where: str) -> tuple[str | None, bool]:
        given = schema.get("type")
        types = [str(each) for each in given] if isinstance(given, list) else [str(given)] if given else []
        kinds = [each for each in types if each != "null"]
        if len(kinds) > 1:
            self._losses.append(f"{where}: it may be of the types {', '.join(kinds)}, and a column has one")
        return kinds[0] if len(kinds) == 1 else None, "null" in types

    def _inside(self, schema: Mapping[str, Any], kind: str | None, where: str, depth: int) -> dict[str, Any]:
        if kind == "object":
            return {"properties": self.properties(schema, f"{where}.", depth)}
        if kind == "array" and isinstance(schema.get("items"), Mapping):
            items = self._property(schema["items"], f"{where}[]", depth)
            return {"items": {name: value for name, value in items.items() if name != "nullable"}}
        return {}


def _text(schema: Mapping[str, Any]) -> str | None:
    text = schema.get("description") or schema.get("title")
    return text if isinstance(text, str) else None


def schema_of(dataset: Dataset) -> tuple[str, list[str]]:
    """JSON Schema of one row, and the rules that it does not say: those that look at more than one value."""
    rules: dict[str, list[Rule]] = {}
    losses: list[str] = []
    for rule in dataset.rules:
        if rule.column is None:
            losses.append(f"rule {rule.name!r} is left out: it is about more than one value")
        else:
            rules.setdefault(rule.column, []).append(rule)
    properties = {column.name: _schema_of(column, rules.pop(column.name, []), losses) for column in dataset.columns}
    for column, rest in rules.items():
        losses.extend(f"rule {rule.name!r} is left out: column {column!r} is not declared" for rule in rest)
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": dataset.name,
        **({"description": dataset.description} if dataset.description else {}),
        "type": "object",
        "properties": properties,
    }
    required = [column.name for column in dataset.columns if column.required]
    if required:
        schema["required"] = required
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n", losses


_FROM_LOGICAL: Final = {
    "date": ("string", "date"),
    "timestamp": ("string", "date-time"),
    "time": ("string", "time"),
    "map": ("object", None),
    "vector": ("array", None),
}


def _schema_of(column: ColumnSpec, rules: list[Rule], losses: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if column.logical_type is not None:
        kind, form = _FROM_LOGICAL.get(column.logical_type, (column.logical_type, None))
        found["type"] = kind if column.required else [kind, "null"]
        if form is not None and column.date_format is None:
            found["format"] = form
    if column.description:
        found["description"] = column.description
    for rule in rules:
        said = _keywords(rule, column)
        if said is None or set(said) & set(found):
            losses.append(
                f"rule {rule.name!r} is left out: it is not about single values, or bears some that are wrong"
            )
        else:
            found |= said
    return found


def _keywords(rule: Rule, column: ColumnSpec) -> dict[str, Any] | None:
    """What says the same of one value; None where nothing does."""
    if not rule.expectations or len(rule.expectations) > 1 or rule.severity is not Severity.CRITICAL:
        return None
    threshold, first = rule.threshold, rule.expectations[0]
    exact = threshold is None or (threshold.operator is Operator.MUST_BE and threshold.bounds[0] == 0)
    given = {name: value for name, value in first.kwargs.items() if name != "column"}
    if not exact or given.pop("mostly", 1) != 1:
        return None
    match first.type:
        case "expect_column_values_to_not_be_null" | "expect_column_values_to_be_of_type":
            return {} if column.required or first.type.endswith("type") else None
        case "expect_column_values_to_be_in_set" if set(given) == {"value_set"}:
            return {"enum": [*given["value_set"], *([] if column.required else [None])]}
        case "expect_column_values_to_match_regex" if set(given) == {"regex"}:
            return {"pattern": given["regex"]}
        case "expect_column_value_lengths_to_be_between" if set(given) <= {"min_value", "max_value"}:
            return {_LENGTHS[name]: value for name, value in given.items()}
        case "expect_column_values_to_be_between" if column.logical_type in ("integer", "number"):
            keywords = {}
            for side, word in (("min", "inimum"), ("max", "aximum")):
                if f"{side}_value" in given:
                    strict = given.get(f"strict_{side}", False)
                    keywords[f"exclusive{side[0].upper()}{word}" if strict else f"{side[0]}{word}"] = given[
                        f"{side}_value"
                    ]
            return keywords
        case _:
            return None


_LENGTHS: Final = {"min_value": "minLength", "max_value": "maxLength"}
