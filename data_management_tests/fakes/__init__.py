"""In-memory ports: state through the constructor, the same behaviour as the adapters (see ``port_tests``)."""

from data_management_tests.fakes.catalog import FakeCatalog, FakeUnitOfWork
from data_management_tests.fakes.messaging import FakeEventQueue, FakeMessenger, FakePublisher
from data_management_tests.fakes.reader import FakeCatalogReader
from data_management_tests.fakes.state import OutboxRow
from data_management_tests.fakes.world import (
    NOON,
    FakeClock,
    FakeDataLocationService,
    FakeLandingAnnouncements,
    FakeQualityEngine,
)

__all__ = [
    "NOON",
    "FakeCatalog",
    "FakeCatalogReader",
    "FakeClock",
    "FakeDataLocationService",
    "FakeEventQueue",
    "FakeLandingAnnouncements",
    "FakeMessenger",
    "FakePublisher",
    "FakeQualityEngine",
    "FakeUnitOfWork",
    "OutboxRow",
]
