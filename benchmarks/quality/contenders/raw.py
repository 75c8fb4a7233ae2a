"""The limit: SQL written by hand for these rules, one statement a file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.quality.rules import COLUMNS, KEY, Answer, Answers, Rule

_KEY = ", ".join(KEY)


def prepare(rules: tuple[Rule, ...], data_format: str) -> Callable[[Path], Answers]:
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")

    def validate(path: Path) -> Answers:
        row = connection.execute(statement(rules, path, data_format)).fetchone()
        assert row is not None
        return {rule.name: _judged(rule, value, row[-1]) for rule, value in zip(rules, row, strict=False)}

    return validate


def statement(rules: tuple[Rule, ...], path: Path, data_format: str) -> str:
    """One row: a value per rule, then the number of rows."""
    source = source_of(path, data_format)
    repeated = f"SELECT count(*) AS n FROM {source} GROUP BY {_KEY} HAVING n > 1"
    unique = f"(SELECT coalesce(sum(n), 0)::BIGINT FROM ({repeated}))"
    values = ", ".join(unique if rule.kind == "unique" else _value(rule) for rule in rules)
    return f"SELECT {values}, count(*) FROM {source}"


def source_of(path: Path, data_format: str) -> str:
    """The file as DuckDB reads it fastest: of a CSV, nothing is left to find out."""
    if data_format != "csv":
        return f"'{path}'"
    dialect = "header=true, auto_detect=false, delim=',', quote='\"', escape='\"', nullstr=''"
    return f"read_csv('{path}', columns={COLUMNS}, {dialect})"


def _value(rule: Rule) -> str:
    """Rows that break the rule; for nulls those that are there, which Parquet's statistics tell without the column."""
    match rule.kind:
        case "not_null":
            return f"count({rule.column})"
        case "in_set":
            return f"count_if({rule.column} NOT IN {rule.values})"
        case "between":
            return f"count_if({rule.column} NOT BETWEEN {rule.low} AND {rule.high})"
        case "regex":
            pattern = rule.pattern.replace("'", "''")
            return f"count_if(NOT regexp_matches({rule.column}, '{pattern}'))"
        case "length":
            return f"count_if(length({rule.column}) NOT BETWEEN {rule.low} AND {rule.high})"
        case "mean":
            return f"avg({rule.column})"
        case "rows":
            return "count(*)"
        case "greater":
            left, right = rule.columns
            return f"count_if({left} <= {right})"
        case _:
            raise ValueError(rule.kind)


def _judged(rule: Rule, value: Any, rows: int) -> Answer:
    match rule.kind:
        case "not_null":
            return Answer(success=value == rows, failed=rows - value)
        case "mean":
            return Answer(success=value is not None and rule.low <= value <= rule.high)
        case "rows":
            return Answer(success=value == rule.low)
        case _:
            return Answer(success=value == 0, failed=value)
