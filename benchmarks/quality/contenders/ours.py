"""`data_management.validate`, without the profile or with it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.quality.contenders.gx_suite import suite_of
from benchmarks.quality.rules import COLUMNS, Answer, Answers, Rule

_LOGICAL_TYPES = {"BIGINT": "integer", "INTEGER": "integer", "DOUBLE": "number", "VARCHAR": "string", "DATE": "date"}


def prepare(rules: tuple[Rule, ...], data_format: str, *, profile: bool = False) -> Callable[[Path], Answers]:
    from data_management import validate as validate_file
    from data_management.infrastructure.quality.worker import load_libraries

    load_libraries()  # as the first call does; here it counts as import
    given = _declared(rules) if data_format == "csv" else suite_of(rules)

    def validate(path: Path) -> Answers:
        examination = validate_file(path, given, profile=profile)
        checks = zip(rules, examination.checks, strict=True)
        return {rule.name: Answer(success=check.success, failed=check.unexpected) for rule, check in checks}

    return validate


def _declared(rules: tuple[Rule, ...]) -> Any:
    """As a contract would: a CSV's columns have the types that it says."""
    from data_management.domain.models import Dataset
    from data_management.infrastructure.quality.suites import rules_of

    checked = rules_of(suite_of(rules))
    return Dataset(name="lineitem", contract_id="bench", contract_version="1", columns=columns_of(), rules=checked)


def columns_of() -> tuple[Any, ...]:
    from data_management.domain.models import ColumnSpec

    return tuple(ColumnSpec(name=column, logical_type=_LOGICAL_TYPES[kind]) for column, kind in COLUMNS.items())
