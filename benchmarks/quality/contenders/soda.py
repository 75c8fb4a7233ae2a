"""Soda: a contract verified over a view of the file, in a DuckDB connection of its own."""

import logging
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.quality.contenders.raw import source_of
from benchmarks.quality.rules import COLUMNS, Answer, Answers, Rule


def prepare(rules: tuple[Rule, ...], data_format: str) -> Callable[[Path], Answers]:
    os.environ["SODA_CORE_TELEMETRY_ENABLED"] = "false"
    from ruamel.yaml import YAML
    from soda_core.contracts.api.verify_api import verify_contract_locally
    from soda_duckdb.common.data_sources.duckdb_data_source import DuckDBDataSourceImpl

    logging.disable(logging.INFO)  # it prints tables of its results
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    source = DuckDBDataSourceImpl.from_existing_cursor(connection, name="bench")
    contract = Path(tempfile.mkdtemp()) / "lineitem.yaml"
    with contract.open("w") as stream:
        YAML(typ="safe").dump(contract_of(rules), stream)

    def validate(path: Path) -> Answers:
        connection.execute(f"CREATE OR REPLACE VIEW lineitem AS FROM {source_of(path, data_format)}")
        session = verify_contract_locally(data_sources=[source], contract_file_path=str(contract))
        (result,) = session.contract_verification_results
        return {one.check.name: _answer(one) for one in result.check_results}

    return validate


def contract_of(rules: tuple[Rule, ...]) -> dict[str, Any]:
    columns: dict[str, list[Any]] = {column: [] for column in COLUMNS}
    table = []
    for number, rule in enumerate(rules):
        kind, options = _check(rule)
        check = {kind: {"name": rule.name, "qualifier": f"rule{number}", **options}}
        (columns[rule.column] if kind in {"missing", "invalid", "aggregate"} else table).append(check)
    described = [{"name": column, "checks": checks} for column, checks in columns.items()]
    return {"dataset": "bench/main/lineitem", "columns": described, "checks": table}


def _check(rule: Rule) -> tuple[str, dict[str, Any]]:
    match rule.kind:
        case "not_null":
            return "missing", {}
        case "unique":
            return "duplicate", {"columns": list(rule.columns)}
        case "in_set":
            return "invalid", {"valid_values": list(rule.values)}
        case "between":
            return "invalid", {"valid_min": rule.low, "valid_max": rule.high}
        case "regex":
            return "invalid", {"valid_format": {"regex": rule.pattern, "name": "words"}}
        case "length":
            return "invalid", {"valid_min_length": rule.low, "valid_max_length": rule.high}
        case "mean":
            between = {"greater_than_or_equal": rule.low, "less_than_or_equal": rule.high}
            return "aggregate", {"function": "avg", "threshold": {"must_be_between": between}}
        case "rows":
            return "row_count", {"threshold": {"must_be": rule.low}}
        case "greater":
            left, right = rule.columns
            return "failed_rows", {"expression": f"{left} <= {right}"}
        case _:
            raise ValueError(rule.kind)


def _answer(result: Any) -> Answer:
    """Without the duplicates' count: Soda counts the rows that are one too many, the others all that are repeated."""
    counted = result.check.type in {"missing", "invalid", "failed_rows"}
    if result.is_not_evaluated:
        raise RuntimeError(f"Soda did not evaluate {result.check.name}")
    return Answer(success=result.is_passed, failed=int(result.threshold_value) if counted else None)
