"""Named example data for tests."""

from data_management.domain.models import (
    Check,
    Column,
    DataLocation,
    Dataset,
    Dimension,
    Examination,
    Expectation,
    FileFormat,
    Landing,
    ReadOptions,
    Rule,
    ScorePolicy,
    Severity,
)

LANDING = Landing(
    root=DataLocation("file:///landing/orders"), pattern="*.csv", options=ReadOptions(format=FileFormat.CSV)
)


def not_null(name: str = "id.required", severity: Severity = Severity.CRITICAL, **fields: object) -> Rule:
    return Rule(
        name=name,
        expectations=(Expectation("expect_column_values_to_not_be_null", {"column": "id"}),),
        dimension=Dimension.COMPLETENESS,
        severity=severity,
        column="id",
        **fields,  # type: ignore[arg-type]
    )


def in_range(name: str = "amount.range", severity: Severity = Severity.WARNING, **fields: object) -> Rule:
    return Rule(
        name=name,
        expectations=(Expectation("expect_column_values_to_be_between", {"column": "amount", "min_value": 0}),),
        dimension=Dimension.CONFORMITY,
        severity=severity,
        column="amount",
        **fields,  # type: ignore[arg-type]
    )


def row_count(name: str = "enough_rows", severity: Severity = Severity.WARNING, **fields: object) -> Rule:
    return Rule(
        name=name,
        expectations=(Expectation("expect_table_row_count_to_be_between", {"min_value": 1}),),
        dimension=Dimension.COVERAGE,
        severity=severity,
        **fields,  # type: ignore[arg-type]
    )


def text_rule(name: str = "explained") -> Rule:
    return Rule(
        name=name,
        expectations=(),
        dimension=Dimension.ACCURACY,
        severity=Severity.INFO,
        not_runnable="a text rule is for people",
    )


def orders(*rules: Rule, policy: ScorePolicy = ScorePolicy(), name: str = "orders", version: str = "1.0.0") -> Dataset:
    return Dataset(
        name=name,
        contract_id="sales",
        contract_version=version,
        landing=LANDING,
        rules=rules or (not_null(), in_range()),
        policy=policy,
    )


def rows_check(rule: Rule, unexpected: int, evaluated: int = 100) -> Check:
    return Check.of(rule, success=unexpected == 0, evaluated=evaluated, unexpected=unexpected)


def aggregate_check(rule: Rule, *, success: bool, observed: float | None = None) -> Check:
    return Check.of(rule, success=success, observed=observed)


def examination(*checks: Check, rows: int = 100) -> Examination:
    return Examination(columns=(Column("id", "BIGINT"),), row_count=rows, checks=checks)


def clean(*rules: Rule, rows: int = 100) -> Examination:
    """An examination in which every row-level rule found nothing."""
    return examination(*(rows_check(rule, 0, rows) for rule in rules or (not_null(), in_range())), rows=rows)


def dirty(unexpected: int, rows: int = 100) -> Examination:
    """An examination of `orders` in which the critical rule found `unexpected` rows."""
    return examination(rows_check(not_null(), unexpected, rows), rows_check(in_range(), 0, rows), rows=rows)
