"""A rule's own SQL: it reads the asset, and reaches nothing else."""

from pathlib import Path

import pytest

from data_management.domain.models import Dimension, Expectation, Rule
from data_management_tests.integration.quality.examples import only_check, written


def rule(sql: str) -> Rule:
    return Rule(
        "own", (Expectation("unexpected_rows_expectation", {"unexpected_rows_query": sql}),), Dimension.ACCURACY
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path, "a.csv", "id,amount\n1,10\n2,20\n3,-1\n")


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT * FROM {batch} WHERE amount < 0", 1),
        ("SELECT id FROM {batch} WHERE amount > 100;", 0),
        ("WITH bad AS (SELECT * FROM {batch} WHERE id > 1) SELECT * FROM bad", 2),
        ("SELECT a.id FROM {batch} a JOIN {batch} b ON a.amount = b.amount -- twice", 3),
    ],
)
def test_it_reads_the_asset_with_its_types(file: Path, sql: str, rows: int) -> None:
    check = only_check(file, rule(sql))
    assert (check.error, check.observed, check.success, check.engine) == (None, rows, rows == 0, "duckdb")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM read_parquet('https://example.com/x.parquet')",
        "COPY (SELECT 1) TO '/tmp/x'",
        "SELECT 1) AS x; DROP VIEW asset; SELECT (1",
        "ATTACH '/tmp/x.db'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SELECT * FROM sys",
        "SELECT nothing FROM {batch}",
        "SELECT * FROM {other}",
        "SELECT * FROM {batch.__class__}",
    ],
)
def test_it_reaches_nothing_else(file: Path, sql: str) -> None:
    check = only_check(file, rule(sql))
    assert (check.errored, check.success) == (True, None)
    assert check.error
    assert "root" not in check.error


def test_one_that_fails_takes_down_no_other(file: Path) -> None:
    assert only_check(file, rule("SELECT * FROM {batch} WHERE amount < 0")).unexpected is None
