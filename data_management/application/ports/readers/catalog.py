"""All that is read of the catalog."""

from typing import Protocol

from data_management.application.ports.readers.access import AccessReader
from data_management.application.ports.readers.consumers import ConsumerReader
from data_management.application.ports.readers.data_assets import DataAssetReader
from data_management.application.ports.readers.datasets import DatasetReader
from data_management.application.ports.readers.events import EventReader
from data_management.application.ports.readers.quality import QualityReader
from data_management.application.ports.readers.search import SearchReader
from data_management.application.ports.readers.upkeep import UpkeepReader


class CatalogReader(
    AccessReader,
    ConsumerReader,
    DataAssetReader,
    DatasetReader,
    EventReader,
    QualityReader,
    SearchReader,
    UpkeepReader,
    Protocol,
):
    """One adapter answers for all nouns; each query handler takes the reader that it needs."""
