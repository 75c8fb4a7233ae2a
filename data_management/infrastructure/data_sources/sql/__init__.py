"""The catalog in a relational database: the unit of work, its repositories, the reader."""

from data_management.infrastructure.data_sources.sql.arrivals import SQLArrivalRepository
from data_management.infrastructure.data_sources.sql.assets import SQLDataAssetRepository
from data_management.infrastructure.data_sources.sql.datasets import SQLDatasetRepository
from data_management.infrastructure.data_sources.sql.quality import SQLQualityRepository
from data_management.infrastructure.data_sources.sql.readers import SQLCatalogReader
from data_management.infrastructure.data_sources.sql.retention import SQLRetentionRepository
from data_management.infrastructure.data_sources.sql.unit_of_work import SQLUnitOfWork, SQLUnitOfWorkFactory

__all__ = [
    "SQLArrivalRepository",
    "SQLCatalogReader",
    "SQLDataAssetRepository",
    "SQLDatasetRepository",
    "SQLQualityRepository",
    "SQLRetentionRepository",
    "SQLUnitOfWork",
    "SQLUnitOfWorkFactory",
]
