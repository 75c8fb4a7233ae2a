"""The catalog as a Dagster resource, and the parts that it is made of."""

from functools import lru_cache

from data_management.application.services import Application
from data_management.container import Container
from data_management.observability import configure_logging
from data_management.orchestration import CatalogResource
from data_management.settings import Settings, load_settings


class DataManagementCatalog(CatalogResource):
    """The catalog as ``DATA_MANAGEMENT_*`` says, opened in the process that uses it.

    Example:
        >>> import dagster as dg
        >>> from data_management.plugin import DataManagementCatalog
        >>> @dg.asset
        ... def report(data_management_catalog: DataManagementCatalog) -> None:
        ...     app = data_management_catalog.open_application()
        >>> defs = dg.Definitions(assets=[report], resources={"data_management_catalog": DataManagementCatalog()})
    """

    def open_application(self) -> Application:
        return container_of(load_settings()).application()


catalog = DataManagementCatalog()
"""For consumers, in Dagster and outside of it: `catalog.consume`, `catalog.require`.

One object for all: Dagster merges definitions that share a resource key only where they share the resource.
"""


@lru_cache(maxsize=8)
def container_of(settings: Settings) -> Container:
    """One container per process and settings: connections are pooled across the ticks of a sensor."""
    configure_logging(settings.log_level, settings.log_format)
    container = Container()
    container.settings.override(settings)
    return container
