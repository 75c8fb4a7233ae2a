"""The composition root: the one file that names concrete classes. Providers are lazy, and so are their imports."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dependency_injector import containers, providers

from data_management.application.ports import (
    CatalogReader,
    ContractReader,
    ContractWriter,
    DataLocationService,
    QualityEngine,
    UnitOfWorkFactory,
)
from data_management.application.services import Application
from data_management.domain.services import DataValidationService
from data_management.infrastructure.contracts import OdcsContractReader, OdcsContractWriter
from data_management.infrastructure.data_sources.local import LocalDataLocationService
from data_management.infrastructure.quality import WorkerPoolQualityEngine
from data_management.settings import Settings, load_settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from data_management.infrastructure.persistence.engine import CatalogPlace


def _catalog_place(settings: Settings) -> "CatalogPlace":
    if settings.catalog_url is None:
        return settings.catalog_file
    from data_management.infrastructure.persistence.engine import postgres_url

    return postgres_url(settings.catalog_url.get_secret_value())


def _catalog_engine(place: "CatalogPlace", settings: Settings) -> "Engine":
    from data_management.infrastructure.persistence.schema import open_catalog

    return open_catalog(place, embedded=settings.catalog_is_embedded)


def _unit_of_work(engine: "Engine") -> UnitOfWorkFactory:
    from data_management.infrastructure.data_sources.sql import SQLUnitOfWorkFactory

    return SQLUnitOfWorkFactory(engine)


def _reader(engine: "Engine") -> CatalogReader:
    from data_management.infrastructure.data_sources.sql import SQLCatalogReader

    return SQLCatalogReader(engine)


def _quality_engine(settings: Settings) -> QualityEngine:
    return WorkerPoolQualityEngine(
        workers=settings.workers,
        timeout_seconds=settings.file_timeout_seconds,
        memory_bytes=settings.file_memory_mb * 1024 * 1024,
    )


def _now() -> datetime:
    return datetime.now(UTC)


class Container(containers.DeclarativeContainer):
    """Everything that has one instance per process. Overriding a provider replaces it everywhere."""

    settings = providers.Singleton(load_settings)
    clock = providers.Object(_now)
    validation = providers.Singleton(DataValidationService)
    contracts: providers.Provider[ContractReader] = providers.Singleton(OdcsContractReader)
    contract_writer: providers.Provider[ContractWriter] = providers.Singleton(OdcsContractWriter)
    locations: providers.Provider[DataLocationService] = providers.Singleton(LocalDataLocationService)
    catalog_place = providers.Singleton(_catalog_place, settings)
    catalog_engine = providers.Singleton(_catalog_engine, catalog_place, settings)
    unit_of_work = providers.Singleton(_unit_of_work, catalog_engine)
    reader = providers.Singleton(_reader, catalog_engine)
    quality_engine = providers.Singleton(_quality_engine, settings)
    application = providers.Singleton(
        Application,
        unit_of_work=unit_of_work,
        reader=reader,
        engine=quality_engine,
        locations=locations,
        clock=clock,
        validation=validation,
    )
