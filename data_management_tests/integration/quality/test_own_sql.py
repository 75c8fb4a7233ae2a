"""A rule's own SQL: it reads the asset, and reaches nothing else."""

from pathlib import Path

import pyarrow as pa
import pytest

from data_management import validate
from data_management.domain.models import Dimension, Expectation, Rule
from data_management.infrastructure.quality.limits import Limits
from data_management.infrastructure.quality.planning.own_sql import own_sql
from data_management.infrastructure.quality.planning.row_test import Refused
from data_management.infrastructure.quality.worker import examine_here
from data_management_tests.integration.quality.examples import examined, only_check, request, written


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


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a.*, s.* FROM {batch} a, duckdb_settings() s",
        "SELECT * FROM {batch} WHERE id < (SELECT count(*) FROM information_schema.tables)",
        "SELECT * FROM {batch}, duckdb_tables",
        "SELECT * FROM {batch}, sqlite_master",
        "SELECT * FROM {batch}, pragma_database_list",
        "SELECT * FROM {batch}, pg_catalog.pg_class",
        "SELECT * FROM {batch}, main.{batch} b",
        "SELECT * FROM {batch}, query('SELECT 1')",
        "SELECT * FROM {batch}, query_table('{batch}')",
        "SELECT * FROM {batch}, arrow_scan(1, 2, 3)",
        "SELECT * FROM {batch}, glob('*')",
        "SELECT * FROM {batch}, read_text('/etc/passwd')",
        "SELECT * FROM {batch}, (WITH duckdb_tables AS (SELECT 1) FROM duckdb_tables) x, duckdb_tables y",
        "SELECT current_setting('temp_directory') FROM {batch}",
        "SELECT 'temp_directory'.current_setting() FROM {batch}",
        "SELECT * FROM {batch} ORDER BY getvariable('x')",
        "SELECT getenv('HOME') FROM {batch}",
        "SELECT write_log('x') FROM {batch}",
        "SELECT * FROM {batch} -- ) AS a; COPY (SELECT 1) TO '/tmp/x'; SELECT (1\n; SELECT 1",
        "SELECT * FROM {batch} /*",
        "SELECT * FROM {batch}) AS a, (SELECT 1",
        "SUMMARIZE {batch}",
        "EXPLAIN ANALYZE SELECT * FROM {batch}",
        "CREATE TABLE x AS SELECT * FROM {batch}",
        "SELECT 1",
        "",
    ],
)
def test_what_lies_beside_the_asset_is_refused_before_it_runs(sql: str) -> None:
    with pytest.raises(Refused):
        own_sql(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "FROM {batch}",
        "SELECT * FROM {batch} WHERE id > 1; ",
        "SELECT * FROM {batch} WHERE amount < (SELECT avg(amount) FROM {batch})",
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT * FROM t JOIN {batch} ON id = n",
        "SELECT * FROM range(3) r(n) LEFT JOIN {batch} ON id = n WHERE id IS NULL",
        "SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY id) AS n FROM {batch}) WHERE n > 1",
        "SELECT * FROM {batch} WHERE amount > current_date - DATE '2020-01-01' OR now() < TIMESTAMP '2000-01-01'",
        "SELECT {{'a': id}} FROM {batch}",
    ],
)
def test_a_select_over_the_asset_runs(file: Path, sql: str) -> None:
    assert only_check(file, rule(sql)).error is None


@pytest.mark.parametrize(
    "endless",
    [
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t, {batch}",
        "SELECT count(*) FROM range(1000000000) a, range(1000000000) b, {batch}",
    ],
)
def test_one_that_never_ends_errs_alone(file: Path, endless: str) -> None:
    limits = Limits(timeout_seconds=1.0, memory_bytes=1 << 30, expanded_bytes=1 << 20)
    asked = request(file, rules=[rule(endless), rule(endless), rule("SELECT * FROM {batch} WHERE amount < 0")])

    first, second, third = examined(examine_here(asked, limits)).checks

    assert "did not end within 0.5 s; simplify it" in (first.error or "")
    assert "did not end within 0.5 s" in (second.error or "")
    assert third.errored, "the time is that of all of them together"


def test_a_frame_tells_why_its_sql_is_refused() -> None:
    refused = {"type": "unexpected_rows_expectation", "kwargs": {"unexpected_rows_query": "SELECT 1"}}

    (check,) = validate(pa.table({"a": [1]}).to_pandas(), refused).checks

    assert "does not name {batch}" in (check.error or "")


def test_one_that_fails_takes_down_no_other(file: Path) -> None:
    assert only_check(file, rule("SELECT * FROM {batch} WHERE amount < 0")).unexpected is None
