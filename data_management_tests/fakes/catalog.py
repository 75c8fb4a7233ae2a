"""An in-memory catalog: units of work with real commit, rollback and savepoints, and a reader of what is committed."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Self

from data_management.application.ports import Clock, IConsumerRepository, IOutboxRepository
from data_management.domain.events import DomainEvent
from data_management.domain.models import DataCatalogEntry, Dataset, DatasetScore, Validation
from data_management.domain.repositories import (
    IAccessRepository,
    IArrivalRepository,
    IDataAssetRepository,
    IDatasetRepository,
    IOffsetRepository,
    IQualityRepository,
    IRetentionRepository,
)
from data_management.errors import DataManagementError
from data_management_tests.fakes.access import FakeAccessRepository
from data_management_tests.fakes.messaging import FakeConsumerRepository, FakeOutboxRepository
from data_management_tests.fakes.offsets import FakeOffsetRepository, record_changes
from data_management_tests.fakes.reader import FakeCatalogReader
from data_management_tests.fakes.repositories import (
    FakeArrivalRepository,
    FakeDataAssetRepository,
    FakeDatasetRepository,
    FakeQualityRepository,
)
from data_management_tests.fakes.retention import FakeRetentionRepository
from data_management_tests.fakes.state import OutboxRow, State
from data_management_tests.fakes.world import FakeClock


class FakeCatalog:
    """The state that fake units of work share. Its method `unit_of_work` is a `UnitOfWorkFactory`.

    `entries` are stored as they are (version 1 where theirs is 0) without events; those of `arrived` are queued as well.
    While `broken` is an error, entering a unit of work raises it.
    """

    def __init__(
        self,
        datasets: Iterable[Dataset] = (),
        entries: Iterable[DataCatalogEntry] = (),
        arrived: Iterable[DataCatalogEntry] = (),
        validations: Iterable[Validation] = (),
        scores: Iterable[DatasetScore] = (),
        clock: Clock | None = None,
    ) -> None:
        self.clock = clock or FakeClock()
        self.broken: DataManagementError | None = None
        self.state = State()
        self.lock = threading.Lock()
        self.owner: int | None = None
        queued = list(arrived)
        with self.unit_of_work() as work:
            for dataset in datasets:
                work.datasets.save(dataset)
            for entry in [*entries, *queued]:
                work.state.known_dataset(entry.asset.dataset)
                work.state.entries[entry.id] = replace(entry, version=entry.version or 1, events=())
                record_changes(work.state, [entry])
            work.arrivals.open(queued)
            for validation in validations:
                work.quality.add(validation)
            for score in scores:
                work.quality.add_score(score)

    def unit_of_work(self) -> "FakeUnitOfWork":
        return FakeUnitOfWork(self)

    def reader(self) -> FakeCatalogReader:
        return FakeCatalogReader(lambda: self.state)

    @property
    def outbox(self) -> list[OutboxRow]:
        """What is committed, in order, with the version of the aggregate that each event made."""
        return list(self.state.outbox)

    @property
    def events(self) -> list[DomainEvent]:
        return [row.event for row in self.state.outbox]

    @property
    def entries(self) -> list[DataCatalogEntry]:
        """All that are committed, in the order of arrival."""
        return list(self.state.entries.values())


class FakeUnitOfWork:
    """One writer at a time: a thread that opens a second one waits, and the same thread is told of its mistake."""

    datasets: IDatasetRepository
    assets: IDataAssetRepository
    arrivals: IArrivalRepository
    quality: IQualityRepository
    retention: IRetentionRepository
    outbox: IOutboxRepository
    consumers: IConsumerRepository
    access: IAccessRepository
    offsets: IOffsetRepository

    def __init__(self, catalog: FakeCatalog) -> None:
        self._catalog = catalog

    def __enter__(self) -> Self:
        if self._catalog.broken:
            raise self._catalog.broken
        if self._catalog.owner == threading.get_ident():
            raise AssertionError("this thread has a unit of work open already; SQLite would wait for itself")
        self._catalog.lock.acquire()
        self._catalog.owner = threading.get_ident()
        self.state = self._catalog.state.copy()
        self.state.begun = [self._catalog.clock()]
        self.datasets = FakeDatasetRepository(self.state)
        self.assets = FakeDataAssetRepository(self.state)
        self.arrivals = FakeArrivalRepository(self.state)
        self.quality = FakeQualityRepository(self.state)
        self.retention = FakeRetentionRepository(self.state)
        self.outbox = FakeOutboxRepository(self.state)
        self.consumers = FakeConsumerRepository(self.state)
        self.access = FakeAccessRepository(self.state)
        self.offsets = FakeOffsetRepository(self.state)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self._catalog.state = self.state
        self._catalog.owner = None
        self._catalog.lock.release()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        saved = self.state.copy()
        try:
            yield
        except BaseException:
            self.state.restore(saved)
            raise
