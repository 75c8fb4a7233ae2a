"""Dagster as a driving adapter: resource, assets, checks, sensors, schedules."""

from data_management.orchestration.assets import OpOptions, Timing
from data_management.orchestration.definitions import DefinitionOptions, dataset_definitions
from data_management.orchestration.resource import CATALOG, CatalogResource, gated_eager

__all__ = ["CATALOG", "CatalogResource", "DefinitionOptions", "OpOptions", "Timing", "dataset_definitions", "gated_eager"]
