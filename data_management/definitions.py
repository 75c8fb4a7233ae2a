"""What Dagster loads: the datasets of the project's contracts."""

from data_management.plugin import build_dataset_definitions

defs = build_dataset_definitions()
