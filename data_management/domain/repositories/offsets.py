"""How far the consumers of datasets have come."""

from datetime import datetime
from typing import Protocol

from data_management.domain.models import OffsetMove


class IOffsetRepository(Protocol):
    """How far the consumers of datasets have come: all up to a position was given to them, once.

    Every method is `NotFound` where the catalog has no such dataset.
    """

    def standing(self, dataset: str, consumer: str) -> int | None:
        """A consumer's position; None where the consumer is unknown.

        Takes the dataset's write lock until the unit of work ends.
        """

    def open(self, dataset: str, consumer: str, holder: str, now: datetime, lease_until: datetime) -> int:
        """Take the lease on a consumer's offset and return the offset: 0 for a new consumer. `Conflict` while somebody else holds it."""

    def renew(self, dataset: str, consumer: str, holder: str, lease_until: datetime) -> bool:
        """Extend the lease; False where it was given back, or somebody else has it by now."""

    def release(self, dataset: str, consumer: str, holder: str) -> bool:
        """End the lease and leave the offset as it is; False where `holder` did not hold it."""

    def move(self, move: OffsetMove, now: datetime) -> None:
        """Move the offset and end the lease. `Stale` where the offset is not at ``move.before``, `Conflict` where somebody else holds it, or what
        was withdrawn since ``move.head`` was pruned. Repeating a move with the same holder changes nothing.
        """

    def reset(self, dataset: str, consumer: str, to: int | None, now: datetime) -> int:
        """Set the offset to a position, or to the dataset's end (None); returns the new offset.

        `NotFound` where there is no such consumer, `Conflict` while somebody holds it, `InvalidInput` for a position that the dataset has
        not come to, or behind which withdrawals were pruned.
        """

    def forget(self, dataset: str, consumer: str, now: datetime) -> None:
        """Remove the consumer and its offset. `NotFound` where there is no such consumer, `Conflict` while somebody holds it."""
