"""The queue of arrivals."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from data_management.domain.models import DataCatalogEntry, PendingArrivals


class IArrivalRepository(Protocol):
    """The queue of data assets that were seen and not yet judged."""

    def open(self, entries: Sequence[DataCatalogEntry]) -> None:
        """Queue these entries, which are stored already; one that is queued stays as it is."""

    def pending(self, dataset: str, now: datetime) -> PendingArrivals:
        """What a run could claim at `now`."""

    def claim(
        self, dataset: str, run_id: str, now: datetime, lease_until: datetime, most: int
    ) -> tuple[tuple[str, int], ...]:
        """Claim up to `most` arrivals for `run_id`: ``(asset id, attempts so far)``, this claim not counted.

        Those tried least come first, and all of one claim were tried equally often; how many that may be shrinks
        tenfold with every attempt (`most`, `most`/10, …, 1), so that a data asset that kills its run is
        found. No arrival is ever held by two runs at one moment.
        """

    def renew(self, run_id: str, lease_until: datetime) -> int:
        """Extend all leases of `run_id`; how many it still holds."""

    def holds(self, run_id: str, asset_ids: Sequence[str]) -> frozenset[str]:
        """Those of `asset_ids` that `run_id` claimed and nobody since: a lease that has run out lets others claim, no more."""

    def complete(self, asset_ids: Sequence[str]) -> None:
        """These were judged, superseded or removed: take them off the queue."""

    def release(self, run_id: str, pending_from: datetime) -> int:
        """Give back what `run_id` still holds; how many.

        The claim does not count as an attempt that killed its run. Anyone can claim these again at once, but `pending` shows them
        only from `pending_from` on, so that a broken environment is not hammered; and their `attempts` there grow by one.
        """

    def expire(self, run_id: str, now: datetime) -> int:
        """End the leases of a run that is known to be dead, as if they had run out; how many."""

    def holders(self, dataset: str, now: datetime) -> tuple[str, ...]:
        """The runs that hold arrivals of `dataset` by a lease that has not run out."""
