"""pandera with Polars: the file read into a frame and validated lazily, so that all rules are checked."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.quality.contenders.polars_frame import read
from benchmarks.quality.rules import COLUMNS, Answer, Answers, Rule

_EXAMPLES = 20


def prepare(rules: tuple[Rule, ...], data_format: str) -> Callable[[Path], Answers]:
    import pandera.polars as pa

    schema = schema_of(rules)

    def validate(path: Path) -> Answers:
        frame = read(path, data_format)
        try:
            schema.validate(frame, lazy=True)
        except pa.errors.SchemaErrors as errors:
            failed = {_rule_of(error): _failed(error) for error in errors.schema_errors}
        else:
            failed = {}
        return {rule.name: Answer(success=rule.name not in failed, failed=failed.get(rule.name, 0)) for rule in rules}

    return validate


def schema_of(rules: tuple[Rule, ...]) -> Any:
    import pandera.polars as pa

    columns: dict[str, list[Any]] = {column: [] for column in COLUMNS}
    table = []
    for rule in rules:
        match rule.kind:
            case "not_null" | "unique":
                pass
            case "mean" | "rows" | "greater":
                table.append(_table_check(rule))
            case _:
                columns[rule.column].append(_column_check(rule))
    described = {column: pa.Column(checks=checks, nullable=False) for column, checks in columns.items()}
    (unique,) = (rule for rule in rules if rule.kind == "unique")
    return pa.DataFrameSchema(described, checks=table, unique=list(unique.columns))


def _column_check(rule: Rule) -> Any:
    import pandera.polars as pa

    options: dict[str, Any] = {"name": rule.name, "n_failure_cases": _EXAMPLES}
    match rule.kind:
        case "in_set":
            return pa.Check.isin(list(rule.values), **options)
        case "between":
            return pa.Check.in_range(rule.low, rule.high, **options)
        case "regex":
            return pa.Check.str_matches(rule.pattern, **options)
        case "length":
            return pa.Check.str_length(int(rule.low), int(rule.high), **options)
        case _:
            raise ValueError(rule.kind)


def _table_check(rule: Rule) -> Any:
    import pandera.polars as pa
    import polars as pl

    expressions = {
        "mean": lambda: pl.col(rule.column).mean().is_between(rule.low, rule.high),
        "rows": lambda: pl.len() == rule.low,
        "greater": lambda: pl.col(rule.columns[0]) > pl.col(rule.columns[1]),
    }
    expression = expressions[rule.kind]()
    return pa.Check(lambda data: data.lazyframe.select(expression), name=rule.name, n_failure_cases=_EXAMPLES)


def _rule_of(error: Any) -> str:
    if error.check == "not_nullable":
        return f"not_null {error.schema.name}"
    if error.check == "multiple_fields_uniqueness":
        return f"unique {'+'.join(error.schema.unique)}"
    return str(error.check.name)


def _failed(error: Any) -> int | None:
    if error.check_output is None or error.check_output.height == 1:
        return None
    return int((~error.check_output.to_series(-1)).sum())
