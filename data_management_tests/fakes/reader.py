"""The read side of the fake catalog."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import reduce
from itertools import zip_longest
from urllib.parse import unquote

from data_management.application.file_changes import ConsumerView, FileChanges
from data_management.application.ports import DatasetFilter, Search
from data_management.application.views import (
    AssetPage,
    AssetView,
    DatasetPage,
    DatasetProfile,
    DatasetView,
    FailingAsset,
    FailingPage,
    LastArrival,
    Pending,
    PlanView,
    ScorePage,
    ScorePoint,
    SearchHit,
    SearchPage,
    TotalsAudit,
    TotalsDifference,
    ValidationPage,
    ValidationView,
)
from data_management.domain.models import (
    AssetCounts,
    AssetStatus,
    Classification,
    DataCatalogEntry,
    DataLocation,
    Dataset,
    Prunable,
    RuleScope,
    RuleTotals,
    merged_profiles,
    version_at,
)
from data_management.domain.services.searching import Field, rank, sought, words_of
from data_management.errors import InvalidInput, NotFound
from data_management_tests.fakes.access import FakeAccessReader
from data_management_tests.fakes.cursors import cursor, name_cursor, name_of, offset
from data_management_tests.fakes.messaging import FakeEventReader
from data_management_tests.fakes.offsets import changes_behind, changes_unseen, consumers_of
from data_management_tests.fakes.retention import prunable
from data_management_tests.fakes.state import State


class FakeCatalogReader(FakeAccessReader, FakeEventReader):
    def file_changes(self, dataset: str, after: int, limit: int | None = None) -> FileChanges:
        return changes_behind(self._state(), dataset, after, limit)

    def unseen_files(self, dataset: str, consumer: str, limit: int | None = None) -> FileChanges:
        return changes_unseen(self._state(), dataset, consumer, limit)

    def consumers(self, dataset: str | None = None, name: str | None = None) -> list[ConsumerView]:
        return consumers_of(self._state(), dataset, name)

    def datasets(self) -> list[DatasetView]:
        state = self._state()
        return [_dataset_view(state, state.datasets[name]) for name in sorted(state.datasets)]

    def dataset(self, name: str) -> DatasetView:
        state = self._state()
        return _dataset_view(state, state.known_dataset(name))

    def asset(self, asset_id: str) -> AssetView:
        return AssetView.of(self._state().known_entry(asset_id))

    def assets(
        self,
        dataset: str | None = None,
        statuses: tuple[AssetStatus, ...] = (),
        after: str | None = None,
        limit: int = 100,
        current_only: bool = True,
        *,
        newest_first: bool = False,
    ) -> AssetPage:
        return self._page(
            lambda entry: (dataset is None or entry.asset.dataset == dataset)
            and (not statuses or entry.status in statuses)
            and (entry.status.is_current or not current_only),
            after,
            limit,
            newest_first=newest_first,
        )

    def versions(self, asset_id: str, after: str | None = None, limit: int = 20) -> AssetPage:
        asset = self._state().known_entry(asset_id).asset
        return self._page(
            lambda entry: (entry.asset.dataset, entry.asset.location) == (asset.dataset, asset.location),
            after,
            limit,
            newest_first=True,
        )

    def failing(self, dataset: str, rule: str, after: str | None = None, limit: int = 50) -> FailingPage:
        state = self._state()
        state.known_dataset(dataset)
        last = {each.asset_id: each.checks for each in state.validations}
        checks = {
            asset_id: check
            for asset_id, its_checks in last.items()
            for check in its_checks
            if check.rule == rule and (check.errored or check.success is False)
        }
        page = self._page(
            lambda entry: entry.asset.dataset == dataset and entry.status.is_judged and entry.id in checks,
            after,
            limit,
            newest_first=True,
        )
        return FailingPage(tuple(FailingAsset(asset, checks[asset.id]) for asset in page.assets), page.next)

    def _page(
        self,
        is_wanted: Callable[[DataCatalogEntry], bool],
        after: str | None,
        limit: int,
        *,
        newest_first: bool = False,
    ) -> AssetPage:
        if limit < 1:
            raise InvalidInput(f"a page of {limit} data assets has no room; ask for 1 or more")
        start = offset(after) if after is not None else None
        numbered = [
            (number, entry)
            for number, entry in enumerate(self._state().entries.values(), 1)
            if (start is None or (number < start if newest_first else number > start)) and is_wanted(entry)
        ]
        if newest_first:
            numbered.reverse()
        page = numbered[:limit]
        more = len(numbered) > limit
        return AssetPage(
            assets=tuple(AssetView.of(entry) for _, entry in page),
            next=cursor(page[-1][0]) if more else None,
        )

    def asset_at(self, location: DataLocation, dataset: str | None = None) -> AssetView:
        for entry in self._state().entries.values():
            is_meant = dataset in (None, entry.asset.dataset)
            if is_meant and entry.asset.location == location and entry.status.is_current:
                return AssetView.of(entry)
        raise NotFound(
            f"the catalog has no current data asset at {location}; `data-management assets list` names those that it has"
        )

    def validations(self, asset_id: str, after: str | None = None, limit: int = 20) -> ValidationPage:
        state = self._state()
        state.known_entry(asset_id)
        views = [
            ValidationView(
                at=each.at,
                contract_version=each.contract_version,
                plan_hash=each.plan_hash,
                row_count=each.row_count,
                score=each.score,
                verdict=each.verdict,
                checks=each.checks,
            )
            for each in reversed(state.validations)
            if each.asset_id == asset_id
        ]
        start = offset(after) if after is not None else 0
        more = len(views) > start + limit
        return ValidationPage(tuple(views[start : start + limit]), cursor(start + limit) if more else None)

    def versions_at(self, location: DataLocation) -> list[AssetView]:
        return [AssetView.of(each) for each in self._state().entries.values() if each.asset.location == location]

    def judged_longest_ago(self, dataset: str, limit: int, plan_hash: str | None = None) -> list[AssetView]:
        state = self._state()
        last = {each.asset_id: (number, each.plan_hash) for number, each in enumerate(state.validations)}
        judged = [each for each in state.current_of(dataset) if each.status.is_judged and each.id in last]
        found = [each for each in judged if plan_hash in (None, last[each.id][1])]
        return [AssetView.of(each) for each in sorted(found, key=lambda each: last[each.id][0])[:limit]]

    def standing_versions(self, dataset: str, first: str, last: str) -> str:
        tokens = self.current_tokens(dataset)
        return "\n".join(version_at(uri, token) for uri, token in tokens.items() if first <= uri <= last)

    def current_tokens(self, dataset: str, locations: Sequence[DataLocation] | None = None) -> dict[str, str]:
        at = None if locations is None else set(locations)
        return {
            entry.asset.location.uri: entry.asset.version_token.value
            for entry in self._state().current_of(dataset)
            if at is None or entry.asset.location in at
        }

    def last_arrival(self, dataset: str) -> LastArrival | None:
        entries = [entry for entry in self._state().entries.values() if entry.asset.dataset == dataset]
        return LastArrival(entries[-1].asset.location, entries[-1].asset.arrived_at) if entries else None

    def classifications(self, dataset: str) -> tuple[Classification, ...]:
        last = self._state().last_accepted(dataset)
        return last.classifications if last else ()

    def profile(self, dataset: str) -> DatasetProfile:
        state = self._state()
        state.known_dataset(dataset)
        accepted = [entry for entry in state.current_of(dataset) if entry.status is AssetStatus.ACCEPTED]
        merged = reduce(lambda merged, entry: merged_profiles(merged, entry.profile), accepted, {})
        rows = sum(entry.row_count or 0 for entry in accepted)
        types = {column.name: column.type for entry in accepted for column in entry.columns or ()}
        return DatasetProfile(len(accepted), rows, tuple(merged.values()), self.classifications(dataset), types)

    def asset_ids(self, dataset: str, status: AssetStatus) -> list[str]:
        entries = self._state().entries.values()
        return sorted(e.id for e in entries if e.asset.dataset == dataset and e.status is status)

    def pending(self, dataset: str, plan_hash: str, at: datetime) -> Pending:
        state = self._state()
        scores = [score for score in state.scores if score.dataset == dataset]
        return Pending(
            arrivals=state.pending(dataset, at),
            outdated=len(state.outdated(dataset, plan_hash, 100)),
            unscored=state.counts(dataset).judged != (scores[-1].counts if scores else AssetCounts()).judged,
            holders=state.holders(dataset, at),
            verdict=scores[-1].verdict if scores else None,
            scored_at=scores[-1].at if scores else None,
        )

    def scores(self, dataset: str, after: str | None = None, limit: int = 100) -> ScorePage:
        points, start = self._points(dataset), offset(after) if after is not None else 0
        more = len(points) > start + limit
        return ScorePage(tuple(points[start : start + limit]), cursor(start + limit) if more else None)

    def score_at(self, dataset: str, at: datetime) -> ScorePoint:
        found = next((point for point in self._points(dataset) if point.at <= at), None)
        if found is None:
            raise NotFound(f"dataset {dataset!r} has no score of {at.isoformat()} or before; take a later moment")
        return found

    def dataset_page(self, wanted: DatasetFilter, after: str | None = None, limit: int = 100) -> DatasetPage:
        first = name_of(after) if after is not None else ""
        found = [
            view
            for view in self.datasets()
            if view.name > first
            and (wanted.names is None or view.name in wanted.names)
            and wanted.owner in (None, *view.owners)
            and wanted.tag in (None, *view.tags)
            and wanted.retired in (None, view.retired_at is not None)
        ]
        more = len(found) > limit
        return DatasetPage(tuple(found[:limit]), name_cursor(found[limit - 1].name) if more else None)

    def search(self, search: Search, after: str | None = None, limit: int = 100) -> SearchPage:
        state, of, start = self._state(), sought(search.text), offset(after) if after is not None else 0
        hits = []
        for view in self.datasets():
            score, fields = rank(state.words[view.name], of)
            hits.append(
                SearchHit("dataset", view.name, view.name, view.name, None, view.description, score, tuple(fields))
            )
        hits = sorted((hit for hit in hits if hit.rank), key=lambda hit: (-hit.rank, hit.name))
        for entry in reversed(state.entries.values()):
            uri, words = entry.asset.location.uri, {Field.LOCATION: words_of(unquote(entry.asset.location.uri).lower())}
            if of and entry.status.is_current and rank(words, of)[0]:
                name = uri.rstrip("/").rpartition("/")[2]
                hits.append(SearchHit("data_asset", entry.asset.dataset, entry.id, name, uri, "", 0.0, ("location",)))
        found = [
            hit
            for hit in hits
            if hit.kind in search.kinds and (search.datasets is None or hit.dataset in search.datasets)
        ]
        more = len(found) > start + limit
        return SearchPage(tuple(found[start : start + limit]), cursor(start + limit) if more else None)

    def _points(self, dataset: str) -> list[ScorePoint]:
        state = self._state()
        state.known_dataset(dataset)
        scores = [score for score in reversed(state.scores) if score.dataset == dataset]
        return [ScorePoint.of(*pair) for pair in zip_longest(scores, scores[1:])]

    def outdated_assets(self, dataset: str, plan_hash: str, after: str | None = None, limit: int = 100) -> AssetPage:
        outdated = set(self._state().outdated(dataset, plan_hash, len(self._state().entries)))
        return self._page(lambda entry: entry.id in outdated, after, limit)

    def prunable(self, before: datetime, audit_before: datetime | None = None) -> dict[Prunable, int]:
        of_audit = prunable(self._state(), audit_before or before)[Prunable.AUDIT]
        found = prunable(self._state(), before) | {Prunable.AUDIT: of_audit}
        return {what: len(numbers) for what, numbers in found.items()}

    def definition(self, name: str) -> Dataset:
        return self._state().known_dataset(name)

    def audit(self, name: str) -> TotalsAudit:
        state, dataset = self._state(), self._state().known_dataset(name)
        of_all = {rule.name for rule in dataset.rules if rule.scope is RuleScope.DATASET}
        last = {each.asset_id: each for each in state.validations}
        judged = [entry for entry in state.current_of(name) if entry.status.is_judged]
        differences = []
        for status in (AssetStatus.ACCEPTED, AssetStatus.QUARANTINED):
            counted: dict[str, RuleTotals] = {}
            for entry in judged:
                made = last.get(entry.id)
                if entry.status is status and made is not None and made.plan_hash == dataset.plan_hash:
                    for total in (RuleTotals.of(check) for check in made.checks if check.was_run):
                        counted[total.rule] = counted.get(total.rule, RuleTotals(total.rule)).plus(total)
            stored = {total.rule: total for total in state.totals_of(name, status)}
            for rule in sorted({*counted, *stored} - of_all):
                pair = stored.get(rule, RuleTotals(rule)), counted.get(rule, RuleTotals(rule))
                if not pair[0].agrees_with(pair[1]):
                    differences.append(TotalsDifference(status, *pair))
        unfounded = tuple(entry.id for entry in judged if entry.id not in last)
        return TotalsAudit(name, len(judged), tuple(differences), unfounded)

    def plans(self, dataset: str) -> list[PlanView]:
        """Those that only a validation or a score names are of a time when definitions were not kept."""
        state = self._state()
        now = state.known_dataset(dataset).plan_hash
        named = [each.plan_hash for each in [*state.validations, *state.scores] if each.dataset == dataset]
        kept = [plan_hash for name, plan_hash in state.plans if name == dataset]
        hashes = list(dict.fromkeys([*named, *kept]))
        return [PlanView(each, state.plans.get((dataset, each)), is_present=each == now) for each in reversed(hashes)]


def _dataset_view(state: State, dataset: Dataset) -> DatasetView:
    scores = [score for score in state.scores if score.dataset == dataset.name]
    latest = ScorePoint.of(scores[-1]) if scores else None
    return DatasetView.of(
        dataset,
        state.counts(dataset.name),
        latest,
        _totals(state, dataset.name),
        state.retired.get(dataset.name),
        state.dataset_versions[dataset.name],
    )


def _totals(state: State, dataset: str) -> tuple[RuleTotals, ...]:
    """Over accepted and quarantined data assets together."""
    sums: dict[str, RuleTotals] = {}
    for status in (AssetStatus.ACCEPTED, AssetStatus.QUARANTINED):
        for total in state.totals_of(dataset, status):
            sums[total.rule] = sums.get(total.rule, RuleTotals(rule=total.rule)).plus(total)
    return tuple(sums[rule] for rule in sorted(sums))
