"""Texts that Python alone can judge: whether they parse as something. Once per distinct value."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from data_management.infrastructure.quality.planning.row_test import Predicate, Refused, RowTest
from data_management.infrastructure.quality.planning.values import Kind, Operand


def by_python(accepts: Callable[[Mapping[str, Any]], Predicate]) -> Callable[[Operand, Mapping[str, Any]], RowTest]:
    def test(column: Operand, arguments: Mapping[str, Any]) -> RowTest:
        if column.kind is not Kind.TEXT:
            raise Refused(f"a {column.kind} column holds no texts to parse")
        return RowTest(accepts=accepts(arguments))

    return test


def json_test(column: Operand, _: Mapping[str, Any]) -> RowTest:
    return RowTest(accepts=_is_json) if column.kind is Kind.TEXT else RowTest("TRUE")


def _is_json(value: str) -> bool:
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return False
    return True


def is_date(_: Mapping[str, Any]) -> Predicate:
    from dateutil.parser import parse

    def accepts(value: str) -> bool:
        try:
            parse(value)
        except (ValueError, OverflowError):
            return False
        return True

    return accepts


def has_format(arguments: Mapping[str, Any]) -> Predicate:
    date_format = str(arguments.get("strftime_format"))

    def accepts(value: str) -> bool:
        try:
            datetime.strptime(value, date_format)  # noqa: DTZ007  a zone, or none, is the format's
        except ValueError:
            return False
        return True

    return accepts


def has_schema(arguments: Mapping[str, Any]) -> Predicate:
    import jsonschema
    from referencing import Registry

    schema: dict[str, Any] = arguments.get("json_schema") or {}
    try:
        validator = jsonschema.validators.validator_for(schema)
        validator.check_schema(schema)
        judge = validator(schema, registry=Registry())  # an empty one: nothing is fetched for a $ref
    except Exception as error:
        raise Refused("the json_schema is not valid") from error

    def accepts(value: str) -> bool:
        try:
            return bool(judge.is_valid(json.loads(value)))
        except (ValueError, RecursionError) as error:
            raise Refused("a value is no JSON, so that it has no schema") from error

    return accepts
