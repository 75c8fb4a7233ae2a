"""The queue of arrivals."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from data_management.domain.models import DataCatalogEntry, PendingArrivals


class IArrivalRepository(Protocol):
    """The queue of data assets that were seen and not yet judged."""

    def open(self, entries: Sequence[DataCatalogEntry]) -> None:
        """Add stored entries to the queue; those that are in it already stay as they are."""

    def pending(self, dataset: str, now: datetime) -> PendingArrivals:
        """The arrivals that a run could claim at `now`."""

    def claim(
        self, dataset: str, holder: str, now: datetime, lease_until: datetime, most: int
    ) -> tuple[tuple[str, int], ...]:
        """Claim up to `most` arrivals for `holder`: ``(asset id, attempts so far)``, this claim not counted.

        Those tried least come first, and all of one claim were tried equally often; how many that may be shrinks
        tenfold with every attempt (`most`, `most`/10, …, 1), so that a data asset that kills its run is
        found. No arrival ever has two holders at one moment.
        """

    def renew(self, holder: str, lease_until: datetime) -> int:
        """Extend all leases of `holder`; returns the number of arrivals that it still holds."""

    def holds(self, holder: str, asset_ids: Sequence[str]) -> frozenset[str]:
        """Those of `asset_ids` that `holder` claimed and nobody else has claimed since, even if its lease has run out."""

    def complete(self, asset_ids: Sequence[str]) -> None:
        """Take data assets that were judged, superseded or removed off the queue."""

    def release(self, holder: str, pending_from: datetime) -> int:
        """Give back what `holder` still holds; returns the number of arrivals given back.

        The claim does not count as an attempt that killed its run. Anyone can claim these again at once, but `pending` shows them
        only from `pending_from` on, so that a broken environment is not hammered; and their `attempts` there grow by one.
        """

    def expire(self, holder: str, now: datetime) -> int:
        """End the leases of `holder`, whose run is known to be dead, as if they had run out; returns their number."""

    def holders(self, dataset: str, now: datetime) -> tuple[str, ...]:
        """The holders (``<run>:<dataset>``) of arrivals of `dataset` whose lease has not run out."""
