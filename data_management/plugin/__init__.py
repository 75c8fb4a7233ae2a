"""What a Dagster project imports: the component, the factory, the resource, contracts for its own assets, alerts, events."""

from data_management.application.messaging import CloudEvent
from data_management.orchestration import DatasetResult, DatasetStep
from data_management.plugin.alerts import quality_alert_sensor
from data_management.plugin.attached import contract_checks, validate, with_contract
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
    "contract_checks",
    "quality_alert_sensor",
    "validate",
    "with_contract",
]
