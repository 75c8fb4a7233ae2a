"""What a Dagster project imports: the component, the factory, contracts for its own assets, alerts, the catalog to read from, events."""

from data_management.application.file_changes import DatasetFile, FileChanges, GivenFiles
from data_management.application.messaging import CloudEvent
from data_management.orchestration import DatasetResult, DatasetStep, gated_eager
from data_management.plugin.alerts import quality_alert_sensor
from data_management.plugin.attached import contract_checks, validate, with_contract
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
    "GivenFiles",
    "build_dataset_definitions",
    "catalog",
    "consume_events",
    "contract_checks",
    "gated_eager",
    "quality_alert_sensor",
    "validate",
    "with_contract",
]
