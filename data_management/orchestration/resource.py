"""The Dagster resource through which assets, sensors and jobs reach the façade."""

from abc import ABC, abstractmethod

import dagster as dg

from data_management.application.services import Application

CATALOG = "data_management_catalog"
"""Key of the resource, namespaced so that it clashes with nobody's; ops and sensors take it as a parameter of this name."""


class CatalogResource(dg.ConfigurableResource, ABC):  # type: ignore[type-arg]
    """Opens the catalog in the process that uses it; subclassed where the concrete parts are known."""

    @abstractmethod
    def open_application(self) -> Application:
        """The façade; the caller closes it when it has used the quality engine."""
