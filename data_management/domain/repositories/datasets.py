"""The datasets that the catalog remembers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from data_management.domain.events import DomainEvent
from data_management.domain.models import Dataset, Plan


class IDatasetRepository(Protocol):
    def get(self, name: str) -> Dataset:
        """The dataset; `NotFound` where the catalog has none of this name."""

    def find(self, name: str) -> Dataset | None:
        """The dataset, or None."""

    def save(self, dataset: Dataset, events: Sequence[DomainEvent] = ()) -> None:
        """Insert or replace the definition; `events` go to the outbox."""

    def version(self, name: str) -> int | None:
        """How often it changed, its definition or its score; None where the catalog has none of this name. Nobody else changes it then."""

    def retired_at(self, name: str) -> datetime | None:
        """Since when it is retired; None where it is not, or where there is none."""

    def rebuild_search(self) -> tuple[str, ...]:
        """Make what searches look into anew from what is stored; the datasets that were found by other words until now."""

    def find_by_object(self, contract_id: str, object_id: str) -> Dataset | None:
        """The dataset that this schema object of this contract declared last, under whatever name."""

    def rename(self, name: str, to: str, events: Sequence[DomainEvent] = ()) -> None:
        """Call it by another name, with all that belongs to it; its `events` and those of before are the new name's.

        `NotFound` where there is none of this name, `Conflict` where there is one of the other.
        """

    def retire(self, name: str, at: datetime, events: Sequence[DomainEvent] = ()) -> bool:
        """Mark it as retired, its `events` in the outbox, its accepted files withdrawn; False, and nothing changes, where it is already."""

    def restore(self, name: str) -> bool:
        """It is declared again, its accepted files are given anew; whether it was retired."""

    def keep_plan(self, dataset: str, plan: Plan) -> None:
        """Remember what a plan of `dataset` says, once: validations and scores name it by its hash."""
