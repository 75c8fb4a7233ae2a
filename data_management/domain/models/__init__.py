"""Entities and value objects: frozen, with tuples for lists; entities are compared by id."""

from data_management.domain.models.assets import AssetStatus, DataAsset, DataCatalogEntry
from data_management.domain.models.checks import Check, Column, ColumnProfile, Examination, ReadingNote
from data_management.domain.models.datasets import (
    BadRows,
    ColumnSpec,
    Dataset,
    FileFormat,
    Landing,
    OnFail,
    ReadOptions,
    ScorePolicy,
)
from data_management.domain.models.locations import DataLocation, VersionToken
from data_management.domain.models.rules import (
    Dimension,
    Expectation,
    Operator,
    Rule,
    RuleScope,
    Severity,
    Threshold,
    Unit,
)
from data_management.domain.models.scores import (
    FORMULA,
    DataQualityScore,
    DimensionScore,
    QualityGate,
    RuleScore,
    Verdict,
)
from data_management.domain.models.totals import AssetCounts, RuleTotals

__all__ = [
    "FORMULA",
    "AssetCounts",
    "AssetStatus",
    "BadRows",
    "Check",
    "Column",
    "ColumnProfile",
    "ColumnSpec",
    "DataAsset",
    "DataCatalogEntry",
    "DataLocation",
    "DataQualityScore",
    "Dataset",
    "Dimension",
    "DimensionScore",
    "Examination",
    "Expectation",
    "FileFormat",
    "Landing",
    "OnFail",
    "Operator",
    "QualityGate",
    "ReadOptions",
    "ReadingNote",
    "Rule",
    "RuleScope",
    "RuleScore",
    "RuleTotals",
    "ScorePolicy",
    "Severity",
    "Threshold",
    "Unit",
    "Verdict",
    "VersionToken",
]
