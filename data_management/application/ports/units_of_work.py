"""Writing to the catalog: one transaction."""

from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol, Self

from data_management.application.ports.events import IConsumerRepository, IOutboxRepository
from data_management.domain.repositories import (
    IAccessRepository,
    IArrivalRepository,
    IDataAssetRepository,
    IDatasetRepository,
    IOffsetRepository,
    IQualityRepository,
    IRetentionRepository,
)


class UnitOfWork(Protocol):
    """One transaction. Leaving the block without an exception commits; with one, rolls back."""

    datasets: IDatasetRepository
    assets: IDataAssetRepository
    arrivals: IArrivalRepository
    quality: IQualityRepository
    retention: IRetentionRepository
    outbox: IOutboxRepository
    consumers: IConsumerRepository
    access: IAccessRepository
    offsets: IOffsetRepository

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

    def savepoint(self) -> AbstractContextManager[None]:
        """A part that is undone by itself when it raises; the exception goes on to the caller."""


class UnitOfWorkFactory(Protocol):
    def __call__(self) -> UnitOfWork:
        """A new unit of work for the calling thread; entering it is `Unavailable` where the catalog cannot be reached."""
