"""The client of our own API."""

from data_management.infrastructure.clients.client import CatalogClient, Versioned
from data_management.infrastructure.clients.documents import (
    AuditRecord,
    Checked,
    Classified,
    ColumnFigures,
    Counts,
    DataAsset,
    DataAssetContent,
    Dataset,
    DatasetDetail,
    DatasetProfile,
    Erased,
    Event,
    Found,
    Score,
    ScoreDifference,
    ScorePoint,
    Validation,
)

__all__ = [
    "AuditRecord",
    "CatalogClient",
    "Checked",
    "Classified",
    "ColumnFigures",
    "Counts",
    "DataAsset",
    "DataAssetContent",
    "Dataset",
    "DatasetDetail",
    "DatasetProfile",
    "Erased",
    "Event",
    "Found",
    "Score",
    "ScoreDifference",
    "ScorePoint",
    "Validation",
    "Versioned",
]
