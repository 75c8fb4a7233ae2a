"""What the commands ask of a catalog that may be here or elsewhere; they get what programs read of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Protocol

from data_management.application.commands import (
    ActCommand,
    Caller,
    ForgetConsumerCommand,
    RegisterDatasetCommand,
    ResetConsumerCommand,
    RetireDatasetCommand,
)
from data_management.application.messaging import RecordedEvent
from data_management.application.ports import AuditFilter, DatasetFilter, Search
from data_management.application.queries import (
    FindDatasetsQuery,
    GetDataAssetAtQuery,
    GetDataAssetByIdQuery,
    GetDatasetProfileQuery,
    GetDatasetQuery,
    GetQualityHistoryQuery,
    GetScoreAtQuery,
    ListAuditQuery,
    ListConsumersQuery,
    ListDataAssetsQuery,
    ListDatasetsQuery,
    ListEventsQuery,
    ListFailingAssetsQuery,
    ListFileChangesQuery,
    ListLastEventsQuery,
    ListPlansQuery,
    ListUnseenFilesQuery,
    ListValidationsQuery,
    ListVersionsAtLocationQuery,
    SearchQuery,
)
from data_management.application.services import Application, erasable, erase, register_file
from data_management.application.views import AssetView
from data_management.domain.models import AssetStatus, AuditRecord, DataLocation, Dataset, Permission
from data_management.errors import NotFound
from data_management.presentation.cli.users import system_user
from data_management.presentation.dtos import (
    AssetDetailDto,
    AssetDto,
    DatasetDetailDto,
    DatasetDto,
    FailureDto,
    ScoreDifferenceDto,
    ScorePointDto,
    ValidationDto,
)
from data_management.presentation.dtos.consumers import ConsumerDto, FileChangesDto
from data_management.presentation.dtos.events import CloudEventDto
from data_management.presentation.dtos.keys import AuditRecordDto
from data_management.presentation.dtos.plans import PlanDto
from data_management.presentation.dtos.profiles import DatasetProfileDto
from data_management.presentation.dtos.search import SearchHitDto

KINDS = ("dataset", "data_asset")
SHOWN_VALIDATIONS = 20
_PAGE = 500


@dataclass(frozen=True)
class EventsShown:
    """`position` is behind which the next ones are."""

    events: list[CloudEventDto]
    position: int


class CatalogGateway(Protocol):
    """A catalog, wherever it is: `LocalGateway` is the façade of this process, `RemoteGateway` a server of `data-management serve`."""

    def datasets(
        self, *, owner: str | None = None, tag: str | None = None, retired: bool | None = None
    ) -> list[DatasetDto]:
        """By name; only those of an owner, with a tag, only retired ones or only the others."""

    def dataset(self, name: str) -> DatasetDetailDto: ...

    def failures(self, dataset: str, rule: str) -> Iterator[FailureDto]:
        """The current files on which a rule failed or errored, newest first."""

    def profile(self, dataset: str) -> DatasetProfileDto: ...

    def plans(self, dataset: str) -> list[PlanDto]: ...

    def files(self, dataset: str, after: int, limit: int | None) -> FileChangesDto: ...

    def unseen_files(self, dataset: str, consumer: str, limit: int | None) -> FileChangesDto: ...

    def consumers(self, dataset: str | None, name: str | None = None) -> list[ConsumerDto]: ...

    def reset_consumer(self, dataset: str, consumer: str, to: int | None) -> ConsumerDto:
        """Set it to a position: 0 is the beginning, None the end."""

    def forget_consumer(self, dataset: str, consumer: str) -> None: ...

    def assets(self, dataset: str | None, statuses: tuple[str, ...], *, everything: bool) -> Iterator[AssetDto]:
        """In the order of arrival."""

    def asset(self, named: str) -> AssetDetailDto:
        """By id, URI or path, with its last validations."""

    def versions(self, named: str) -> list[AssetDto]:
        """All that ever stood where this one does, the newest first."""

    def validations(self, asset_id: str) -> Iterator[ValidationDto]:
        """Newest first."""

    def scores(self, dataset: str, limit: int) -> list[ScorePointDto]:
        """Newest first."""

    def difference(self, dataset: str, since: datetime, until: datetime | None) -> ScoreDifferenceDto:
        """Of the last scores of two moments or before; None is now."""

    def search(self, words: str, kind: str | None) -> Iterator[SearchHitDto]: ...

    def events(self, after: int, limit: int) -> EventsShown:
        """Those behind a position, in their order."""

    def last_events(self, limit: int) -> EventsShown: ...

    def audit(self, wanted: AuditFilter, limit: int) -> list[AuditRecordDto]:
        """Newest first."""

    def register(self, dataset: Dataset, contract: Callable[[], str]) -> None:
        """Make a dataset that `contract` (its text) declares the catalog's."""

    def retire(self, dataset: str) -> tuple[DatasetDto, bool]:
        """Whether it was not retired before."""

    def register_asset(self, dataset: str, location: DataLocation) -> AssetDto:
        """Record a file that has landed, once for each version."""

    def erasable(self, named: str) -> list[AssetDto]:
        """The versions that `erase` would forget."""

    def erase(self, named: str, by: str | None, *, with_name: bool) -> tuple[list[AssetDto], int]:
        """The tombstones of all versions, and how many of them are new. Where who asks is known, `by` is None."""


class LocalGateway:
    def __init__(self, app: Application, events_source: str, settle_seconds: float = 0.0) -> None:
        self._app = app
        self._source = events_source
        self._settle_seconds = settle_seconds

    def datasets(
        self, *, owner: str | None = None, tag: str | None = None, retired: bool | None = None
    ) -> list[DatasetDto]:
        if (owner, tag, retired) == (None, None, None):
            return [DatasetDto.of(view) for view in self._app.ask(ListDatasetsQuery())]
        wanted, found, after = DatasetFilter(None, owner, tag, retired), list[DatasetDto](), None
        while True:
            page = self._app.ask(FindDatasetsQuery(wanted, after, _PAGE))
            found += map(DatasetDto.of, page.datasets)
            if page.next is None:
                return found
            after = page.next

    def dataset(self, name: str) -> DatasetDetailDto:
        return DatasetDetailDto.of_detail(self._app.ask(GetDatasetQuery(name)))

    def failures(self, dataset: str, rule: str) -> Iterator[FailureDto]:
        after = None
        while True:
            page = self._app.ask(ListFailingAssetsQuery(dataset, rule, after, _PAGE))
            yield from map(FailureDto.of, page.found)
            if page.next is None:
                return
            after = page.next

    def profile(self, dataset: str) -> DatasetProfileDto:
        return DatasetProfileDto.of(dataset, self._app.ask(GetDatasetProfileQuery(dataset)))

    def plans(self, dataset: str) -> list[PlanDto]:
        self._app.ask(GetDatasetQuery(dataset))
        return [PlanDto.of(view) for view in self._app.ask(ListPlansQuery(dataset))]

    def files(self, dataset: str, after: int, limit: int | None) -> FileChangesDto:
        return FileChangesDto.of(self._app.ask(ListFileChangesQuery(dataset, after, limit)))

    def unseen_files(self, dataset: str, consumer: str, limit: int | None) -> FileChangesDto:
        return FileChangesDto.of(self._app.ask(ListUnseenFilesQuery(dataset, consumer, limit)))

    def consumers(self, dataset: str | None, name: str | None = None) -> list[ConsumerDto]:
        return [ConsumerDto.of(view) for view in self._app.ask(ListConsumersQuery(dataset, name))]

    def reset_consumer(self, dataset: str, consumer: str, to: int | None) -> ConsumerDto:
        self._app.run(ResetConsumerCommand(dataset, consumer, to))
        return self.consumers(dataset, consumer)[0]

    def forget_consumer(self, dataset: str, consumer: str) -> None:
        self._app.run(ForgetConsumerCommand(dataset, consumer))

    def assets(self, dataset: str | None, statuses: tuple[str, ...], *, everything: bool) -> Iterator[AssetDto]:
        if dataset is not None:
            self._app.ask(GetDatasetQuery(dataset))
        wanted = tuple(AssetStatus(status) for status in statuses)
        found = self._pages(dataset, wanted, current_only=not (everything or statuses))
        return (AssetDto.of(view) for view in found)

    def asset(self, named: str) -> AssetDetailDto:
        view = self._find(named)
        return AssetDetailDto.of_detail(
            view, self._app.ask(ListValidationsQuery(view.id, limit=SHOWN_VALIDATIONS)).validations
        )

    def versions(self, named: str) -> list[AssetDto]:
        location = self._location(named)
        found = [AssetDto.of(view) for view in self._app.ask(ListVersionsAtLocationQuery(location))]
        return known(found, location.uri)[::-1]

    def validations(self, asset_id: str) -> Iterator[ValidationDto]:
        after = None
        while True:
            page = self._app.ask(ListValidationsQuery(asset_id, after))
            yield from map(ValidationDto.of, page.validations)
            if page.next is None:
                return
            after = page.next

    def scores(self, dataset: str, limit: int) -> list[ScorePointDto]:
        self._app.ask(GetDatasetQuery(dataset))
        return [ScorePointDto.of(point) for point in self._app.ask(GetQualityHistoryQuery(dataset, limit=limit)).points]

    def difference(self, dataset: str, since: datetime, until: datetime | None) -> ScoreDifferenceDto:
        earlier = self._app.ask(GetScoreAtQuery(dataset, since))
        later = self._app.ask(GetScoreAtQuery(dataset, until or self._app.clock()))
        return ScoreDifferenceDto.of(later, earlier)

    def search(self, words: str, kind: str | None) -> Iterator[SearchHitDto]:
        after = None
        while True:
            page = self._app.ask(SearchQuery(Search(words, (kind,) if kind else KINDS), after))
            yield from map(SearchHitDto.of, page.hits)
            if page.next is None:
                return
            after = page.next

    def events(self, after: int, limit: int) -> EventsShown:
        return self._shown(self._app.ask(ListEventsQuery(after, limit)), after)

    def last_events(self, limit: int) -> EventsShown:
        return self._shown(self._app.ask(ListLastEventsQuery(limit)), 0)

    def audit(self, wanted: AuditFilter, limit: int) -> list[AuditRecordDto]:
        return [AuditRecordDto.of(record) for record in islice(self._audit(wanted), limit)]

    def register(self, dataset: Dataset, contract: Callable[[], str]) -> None:  # noqa: ARG002  the port's
        self._app.run(RegisterDatasetCommand(dataset))

    def retire(self, dataset: str) -> tuple[DatasetDto, bool]:
        newly = self._app.run(RetireDatasetCommand(dataset))
        return DatasetDto.of(self._app.ask(GetDatasetQuery(dataset))), bool(newly)

    def register_asset(self, dataset: str, location: DataLocation) -> AssetDto:
        act = ActCommand(
            caller=Caller(system_user()),
            permission=Permission.WRITE,
            action="data_asset.register",
            affected=(),
            commands=(),
        )
        acted = register_file(self._app, act, dataset, location, self._settle_seconds)
        return AssetDto.of(self._app.ask(GetDataAssetByIdQuery(acted.subjects[0].removeprefix("data_asset/"))))

    def erasable(self, named: str) -> list[AssetDto]:
        return [AssetDto.of(view) for view in erasable(self._app, self._location(named))]

    def erase(self, named: str, by: str | None, *, with_name: bool) -> tuple[list[AssetDto], int]:
        erased = erase(self._app, self._location(named), by or "unknown", with_name=with_name)
        return [AssetDto.of(AssetView.of(entry)) for entry in erased.tombstones], erased.newly

    def _pages(
        self, dataset: str | None, statuses: tuple[AssetStatus, ...], *, current_only: bool
    ) -> Iterator[AssetView]:
        after = None
        while True:
            page = self._app.ask(ListDataAssetsQuery(dataset, statuses, after, _PAGE, current_only))
            yield from page.assets
            if page.next is None:
                return
            after = page.next

    def _find(self, named: str) -> AssetView:
        if "://" in named:
            return self._app.ask(GetDataAssetAtQuery(DataLocation.parse(named)))
        try:
            return self._app.ask(GetDataAssetByIdQuery(named))
        except NotFound:
            if not is_path(named):
                raise
            return self._app.ask(GetDataAssetAtQuery(DataLocation.from_path(named)))

    def _location(self, named: str) -> DataLocation:
        if "://" in named:
            return DataLocation.parse(named)
        try:
            return DataLocation(self._app.ask(GetDataAssetByIdQuery(named)).location)
        except NotFound:
            return DataLocation.from_path(named)

    def _shown(self, events: list[RecordedEvent], after: int) -> EventsShown:
        return EventsShown(
            [CloudEventDto.of(event, self._source) for event in events], events[-1].position if events else after
        )

    def _audit(self, wanted: AuditFilter) -> Iterator[AuditRecord]:
        after = None
        while True:
            page = self._app.ask(ListAuditQuery(wanted, after, _PAGE))
            yield from page.records
            if page.next is None:
                return
            after = page.next


def is_path(named: str) -> bool:
    return "/" in named or Path(named).exists()


def known(versions: list[AssetDto], location: str) -> list[AssetDto]:
    """`NotFound` where there are none."""
    if not versions:
        raise NotFound(
            f"the catalog knows nothing of {location}; `data-management assets list --all` names what it knows"
        )
    return versions
