from sqlalchemy import Engine

from data_management.application.ports import Clock
from data_management.application.services import Application
from data_management.domain.services import DataValidationService
from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.data_sources.sql import SQLCatalogReader, SQLUnitOfWorkFactory
from data_management_tests.fakes import FakeClock, FakeDataLocationService, FakeLandingAnnouncements, FakeQualityEngine


def application(engine: Engine, clock: Clock | None = None) -> Application:
    """The façade over a real catalog; all else is fake."""
    return Application(
        unit_of_work=SQLUnitOfWorkFactory(engine, utc_now),
        reader=SQLCatalogReader(engine),
        engine=FakeQualityEngine(),
        locations=FakeDataLocationService(),
        announcements=FakeLandingAnnouncements(),
        clock=clock or FakeClock(),
        validation=DataValidationService(),
    )
