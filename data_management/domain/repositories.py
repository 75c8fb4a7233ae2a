"""What the catalog remembers, as the domain sees it. Implementations are in ``infrastructure``.

All of them live inside one unit of work; nothing is visible to others before its commit.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from pydantic.dataclasses import dataclass

from data_management.domain.events import DomainEvent
from data_management.domain.models import (
    ApiKey,
    AssetCounts,
    AssetStatus,
    AuditRecord,
    Check,
    Column,
    DataCatalogEntry,
    DataLocation,
    DataQualityScore,
    Dataset,
    Plan,
    RuleTotals,
    Verdict,
)


@dataclass(frozen=True)
class Validation:
    """One run of a plan over one data asset. `request_key` makes it idempotent: (asset, plan, request) is unique."""

    asset_id: str
    dataset: str
    plan_hash: str
    contract_version: str
    request_key: str
    at: datetime
    row_count: int
    score: DataQualityScore
    verdict: Verdict
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class DatasetScore:
    """A dataset's score at one moment."""

    dataset: str
    plan_hash: str
    contract_version: str
    request_key: str
    at: datetime
    score: DataQualityScore
    verdict: Verdict
    reasons: tuple[str, ...]
    counts: AssetCounts

    def turned_from(self, before: "DatasetScore | None") -> "VerdictTurn | None":
        """What made the verdict another than `before`, or other than pass where there was none; None where it is the same."""
        if self.verdict is (before.verdict if before else Verdict.PASS):
            return None
        comparable = before is not None and before.plan_hash == self.plan_hash
        return VerdictTurn(
            reasons=self.reasons[:_MOST_REASONS],
            gained=_largest(self.score.difference(before.score)) if before and comparable else {},
        )


@dataclass(frozen=True)
class VerdictTurn:
    """The first reasons of a verdict, and the points that each rule gained since the one before: those that gained most, and `OTHERS`, so that
    they sum to the difference. Empty where the two scores do not compare.
    """

    reasons: tuple[str, ...]
    gained: dict[str, float]


OTHERS: Final = "(others)"
_MOST_REASONS: Final = 5
_MOST_RULES: Final = 20
_LEAST_POINTS: Final = 0.005


def _largest(gained: dict[str, float]) -> dict[str, float]:
    ranked = sorted(gained, key=lambda rule: (-abs(gained[rule]), rule))
    shown = {rule: gained[rule] for rule in ranked[:_MOST_RULES] if abs(gained[rule]) >= _LEAST_POINTS}
    rest = sum(points for rule, points in gained.items() if rule not in shown)
    return shown | ({OTHERS: rest} if rest else {})


@dataclass(frozen=True)
class PendingArrivals:
    """The arrivals of a dataset that nobody has claimed, or whose lease has run out."""

    count: int
    watermark: int
    """The highest arrival number among them; it grows with every arrival of the catalog. 0 where there is none."""
    attempts: int
    """The most times that one of them was claimed or given back before; with the watermark it names what to run."""


class Prunable(StrEnum):
    """What of the past can be forgotten. What is current never is."""

    ASSETS = "assets"
    """Superseded and removed data assets, with their validations; the last one ever accepted of each dataset stays."""
    CHECKS = "checks"
    """The check results of validations that are not the last of their data asset; score and verdict stay."""
    EVENTS = "events"
    """Events that were published (have a position); the last position stays."""
    SCORES = "scores"
    """Scores of a dataset beside the last of each day (UTC)."""
    AUDIT = "audit"
    """The record of who did, or was denied, what; kept for longer than the rest."""


@dataclass(frozen=True)
class PruneStep:
    """What one step removed; `next` is where the following one goes on, None at the end."""

    removed: int
    next: int | None = None


class IRetentionRepository(Protocol):
    """Forgetting the past, step by step."""

    def prune(self, what: Prunable, before: datetime, after: int, most: int) -> PruneStep:
        """Forget of this what ended before a moment, `most` of it at most; `after` is 0, or the `next` of the step before.

        A step that finds little reads a bounded stretch and removes less; the next goes on behind it.
        """


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


class IDataAssetRepository(Protocol):
    def get(self, asset_id: str) -> DataCatalogEntry:
        """The entry; `NotFound` where there is none of this id."""

    def get_many(self, asset_ids: Sequence[str]) -> list[DataCatalogEntry]:
        """The entries that exist, in the order of `asset_ids`."""

    def current_at(self, dataset: str, locations: Iterable[DataLocation]) -> dict[DataLocation, DataCatalogEntry]:
        """The current entries of `dataset` at `locations`; a location that is not known is left out."""

    def current_of(self, dataset: str) -> Iterator[DataCatalogEntry]:
        """All current entries of `dataset`, in the order of their locations."""

    def save(self, entry: DataCatalogEntry) -> DataCatalogEntry:
        """Store it (insert where ``entry.version`` is 0), with its events in the outbox.

        Where it becomes accepted, or is accepted no more, that takes its dataset's next position: gap-free, in the order of commits.

        Gives back the entry with its version raised by one and its events cleared. `Conflict` where the stored
        version is not `entry.version`, or where another current entry stands at its location.
        """

    def save_all(self, entries: Sequence[DataCatalogEntry]) -> list[DataCatalogEntry]:
        """`save` of many, in order, in few statements; all or none."""

    def all_at(self, location: DataLocation) -> list[DataCatalogEntry]:
        """Every version that ever stood at `location`, of all datasets, in the order of arrival."""

    def erase(self, entry: DataCatalogEntry) -> DataCatalogEntry:
        """`save` a tombstone, with its new location, and take what it held out of its stored validations and events too."""

    def last_columns(self, dataset: str) -> tuple[Column, ...] | None:
        """The columns of the data asset that arrived last among those ever accepted, also where it was superseded or removed since."""

    def counts(self, dataset: str) -> AssetCounts:
        """How many current entries are in which state: kept with every change of an entry, never counted."""

    def recount(self, dataset: str) -> None:
        """Count them anew, should they ever be wrong; it looks at every current entry."""


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


class IQualityRepository(Protocol):
    """Validations, totals and the scores of datasets."""

    def add(self, validation: Validation) -> bool:
        """Store it, with its plan, as its data asset's current validation; False where the same one stood already."""

    def current_checks(self, asset_ids: Sequence[str], plan_hash: str) -> dict[str, tuple[Check, ...]]:
        """The checks of each data asset's current validation, where that was made with this plan; others are left out."""

    def outdated(self, dataset: str, plan_hash: str, limit: int) -> tuple[str, ...]:
        """Ids of accepted and quarantined data assets whose current validation was made with another plan, oldest first."""

    def count_outdated(self, dataset: str, plan_hash: str) -> int:
        """How many `outdated` there are."""

    def totals(self, dataset: str, status: AssetStatus) -> tuple[RuleTotals, ...]:
        """The sums over the dataset's data assets of this status (accepted or quarantined), by rule name."""

    def change_totals(self, dataset: str, status: AssetStatus, deltas: Iterable[RuleTotals]) -> None:
        """Add these (signed) differences; a total that becomes empty is no more."""

    def reset_totals(self, dataset: str) -> None:
        """Forget the sums: the plan changed, and checks of two plans do not add up."""

    def add_score(self, score: DatasetScore, events: Sequence[DomainEvent] = ()) -> bool:
        """Append to the dataset's history; False where the same request stood already."""

    def latest_score(self, dataset: str) -> DatasetScore | None:
        """The last one of its history."""


@dataclass(frozen=True)
class Remembered:
    """A request that was done before: `fingerprint` tells two requests under one key apart, `subjects` are what it changed."""

    fingerprint: str
    subjects: tuple[str, ...]


class IAccessRepository(Protocol):
    """Keys, and the record of who did what."""

    def add_key(self, key: ApiKey) -> None: ...

    def key(self, key_id: str) -> ApiKey:
        """`NotFound` where there is none."""

    def revoke_key(self, key_id: str, at: datetime) -> bool:
        """It opens nothing from now on; False where that was so before. `NotFound` where there is none."""

    def record(self, records: Sequence[AuditRecord]) -> None:
        """Append to the audit."""

    def recall(self, who: str, request_key: str, fingerprint: str, at: datetime) -> Remembered | None:
        """What was done under this key of this caller in the last day; None, and it is noted, where nothing was."""

    def remember(self, who: str, request_key: str, subjects: Sequence[str]) -> None:
        """What the noted request changed."""


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

    def move(self, move: "OffsetMove", now: datetime) -> None:
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


@dataclass(frozen=True)
class OffsetMove:
    """What a consumer has done: everything in (`before`, `to`], read when the dataset had come to `head`."""

    dataset: str
    consumer: str
    before: int
    to: int
    head: int
    holder: str | None = None
    """None: of a consumer that holds no lease."""
