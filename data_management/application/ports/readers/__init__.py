"""Reading the catalog, without a write transaction: a protocol for each noun. Lists are in a stable order."""

from data_management.application.ports.readers.access import AccessReader, AuditFilter
from data_management.application.ports.readers.catalog import CatalogReader
from data_management.application.ports.readers.consumers import ConsumerReader
from data_management.application.ports.readers.data_assets import DataAssetReader
from data_management.application.ports.readers.datasets import DatasetFilter, DatasetReader
from data_management.application.ports.readers.events import EventReader
from data_management.application.ports.readers.quality import QualityReader
from data_management.application.ports.readers.search import Search, SearchReader
from data_management.application.ports.readers.upkeep import UpkeepReader

__all__ = [
    "AccessReader",
    "AuditFilter",
    "CatalogReader",
    "ConsumerReader",
    "DataAssetReader",
    "DatasetFilter",
    "DatasetReader",
    "EventReader",
    "QualityReader",
    "Search",
    "SearchReader",
    "UpkeepReader",
]
