"""Named examples that the port tests speak about."""

from datetime import timedelta
from uuid import uuid4

from data_management.domain.models import (
    Category,
    Check,
    Classification,
    ClassifiedBy,
    Column,
    ColumnProfile,
    ColumnSpec,
    DataAsset,
    DataCatalogEntry,
    DataLocation,
    DataQualityScore,
    Dataset,
    DatasetScore,
    Dimension,
    DimensionScore,
    DistinctSketch,
    Examination,
    Expectation,
    Landing,
    QualityGate,
    QuantileSummary,
    ReadingNote,
    Rule,
    RuleScore,
    ScorePolicy,
    Sensitivity,
    Severity,
    Threshold,
    Validation,
    ValueCount,
    Verdict,
    VersionToken,
)
from data_management.domain.models.rules import Operator
from data_management_tests.fakes import NOON

LEASE = NOON + timedelta(minutes=1)
AFTER_LEASE = LEASE + timedelta(seconds=1)

ORDERS = Dataset(
    name="orders",
    contract_id="sales",
    contract_version="1.0.0",
    landing=Landing(DataLocation("file:///landing/orders"), "**/*.csv"),
    columns=(ColumnSpec("id", "integer", required=True), ColumnSpec("amount", "number", classification="internal")),
    rules=(
        Rule(
            name="id_not_null",
            expectations=(Expectation("expect_column_values_to_not_be_null", {"column": "id", "mostly": 1.0}),),
            dimension=Dimension.COMPLETENESS,
            column="id",
            threshold=Threshold(Operator.MUST_BE, (0.0,)),
        ),
        Rule(name="later", expectations=(), dimension=Dimension.ACCURACY, not_runnable="needs SQL"),
    ),
    policy=ScorePolicy(((Dimension.ACCURACY, 2.0),), QualityGate(90.0, ((Dimension.COMPLETENESS, 99.5),))),
    description='orders, "quoted", ünïcödé',
    owners=("ann@example.com",),
    tags=("sales", "daily"),
    domain="sales",
    source="contracts/sales.yaml",
)
CUSTOMERS = Dataset(name="customers", contract_id="sales", contract_version="1.0.0")

CHECKS = (
    Check(
        rule="id_not_null",
        expectation="expect_column_values_to_not_be_null",
        column="id",
        dimension=Dimension.COMPLETENESS,
        severity=Severity.CRITICAL,
        success=False,
        evaluated=100,
        unexpected=1,
    ),
    Check(
        rule="rows",
        expectation="expect_table_row_count_to_be_between",
        column=None,
        dimension=Dimension.COVERAGE,
        severity=Severity.WARNING,
        success=True,
        observed={"value": 100, "of": [1, None, "x"]},
    ),
    Check(
        rule="broken",
        expectation=None,
        column=None,
        dimension=Dimension.ACCURACY,
        severity=Severity.INFO,
        success=None,
        errored=True,
        error="no such column",
    ),
)

SCORE = DataQualityScore(
    value=99.5,
    lower=90.25,
    upper=99.5,
    coverage=0.875,
    dimensions=(
        DimensionScore(Dimension.COMPLETENESS, 1.0, 99.0, 99.0),
        DimensionScore(Dimension.ACCURACY, 2.0, None, 0.0),
    ),
    rules=(
        RuleScore("id_not_null", Dimension.COMPLETENESS, 5.0, 0.99, 0.99),
        RuleScore("broken", Dimension.ACCURACY, 1.0, None, 0.0),
    ),
)
NO_SCORE = DataQualityScore(value=None, lower=None, upper=None, coverage=0.0, dimensions=(), rules=())

FULL_PROFILE = ColumnProfile(
    "id",
    1,
    99,
    minimum=1,
    maximum="2013-01-04",
    mean=50.5,
    count=99,
    distinct_error=0.0325,
    shortest=0,
    longest=12,
    quantiles=(QuantileSummary(99, (1.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0)),),
    top_values=(ValueCount("ünï", 3), ValueCount("|", 1)),
    patterns=(ValueCount("A9-99", 7),),
    sketch=DistinctSketch("4d44:DECIMAL(18,2)", "0" * 60 + "1000" + "2" * 64),
    sampled=100,
)
EXAMINATION = Examination(
    columns=(Column("id", "BIGINT"), Column("amount; DROP", "DECIMAL(18,2)", stored="VARCHAR")),
    row_count=100,
    checks=CHECKS,
    profile=(FULL_PROFILE, ColumnProfile("amount; DROP", 0)),
    content_sha256="ab" * 32,
    classifications=(
        Classification("id", Category.IBAN, Sensitivity.RESTRICTED, 0.987, "all have the form", ClassifiedBy.VALUES),
        Classification("elsewhere", None, Sensitivity.PUBLIC, 1.0, "the contract says public", ClassifiedBy.CONTRACT),
    ),
    notes=(ReadingNote("dialect", "delimiter ; was guessed", 1), ReadingNote("encoding", "UTF-8")),
)


def arrived(name: str = "a.csv", token: str = "v1", dataset: str = "orders") -> DataCatalogEntry:
    return DataCatalogEntry.arrived(
        DataAsset(
            id=uuid4().hex,
            dataset=dataset,
            location=DataLocation(f"file:///landing/{dataset}/{name}"),
            version_token=VersionToken(token),
            arrived_at=NOON,
            size_bytes=10,
        )
    )


def many(count: int, dataset: str = "orders") -> list[DataCatalogEntry]:
    return [arrived(f"{number:05}.csv", dataset=dataset) for number in range(count)]


def validation(asset_id: str, request_key: str = "run-1", plan_hash: str = "plan-a", **changes: object) -> Validation:
    fields = {
        "asset_id": asset_id,
        "dataset": "orders",
        "plan_hash": plan_hash,
        "contract_version": "1.0.0",
        "request_key": request_key,
        "at": NOON,
        "row_count": 100,
        "score": SCORE,
        "verdict": Verdict.WARN,
        "checks": CHECKS,
    }
    return Validation(**(fields | changes))  # type: ignore[arg-type]


def dataset_score(request_key: str = "run-1", value: float = 99.5, **changes: object) -> DatasetScore:
    from dataclasses import replace

    from data_management.domain.models import AssetCounts

    fields = {
        "dataset": "orders",
        "plan_hash": "plan-a",
        "contract_version": "1.0.0",
        "request_key": request_key,
        "at": NOON,
        "score": replace(SCORE, value=value),
        "verdict": Verdict.WARN,
        "reasons": ("rule 'id_not_null' failed: 1 of 100 rows",),
        "counts": AssetCounts(pending=1, accepted=2, quarantined=3, rejected=4, rows=5),
    }
    return DatasetScore(**(fields | changes))  # type: ignore[arg-type]
