"""How far the consumers of datasets have come."""

from datetime import datetime
from typing import Protocol

from data_management.domain.models import OffsetMove


class IOffsetRepository(Protocol):
    """How far the consumers of datasets have come: all up to a position was given to them, once.

    Every method is `NotFound` where the catalog has no such dataset.
    """

    def standing(self, dataset: str, consumer: str) -> int | None:
        """Where a consumer stands, and stands until the unit of work ends; None for who is not known."""

    def open(self, dataset: str, consumer: str, holder: str, now: datetime, lease_until: datetime) -> int:
        """Hold the offset of a consumer, who is new at 0, and tell it; `Conflict` while somebody else holds it."""

    def renew(self, dataset: str, consumer: str, holder: str, lease_until: datetime) -> bool:
        """Hold it for longer; False where somebody else has it by now, or it was given back."""

    def release(self, dataset: str, consumer: str, holder: str) -> bool:
        """Give it back as it was; whether `holder` held it."""

    def move(self, move: OffsetMove, now: datetime) -> None:
        """Move it, and give it back. `Stale` where it does not stand at ``move.before``, `Conflict` where somebody else holds it, or what
        was withdrawn since ``move.head`` is pruned already. To repeat a move with the same holder changes nothing.
        """

    def reset(self, dataset: str, consumer: str, to: int | None, now: datetime) -> int:
        """Set it to a position, or the end (None), and tell it.

        `NotFound` where there is no such consumer, `Conflict` while somebody holds it, `InvalidInput` for a position that the dataset has
        not come to, or behind which withdrawals were pruned.
        """

    def forget(self, dataset: str, consumer: str, now: datetime) -> None:
        """As if it had never been. `NotFound` where it is not, `Conflict` while somebody holds it."""
