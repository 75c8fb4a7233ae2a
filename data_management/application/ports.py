"""What the use cases need from the world. Adapters are in ``infrastructure``; fakes in the tests."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from pydantic.dataclasses import dataclass

from data_management.application.files import ConsumerView, FileChanges
from data_management.application.messaging import EventReader, IConsumerRepository, IOutboxRepository
from data_management.application.views import (
    AssetPage,
    AssetView,
    AuditPage,
    DatasetPage,
    DatasetProfile,
    DatasetView,
    FailingPage,
    LastArrival,
    Pending,
    PlanView,
    ScorePage,
    ScorePoint,
    SearchPage,
    TotalsAudit,
    ValidationPage,
    ValidationView,
)
from data_management.domain.models import (
    ApiKey,
    AssetStatus,
    Classification,
    ColumnSpec,
    DataLocation,
    Dataset,
    Examination,
    FileFormat,
    Landing,
    ObjectStore,
    Principal,
    ReadOptions,
    Rule,
    Suggestion,
    VersionToken,
)
from data_management.domain.repositories import (
    IAccessRepository,
    IArrivalRepository,
    IDataAssetRepository,
    IDatasetRepository,
    IOffsetRepository,
    IQualityRepository,
    IRetentionRepository,
    Prunable,
)


class UnitOfWork(Protocol):
    """One transaction. Leaving the block without an exception commits; with one, rolls back."""

    datasets: IDatasetRepository
    assets: IDataAssetRepository
    arrivals: IArrivalRepository
    quality: IQualityRepository
    retention: IRetentionRepository
    outbox: IOutboxRepository
    consumers: IConsumerRepository
    access: IAccessRepository
    offsets: IOffsetRepository

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

    def savepoint(self) -> AbstractContextManager[None]:
        """A part that is undone by itself when it raises; the exception goes on to the caller."""


class UnitOfWorkFactory(Protocol):
    def __call__(self) -> UnitOfWork:
        """A new unit of work for the calling thread; entering it is `Unavailable` where the catalog cannot be reached."""


@dataclass(frozen=True)
class DatasetFilter:
    """Which datasets: those that fit all that is given."""

    names: tuple[str, ...] | None = None
    """None: any."""
    owner: str | None = None
    tag: str | None = None
    retired: bool | None = None


@dataclass(frozen=True)
class Search:
    """What is looked for: datasets and data assets that have all words of `text`. Only its first words count."""

    text: str
    kinds: tuple[str, ...] = ("dataset", "data_asset")
    datasets: tuple[str, ...] | None = None
    """Only these and their data assets; None: all."""


@dataclass(frozen=True)
class AuditFilter:
    """Which records: those that fit all that is given."""

    who: str | None = None
    action: str | None = None
    subject: str | None = None
    since: datetime | None = None


class CatalogReader(EventReader, Protocol):
    """Read models, without a write transaction. Lists are in a stable order."""

    def datasets(self) -> list[DatasetView]:
        """All datasets by name."""

    def dataset(self, name: str) -> DatasetView:
        """`NotFound` where the catalog has none of this name."""

    def asset(self, asset_id: str) -> AssetView:
        """`NotFound` where the catalog has none of this id."""

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
        """A page in the order of arrival, or the other way round; `after` is the cursor of the page before. `InvalidInput` for a bad cursor."""

    def versions(self, asset_id: str, after: str | None = None, limit: int = 20) -> AssetPage:
        """All that its dataset ever had at its location, newest first. `NotFound`, `InvalidInput` for a bad cursor."""

    def failing(self, dataset: str, rule: str, after: str | None = None, limit: int = 50) -> FailingPage:
        """Current data assets on which the rule failed or errored when they were judged last, newest first; a page may hold fewer than `limit`."""

    def asset_at(self, location: DataLocation, dataset: str | None = None) -> AssetView:
        """The current data asset at `location` (of `dataset`); `NotFound` where there is none."""

    def validations(self, asset_id: str, limit: int = 20) -> list[ValidationView]:
        """A data asset's validations, newest first."""

    def current_tokens(self, dataset: str, locations: Sequence[DataLocation] | None = None) -> dict[str, str]:
        """URI → version token of the dataset's current data assets, all of them or those at `locations`."""

    def standing_versions(self, dataset: str, first: str, last: str) -> frozenset[str]:
        """`version_at` of the current data assets at the URIs from `first` to `last`, both included.

        It is for comparing in bulk: what is in it stands so; of what has a very long or strange name, some may be missing.
        """

    def versions_at(self, location: DataLocation) -> list[AssetView]:
        """Every version that ever stood at `location`, of all datasets, in the order of arrival."""

    def judged_longest_ago(self, dataset: str, limit: int, plan_hash: str | None = None) -> list[AssetView]:
        """Up to `limit` judged data assets, the one whose last validation is the oldest first; of one plan where it is given."""

    def classifications(self, dataset: str) -> tuple[Classification, ...]:
        """Those of the data asset that arrived last among those ever accepted; of an unknown dataset, none."""

    def profile(self, dataset: str) -> DatasetProfile:
        """The profiles of all accepted data assets as one; `NotFound` where the catalog has no such dataset."""

    def last_arrival(self, dataset: str) -> LastArrival | None:
        """The data asset that arrived last, whatever became of it; None of an unknown dataset, and where nothing ever did."""

    def asset_ids(self, dataset: str, status: AssetStatus) -> list[str]:
        """The ids of the dataset's data assets of a status, sorted."""

    def pending(self, dataset: str, plan_hash: str, at: datetime) -> Pending:
        """What a run could claim, what another plan judged, and who holds arrivals; of an unknown dataset, nothing."""

    def outdated_assets(self, dataset: str, plan_hash: str, after: str | None = None, limit: int = 100) -> AssetPage:
        """A page, in the order of arrival, of the judged data assets that another plan judged; cursors as in `assets`."""

    def definition(self, name: str) -> Dataset:
        """The dataset as it was registered last; `NotFound` where the catalog has none of this name."""

    def audit(self, name: str) -> TotalsAudit:
        """Sum the dataset's current validations and compare; it reads each of them. `NotFound` where the catalog has no such dataset."""

    def plans(self, dataset: str) -> list[PlanView]:
        """The plans that ever judged something of the dataset, newest first; `NotFound` where the catalog has no such dataset."""

    def prunable(self, before: datetime) -> dict[Prunable, int]:
        """How much `IRetentionRepository.prune` would remove."""

    def scores(self, dataset: str, limit: int = 100) -> list[ScorePoint]:
        """A dataset's history, newest first."""

    def dataset_page(self, wanted: DatasetFilter, after: str | None = None, limit: int = 100) -> DatasetPage:
        """Those that are `wanted`, by name; cursors as in `assets`."""

    def score_page(self, dataset: str, after: str | None = None, limit: int = 100) -> ScorePage:
        """A dataset's history, newest first; cursors as in `assets`. `NotFound` where the catalog has no such dataset."""

    def score_at(self, dataset: str, at: datetime) -> ScorePoint:
        """The last one of `at` or before; `NotFound` where there is none."""

    def validation_page(self, asset_id: str, after: str | None = None, limit: int = 20) -> ValidationPage:
        """A data asset's validations, newest first; cursors as in `assets`. `NotFound` where the catalog has none of this id."""

    def search(self, search: Search, after: str | None = None, limit: int = 100) -> SearchPage:
        """Datasets, those that fit best first, then data assets that stand, the newest first; cursors as in `assets`."""

    def find_key(self, key_id: str) -> ApiKey | None:
        """The key as it is stored; None where there is none."""

    def api_keys(self) -> list[ApiKey]:
        """All of them, also those that open nothing any more, the oldest first."""

    def audit_records(self, wanted: AuditFilter, after: str | None = None, limit: int = 100) -> AuditPage:
        """Who did what, the newest first; cursors as in `assets`."""

    def file_changes(self, dataset: str, after: int, limit: int | None = None) -> FileChanges:
        """What became accepted in a dataset behind a position and still is, and what of before was withdrawn since.

        `NotFound` where the catalog has no such dataset, `Pruned` where withdrawals behind `after` were pruned, `InvalidInput` where the
        dataset has not come so far.
        """

    def unseen_files(self, dataset: str, consumer: str, limit: int | None = None) -> FileChanges:
        """The same behind the position of a consumer, who is new at 0, without what it has and was withdrawn only for a time."""

    def consumers(self, dataset: str | None = None, name: str | None = None) -> list[ConsumerView]:
        """The consumers of datasets, of all or one, all or those of a name, by dataset and name."""


@dataclass(frozen=True)
class FoundFile:
    """A file, object or table that a listing found."""

    location: DataLocation
    version_token: VersionToken
    size_bytes: int | None
    """None where nobody measures it: of what a Dagster asset holds."""
    changed_at: datetime
    """The last change of content or name, by the storage's clock (UTC)."""


@dataclass(frozen=True)
class ListedPage:
    """A part of a listing. `position` is where it goes on, for `pages`; None behind the last page."""

    files: tuple[FoundFile, ...]
    position: str | None = None
    known: int = 0
    """How many files were left out, as they stand as it is known."""


StandingVersions = Callable[[str, str], AbstractSet[str]]
"""`version_at` of what is known at the URIs from one to another."""


class DataLocationService(Protocol):
    """Where files are."""

    def list(self, landing: Landing) -> Iterator[FoundFile]:
        """The files of a landing, in an order that is always the same: regular ones whose names are not temporary.

        `Unavailable` where the landing cannot be listed; a folder that does not exist yet is empty.
        """

    def pages(
        self,
        landing: Landing,
        *,
        after: str | None = None,
        last: LastArrival | None = None,
        known: StandingVersions | None = None,
    ) -> Iterator[ListedPage]:
        """The same in pages; behind the position `after` of a page before.

        With the `last` arrival, what may have come since: all, unless the landing says where its `new_objects` are.
        With what is `known`, a service whose listing is quick may leave out (and count) the files that stand so.
        """

    def is_reachable(self, landing: Landing) -> bool:
        """Whether the landing's root exists and can be listed: an unmounted folder must not look like an empty one.

        `Unavailable` where that cannot be told.
        """

    def has(self, landing: Landing, location: DataLocation) -> bool:
        """Whether a listing of the landing would show it, were it there: it matches, and no link leads out. Nothing is read of it."""

    def find(self, location: DataLocation, store: ObjectStore | None = None) -> FoundFile | None:
        """What stands at `location` (in a bucket of `store`) now; None where nothing does."""


@dataclass(frozen=True)
class Announced:
    """What a queue told: what stands now where something changed, and where nothing does any more."""

    found: tuple[FoundFile, ...] = ()
    gone: tuple[DataLocation, ...] = ()
    receipts: tuple[str, ...] = ()


class LandingAnnouncements(Protocol):
    """A queue in which the storage says what changed in a landing."""

    def receive(self, landing: Landing, until: datetime | None = None) -> Iterator[Announced]:
        """What the landing's queue holds, until it is empty or at the latest `until` (UTC); `Unavailable` where it cannot be read.

        What is not acknowledged is told again. A message that makes no sense is left to the queue, which has its own way with
        what nobody takes.
        """

    def acknowledge(self, landing: Landing, announced: Announced) -> None:
        """It is recorded: the queue forgets it."""


@dataclass(frozen=True)
class ExaminationRequest:
    """What to examine: one data asset, or (for rules of dataset scope) several as one table, in order.

    `version_tokens` are those that must stand before and after reading, one per location; empty where any version will do.
    """

    key: str
    locations: tuple[DataLocation, ...]
    rules: tuple[Rule, ...] = ()
    columns: tuple[ColumnSpec, ...] = ()
    options: ReadOptions = ReadOptions()
    version_tokens: tuple[VersionToken, ...] = ()
    samples: int = 0
    """How many unexpected values each check may show."""
    gx_results: bool = False
    """Whether each check carries Great Expectations' own result."""
    known: tuple[Classification, ...] = ()
    """What columns of earlier files of the dataset were found to hold."""
    store: ObjectStore | None = None
    """How the buckets of its locations are reached."""
    staged: tuple[Path, ...] = ()
    """Where each location's content lies for reading, when that is not its location: the engine's own doing."""
    values: bool = False
    """Whether the profile lists the values of every column that holds few and is not private: a person asks, of their own files."""


@dataclass(frozen=True)
class Examined:
    key: str
    examination: Examination


@dataclass(frozen=True)
class Unreadable:
    """It cannot be read, or broke a limit; `reason` names the file, what is wrong and what to do."""

    key: str
    reason: str


@dataclass(frozen=True)
class Changed:
    """What stands there is another version than the one asked for, or nothing any more."""

    key: str


ExaminationOutcome = Examined | Unreadable | Changed


class QualityEngine(Protocol):
    """Reads data assets and runs rules on them, isolated from the caller."""

    def examine(self, requests: Iterable[ExaminationRequest]) -> Iterator[ExaminationOutcome]:
        """One outcome per request, in the order of the requests, as they come. Takes requests lazily, a bounded number ahead.

        A hostile data asset ends as `Unreadable` and harms no other. Raises `Unavailable` where the engine itself is broken.
        """

    def close(self) -> None:
        """Stop the workers; the engine starts them anew when it is used again."""


class FrameEngine(Protocol):
    """Runs rules on a table that is in memory already, in the calling process."""

    def examine(self, frame: object, request: ExaminationRequest) -> Examination:
        """`frame` is a pandas or Polars DataFrame, or an Arrow table; of the request, only rules, columns and what to show count.

        `InvalidInput` for what is no frame, `Rejected` for one that cannot be read.
        """


class TableReader(Protocol):
    def __call__(self, uri: str) -> object:
        """The table at ``postgresql://…#schema.table``, for a `FrameEngine`.

        `InvalidInput` for a bad URI, `Unavailable` where the database cannot be reached, `Rejected` for a table that is not there or
        larger than the limit. No message holds the URI's password.
        """


@dataclass(frozen=True)
class ContractProblem:
    """What is wrong with a contract: where (a path like ``schema[0].quality[2]``, a line), what, and what to do."""

    file: str
    place: str
    problem: str
    fix: str
    line: int | None = None

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        place = f" at {self.place}" if self.place else ""
        return f"{where}{place}: {self.problem}; {self.fix}"


@dataclass(frozen=True)
class ContractReading:
    """One contract file: its datasets, or the problems that keep it from being used.

    A broken contract has no `datasets`; `names` are those of the datasets that it would have declared, as far as they
    could be read.
    """

    file: str
    datasets: tuple[Dataset, ...] = ()
    problems: tuple[ContractProblem, ...] = ()
    names: tuple[str, ...] = ()


class ContractReader(Protocol):
    def read_text(self, text: str, folder: Path, name: str) -> ContractReading:
        """Read a contract that somebody sent: paths in it are relative to `folder`, and messages call it `name`."""

    def read(self, path: Path) -> ContractReading:
        """Read one contract file; whatever is wrong with it stands in the result. Never raises for its content."""

    def read_folder(self, folder: Path) -> tuple[ContractReading, ...]:
        """Read all ``*.yaml`` and ``*.yml`` of a folder, in the order of their names.

        Two contracts that declare the same dataset name: the later one is broken, and says so. `NotFound` where there is
        no such folder.
        """


@dataclass(frozen=True)
class ContractTerms:
    """What a contract says beside its columns and rules."""

    name: str
    path: str | None = None
    """Where files land, as it shall stand in the contract."""
    format: FileFormat | None = None
    delimiter: str | None = None


class ContractWriter(Protocol):
    def suggested(self, suggestion: Suggestion, terms: ContractTerms) -> str:
        """A contract that reads back without problems: sure rules stand in it, the others as comments with their confidence."""


class SuiteReader(Protocol):
    def __call__(self, path: Path) -> tuple[Rule, ...]:
        """The rules of a file that Great Expectations wrote as a suite's JSON. `InvalidInput` says what is wrong with it."""


class Clock(Protocol):
    def __call__(self) -> datetime:
        """Now, in UTC."""


class TokenVerifier(Protocol):
    """Tokens of an issuer that others run."""

    def verify(self, token: str) -> Principal:
        """Who holds it. `Unauthenticated` says what is wrong with it; `Unavailable` where its issuer's keys cannot be had."""
