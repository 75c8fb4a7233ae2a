"""What a Dagster project imports: the component, the factory, the resource, the consumer of events."""

from data_management.application.messaging import CloudEvent
from data_management.orchestration import DatasetResult, DatasetStep
from data_management.plugin.component import DataContractsComponent
from data_management.plugin.events import consume_events
from data_management.plugin.factory import build_dataset_definitions
from data_management.plugin.resource import DataManagementCatalog

__all__ = [
    "CloudEvent",
    "DataContractsComponent",
    "DataManagementCatalog",
    "DatasetResult",
    "DatasetStep",
    "build_dataset_definitions",
    "consume_events",
]
