"""What the use cases need from the world. Adapters are in ``infrastructure``; fakes in the tests."""

from data_management.application.ports.contracts import (
    ContractProblem,
    ContractReader,
    ContractReading,
    ContractTerms,
    ContractWriter,
    SuiteReader,
)
from data_management.application.ports.events import (
    EventPublisher,
    EventQueue,
    EventQueueFactory,
    IConsumerRepository,
    IOutboxRepository,
    Messenger,
    MessengerFactory,
)
from data_management.application.ports.landings import (
    Announced,
    DataLocationService,
    FoundFile,
    LandingAnnouncements,
    ListedPage,
    StandingVersions,
)
from data_management.application.ports.quality import (
    Changed,
    ExaminationOutcome,
    ExaminationRequest,
    Examined,
    FrameEngine,
    QualityEngine,
    TableReader,
    Unreadable,
)
from data_management.application.ports.reading import AuditFilter, CatalogReader, DatasetFilter, Search
from data_management.application.ports.surroundings import NEVER, Clock, Deadline, Ticks, TokenVerifier
from data_management.application.ports.units_of_work import UnitOfWork, UnitOfWorkFactory

__all__ = [
    "NEVER",
    "Announced",
    "AuditFilter",
    "CatalogReader",
    "Changed",
    "Clock",
    "ContractProblem",
    "ContractReader",
    "ContractReading",
    "ContractTerms",
    "ContractWriter",
    "DataLocationService",
    "DatasetFilter",
    "Deadline",
    "EventPublisher",
    "EventQueue",
    "EventQueueFactory",
    "ExaminationOutcome",
    "ExaminationRequest",
    "Examined",
    "FoundFile",
    "FrameEngine",
    "IConsumerRepository",
    "IOutboxRepository",
    "LandingAnnouncements",
    "ListedPage",
    "Messenger",
    "MessengerFactory",
    "QualityEngine",
    "Search",
    "StandingVersions",
    "SuiteReader",
    "TableReader",
    "Ticks",
    "TokenVerifier",
    "UnitOfWork",
    "UnitOfWorkFactory",
    "Unreadable",
]
