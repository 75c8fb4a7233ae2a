"""Reading for the consumers of datasets."""

from typing import Protocol

from data_management.application.file_changes import ConsumerView, FileChanges


class ConsumerReader(Protocol):
    """What consumers of datasets have not seen, and how far they have come."""

    def file_changes(self, dataset: str, after: int, limit: int | None = None) -> FileChanges:
        """The files accepted behind a position that still are, and the files accepted up to it that were withdrawn since.

        `NotFound` where the catalog has no such dataset, `Pruned` where withdrawals behind `after` were pruned, `InvalidInput` where the
        dataset has not come so far.
        """

    def unseen_files(self, dataset: str, consumer: str, limit: int | None = None) -> FileChanges:
        """The changes behind a consumer's offset (0 for a new one), without files that it has and that were withdrawn only for a time."""

    def consumers(self, dataset: str | None = None, name: str | None = None) -> list[ConsumerView]:
        """The consumers of datasets, of all or one, all or those of a name, by dataset and name."""
