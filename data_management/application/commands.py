"""What can be asked of the catalog to do. Imperative; each names the type of its result."""

from dataclasses import field
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import uuid4

from pydantic.dataclasses import dataclass

from data_management.application.ports import FoundFile
from data_management.domain.models import (
    ApiKey,
    AuditRecord,
    Check,
    DataCatalogEntry,
    DataLocation,
    Dataset,
    Examination,
    Permission,
    PresentedKey,
    Principal,
    Role,
    RuleTotals,
)
from data_management.domain.repositories import DatasetScore, Prunable, PruneStep
from data_management.domain.services import DatasetAssessment

R = TypeVar("R")


class Command(Generic[R]):
    """A request to change the catalog, answered with an `R`."""


@dataclass(frozen=True)
class RegisterDatasetCommand(Command[Dataset]):
    """Make the contract's definition of a dataset the catalog's."""

    dataset: Dataset
    may_rename: bool = True
    """Whether its schema object may be one that declared a dataset of another name, which is renamed; without it, `Conflict`."""


@dataclass(frozen=True)
class ArrivalsRecorded:
    """How many of the found files were new (of them: newer versions of known ones), and how many were known."""

    new: int
    newer: int
    known: int


@dataclass(frozen=True)
class RecordArrivalsCommand(Command[ArrivalsRecorded]):
    """Record files that a listing found. Idempotent: a version that stands in the catalog is left as it is.

    They are `pending`, for a run to claim, unless who records them judges them too.
    """

    dataset: str
    found: tuple[FoundFile, ...]
    pending: bool = True


@dataclass(frozen=True)
class RecordRemovalsCommand(Command[int]):
    """Record that nothing stands at these locations any more; how many data assets that ended."""

    dataset: str
    locations: tuple[DataLocation, ...]


@dataclass(frozen=True)
class Batch:
    """What a run has claimed. `rejected` are those that killed every run that tried them, now rejected."""

    entries: tuple[DataCatalogEntry, ...] = ()
    rejected: tuple[DataCatalogEntry, ...] = ()


@dataclass(frozen=True)
class ClaimBatchCommand(Command[Batch]):
    """Claim pending arrivals of a dataset for a run, until the lease runs out."""

    dataset: str
    run_id: str
    lease_seconds: float
    most: int = 1000


@dataclass(frozen=True)
class RenewLeaseCommand(Command[int]):
    """Extend the lease of all that a run still holds; how many that is."""

    run_id: str
    lease_seconds: float


@dataclass(frozen=True)
class ReleaseBatchCommand(Command[int]):
    """Give back what a run still holds, because its environment failed it; how many that was."""

    run_id: str
    pending_after_seconds: float = 0.0
    """When the sensor may ask for them again; a manual run may at once."""


@dataclass(frozen=True)
class ExpireLeaseCommand(Command[int]):
    """End the leases of a run that is known to be dead; how many that was."""

    run_id: str


@dataclass(frozen=True)
class RegisterDataAssetCommand(Command[DataCatalogEntry]):
    """Record what reading a data asset yielded. With a `run_id`, only while that run holds it."""

    asset_id: str
    examination: Examination
    run_id: str | None = None


@dataclass(frozen=True)
class UpdateDataQualityCommand(Command[DataCatalogEntry]):
    """Assess a registered data asset by the dataset's rules and policy: accepted or quarantined. With a `run_id`, only while that run holds it."""

    asset_id: str
    dataset: Dataset
    checks: tuple[Check, ...]
    request_key: str
    run_id: str | None = None


@dataclass(frozen=True)
class RejectDataAssetCommand(Command[DataCatalogEntry]):
    """Record that a data asset cannot be read. With a `run_id`, only while that run holds it."""

    asset_id: str
    reason: str
    run_id: str | None = None


@dataclass(frozen=True)
class JudgeDataAssetCommand(Command[DataCatalogEntry]):
    """Record what reading a data asset yielded and assess it, or why it cannot be read: all or nothing. With a `run_id`, only while that run holds it."""

    asset_id: str
    dataset: Dataset
    read: Examination | str
    """Or why it cannot be read."""
    request_key: str
    run_id: str | None = None


@dataclass(frozen=True)
class DatasetAssessed:
    """A dataset's new score, and the rules' sums over all its readable data assets: accepted and quarantined."""

    score: DatasetScore
    totals: tuple[RuleTotals, ...]
    plan_changed: bool = False
    """Whether the score before was made by another plan: the two do not compare."""

    @property
    def assessment(self) -> DatasetAssessment:
        return DatasetAssessment(
            totals=self.totals,
            counts=self.score.counts,
            score=self.score.score,
            verdict=self.score.verdict,
            reasons=self.score.reasons,
        )


@dataclass(frozen=True)
class ScoreDatasetCommand(Command[DatasetAssessed]):
    """Assess a dataset from its files' totals and the checks of its dataset-scope rules (None: as they were)."""

    dataset: Dataset
    request_key: str
    checks: tuple[Check, ...] | None = None
    is_attached: bool = False
    """Whether it is of what somebody's asset holds: no run reads its versions together, or judges them again."""


@dataclass(frozen=True)
class VersionJudged:
    """A version's entry, and how its dataset stands with it."""

    entry: DataCatalogEntry
    dataset: DatasetAssessed


@dataclass(frozen=True)
class JudgeVersionCommand(Command[VersionJudged]):
    """Record a version with what reading it yielded, and the dataset's score with it: all or nothing, so that no other version comes between.

    No run claims it. Where it is new, what stands at `ends` is ended.
    """

    dataset: Dataset
    found: FoundFile
    read: Examination | str
    """Or why it cannot be read."""
    request_key: str
    ends: tuple[DataLocation, ...] = ()


@dataclass(frozen=True, config={"arbitrary_types_allowed": True})
class HandleEventCommand(Command[bool]):
    """Note that a consumer has handled an event, and do what follows from it, all or nothing; False where it had been handled before."""

    consumer: str
    event_id: str
    commands: tuple[Command[Any], ...] = ()


@dataclass(frozen=True)
class MoveConsumerCommand(Command[None]):
    """Move a consumer's cursor; `Conflict` where it does not stand at `before` any more."""

    consumer: str
    before: int
    to: int


@dataclass(frozen=True)
class RetryDeadLettersCommand(Command[int]):
    """Make dead letters due again, those of an event or all; how many that were."""

    event_id: str | None = None


@dataclass(frozen=True)
class ForgetDestinationCommand(Command[None]):
    """Remove a destination that events are sent to no more, with what waits for it."""

    destination: str


@dataclass(frozen=True)
class ForgetSeenEventsCommand(Command[int]):
    """Forget which events consumers handled before a moment (UTC); how many that were."""

    before: datetime


@dataclass(frozen=True)
class PruneCommand(Command[PruneStep]):
    """One step of forgetting what ended before a moment; see `IRetentionRepository`. `by` is who the audit says pruned it."""

    what: Prunable
    before: datetime
    after: int = 0
    most: int = 1000
    by: str = "unknown"


@dataclass(frozen=True)
class RetireDatasetCommand(Command[bool]):
    """No contract declares the dataset any more: its history stays, and nobody waits for it. False where it was retired before."""

    name: str


@dataclass(frozen=True)
class Erased:
    """What stands where data assets were erased: all versions, how many of them `newly`, and the datasets that lost a current one."""

    tombstones: tuple[DataCatalogEntry, ...]
    newly: int
    ended: tuple[str, ...]


@dataclass(frozen=True)
class EraseDataAssetsCommand(Command[Erased]):
    """Forget what every version at a location held; that something stood there stays known, and who erased it.

    With `with_name` its name goes too, so that it is known by its id alone.
    """

    location: DataLocation
    by: str
    with_name: bool = False


@dataclass(frozen=True)
class MendTotalsCommand(Command[None]):
    """Sum a dataset's current validations anew, in one transaction; what is of rules over the whole dataset stays."""

    dataset: str


@dataclass(frozen=True)
class RebuildSearchCommand(Command[tuple[str, ...]]):
    """Make what searches look into anew; the datasets that were found by other words until now."""


@dataclass(frozen=True)
class IssuedKey:
    """A new key, and what its holder shows: nobody can tell that again."""

    key: ApiKey
    shown: PresentedKey


@dataclass(frozen=True)
class CreateKeyCommand(Command[IssuedKey]):
    """Idempotent: one command makes one key, the one that is `shown`."""

    name: str
    role: Role
    by: Principal
    datasets: tuple[str, ...] | None = None
    """The only ones that it opens; None: all."""
    samples: bool = False
    expires_at: datetime | None = None
    shown: PresentedKey = field(default_factory=PresentedKey.new, repr=False)


@dataclass(frozen=True)
class RevokeKeyCommand(Command[ApiKey]):
    """The key opens nothing from now on. Idempotent."""

    key_id: str
    by: Principal


@dataclass(frozen=True)
class RecordAuditCommand(Command[None]):
    records: tuple[AuditRecord, ...]


@dataclass(frozen=True)
class Caller:
    """Who asks, by which request, from where."""

    principal: Principal
    request_id: str | None = None
    client: str | None = None
    route: str = ""
    """What was asked for, in the words of the audit of a denial."""


@dataclass(frozen=True)
class Affected:
    """A dataset, a data asset or a consumer of a dataset that a request changes.

    `version` is the one that the caller knows: 0 where it knows that there is none, None where it does not say.
    """

    kind: str
    """``dataset``, ``data_asset``, ``location`` (the data asset that stands there afterwards), or ``consumer``, which has no version."""
    id: str
    dataset: str
    version: int | None = None


@dataclass(frozen=True)
class Acted:
    """What a request did: its commands' results, and what it changed, as in the audit. `replayed`: it was done before, and not again."""

    results: tuple[Any, ...]
    subjects: tuple[str, ...]
    replayed: bool = False


@dataclass(frozen=True, config={"arbitrary_types_allowed": True})
class ActCommand(Command[Acted]):
    """Do what a caller asks, with its audit, in one transaction. `Denied` where they may not; `Stale` where a version is another."""

    caller: Caller
    permission: Permission
    action: str
    affected: tuple[Affected, ...]
    commands: tuple[Command[Any], ...]
    request_key: str | None = None
    """Under it the same request may come again within a day."""
    fingerprint: str = ""
    """SHA-256 (hex) of the request; another one under the same key is `InvalidInput`."""
    own_key: str = field(default_factory=lambda: uuid4().hex)

    @property
    def known_by(self) -> str:
        """What its outcome is recorded under, so that an attempt after a lost answer finds it."""
        return self.request_key or self.own_key
