"""The limit: SQL written by hand for these rules, one statement a file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.quality.rules import COLUMNS, KEY, Answer, Answers, Rule

_KEY = ", ".join(KEY)
_BY_ROW = {"not_null", "in_set", "between", "regex", "length", "greater"}


def prepare(rules: tuple[Rule, ...], data_format: str) -> Callable[[Path], Answers]:
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")

    def validate(path: Path) -> Answers:
        row = connection.execute(statement(rules, path, data_format)).fetchone()
        assert row is not None
        return {rule.name: _judged(rule, value) for rule, value in zip(rules, row, strict=True)}

    return validate


def statement(rules: tuple[Rule, ...], path: Path, data_format: str) -> str:
    """One row: a value per rule.

    Parquet is read twice, for each half the columns that it needs. A CSV is parsed once: that is dearer than to keep a
    row's key and what is wrong with it. Nothing is assumed of the data, such as line numbers below 64, which a sum of
    bits for each order would tell apart in half the time.
    """
    source = source_of(path, data_format)
    if data_format != "csv":
        return f"SELECT {_values(rules, source, _counted)} FROM {source}"
    numbers = {rule: number for number, rule in enumerate(rules) if rule.kind in _BY_ROW}
    flags = ", ".join(f"{_broken(rule)} AS broken{number}" for rule, number in numbers.items())
    means = ", ".join(rule.column for rule in rules if rule.kind == "mean")
    checked = f"WITH checked AS MATERIALIZED (SELECT {_KEY}, {means}, {flags} FROM {source})"
    values = _values(rules, "checked", lambda rule: f"count_if(broken{numbers[rule]})")
    return f"{checked} SELECT {values} FROM checked"


def source_of(path: Path, data_format: str) -> str:
    """The file as DuckDB reads it fastest: of a CSV, nothing is left to find out."""
    if data_format != "csv":
        return f"'{path}'"
    dialect = "header=true, auto_detect=false, delim=',', quote='\"', escape='\"', nullstr=''"
    return f"read_csv('{path}', columns={COLUMNS}, {dialect})"


def _values(rules: tuple[Rule, ...], source: str, counted: Callable[[Rule], str]) -> str:
    repeated = f"SELECT count(*) AS n FROM {source} GROUP BY {_KEY} HAVING n > 1"
    special = {"unique": f"(SELECT coalesce(sum(n), 0)::BIGINT FROM ({repeated}))", "rows": "count(*)"}
    means = {rule: f"avg({rule.column})" for rule in rules if rule.kind == "mean"}
    return ", ".join(special.get(rule.kind) or means.get(rule) or counted(rule) for rule in rules)


def _counted(rule: Rule) -> str:
    """Rows that break the rule. That none is missing, Parquet's statistics tell without the column."""
    return f"count(*) - count({rule.column})" if rule.kind == "not_null" else f"count_if({_broken(rule)})"


def _broken(rule: Rule) -> str:
    match rule.kind:
        case "not_null":
            return f"{rule.column} IS NULL"
        case "in_set":
            return f"{rule.column} NOT IN {rule.values}"
        case "between":
            return f"{rule.column} NOT BETWEEN {rule.low} AND {rule.high}"
        case "regex":
            pattern = rule.pattern.replace("'", "''")
            return f"NOT regexp_matches({rule.column}, '{pattern}')"
        case "length":
            return f"length({rule.column}) NOT BETWEEN {rule.low} AND {rule.high}"
        case "greater":
            left, right = rule.columns
            return f"{left} <= {right}"
        case _:
            raise ValueError(rule.kind)


def _judged(rule: Rule, value: Any) -> Answer:
    match rule.kind:
        case "mean":
            return Answer(success=value is not None and rule.low <= value <= rule.high)
        case "rows":
            return Answer(success=value == rule.low)
        case _:
            return Answer(success=value == 0, failed=value)
