"""Judging again what is of some time: a backfill."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime

from data_management.application.services.facade import Application
from data_management.application.services.validation import BatchReport, OnOutcome, asset_pages, revalidate
from data_management.application.views import AssetView
from data_management.domain.models import AssetStatus, Dataset

_CURRENT = (AssetStatus.ACCEPTED, AssetStatus.QUARANTINED, AssetStatus.REJECTED)


def revalidate_since(
    app: Application, dataset: Dataset, run_id: str, since: datetime, *, on_outcome: OnOutcome | None = None
) -> BatchReport:
    """Judge the files again whose time window begins at `since` or later; those whose names tell none, by their arrival.

    `since` is naive: a time in the windows' own time zone, and in UTC for arrivals. What has not been judged yet is left to a run.
    """
    arrived_since = since.replace(tzinfo=UTC)

    def is_chosen(asset: AssetView) -> bool:
        start = _window(dataset, asset.location)
        return asset.arrived_at >= arrived_since if start is None else start >= since

    return revalidate(app, dataset, run_id, only=is_chosen, on_outcome=on_outcome)


def revalidate_windows(
    app: Application,
    dataset: Dataset,
    run_id: str,
    windows: Collection[datetime],
    *,
    judged: BatchReport,
    on_outcome: OnOutcome | None = None,
) -> BatchReport:
    """Judge the files of these windows again, but those of `judged`; both reports as one."""
    fresh = {outcome.location for outcome in judged.outcomes}

    def is_chosen(asset: AssetView) -> bool:
        return asset.location not in fresh and _window(dataset, asset.location) in windows

    again = revalidate(app, dataset, run_id, only=is_chosen, on_outcome=on_outcome)
    if again.assessed is None:
        return judged
    return replace(again, outcomes=(*judged.outcomes, *again.outcomes), deferred=judged.deferred + again.deferred)


def files_by_window(app: Application, dataset: Dataset) -> dict[datetime | None, list[AssetView]]:
    """The current judged and rejected data assets by the start of their window (naive); None: their names tell none."""
    found: dict[datetime | None, list[AssetView]] = {}
    for page in asset_pages(app, dataset.name, _CURRENT):
        for asset in page:
            found.setdefault(_window(dataset, asset.location), []).append(asset)
    return found


def _window(dataset: Dataset, location: str) -> datetime | None:
    return dataset.landing.window_of(location) if dataset.landing else None
