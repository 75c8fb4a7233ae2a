"""A catalog that is served elsewhere, as the commands ask it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from data_management.application.ports import AuditFilter
from data_management.domain.models import DataLocation, Dataset
from data_management.errors import InvalidInput, NotFound
from data_management.presentation.cli.gateway import SHOWN_VALIDATIONS, EventsShown, is_path, known
from data_management.presentation.dtos import (
    AssetContentDto,
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

D = TypeVar("D", bound=BaseModel)
_PAGE = 500
"""The most that the server gives at once."""


class Tagged(Protocol):
    """A document, and the tag that a change of it names."""

    @property
    def document(self) -> BaseModel: ...

    @property
    def etag(self) -> str: ...


class Client(Protocol):
    """What is asked of a client of the API; its documents have the fields of the DTOs."""

    def datasets(
        self, *, owner: str | None = None, tag: str | None = None, retired: bool | None = None
    ) -> Iterator[BaseModel]: ...

    def failures(self, dataset: str, rule: str) -> Iterator[BaseModel]: ...

    def register_data_asset(self, dataset: str, location: str) -> Tagged: ...

    def dataset(self, name: str) -> Tagged: ...

    def put_dataset(self, name: str, contract: str, etag: str | None) -> Tagged: ...

    def retire(self, name: str, etag: str) -> Tagged: ...

    def scores(self, dataset: str) -> Iterator[BaseModel]: ...

    def score_difference(self, dataset: str, since: datetime, until: datetime | None = None) -> BaseModel: ...

    def profile(self, dataset: str) -> BaseModel: ...

    def plans(self, dataset: str) -> Sequence[BaseModel]: ...

    def files(
        self, dataset: str, after: int = 0, *, consumer: str | None = None, limit: int | None = None
    ) -> BaseModel: ...

    def consumers(self, dataset: str) -> Sequence[BaseModel]: ...

    def consumer(self, dataset: str, name: str) -> Tagged: ...

    def reset_consumer(self, dataset: str, name: str, to: int | None, etag: str) -> Tagged: ...

    def forget_consumer(self, dataset: str, name: str, etag: str) -> None: ...

    def data_assets(
        self,
        dataset: str | None = None,
        *,
        statuses: Sequence[str] = (),
        everything: bool = False,
        location: str | None = None,
    ) -> Iterator[BaseModel]: ...

    def data_asset(self, asset_id: str) -> Tagged: ...

    def data_asset_at(self, location: str) -> BaseModel: ...

    def validations(self, asset_id: str) -> Iterator[BaseModel]: ...

    def erase(self, asset_id: str, etag: str, *, with_name: bool = False) -> BaseModel: ...

    def search(self, text: str, kind: str | None = None) -> Iterator[BaseModel]: ...

    def event_page(self, after: int = 0, limit: int | None = None) -> BaseModel: ...

    def last_events(self, limit: int) -> BaseModel: ...

    def audit(
        self,
        *,
        who: str | None = None,
        action: str | None = None,
        subject: str | None = None,
        since: datetime | None = None,
    ) -> Iterator[BaseModel]: ...


class RemoteGateway:
    """Who asks is who holds the key: roles and datasets are the server's business."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def datasets(
        self, *, owner: str | None = None, tag: str | None = None, retired: bool | None = None
    ) -> list[DatasetDto]:
        return [_read(DatasetDto, each) for each in self._client.datasets(owner=owner, tag=tag, retired=retired)]

    def dataset(self, name: str) -> DatasetDetailDto:
        return _read(DatasetDetailDto, self._client.dataset(name).document)

    def failures(self, dataset: str, rule: str) -> Iterator[FailureDto]:
        return (_read(FailureDto, each) for each in self._client.failures(dataset, rule))

    def profile(self, dataset: str) -> DatasetProfileDto:
        return _read(DatasetProfileDto, self._client.profile(dataset))

    def plans(self, dataset: str) -> list[PlanDto]:
        self._client.dataset(dataset)
        return [_read(PlanDto, each) for each in self._client.plans(dataset)]

    def files(self, dataset: str, after: int, limit: int | None) -> FileChangesDto:
        found = self._changes(dataset, self._client.files(dataset, after, limit=_room(limit, 0)), limit)
        return found if after else _from_the_beginning(found)

    def unseen_files(self, dataset: str, consumer: str, limit: int | None) -> FileChangesDto:
        return self._changes(dataset, self._client.files(dataset, consumer=consumer, limit=_room(limit, 0)), limit)

    def consumers(self, dataset: str | None, name: str | None = None) -> list[ConsumerDto]:
        names = [dataset] if dataset is not None else [each.name for each in self.datasets()]
        found = (_read(ConsumerDto, each) for one in names for each in self._client.consumers(one))
        return [each for each in found if name in (None, each.name)]

    def reset_consumer(self, dataset: str, consumer: str, to: int | None) -> ConsumerDto:
        etag = self._client.consumer(dataset, consumer).etag
        return _read(ConsumerDto, self._client.reset_consumer(dataset, consumer, to, etag).document)

    def forget_consumer(self, dataset: str, consumer: str) -> None:
        self._client.forget_consumer(dataset, consumer, self._client.consumer(dataset, consumer).etag)

    def assets(self, dataset: str | None, statuses: tuple[str, ...], *, everything: bool) -> Iterator[AssetDto]:
        if dataset is not None:
            self._client.dataset(dataset)
        found = self._client.data_assets(dataset, statuses=statuses, everything=everything)
        return (_read(AssetDto, each) for each in found)

    def asset(self, named: str) -> AssetDetailDto:
        content = self._content(named)
        validations = list(islice(self.validations(content.id), SHOWN_VALIDATIONS))
        return AssetDetailDto(**dict(content), validations=validations)

    def versions(self, named: str) -> list[AssetDto]:
        location = self._location(named)
        found = [_read(AssetDto, each) for each in self._client.data_assets(everything=True, location=location)]
        return known(found, location)[::-1]

    def validations(self, asset_id: str) -> Iterator[ValidationDto]:
        return (_read(ValidationDto, each) for each in self._client.validations(asset_id))

    def scores(self, dataset: str, limit: int) -> list[ScorePointDto]:
        return [_read(ScorePointDto, each) for each in islice(self._client.scores(dataset), limit)]

    def difference(self, dataset: str, since: datetime, until: datetime | None) -> ScoreDifferenceDto:
        return _read(ScoreDifferenceDto, self._client.score_difference(dataset, since, until))

    def search(self, words: str, kind: str | None) -> Iterator[SearchHitDto]:
        return (_read(SearchHitDto, each) for each in self._client.search(words, kind))

    def events(self, after: int, limit: int) -> EventsShown:
        return _events(self._client.event_page(after, min(limit, _PAGE)))

    def last_events(self, limit: int) -> EventsShown:
        last = _events(self._client.last_events(min(limit, _PAGE)))
        if limit <= _PAGE:
            return last
        found, after = list[CloudEventDto](), max(0, last.position - limit)
        while after < last.position:
            page = self.events(after, last.position - after)
            found += page.events
            after = page.position
        return EventsShown(found, last.position)

    def audit(self, wanted: AuditFilter, limit: int) -> list[AuditRecordDto]:
        found = self._client.audit(who=wanted.who, action=wanted.action, subject=wanted.subject, since=wanted.since)
        return [_read(AuditRecordDto, each) for each in islice(found, limit)]

    def register(self, dataset: Dataset, contract: Callable[[], str]) -> None:
        try:
            etag = self._client.dataset(dataset.name).etag
        except NotFound:
            etag = None
        self._client.put_dataset(dataset.name, contract(), etag)

    def retire(self, dataset: str) -> tuple[DatasetDto, bool]:
        found = self._client.dataset(dataset)
        before = _read(DatasetDto, found.document)
        if before.retired_at is not None:
            return before, False
        return _read(DatasetDto, self._client.retire(dataset, found.etag).document), True

    def register_asset(self, dataset: str, location: DataLocation) -> AssetDto:
        return _read(AssetDto, self._client.register_data_asset(dataset, location.uri).document)

    def erasable(self, named: str) -> list[AssetDto]:
        return self.versions(named)

    def erase(self, named: str, by: str | None, *, with_name: bool) -> tuple[list[AssetDto], int]:
        if by is not None:
            raise InvalidInput("the server records who holds the key as who erases it; leave out --by")
        asset = self._client.data_asset(self.versions(named)[0].id)
        erased = self._client.erase(_read(AssetDto, asset.document).id, asset.etag, with_name=with_name).model_dump()
        return [AssetDto.model_validate(each) for each in erased["items"]], erased["newly"]

    def _content(self, named: str) -> AssetContentDto:
        if "://" in named:
            named = self._id_at(DataLocation.parse(named))
        try:
            found = self._client.data_asset(named).document
        except NotFound:
            if not is_path(named):
                raise
            found = self._client.data_asset(self._id_at(DataLocation.from_path(named))).document
        return _read(AssetContentDto, found)

    def _id_at(self, location: DataLocation) -> str:
        return _read(AssetDto, self._client.data_asset_at(location.uri)).id

    def _location(self, named: str) -> str:
        if "://" in named:
            return DataLocation.parse(named).uri
        try:
            return _read(AssetDto, self._client.data_asset(named).document).location
        except NotFound:
            return DataLocation.from_path(named).uri

    def _changes(self, dataset: str, first: BaseModel, limit: int | None) -> FileChangesDto:
        """All pages as one."""
        found = _read(FileChangesDto, first)
        while not found.complete and (room := _room(limit, len(found.accepted) + len(found.withdrawn))):
            page = _read(FileChangesDto, self._client.files(dataset, found.to, limit=room))
            found = page.model_copy(
                update={
                    "after": found.after,
                    "accepted": [*found.accepted, *page.accepted],
                    "withdrawn": [*found.withdrawn, *page.withdrawn],
                }
            )
        return found


def _from_the_beginning(changes: FileChangesDto) -> FileChangesDto:
    """Who had nothing has nothing to give back: what was withdrawn while pages were read is not given."""
    gone = {file.id for file in changes.withdrawn}
    return changes.model_copy(
        update={"accepted": [file for file in changes.accepted if file.id not in gone], "withdrawn": []}
    )


def _room(limit: int | None, taken: int) -> int:
    return _PAGE if limit is None else min(limit - taken, _PAGE)


def _events(page: BaseModel) -> EventsShown:
    told: dict[str, Any] = page.model_dump()
    return EventsShown([CloudEventDto.model_validate(each) for each in told["items"]], told["position"])


def _read(kind: type[D], document: BaseModel) -> D:
    return kind.model_validate(document.model_dump())
