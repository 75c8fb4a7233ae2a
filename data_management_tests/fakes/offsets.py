"""The fake ledger of accepted files, and how far its consumers are."""

from dataclasses import replace
from datetime import datetime

from data_management.application.file_changes import ConsumerView, DatasetFile, FileChanges
from data_management.domain.models import AssetStatus, DataCatalogEntry, OffsetMove, Withdrawal
from data_management.errors import Conflict, InvalidInput, NotFound, Pruned, Stale
from data_management.infrastructure.data_sources.s3.objects import object_request
from data_management_tests.fakes.state import Acceptance, Offset, State


def record_changes(state: State, entries: list[DataCatalogEntry]) -> None:
    for entry in sorted(entries, key=lambda entry: Withdrawal.of(entry) is None):
        why = Withdrawal.of(entry)
        if why is not None:
            _withdraw(state, entry.id, why)
        elif entry.status is AssetStatus.ACCEPTED and _standing(state, entry.id) is None:
            state.acceptances.append(Acceptance(entry.asset.dataset, _next(state, entry.asset.dataset), entry.id))


def withdraw_all(state: State, dataset: str) -> None:
    for each in [each for each in state.acceptances if each.dataset == dataset and each.withdrawn is None]:
        _withdraw(state, each.asset_id, Withdrawal.RETIRED)


def accept_all(state: State, dataset: str) -> None:
    of = [entry for entry in state.entries.values() if entry.asset.dataset == dataset]
    record_changes(state, [entry for entry in of if entry.status is AssetStatus.ACCEPTED])


def is_awaited(state: State, asset_id: str) -> bool:
    return any(
        each.asset_id == asset_id
        and each.withdrawn is not None
        and any(
            each.position <= offset.position < each.withdrawn
            for (dataset, _), offset in state.offsets.items()
            if dataset == each.dataset
        )
        for each in state.acceptances
    )


def forget_acceptances(state: State, ids: set[str]) -> None:
    for each in state.acceptances:
        if each.asset_id in ids:
            state.pruned[each.dataset] = max(state.pruned.get(each.dataset, 0), each.withdrawn or 0)
    state.acceptances = [each for each in state.acceptances if each.asset_id not in ids]


def changes_behind(state: State, dataset: str, after: int, limit: int | None) -> FileChanges:
    state.known_dataset(dataset)
    head, pruned = state.positions.get(dataset, 0), state.pruned.get(dataset, 0)
    if not 0 <= after <= head:
        raise InvalidInput(f"dataset {dataset!r} has come to position {head}, not to {after}")
    if 0 < after < pruned:
        raise Pruned(f"dataset {dataset!r}: files that were withdrawn up to position {pruned} are pruned")
    return _changes(state, dataset, after, limit)


def changes_unseen(state: State, dataset: str, consumer: str, limit: int | None) -> FileChanges:
    state.known_dataset(dataset)
    offset = state.offsets.get((dataset, consumer))
    changes = _changes(state, dataset, offset.position if offset else 0, limit)
    return changes.without_those_back(offset.head if offset else 0)


def consumers_of(state: State, dataset: str | None, name: str | None) -> list[ConsumerView]:
    if dataset is not None:
        state.known_dataset(dataset)
    return [
        ConsumerView(
            dataset=its,
            name=who,
            position=offset.position,
            behind=state.positions.get(its, 0) - offset.position,
            moved_at=offset.moved_at,
            working_until=offset.lease_until,
        )
        for (its, who), offset in sorted(state.offsets.items())
        if dataset in (None, its) and name in (None, who)
    ]


class FakeOffsetRepository:
    def __init__(self, state: State) -> None:
        self._state = state

    def standing(self, dataset: str, consumer: str) -> int | None:
        self._state.known_dataset(dataset)
        offset = self._state.offsets.get((dataset, consumer))
        return None if offset is None else offset.position

    def open(self, dataset: str, consumer: str, holder: str, now: datetime, lease_until: datetime) -> int:
        self._state.known_dataset(dataset)
        offset = self._state.offsets.get((dataset, consumer), Offset(moved_at=now))
        if offset.is_held(now) and offset.holder != holder:
            raise Conflict(f"consumer {consumer!r} is at work in another process")
        self._state.offsets[dataset, consumer] = replace(offset, holder=holder, lease_until=lease_until)
        return offset.position

    def renew(self, dataset: str, consumer: str, holder: str, lease_until: datetime) -> bool:
        return self._change_held(dataset, consumer, holder, holder, lease_until)

    def release(self, dataset: str, consumer: str, holder: str) -> bool:
        return self._change_held(dataset, consumer, holder, None, None)

    def move(self, move: OffsetMove, now: datetime) -> None:
        self._state.known_dataset(move.dataset)
        if not 0 <= move.before <= move.to <= move.head <= self._state.positions.get(move.dataset, 0):
            raise InvalidInput(f"consumer {move.consumer!r} cannot move from {move.before} to {move.to}")
        offset = self._state.offsets.get((move.dataset, move.consumer), Offset(moved_at=now))
        if move.holder is not None and (offset.holder, offset.lease_until, offset.position) == (
            move.holder,
            None,
            move.to,
        ):
            return
        is_anothers = offset.holder != move.holder if move.holder else offset.is_held(now)
        if offset.position != move.before:
            raise Stale(
                f"consumer {move.consumer!r} of dataset {move.dataset!r} is at position {offset.position}, not at {move.before}"
            )
        if is_anothers:
            raise Conflict(f"consumer {move.consumer!r} of dataset {move.dataset!r} is not held by who would move it")
        if self._state.pruned.get(move.dataset, 0) > move.head:
            raise Conflict(f"consumer {move.consumer!r}: files that were withdrawn while it worked were pruned")
        self._state.offsets[move.dataset, move.consumer] = Offset(move.to, move.head, now, move.holder)

    def reset(self, dataset: str, consumer: str, to: int | None, now: datetime) -> int:
        self._free(dataset, consumer, now)
        head, pruned = self._state.positions.get(dataset, 0), self._state.pruned.get(dataset, 0)
        position = head if to is None else to
        if not 0 <= position <= head:
            raise InvalidInput(f"dataset {dataset!r} has come to position {head}")
        if 0 < position < pruned:
            raise InvalidInput(f"dataset {dataset!r}: files that were withdrawn up to position {pruned} are pruned")
        self._state.offsets[dataset, consumer] = Offset(position, position, now)
        return position

    def forget(self, dataset: str, consumer: str, now: datetime) -> None:
        self._free(dataset, consumer, now)
        del self._state.offsets[dataset, consumer]

    def _free(self, dataset: str, consumer: str, now: datetime) -> None:
        self._state.known_dataset(dataset)
        if (dataset, consumer) not in self._state.offsets:
            raise NotFound(f"dataset {dataset!r} has no consumer {consumer!r}")
        if self._state.offsets[dataset, consumer].is_held(now):
            raise Conflict(f"consumer {consumer!r} is at work in another process")

    def _change_held(
        self, dataset: str, consumer: str, holder: str, to: str | None, lease_until: datetime | None
    ) -> bool:
        self._state.known_dataset(dataset)
        offset = self._state.offsets.get((dataset, consumer))
        if offset is None or offset.holder != holder or offset.lease_until is None:
            return False
        self._state.offsets[dataset, consumer] = replace(offset, holder=to, lease_until=lease_until)
        return True


def _changes(state: State, dataset: str, after: int, limit: int | None) -> FileChanges:
    if limit is not None and limit < 1:
        raise InvalidInput(f"a look at {limit} changes has no room; ask for 1 or more")
    head = state.positions.get(dataset, 0)
    found: list[DatasetFile] = []
    for each in state.acceptances:
        if each.dataset != dataset:
            continue
        if each.withdrawn is None and each.position > after:
            found.append(_file(state, each, each.position))
        elif each.withdrawn is not None and each.position <= after < each.withdrawn:
            found.append(_file(state, each, each.withdrawn))
    found.sort(key=lambda file: file.position)
    files = found[:limit]
    return FileChanges(
        dataset=dataset,
        after=after,
        to=files[-1].position if len(files) < len(found) else head,
        head=head,
        accepted=tuple(file for file in files if file.withdrawn is None),
        withdrawn=tuple(file for file in files if file.withdrawn is not None),
    )


def _file(state: State, acceptance: Acceptance, position: int) -> DatasetFile:
    entry = state.entries[acceptance.asset_id]
    return DatasetFile(
        id=entry.id,
        dataset=entry.asset.dataset,
        position=position,
        uri=entry.asset.location.uri,
        version_token=entry.asset.version_token.value,
        size_bytes=entry.asset.size_bytes,
        row_count=entry.row_count,
        columns=entry.columns or (),
        verdict=entry.verdict,
        arrived_at=entry.asset.arrived_at,
        content_sha256=entry.asset.content_sha256,
        withdrawn=acceptance.withdrawn_as,
        object_request=object_request(entry.asset.location, entry.asset.version_token),
    )


def _standing(state: State, asset_id: str) -> int | None:
    of = enumerate(state.acceptances)
    return next((number for number, each in of if each.asset_id == asset_id and each.withdrawn is None), None)


def _withdraw(state: State, asset_id: str, why: Withdrawal) -> None:
    number = _standing(state, asset_id)
    if number is None:
        return
    acceptance = state.acceptances[number]
    state.acceptances[number] = replace(acceptance, withdrawn=_next(state, acceptance.dataset), withdrawn_as=why)


def _next(state: State, dataset: str) -> int:
    state.positions[dataset] = state.positions.get(dataset, 0) + 1
    return state.positions[dataset]
