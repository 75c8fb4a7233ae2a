"""What the fake catalog remembers. Entities are frozen, so a copy of the containers is a copy of everything."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, Self
from uuid import uuid4

from data_management.application.messaging import Delivery, Destination, RecordedEvent
from data_management.domain.events import DomainEvent
from data_management.domain.models import (
    ApiKey,
    AssetCounts,
    AssetStatus,
    AuditRecord,
    DataCatalogEntry,
    Dataset,
    DatasetScore,
    PendingArrivals,
    Plan,
    Remembered,
    RuleTotals,
    Validation,
    Verdict,
    Withdrawal,
)
from data_management.domain.services.searching import words_of_dataset
from data_management.errors import NotFound
from data_management_tests.fakes.world import NOON


@dataclass(frozen=True)
class OutboxRow:
    aggregate_id: str
    aggregate_version: int
    ordinal: int
    event: DomainEvent
    aggregate: str = "data_asset"
    occurred_at: datetime = NOON
    position: int | None = None
    id: str = field(default_factory=lambda: uuid4().hex)

    @property
    def recorded(self) -> RecordedEvent:
        return RecordedEvent(
            id=self.id,
            position=self.position or 0,
            aggregate=self.aggregate,
            aggregate_id=self.aggregate_id,
            aggregate_version=self.aggregate_version,
            ordinal=self.ordinal,
            type=type(self.event).__name__,
            data={name: value for name, value in vars(self.event).items() if name != "aggregate_id"},
            occurred_at=self.occurred_at,
        )


@dataclass(frozen=True)
class Held:
    """A destination's lease."""

    holder: str
    until: datetime


@dataclass(frozen=True)
class Arrival:
    number: int
    dataset: str
    attempts: int = 0
    returns: int = 0
    pending_from: datetime | None = None
    holder: str | None = None
    lease_until: datetime | None = None

    def is_free(self, now: datetime) -> bool:
        return self.lease_until is None or self.lease_until <= now

    def is_pending(self, now: datetime) -> bool:
        return self.is_free(now) and (self.pending_from is None or self.pending_from <= now)


@dataclass(frozen=True)
class Acceptance:
    """From one position to another, a data asset is what consumers may read."""

    dataset: str
    position: int
    asset_id: str
    withdrawn: int | None = None
    withdrawn_as: Withdrawal | None = None


@dataclass(frozen=True)
class Offset:
    """How far a consumer has come."""

    position: int = 0
    head: int = 0
    moved_at: datetime = NOON
    holder: str | None = None
    lease_until: datetime | None = None

    def is_held(self, now: datetime) -> bool:
        return self.lease_until is not None and self.lease_until > now


@dataclass
class State:
    datasets: dict[str, Dataset] = field(default_factory=dict)
    retired: dict[str, datetime] = field(default_factory=dict)
    dataset_versions: dict[str, int] = field(default_factory=dict)
    entries: dict[str, DataCatalogEntry] = field(default_factory=dict)
    arrivals: dict[str, Arrival] = field(default_factory=dict)
    last_arrival: list[int] = field(default_factory=lambda: [0])
    validations: list[Validation] = field(default_factory=list)
    totals: dict[tuple[str, AssetStatus, str], RuleTotals] = field(default_factory=dict)
    plans: dict[tuple[str, str], Plan] = field(default_factory=dict)
    scores: list[DatasetScore] = field(default_factory=list)
    outbox: list[OutboxRow] = field(default_factory=list)
    last_position: list[int] = field(default_factory=lambda: [0])
    destinations: dict[str, Destination] = field(default_factory=dict)
    leases: dict[str, Held] = field(default_factory=dict)
    deliveries: dict[tuple[str, int], Delivery] = field(default_factory=dict)
    """By destination and position."""
    consumers: dict[str, int] = field(default_factory=dict)
    seen: dict[tuple[str, str], datetime] = field(default_factory=dict)
    keys: dict[str, ApiKey] = field(default_factory=dict)
    audit: list[AuditRecord] = field(default_factory=list)
    last_audit: list[int] = field(default_factory=lambda: [0])
    requests: dict[tuple[str, str], tuple[datetime, Remembered]] = field(default_factory=dict)
    """By caller and the request's key."""
    acceptances: list[Acceptance] = field(default_factory=list)
    positions: dict[str, int] = field(default_factory=dict)
    """The last of each dataset."""
    pruned: dict[str, int] = field(default_factory=dict)
    offsets: dict[tuple[str, str], Offset] = field(default_factory=dict)
    """By dataset and consumer."""
    ended: dict[str, datetime] = field(default_factory=dict)
    """When data assets were superseded or removed."""
    begun: list[datetime] = field(default_factory=lambda: [NOON])
    """When the unit of work began."""

    words: dict[str, Any] = field(default_factory=dict)
    """By which a search finds each dataset: those of its last columns are looked up when it is declared, named or scored."""

    def copy(self) -> Self:
        return type(self)(**{each.name: getattr(self, each.name).copy() for each in fields(self)})

    @property
    def log(self) -> list[RecordedEvent]:
        """Those of the outbox that have a position, in its order."""
        return [row.recorded for row in self.outbox if row.position is not None]

    def refresh_words(self, name: str) -> bool:
        """Make a search find the dataset by what it is now; whether it was found by other words before."""
        last = self.last_accepted(name)
        before = self.words.get(name)
        self.words[name] = words_of_dataset(self.datasets[name], last.columns or () if last else ())
        return bool(self.words[name] != before)

    def rename(self, name: str, to: str) -> None:
        """Whatever names the dataset names it so."""
        del self.datasets[name]
        self.words.pop(name, None)
        for of_datasets in (self.retired, self.dataset_versions, self.positions, self.pruned):
            if name in of_datasets:
                of_datasets[to] = of_datasets.pop(name)  # type: ignore[attr-defined]
        self.entries = {
            key: replace(each, asset=replace(each.asset, dataset=to)) if each.asset.dataset == name else each
            for key, each in self.entries.items()
        }
        self.arrivals = {
            key: replace(each, dataset=to) if each.dataset == name else each for key, each in self.arrivals.items()
        }
        self.acceptances = [replace(each, dataset=to) if each.dataset == name else each for each in self.acceptances]
        self.offsets = {(to if key[0] == name else key[0], key[1]): each for key, each in self.offsets.items()}
        self.validations = [replace(each, dataset=to) if each.dataset == name else each for each in self.validations]
        self.scores = [replace(each, dataset=to) if each.dataset == name else each for each in self.scores]
        self.totals = {(to if key[0] == name else key[0], *key[1:]): each for key, each in self.totals.items()}
        self.plans = {(to if key[0] == name else key[0], key[1]): each for key, each in self.plans.items()}
        self.outbox = [
            (
                replace(row, aggregate_id=to, event=replace(row.event, aggregate_id=to))
                if (row.aggregate, row.aggregate_id) == ("dataset", name)
                else row
            )
            for row in self.outbox
        ]

    def last_accepted(self, dataset: str) -> DataCatalogEntry | None:
        ended = (AssetStatus.ACCEPTED, AssetStatus.SUPERSEDED, AssetStatus.REMOVED)
        accepted = [
            entry
            for entry in self.entries.values()
            if entry.asset.dataset == dataset
            and entry.status in ended
            and entry.columns is not None
            and entry.verdict not in (None, Verdict.FAIL)
        ]
        return accepted[-1] if accepted else None

    def restore(self, saved: Self) -> None:
        for each in fields(self):
            value: Any = getattr(saved, each.name)
            setattr(self, each.name, value)

    def known_dataset(self, name: str) -> Dataset:
        if name not in self.datasets:
            raise NotFound(
                f"the catalog has no dataset {name!r}; `data-management datasets list` names those that it has"
            )
        return self.datasets[name]

    def known_entry(self, asset_id: str) -> DataCatalogEntry:
        if asset_id not in self.entries:
            raise NotFound(
                f"the catalog has no data asset {asset_id!r}; `data-management assets list` names those that it has"
            )
        return self.entries[asset_id]

    def current_of(self, dataset: str) -> Iterator[DataCatalogEntry]:
        return (e for e in self.entries.values() if e.asset.dataset == dataset and e.status.is_current)

    def counts(self, dataset: str) -> AssetCounts:
        current = list(self.current_of(dataset))

        def of(*statuses: AssetStatus) -> int:
            return sum(entry.status in statuses for entry in current)

        return AssetCounts(
            pending=of(AssetStatus.ARRIVED, AssetStatus.REGISTERED),
            accepted=of(AssetStatus.ACCEPTED),
            quarantined=of(AssetStatus.QUARANTINED),
            rejected=of(AssetStatus.REJECTED),
            rows=sum(entry.row_count or 0 for entry in current if entry.status is AssetStatus.ACCEPTED),
        )

    def totals_of(self, dataset: str, status: AssetStatus) -> tuple[RuleTotals, ...]:
        of = {rule: total for (name, its, rule), total in self.totals.items() if name == dataset and its is status}
        return tuple(of[rule] for rule in sorted(of))

    def pending(self, dataset: str, now: datetime) -> PendingArrivals:
        shown = [each for each in self.arrivals.values() if each.dataset == dataset and each.is_pending(now)]
        return PendingArrivals(
            count=len(shown),
            watermark=max((each.number for each in shown), default=0),
            attempts=max((each.attempts + each.returns for each in shown), default=0),
        )

    def holders(self, dataset: str, now: datetime) -> tuple[str, ...]:
        held = [each for each in self.arrivals.values() if each.dataset == dataset and not each.is_free(now)]
        return tuple(sorted({each.holder for each in held if each.holder is not None}))

    def outdated(self, dataset: str, plan_hash: str, limit: int) -> tuple[str, ...]:
        plans = {validation.asset_id: validation.plan_hash for validation in self.validations}
        judged = [entry.id for entry in self.current_of(dataset) if entry.status.is_judged]
        return tuple(key for key in judged if plans.get(key, plan_hash) != plan_hash)[:limit]

    def record(
        self, aggregate_id: str, version: int, events: Sequence[DomainEvent], aggregate: str = "data_asset"
    ) -> None:
        self.outbox += [
            OutboxRow(aggregate_id, version, ordinal, event, aggregate, self.begun[0])
            for ordinal, event in enumerate(events)
        ]

    def record_of_dataset(self, name: str, events: Sequence[DomainEvent]) -> None:
        self.dataset_versions[name] = self.dataset_versions.get(name, 0) + 1
        self.record(name, self.dataset_versions[name], events, "dataset")
