"""What programs read: the JSON of CLI (and API). Field names are part of the public interface."""

from data_management.presentation.dtos.assets import (
    AssetContentDto,
    AssetDetailDto,
    AssetDto,
    CheckDto,
    ColumnDto,
    FailureDto,
    NoteDto,
    ValidatedFileDto,
    ValidationDto,
    printable,
)
from data_management.presentation.dtos.datasets import DatasetDetailDto, DatasetDto, RuleDto
from data_management.presentation.dtos.scores import (
    ContributionDto,
    CountsDto,
    ScoreDifferenceDto,
    ScoreDto,
    ScorePointDto,
)

__all__ = [
    "AssetContentDto",
    "AssetDetailDto",
    "AssetDto",
    "CheckDto",
    "ColumnDto",
    "ContributionDto",
    "CountsDto",
    "DatasetDetailDto",
    "DatasetDto",
    "FailureDto",
    "NoteDto",
    "RuleDto",
    "ScoreDifferenceDto",
    "ScoreDto",
    "ScorePointDto",
    "ValidatedFileDto",
    "ValidationDto",
    "printable",
]
