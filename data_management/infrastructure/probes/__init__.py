"""Probes of ``data-management doctor``."""

from data_management.infrastructure.probes.catalog import CatalogProbe
from data_management.infrastructure.probes.events import DestinationsProbe
from data_management.infrastructure.probes.machine import ClockProbe, DiskProbe, VersionsProbe
from data_management.infrastructure.probes.project import ContractsProbe, ExpectationsProbe, LandingsProbe

__all__ = [
    "CatalogProbe",
    "ClockProbe",
    "ContractsProbe",
    "DestinationsProbe",
    "DiskProbe",
    "ExpectationsProbe",
    "LandingsProbe",
    "VersionsProbe",
]
