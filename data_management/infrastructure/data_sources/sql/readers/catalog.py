"""All that is read of the catalog."""

from data_management.infrastructure.data_sources.sql.readers.access import SQLAccessReader
from data_management.infrastructure.data_sources.sql.readers.consumers import SQLConsumerReader
from data_management.infrastructure.data_sources.sql.readers.data_assets import SQLDataAssetReader
from data_management.infrastructure.data_sources.sql.readers.datasets import SQLDatasetReader
from data_management.infrastructure.data_sources.sql.readers.events import SQLEventReader
from data_management.infrastructure.data_sources.sql.readers.quality import SQLQualityReader
from data_management.infrastructure.data_sources.sql.readers.search import SQLSearchReader
from data_management.infrastructure.data_sources.sql.readers.upkeep import SQLUpkeepReader


class SQLCatalogReader(
    SQLAccessReader,
    SQLConsumerReader,
    SQLDataAssetReader,
    SQLDatasetReader,
    SQLEventReader,
    SQLQualityReader,
    SQLSearchReader,
    SQLUpkeepReader,
):
    """A `CatalogReader` over an engine."""
