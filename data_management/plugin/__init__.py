"""What a Dagster project imports: the component, the factory, the catalog to read from, the consumer of events."""

from data_management.application.files import DatasetFile, FileChanges
from data_management.application.messaging import CloudEvent
from data_management.orchestration import DatasetResult, DatasetStep, gated_eager
from data_management.plugin.component import DataContractsComponent
from data_management.plugin.events import consume_events
from data_management.plugin.factory import build_dataset_definitions
from data_management.plugin.resource import DataManagementCatalog, catalog

__all__ = [
    "CloudEvent",
    "DataContractsComponent",
    "DataManagementCatalog",
    "DatasetFile",
    "DatasetResult",
    "DatasetStep",
    "FileChanges",
    "build_dataset_definitions",
    "catalog",
    "consume_events",
    "gated_eager",
]
