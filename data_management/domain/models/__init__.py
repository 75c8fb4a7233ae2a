"""Entities and value objects: frozen, with tuples for lists; entities are compared by id."""

from data_management.domain.models.acceptances import Withdrawal, accepted_version
from data_management.domain.models.access import ApiKey, AuditRecord, Outcome, Permission, PresentedKey, Principal, Role
from data_management.domain.models.arrivals import PendingArrivals
from data_management.domain.models.assets import AssetStatus, DataAsset, DataCatalogEntry
from data_management.domain.models.checks import Check, Column, Examination, ReadingNote
from data_management.domain.models.classifications import Category, Classification, ClassifiedBy, Detection, Sensitivity
from data_management.domain.models.consumers import OffsetMove
from data_management.domain.models.contract_changes import (
    ContractChange,
    ContractChangeKind,
    ContractDiff,
    ContractPart,
    Party,
)
from data_management.domain.models.datasets import (
    BadRows,
    ColumnSpec,
    Dataset,
    FileFormat,
    Landing,
    OnFail,
    ReadOptions,
    Revalidate,
    Revalidation,
    ScorePolicy,
)
from data_management.domain.models.drift import ChangeKind, SchemaChange, schema_changes
from data_management.domain.models.landings import NewObjects, ObjectStore
from data_management.domain.models.locations import DataLocation, VersionToken, version_at
from data_management.domain.models.plans import Plan
from data_management.domain.models.points import gain_in_words, score_in_words
from data_management.domain.models.profiles import ColumnProfile, QuantileSummary, ValueCount, merged_profiles
from data_management.domain.models.requests import Remembered
from data_management.domain.models.retention import Prunable, PruneStep
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
    Contribution,
    DataQualityScore,
    DimensionScore,
    QualityGate,
    RuleScore,
    ScoreDifference,
    Shortfall,
    Verdict,
)
from data_management.domain.models.service_levels import ServiceLevels
from data_management.domain.models.sketches import DistinctSketch
from data_management.domain.models.suggestions import SuggestedColumn, SuggestedRule, Suggestion, SuggestionKind
from data_management.domain.models.totals import AssetCounts, RuleTotals
from data_management.domain.models.validations import OTHERS, DatasetScore, Validation, VerdictTurn
from data_management.domain.models.windows import TimeWindow, WindowGranularity

__all__ = [
    "FORMULA",
    "OTHERS",
    "ApiKey",
    "AssetCounts",
    "AssetStatus",
    "AuditRecord",
    "BadRows",
    "Category",
    "ChangeKind",
    "Check",
    "Classification",
    "ClassifiedBy",
    "Column",
    "ColumnProfile",
    "ColumnSpec",
    "ContractChange",
    "ContractChangeKind",
    "ContractDiff",
    "ContractPart",
    "Contribution",
    "DataAsset",
    "DataCatalogEntry",
    "DataLocation",
    "DataQualityScore",
    "Dataset",
    "DatasetScore",
    "Detection",
    "Dimension",
    "DimensionScore",
    "DistinctSketch",
    "Examination",
    "Expectation",
    "FileFormat",
    "Landing",
    "NewObjects",
    "ObjectStore",
    "OffsetMove",
    "OnFail",
    "Operator",
    "Outcome",
    "Party",
    "PendingArrivals",
    "Permission",
    "Plan",
    "PresentedKey",
    "Principal",
    "Prunable",
    "PruneStep",
    "QualityGate",
    "QuantileSummary",
    "ReadOptions",
    "ReadingNote",
    "Remembered",
    "Revalidate",
    "Revalidation",
    "Role",
    "Rule",
    "RuleScope",
    "RuleScore",
    "RuleTotals",
    "SchemaChange",
    "ScoreDifference",
    "ScorePolicy",
    "Sensitivity",
    "ServiceLevels",
    "Severity",
    "Shortfall",
    "SuggestedColumn",
    "SuggestedRule",
    "Suggestion",
    "SuggestionKind",
    "Threshold",
    "TimeWindow",
    "Unit",
    "Validation",
    "ValueCount",
    "Verdict",
    "VerdictTurn",
    "VersionToken",
    "WindowGranularity",
    "Withdrawal",
    "accepted_version",
    "gain_in_words",
    "merged_profiles",
    "schema_changes",
    "score_in_words",
    "version_at",
]
