"""Reading for the consumers of datasets."""

from typing import Protocol

from data_management.application.file_changes import ConsumerView, FileChanges


class ConsumerReader(Protocol):
    """What consumers of datasets have not seen, and how far they have come."""

    def file_changes(self, dataset: str, after: int, limit: int | None = None) -> FileChanges:
        """What became accepted in a dataset behind a position and still is, and what of before was withdrawn since.

        `NotFound` where the catalog has no such dataset, `Pruned` where withdrawals behind `after` were pruned, `InvalidInput` where the
        dataset has not come so far.
        """

    def unseen_files(self, dataset: str, consumer: str, limit: int | None = None) -> FileChanges:
        """The same behind the position of a consumer, who is new at 0, without what it has and was withdrawn only for a time."""

    def consumers(self, dataset: str | None = None, name: str | None = None) -> list[ConsumerView]:
        """The consumers of datasets, of all or one, all or those of a name, by dataset and name."""
