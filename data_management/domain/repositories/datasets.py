"""The datasets that the catalog remembers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from data_management.domain.events import DomainEvent
from data_management.domain.models import Dataset, Plan


class IDatasetRepository(Protocol):
    """Datasets as their contracts declare them."""

    def get(self, name: str) -> Dataset:
        """The dataset; `NotFound` where the catalog has none of this name."""

    def find(self, name: str) -> Dataset | None:
        """The dataset, or None."""

    def save(self, dataset: Dataset, events: Sequence[DomainEvent] = ()) -> None:
        """Insert or replace the definition; `events` go to the outbox."""

    def version(self, name: str) -> int | None:
        """The number of changes to its definition and its score; None where the catalog has none of this name.

        Takes the dataset's write lock until the unit of work ends.
        """

    def retired_at(self, name: str) -> datetime | None:
        """When it was retired; None where it is not retired, or unknown. Takes the write lock as `version` does."""

    def rebuild_search(self) -> tuple[str, ...]:
        """Rebuild the search index from what is stored; returns the datasets whose words changed."""

    def find_by_object(self, contract_id: str, object_id: str) -> Dataset | None:
        """The dataset that this schema object of this contract declared last, whatever its name is; None where it declared none."""

    def rename(self, name: str, to: str, events: Sequence[DomainEvent] = ()) -> None:
        """Rename a dataset, with all that belongs to it: new `events` and old ones carry the new name.

        `NotFound` where the catalog has no dataset `name`, `Conflict` where it has one called `to` already.
        """

    def retire(self, name: str, at: datetime, events: Sequence[DomainEvent] = ()) -> bool:
        """Mark a dataset as retired, withdraw its accepted files and put `events` in the outbox.

        False, and nothing changes, where it was retired before.
        """

    def restore(self, name: str) -> bool:
        """End a dataset's retirement, so that consumers get its accepted files again; False where it was not retired."""

    def keep_plan(self, dataset: str, plan: Plan) -> None:
        """Store a plan of `dataset` unless it is stored already; validations and scores refer to it by its hash."""
