"""Decisions that belong to no single entity. Pure: values in, values out."""

from data_management.domain.services.advice import advice_on
from data_management.domain.services.classification import (
    DataClassificationService,
    detectors_for,
    private_columns,
    shown_columns,
)
from data_management.domain.services.diffing import describe_rule, diff_contracts
from data_management.domain.services.progress import Progress
from data_management.domain.services.suggesting import RuleSuggestionService
from data_management.domain.services.telling import rule_in_words, told_threshold
from data_management.domain.services.validation import Assessment, DatasetAssessment, DataValidationService

__all__ = [
    "Assessment",
    "DataClassificationService",
    "DataValidationService",
    "DatasetAssessment",
    "Progress",
    "RuleSuggestionService",
    "advice_on",
    "describe_rule",
    "detectors_for",
    "diff_contracts",
    "private_columns",
    "rule_in_words",
    "shown_columns",
    "told_threshold",
]
