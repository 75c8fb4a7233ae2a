"""What happened, in primitives only, so that an event can be stored and sent as JSON."""

from pydantic import Field
from pydantic.dataclasses import dataclass


@dataclass(frozen=True)
class DomainEvent:
    """`aggregate_id` is a data asset's id, or a dataset's name."""

    aggregate_id: str


@dataclass(frozen=True)
class DataAssetArrived(DomainEvent):
    dataset: str
    location: str
    version_token: str


@dataclass(frozen=True)
class DataAssetRegistered(DomainEvent):
    dataset: str
    location: str
    row_count: int


@dataclass(frozen=True)
class SchemaChanged(DomainEvent):
    """A data asset's columns differ from those of the one accepted before it, or from what the contract requires.

    `retyped` are ``name: before → after``.
    """

    dataset: str
    location: str
    breaking: bool
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    retyped: tuple[str, ...] = ()
    reordered: bool = False


@dataclass(frozen=True)
class DataAssetRejected(DomainEvent):
    dataset: str
    location: str
    reason: str


@dataclass(frozen=True)
class DataAssetSuperseded(DomainEvent):
    dataset: str
    location: str
    version_token: str


@dataclass(frozen=True)
class DataAssetRemoved(DomainEvent):
    dataset: str
    location: str


@dataclass(frozen=True)
class DataAssetErased(DomainEvent):
    """All that was known of what a data asset held is forgotten, also in its events; who keeps copies of them erases those."""

    dataset: str
    location: str


@dataclass(frozen=True)
class DataQualityUpdated(DomainEvent):
    """A data asset was scored; `previous` is its score before, None the first time."""

    dataset: str
    location: str
    status: str
    verdict: str
    value: float | None
    lower: float | None
    upper: float | None
    previous: float | None


@dataclass(frozen=True)
class DatasetRegistered(DomainEvent):
    contract_version: str


@dataclass(frozen=True)
class DatasetQualityUpdated(DomainEvent):
    """A dataset was scored; where the `plan_changed` since the score before, the two do not compare.

    Where the verdict is another than before (or the first), `reasons` are the first of its reasons, and `gained` are the points
    that each rule added to the score since: they sum to the difference, and are left out where the two do not compare.
    """

    verdict: str
    value: float | None
    lower: float | None
    previous: float | None
    accepted: int
    quarantined: int
    rejected: int
    plan_changed: bool = False
    previous_verdict: str | None = None
    reasons: tuple[str, ...] = ()
    gained: dict[str, float] = Field(default_factory=dict)


@dataclass(frozen=True)
class DatasetRetired(DomainEvent):
    """No contract declares the dataset any more; it may come back."""


@dataclass(frozen=True)
class DatasetRenamed(DomainEvent):
    """A contract calls the dataset by another name; its history goes on under the new one, which is `aggregate_id`."""

    previous: str
