"""Forgetting the past of the fake catalog."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from data_management.domain.models import AssetStatus, Prunable, PruneStep, Verdict
from data_management_tests.fakes.offsets import forget_acceptances, is_awaited
from data_management_tests.fakes.state import State


class FakeRetentionRepository:
    def __init__(self, state: State) -> None:
        self._state = state

    def prune(self, what: Prunable, before: datetime, after: int, most: int) -> PruneStep:
        """What goes is gone from the containers, so that every step begins at their start; `after` counts them."""
        numbers = prunable(self._state, before)[what][:most]
        if what is Prunable.ASSETS:
            self._forget_assets({list(self._state.entries)[number] for number in numbers})
        elif what is Prunable.CHECKS:
            for number in numbers:
                self._state.validations[number] = replace(self._state.validations[number], checks=())
        elif what is Prunable.EVENTS:
            self._state.outbox = _without(self._state.outbox, numbers)
        elif what is Prunable.AUDIT:
            self._state.audit = _without(self._state.audit, numbers)
        else:
            self._state.scores = _without(self._state.scores, numbers)
        return PruneStep(removed=len(numbers), next=after + len(numbers) if len(numbers) == most else None)

    def _forget_assets(self, ids: set[str]) -> None:
        state = self._state
        forget_acceptances(state, ids)
        state.entries = {key: entry for key, entry in state.entries.items() if key not in ids}
        state.ended = {key: at for key, at in state.ended.items() if key not in ids}
        state.arrivals = {key: arrival for key, arrival in state.arrivals.items() if key not in ids}
        state.validations = [each for each in state.validations if each.asset_id not in ids]


def prunable(state: State, before: datetime) -> dict[Prunable, list[int]]:
    """The places, in their containers, of what ended before."""
    kept = {last.id for name in state.datasets if (last := state.last_accepted(name)) is not None}
    kept |= {entry.id for name in state.datasets for entry in _last_profiled(state, name)}
    tombstones = {key for key, entry in state.entries.items() if entry.is_erased}
    ended = {key for key, at in state.ended.items() if at < before and not is_awaited(state, key)} - kept - tombstones
    last = {each.asset_id: number for number, each in enumerate(state.validations)}
    days = {(s.dataset, s.at.astimezone(UTC).date()): n for n, s in enumerate(state.scores) if s.at < before}
    passed = min((each.position for each in state.destinations.values()), default=state.last_position[0])
    waiting = {position for _, position in state.deliveries}
    return {
        Prunable.ASSETS: [number for number, key in enumerate(state.entries) if key in ended],
        Prunable.CHECKS: [
            number
            for number, each in enumerate(state.validations)
            if each.at < before and each.checks and last[each.asset_id] != number and each.asset_id not in ended
        ],
        Prunable.EVENTS: [
            number
            for number, row in enumerate(state.outbox)
            if row.position is not None
            and row.position <= passed
            and row.position not in waiting
            and row.occurred_at < before
        ],
        Prunable.AUDIT: [number for number, record in enumerate(state.audit) if record.at < before],
        Prunable.SCORES: [
            number for number, score in enumerate(state.scores) if score.at < before and number not in days.values()
        ],
    }


def _last_profiled(state: State, dataset: str) -> Iterable:  # type: ignore[type-arg]
    ever = (AssetStatus.ACCEPTED, AssetStatus.SUPERSEDED, AssetStatus.REMOVED)
    found = [
        entry
        for entry in state.entries.values()
        if entry.asset.dataset == dataset
        and entry.status in ever
        and entry.profile
        and entry.verdict not in (None, Verdict.FAIL)
    ]
    return found[-1:]


def _without(rows: list, numbers: Iterable[int]) -> list:  # type: ignore[type-arg]
    gone = set(numbers)
    return [row for number, row in enumerate(rows) if number not in gone]
