"""One transaction of the catalog, and the factory of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from sqlalchemy import Engine

from data_management.application.ports import Clock, IConsumerRepository, IOutboxRepository
from data_management.domain.repositories import (
    IAccessRepository,
    IArrivalRepository,
    IDataAssetRepository,
    IDatasetRepository,
    IOffsetRepository,
    IQualityRepository,
    IRetentionRepository,
)
from data_management.infrastructure.data_sources.sql.access import SQLAccessRepository
from data_management.infrastructure.data_sources.sql.arrivals import SQLArrivalRepository
from data_management.infrastructure.data_sources.sql.assets import SQLDataAssetRepository
from data_management.infrastructure.data_sources.sql.consumers import SQLConsumerRepository
from data_management.infrastructure.data_sources.sql.datasets import SQLDatasetRepository
from data_management.infrastructure.data_sources.sql.offsets import SQLOffsetRepository
from data_management.infrastructure.data_sources.sql.outbox import SQLOutboxRepository
from data_management.infrastructure.data_sources.sql.quality import SQLQualityRepository
from data_management.infrastructure.data_sources.sql.retention import SQLRetentionRepository
from data_management.infrastructure.data_sources.sql.transaction import Transaction
from data_management.infrastructure.persistence.engine import connect, must_be_whole, savepoint, writing


class SQLUnitOfWorkFactory:
    """Units of work over one engine, whose owner disposes of it."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = writing(engine)
        self._clock = clock

    def __call__(self) -> "SQLUnitOfWork":
        return SQLUnitOfWork(self._engine, self._clock)


class SQLUnitOfWork:
    """Begins on entering, as a writer: on SQLite one at a time, on Postgres one at a time of each dataset; the others wait for up to 30 s.

    On Postgres a dataset is held from its first read for writing until the end.
    """

    datasets: IDatasetRepository
    assets: IDataAssetRepository
    arrivals: IArrivalRepository
    quality: IQualityRepository
    retention: IRetentionRepository
    outbox: IOutboxRepository
    consumers: IConsumerRepository
    access: IAccessRepository
    offsets: IOffsetRepository

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def __enter__(self) -> Self:
        self._connection = connect(self._engine)
        try:
            self._connection.begin()
        except BaseException:
            self._connection.close()
            raise
        self._transaction = Transaction(self._connection, self._clock)
        datasets = SQLDatasetRepository(self._transaction)
        self.datasets = datasets
        self.assets = SQLDataAssetRepository(self._transaction)
        self.arrivals = SQLArrivalRepository(self._transaction)
        self.quality = SQLQualityRepository(self._transaction, datasets)
        self.retention = SQLRetentionRepository(self._transaction)
        self.outbox = SQLOutboxRepository(self._transaction)
        self.consumers = SQLConsumerRepository(self._transaction)
        self.access = SQLAccessRepository(self._transaction)
        self.offsets = SQLOffsetRepository(self._transaction)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._connection:  # closing undoes what was not committed
            if kind is None:
                must_be_whole(self._connection)
                self._transaction.counts.write()
                self._connection.commit()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        noted = self._transaction.counts.noted()
        try:
            with savepoint(self._connection):
                yield
        except BaseException:
            self._transaction.forget()
            self._transaction.counts.go_back_to(noted)
            raise
