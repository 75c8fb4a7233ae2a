"""Datasets of a folder of data contracts, in YAML."""

import dagster as dg

from data_management.orchestration.results import Granularity
from data_management.plugin.factory import build_dataset_definitions


class DataContractsComponent(dg.Component, dg.Model, dg.Resolvable):
    """Datasets from a folder of data contracts (ODCS)."""

    contracts: str = "contracts"
    """The folder, relative to the component's own."""
    key_prefix: str = ""
    """Prefix of all asset keys; parts are separated by ``/``."""
    checks: Granularity | None = None
    """Asset checks beside each dataset's verdict."""

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        return build_dataset_definitions(context.path / self.contracts, key_prefix=self.key_prefix, checks=self.checks)
