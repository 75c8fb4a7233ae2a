"""The repositories of one fake unit of work, over its state."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from data_management.domain.events import DomainEvent
from data_management.domain.models import (
    AssetCounts,
    AssetStatus,
    Check,
    Column,
    DataCatalogEntry,
    DataLocation,
    Dataset,
    DatasetScore,
    PendingArrivals,
    Plan,
    RuleTotals,
    Validation,
)
from data_management.errors import Conflict, NotFound
from data_management_tests.fakes.offsets import accept_all, record_changes, withdraw_all
from data_management_tests.fakes.state import Arrival, State


class FakeDatasetRepository:
    def __init__(self, state: State) -> None:
        self._state = state

    def get(self, name: str) -> Dataset:
        return self._state.known_dataset(name)

    def find(self, name: str) -> Dataset | None:
        return self._state.datasets.get(name)

    def save(self, dataset: Dataset, events: Sequence[DomainEvent] = ()) -> None:
        self._state.datasets[dataset.name] = dataset
        self._state.refresh_words(dataset.name)
        self._state.record_of_dataset(dataset.name, events)

    def version(self, name: str) -> int | None:
        return self._state.dataset_versions.get(name)

    def retired_at(self, name: str) -> datetime | None:
        return self._state.retired.get(name)

    def rebuild_search(self) -> tuple[str, ...]:
        return tuple(name for name in sorted(self._state.datasets) if self._state.refresh_words(name))

    def find_by_object(self, contract_id: str, object_id: str) -> Dataset | None:
        of = (each for each in self._state.datasets.values() if each.object_id == object_id)
        return next((each for each in of if each.contract_id == contract_id), None)

    def rename(self, name: str, to: str, events: Sequence[DomainEvent] = ()) -> None:
        dataset = self._state.known_dataset(name)
        if to in self._state.datasets:
            raise Conflict(f"dataset {name!r} cannot be called {to!r}, another one is")
        self._state.rename(name, to)
        self._state.datasets[to] = replace(dataset, name=to)
        self._state.refresh_words(to)
        self._state.record_of_dataset(to, events)

    def retire(self, name: str, at: datetime, events: Sequence[DomainEvent] = ()) -> bool:
        if name not in self._state.datasets or name in self._state.retired:
            return False
        self._state.retired[name] = at
        self._state.record_of_dataset(name, events)
        withdraw_all(self._state, name)
        return True

    def restore(self, name: str) -> bool:
        if self._state.retired.pop(name, None) is None:
            return False
        accept_all(self._state, name)
        return True

    def keep_plan(self, dataset: str, plan: Plan) -> None:
        self._state.known_dataset(dataset)
        self._state.plans.setdefault((dataset, plan.hash), plan)


class FakeDataAssetRepository:
    def __init__(self, state: State) -> None:
        self._state = state

    def get(self, asset_id: str) -> DataCatalogEntry:
        return self._state.known_entry(asset_id)

    def get_many(self, asset_ids: Sequence[str]) -> list[DataCatalogEntry]:
        return [self._state.entries[asset_id] for asset_id in asset_ids if asset_id in self._state.entries]

    def current_at(self, dataset: str, locations: Iterable[DataLocation]) -> dict[DataLocation, DataCatalogEntry]:
        current = {entry.asset.location: entry for entry in self._state.current_of(dataset)}
        return {location: current[location] for location in locations if location in current}

    def current_of(self, dataset: str) -> Iterator[DataCatalogEntry]:
        return iter(sorted(self._state.current_of(dataset), key=lambda entry: entry.asset.location.uri))

    def save(self, entry: DataCatalogEntry) -> DataCatalogEntry:
        return self.save_all([entry])[0]

    def save_all(self, entries: Sequence[DataCatalogEntry]) -> list[DataCatalogEntry]:
        before = dict(self._state.entries)
        saved: dict[str, DataCatalogEntry] = {}
        standing = {_place(entry): entry.id for entry in before.values() if entry.status.is_current}
        try:
            for entry in sorted(entries, key=lambda entry: entry.status.is_current):
                saved[entry.id] = self._stored(entry, standing)
        except (Conflict, NotFound):
            self._state.entries = before
            raise
        record_changes(self._state, [saved[entry.id] for entry in entries])
        for entry in entries:
            self._state.record(entry.id, saved[entry.id].version, entry.events)
        return [saved[entry.id] for entry in entries]

    def _stored(self, entry: DataCatalogEntry, standing: dict[tuple[str, DataLocation], str]) -> DataCatalogEntry:
        self._state.known_dataset(entry.asset.dataset)
        known = self._state.entries.get(entry.id)
        version = known.version if known else 0
        if version != entry.version:
            raise Conflict(
                f"data asset {entry.asset.location} has version {version}, not {entry.version}; read it again and repeat"
            )
        if entry.status.is_current:
            if standing.setdefault(_place(entry), entry.id) != entry.id:
                raise Conflict(f"another data asset stands at {entry.asset.location}; supersede it first")
        elif standing.get(_place(entry)) == entry.id:
            del standing[_place(entry)]
        stored = replace(entry, version=version + 1, events=())
        self._state.entries[entry.id] = stored
        if not entry.status.is_current:
            self._state.ended.setdefault(entry.id, self._state.begun[0])
        return stored

    def all_at(self, location: DataLocation) -> list[DataCatalogEntry]:
        return [entry for entry in self._state.entries.values() if entry.asset.location == location]

    def erase(self, entry: DataCatalogEntry) -> DataCatalogEntry:
        saved, state = self.save(entry), self._state
        state.validations = [
            replace(each, checks=tuple(check.erased() for check in each.checks)) if each.asset_id == entry.id else each
            for each in state.validations
        ]
        state.outbox = [
            replace(row, event=_erased(row.event, saved)) if row.aggregate_id == entry.id else row
            for row in state.outbox
        ]
        return saved

    def last_columns(self, dataset: str) -> tuple[Column, ...] | None:
        last = self._state.last_accepted(dataset)
        return last.columns if last else None

    def counts(self, dataset: str) -> AssetCounts:
        return self._state.counts(dataset)

    def recount(self, dataset: str) -> None:
        self._state.known_dataset(dataset)


class FakeArrivalRepository:
    def __init__(self, state: State) -> None:
        self._state = state

    def open(self, entries: Sequence[DataCatalogEntry]) -> None:
        for entry in entries:
            self._state.known_entry(entry.id)
            if entry.id not in self._state.arrivals:
                self._state.last_arrival[0] += 1
                self._state.arrivals[entry.id] = Arrival(self._state.last_arrival[0], entry.asset.dataset)

    def pending(self, dataset: str, now: datetime) -> PendingArrivals:
        return self._state.pending(dataset, now)

    def claim(
        self, dataset: str, holder: str, now: datetime, lease_until: datetime, most: int
    ) -> tuple[tuple[str, int], ...]:
        free = sorted(self._free(dataset, now), key=lambda item: (item[1].attempts, item[1].number))
        if not free or most < 1:
            return ()
        least = free[0][1].attempts
        claimed = [item for item in free if item[1].attempts == least][: max(1, most // 10**least)]
        for asset_id, arrival in claimed:
            self._state.arrivals[asset_id] = replace(
                arrival, attempts=arrival.attempts + 1, holder=holder, lease_until=lease_until, pending_from=None
            )
        return tuple((asset_id, arrival.attempts) for asset_id, arrival in claimed)

    def renew(self, holder: str, lease_until: datetime) -> int:
        held = self._of(holder)
        self._state.arrivals |= {key: replace(arrival, lease_until=lease_until) for key, arrival in held.items()}
        return len(held)

    def holds(self, holder: str, asset_ids: Sequence[str]) -> frozenset[str]:
        held = self._of(holder)
        return frozenset(key for key in asset_ids if key in held)

    def complete(self, asset_ids: Sequence[str]) -> None:
        for asset_id in asset_ids:
            self._state.arrivals.pop(asset_id, None)

    def release(self, holder: str, pending_from: datetime) -> int:
        held = self._of(holder)
        self._state.arrivals |= {
            key: replace(
                arrival,
                attempts=arrival.attempts - 1,
                returns=arrival.returns + 1,
                pending_from=pending_from,
                holder=None,
                lease_until=None,
            )
            for key, arrival in held.items()
        }
        return len(held)

    def expire(self, holder: str, now: datetime) -> int:
        held = {key: arrival for key, arrival in self._of(holder).items() if not arrival.is_free(now)}
        self._state.arrivals |= {key: replace(arrival, lease_until=now) for key, arrival in held.items()}
        return len(held)

    def holders(self, dataset: str, now: datetime) -> tuple[str, ...]:
        return self._state.holders(dataset, now)

    def _free(self, dataset: str, now: datetime) -> list[tuple[str, Arrival]]:
        return [item for item in self._state.arrivals.items() if item[1].dataset == dataset and item[1].is_free(now)]

    def _of(self, holder: str) -> dict[str, Arrival]:
        return {key: arrival for key, arrival in self._state.arrivals.items() if arrival.holder == holder}


class FakeQualityRepository:
    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, validation: Validation) -> bool:
        self._state.known_entry(validation.asset_id)
        request = (validation.asset_id, validation.plan_hash, validation.request_key)
        if any((v.asset_id, v.plan_hash, v.request_key) == request for v in self._state.validations):
            return False
        self._state.validations.append(validation)
        return True

    def current_checks(self, asset_ids: Sequence[str], plan_hash: str) -> dict[str, tuple[Check, ...]]:
        latest = {validation.asset_id: validation for validation in self._state.validations}
        current = [latest[asset_id] for asset_id in asset_ids if asset_id in latest]
        return {each.asset_id: each.checks for each in current if each.plan_hash == plan_hash}

    def outdated(self, dataset: str, plan_hash: str, limit: int) -> tuple[str, ...]:
        return self._state.outdated(dataset, plan_hash, limit)

    def count_outdated(self, dataset: str, plan_hash: str) -> int:
        return len(self._state.outdated(dataset, plan_hash, len(self._state.entries)))

    def totals(self, dataset: str, status: AssetStatus) -> tuple[RuleTotals, ...]:
        return self._state.totals_of(dataset, status)

    def change_totals(self, dataset: str, status: AssetStatus, deltas: Iterable[RuleTotals]) -> None:
        self._state.known_dataset(dataset)
        totals = self._state.totals
        for delta in deltas:
            key = (dataset, status, delta.rule)
            totals[key] = totals.get(key, RuleTotals(rule=delta.rule)).plus(delta)
        self._state.totals = {key: total for key, total in totals.items() if not total.is_empty}

    def reset_totals(self, dataset: str) -> None:
        self._state.totals = {key: total for key, total in self._state.totals.items() if key[0] != dataset}

    def add_score(self, score: DatasetScore, events: Sequence[DomainEvent] = ()) -> bool:
        self._state.known_dataset(score.dataset)
        request = (score.dataset, score.plan_hash, score.request_key)
        if any((s.dataset, s.plan_hash, s.request_key) == request for s in self._state.scores):
            return False
        self._state.scores.append(score)
        self._state.refresh_words(score.dataset)
        if events:
            self._state.record_of_dataset(score.dataset, events)
        return True

    def latest_score(self, dataset: str) -> DatasetScore | None:
        return next((score for score in reversed(self._state.scores) if score.dataset == dataset), None)


def _erased(event: DomainEvent, entry: DataCatalogEntry) -> DomainEvent:
    blanks: dict[str, object] = {"reason": "erased", "added": (), "removed": (), "retyped": ()}
    told = {name: blank for name, blank in blanks.items() if hasattr(event, name)}
    return replace(event, location=entry.asset.location.uri, **told)  # type: ignore[call-arg]


def _place(entry: DataCatalogEntry) -> tuple[str, DataLocation]:
    return entry.asset.dataset, entry.asset.location
