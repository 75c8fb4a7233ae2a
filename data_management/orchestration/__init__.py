"""Dagster as a driving adapter: resource, assets, checks, sensors, schedules."""

from data_management.orchestration.assets import Execute, OpOptions
from data_management.orchestration.definitions import DefinitionOptions, Translation, dataset_definitions
from data_management.orchestration.resource import CATALOG, CatalogResource, gated_eager
from data_management.orchestration.starting import Start
from data_management.orchestration.step import DatasetResult, DatasetStep, Timing

__all__ = [
    "CATALOG",
    "CatalogResource",
    "DatasetResult",
    "DatasetStep",
    "DefinitionOptions",
    "Execute",
    "OpOptions",
    "Start",
    "Timing",
    "Translation",
    "dataset_definitions",
    "gated_eager",
]
