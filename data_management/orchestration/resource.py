"""The Dagster resource through which assets, sensors and jobs reach the façade."""

from abc import ABC, abstractmethod

import dagster as dg

from data_management.application.services import Application

CATALOG = "data_management_catalog"
"""Key of the resource, namespaced so that it clashes with nobody's."""


class CatalogResource(dg.ConfigurableResource, ABC):  # type: ignore[type-arg]
    """Opens the catalog in the process that uses it; subclassed where the concrete parts are known."""

    @abstractmethod
    def open_application(self) -> Application:
        """The façade; the caller closes it when it has used the quality engine."""


def catalog_of(resources: object) -> CatalogResource:
    """The catalog resource among a context's resources."""
    resource = getattr(resources, CATALOG)
    if not isinstance(resource, CatalogResource):
        raise dg.DagsterInvalidDefinitionError(
            f"resource {CATALOG!r} is a {type(resource).__name__}, not a CatalogResource; leave the key to data_management"
        )
    return resource
