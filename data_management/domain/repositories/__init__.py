"""What the catalog remembers, as the domain sees it. Implementations are in ``infrastructure``.

All of them live inside one unit of work; nothing is visible to others before its commit.
"""

from data_management.domain.repositories.access import IAccessRepository
from data_management.domain.repositories.arrivals import IArrivalRepository
from data_management.domain.repositories.data_assets import IDataAssetRepository
from data_management.domain.repositories.datasets import IDatasetRepository
from data_management.domain.repositories.offsets import IOffsetRepository
from data_management.domain.repositories.quality import IQualityRepository
from data_management.domain.repositories.retention import IRetentionRepository

__all__ = [
    "IAccessRepository",
    "IArrivalRepository",
    "IDataAssetRepository",
    "IDatasetRepository",
    "IOffsetRepository",
    "IQualityRepository",
    "IRetentionRepository",
]
