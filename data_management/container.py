"""The composition root: it names the concrete classes. Providers are lazy, and so are their imports.

Two entries do without it, since a process pays for importing it, and name what they need themselves: `main` the client of a catalog
that is served elsewhere, `standalone` the engine. An import-linter contract lists all three.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from dependency_injector import containers, providers

from data_management.application.diagnosis import Probe
from data_management.application.ports import (
    CatalogReader,
    Clock,
    ContractReader,
    ContractWriter,
    DataLocationService,
    EventPublisher,
    EventQueueFactory,
    FrameEngine,
    LandingAnnouncements,
    MessengerFactory,
    QualityEngine,
    SuiteReader,
    TableReader,
    TokenVerifier,
    UnitOfWorkFactory,
)
from data_management.application.services import Application, EventRelay, InlineRelay, RelayPolicy
from data_management.application.translating import ContractTranslator
from data_management.application.views import CatalogSchema
from data_management.domain.custom_expectations import CustomExpectations
from data_management.domain.models import RuleScope
from data_management.domain.services import DataValidationService
from data_management.infrastructure.aws import AwsClients
from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.contracts import OdcsContractReader, OdcsContractWriter
from data_management.infrastructure.contracts.translating import OdcsContractTranslator
from data_management.infrastructure.data_sources.by_storage import DataLocationServiceByStorage
from data_management.infrastructure.data_sources.local import LocalDataLocationService
from data_management.infrastructure.data_sources.s3 import S3DataLocationService, S3Fetcher, SqsLandingAnnouncements
from data_management.infrastructure.data_sources.tables import PostgresTableReader
from data_management.infrastructure.messaging import SqsEventQueue, open_messenger, open_publishers
from data_management.infrastructure.quality import (
    CustomCode,
    DirectFrameEngine,
    QualityEngineByScope,
    StagingQualityEngine,
    WorkerPoolQualityEngine,
    absent_expectations,
)
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


def _unit_of_work(engine: "Engine", clock: Clock) -> UnitOfWorkFactory:
    from data_management.infrastructure.data_sources.sql import SQLUnitOfWorkFactory

    return SQLUnitOfWorkFactory(engine, clock)


def _reader(engine: "Engine") -> CatalogReader:
    from data_management.infrastructure.data_sources.sql import SQLCatalogReader

    return SQLCatalogReader(engine)


def _catalog_is_there(place: "CatalogPlace") -> bool:
    from data_management.infrastructure.persistence.schema import is_there

    return is_there(place)


def _catalog_schema(place: "CatalogPlace") -> CatalogSchema:
    from data_management.infrastructure.persistence.schema import check_catalog

    return check_catalog(place)


def _upgraded_catalog(place: "CatalogPlace") -> CatalogSchema:
    from data_management.infrastructure.persistence.schema import upgrade_catalog

    return upgrade_catalog(place)


def _suites(custom: CustomExpectations) -> SuiteReader:
    from data_management.infrastructure.quality.suites import rules_of_file

    return partial(rules_of_file, custom=custom)


def _custom_code(settings: Settings) -> CustomCode:
    return CustomCode(settings.custom_expectations, str(settings.home.absolute()))


def _quality_engine(settings: Settings, clients: AwsClients, custom: CustomCode) -> QualityEngine:
    files = partial(
        WorkerPoolQualityEngine,
        expanded_bytes=settings.file_expanded_mb << 20,
        columns=settings.file_columns,
        cell_bytes=settings.file_cell_mb << 20,
        custom=custom,
    )
    assets = files(settings.workers, settings.file_timeout_seconds, settings.file_memory_mb << 20)
    seconds, memory = settings.dataset_timeout_seconds, settings.dataset_memory_mb << 20
    whole = files(workers=1, timeout_seconds=seconds, memory_bytes=memory, scope=RuleScope.DATASET)
    fetcher = S3Fetcher(clients)
    return QualityEngineByScope(
        assets=StagingQualityEngine(assets, fetcher, spool_bytes=settings.spool_mb << 20),
        datasets=StagingQualityEngine(whole, fetcher, spool_bytes=settings.dataset_spool_mb << 20),
    )


def _locations(clients: AwsClients, clock: Clock) -> DataLocationService:
    return DataLocationServiceByStorage(
        {"file": LocalDataLocationService(), "s3": S3DataLocationService(clients, clock)}
    )


def _publishers(settings: Settings) -> tuple[EventPublisher, ...]:
    secret = settings.events_secret
    return open_publishers(settings.events, secret.get_secret_value() if secret else "")


def _inline_relay(relay: EventRelay, settings: Settings) -> InlineRelay | None:
    return InlineRelay(relay) if settings.events_inline else None


def _token_verifier(settings: Settings) -> TokenVerifier | None:
    if not settings.oidc_issuer:
        return None
    from data_management.infrastructure.oidc import OidcTokenVerifier

    return OidcTokenVerifier(
        issuer=settings.oidc_issuer,
        audience=settings.oidc_audience,
        algorithms=settings.oidc_algorithms.split(),
        role_claim=settings.oidc_role_claim,
        datasets_claim=settings.oidc_datasets_claim,
        samples_claim=settings.oidc_samples_claim,
    )


def _probes(
    settings: Settings,
    contracts: ContractReader,
    locations: DataLocationService,
    place: "Callable[[], CatalogPlace]",
    custom: CustomCode,
) -> tuple[Probe, ...]:
    from data_management.infrastructure import probes
    from data_management.orchestration.probe import DagsterProbe

    folder = settings.contracts_folder
    folders = {"the spool": (probes.DiskProbe.spool(), settings.spool_mb)}
    clocks: tuple[Probe, ...] = ()
    if settings.catalog_url is None:
        folders["the catalog"] = (settings.catalog_file.parent, 0)
        clocks = (probes.ClockProbe(settings.catalog_file.parent),)
    own: tuple[Probe, ...] = ()
    if custom.expectations:
        own = (probes.ExpectationsProbe(custom.expectations, partial(absent_expectations, custom)),)
    return (
        probes.CatalogProbe(place, embedded=settings.catalog_is_embedded),
        probes.ContractsProbe(contracts, folder),
        *own,
        probes.LandingsProbe(contracts, folder, locations),
        probes.DestinationsProbe(settings.events, lambda: _publishers(settings)),
        DagsterProbe(settings.home),
        probes.VersionsProbe(),
        probes.DiskProbe(folders),
        *clocks,
    )


class Container(containers.DeclarativeContainer):
    """Everything that has one instance per process. Overriding a provider replaces it everywhere."""

    settings = providers.Singleton(load_settings)
    clock = providers.Object(utc_now)
    validation = providers.Singleton(DataValidationService)
    contracts: providers.Provider[ContractReader] = providers.Singleton(
        OdcsContractReader, settings.provided.custom_expectations
    )
    contract_writer: providers.Provider[ContractWriter] = providers.Singleton(OdcsContractWriter)
    contract_translator: providers.Provider[ContractTranslator] = providers.Singleton(
        OdcsContractTranslator, settings.provided.custom_expectations
    )
    suites: providers.Provider[SuiteReader] = providers.Singleton(_suites, settings.provided.custom_expectations)
    aws_clients = providers.Singleton(AwsClients)
    locations = providers.Singleton(_locations, aws_clients, clock)
    announcements: providers.Provider[LandingAnnouncements] = providers.Singleton(
        SqsLandingAnnouncements, locations, aws_clients
    )
    catalog_place = providers.Singleton(_catalog_place, settings)
    catalog_is_there = providers.Callable(_catalog_is_there, catalog_place)
    catalog_schema = providers.Callable(_catalog_schema, catalog_place)
    upgraded_catalog = providers.Callable(_upgraded_catalog, catalog_place)
    catalog_engine = providers.Singleton(_catalog_engine, catalog_place, settings)
    custom_code = providers.Singleton(_custom_code, settings)
    probes = providers.Factory(_probes, settings, contracts, locations, catalog_place.provider, custom_code)
    unit_of_work = providers.Singleton(_unit_of_work, catalog_engine, clock)
    reader = providers.Singleton(_reader, catalog_engine)
    quality_engine = providers.Singleton(_quality_engine, settings, aws_clients, custom_code)
    frames: providers.Provider[FrameEngine] = providers.Singleton(
        DirectFrameEngine,
        columns=settings.provided.file_columns,
        cell_mb=settings.provided.file_cell_mb,
        custom=custom_code,
    )
    tables: providers.Provider[TableReader] = providers.Singleton(
        PostgresTableReader, most_mb=settings.provided.file_memory_mb
    )
    publishers: providers.Provider[tuple[EventPublisher, ...]] = providers.Singleton(_publishers, settings)
    messenger: providers.Provider[MessengerFactory] = providers.Object(open_messenger)
    event_queue: providers.Provider[EventQueueFactory] = providers.Object(SqsEventQueue)
    token_verifier = providers.Singleton(_token_verifier, settings)
    relay_policy = providers.Singleton(RelayPolicy, lease_seconds=settings.provided.lease_seconds)
    relay = providers.Singleton(
        EventRelay,
        unit_of_work=unit_of_work,
        publishers=publishers,
        clock=clock,
        source=settings.provided.events_source,
        policy=relay_policy,
    )
    inline_relay = providers.Singleton(_inline_relay, relay, settings)
    application = providers.Singleton(
        Application,
        unit_of_work=unit_of_work,
        reader=reader,
        engine=quality_engine,
        locations=locations,
        announcements=announcements,
        clock=clock,
        validation=validation,
        relay=relay,
        inline=inline_relay,
        frames=frames,
        tables=tables,
    )
