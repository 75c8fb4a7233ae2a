"""What consumers of datasets have not seen, straight from the tables."""

from data_management.application.file_changes import ConsumerView, FileChanges
from data_management.infrastructure.data_sources.sql.files import changes_behind, changes_unseen, consumers_of
from data_management.infrastructure.data_sources.sql.readers.base import SQLReader


class SQLConsumerReader(SQLReader):
    def file_changes(self, dataset: str, after: int, limit: int | None = None) -> FileChanges:
        with self._snapshot() as snapshot:
            return changes_behind(snapshot, dataset, after, limit)

    def unseen_files(self, dataset: str, consumer: str, limit: int | None = None) -> FileChanges:
        with self._snapshot() as snapshot:
            return changes_unseen(snapshot, dataset, consumer, limit)

    def consumers(self, dataset: str | None = None, name: str | None = None) -> list[ConsumerView]:
        with self._snapshot() as snapshot:
            return consumers_of(snapshot, dataset, name)
