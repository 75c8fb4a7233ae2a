"""The data asset, its life, and the catalog entry that holds it."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import Field
from pydantic.dataclasses import dataclass

from data_management.domain.events import (
    DataAssetArrived,
    DataAssetErased,
    DataAssetRegistered,
    DataAssetRejected,
    DataAssetRemoved,
    DataAssetSuperseded,
    DataQualityUpdated,
    DomainEvent,
    SchemaChanged,
)
from data_management.domain.models.checks import Column, Examination, ReadingNote
from data_management.domain.models.classifications import Classification
from data_management.domain.models.drift import ChangeKind, SchemaChange
from data_management.domain.models.locations import DataLocation, VersionToken
from data_management.domain.models.profiles import ColumnProfile
from data_management.domain.models.scores import DataQualityScore, Verdict
from data_management.domain.models.trusted import trusted
from data_management.errors import Conflict

SCHEMA_NOTE: Final = "schema"
BREAKING_SCHEMA_NOTE: Final = "schema-breaking"
"""The code of notes that say how columns differ from before."""


class AssetStatus(StrEnum):
    """``arrived → registered → accepted | quarantined``, or ``rejected``; then ``superseded`` or ``removed``."""

    ARRIVED = "arrived"
    REGISTERED = "registered"
    ACCEPTED = "accepted"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    REMOVED = "removed"

    @property
    def is_current(self) -> bool:
        """Whether this is the version that stands at its location now."""
        return self not in (AssetStatus.SUPERSEDED, AssetStatus.REMOVED)

    @property
    def is_judged(self) -> bool:
        """Whether it was read and scored, and still stands."""
        return self in (AssetStatus.ACCEPTED, AssetStatus.QUARANTINED)


@dataclass(frozen=True)
class DataAsset:
    """One version of one file, object or table of a dataset. Compared by id."""

    id: str
    dataset: str
    location: DataLocation
    version_token: VersionToken
    arrived_at: datetime
    status: AssetStatus = AssetStatus.ARRIVED
    reason: str | None = None
    size_bytes: int | None = None
    content_sha256: str | None = None
    erased_at: datetime | None = None
    erased_by: str | None = None

    @classmethod
    def arrived(
        cls,
        key: str,
        dataset: str,
        location: DataLocation,
        version_token: VersionToken,
        at: datetime,
        size_bytes: int | None = None,
    ) -> "DataAsset":
        """It was seen; `key` is its id."""
        return trusted(
            cls,
            id=key,
            dataset=dataset,
            location=location,
            version_token=version_token,
            arrived_at=at,
            size_bytes=size_bytes,
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DataAsset) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)


@dataclass(frozen=True)
class DataCatalogEntry:
    """Aggregate root: a data asset with its schema, profile and current score.

    A change returns the new entry, with the events that it caused. `version` is the stored one (0: not stored
    yet); a repository raises it on saving and hands back the entry without its events.
    """

    asset: DataAsset
    columns: tuple[Column, ...] | None = None
    row_count: int | None = None
    profile: tuple[ColumnProfile, ...] = ()
    notes: tuple[ReadingNote, ...] = ()
    reading: dict[str, str | int | bool | None] = Field(default_factory=dict)
    classifications: tuple[Classification, ...] = ()
    score: DataQualityScore | None = None
    verdict: Verdict | None = None
    version: int = 0
    events: tuple[DomainEvent, ...] = ()

    @classmethod
    def arrived(cls, asset: DataAsset) -> "DataCatalogEntry":
        event = trusted(
            DataAssetArrived,
            aggregate_id=asset.id,
            dataset=asset.dataset,
            location=asset.location.uri,
            version_token=asset.version_token.value,
        )
        return trusted(cls, asset=asset, reading={}, events=(event,))

    def arrived_again(self) -> "DataCatalogEntry":
        """It could not be read, and shall be tried once more: the contract says another way to read it."""
        if self.status is not AssetStatus.REJECTED:
            raise Conflict(f"data asset {self.asset.location} is {self.status}; only a rejected one arrives again")
        event = DataAssetArrived(
            aggregate_id=self.id,
            dataset=self.asset.dataset,
            location=self.asset.location.uri,
            version_token=self.asset.version_token.value,
        )
        return replace(self._with_status(AssetStatus.ARRIVED, None, event), verdict=None)

    def stored(self) -> "DataCatalogEntry":
        """As it is once it is saved: its version raised by one, its events gone. Nothing of it needs to be checked again."""
        stored = object.__new__(DataCatalogEntry)
        vars(stored).update(vars(self))
        vars(stored).update(version=self.version + 1, events=())
        return stored

    @property
    def id(self) -> str:
        return self.asset.id

    @property
    def status(self) -> AssetStatus:
        return self.asset.status

    def registered(self, examination: Examination, changes: tuple[SchemaChange, ...] = ()) -> "DataCatalogEntry":
        """It could be read: schema, row count and profile are known; `changes` are those of its columns, if any.

        What was noted of its columns when it arrived stays noted.
        """
        self._must_be_current("registered")
        event = DataAssetRegistered(
            aggregate_id=self.id,
            dataset=self.asset.dataset,
            location=self.asset.location.uri,
            row_count=examination.row_count,
        )
        noted = tuple(
            ReadingNote(code=BREAKING_SCHEMA_NOTE if change.breaking else SCHEMA_NOTE, message=str(change))
            for change in changes
        )
        registered = self._with_status(AssetStatus.REGISTERED, None, event)
        if changes:
            registered = replace(registered, events=(*registered.events, self._changed(changes)))
        return replace(
            registered,
            asset=replace(
                self.asset,
                status=AssetStatus.REGISTERED,
                reason=None,
                content_sha256=examination.content_sha256 or self.asset.content_sha256,
            ),
            columns=examination.columns,
            row_count=examination.row_count,
            profile=examination.profile,
            reading=examination.reading,
            notes=(*examination.notes, *(noted or self.schema_notes)),
            classifications=examination.classifications,
        )

    @property
    def schema_notes(self) -> tuple[ReadingNote, ...]:
        """How its columns differed when it arrived."""
        return tuple(note for note in self.notes if note.code in (SCHEMA_NOTE, BREAKING_SCHEMA_NOTE))

    @property
    def has_breaking_changes(self) -> bool:
        """Whether one of them is felt by who reads the columns by name and type."""
        return any(note.code == BREAKING_SCHEMA_NOTE for note in self.notes)

    def _changed(self, changes: tuple[SchemaChange, ...]) -> SchemaChanged:
        def names(kind: ChangeKind) -> tuple[str, ...]:
            return tuple(change.column or "" for change in changes if change.kind is kind)

        return SchemaChanged(
            aggregate_id=self.id,
            dataset=self.asset.dataset,
            location=self.asset.location.uri,
            breaking=any(change.breaking for change in changes),
            added=names(ChangeKind.ADDED),
            removed=names(ChangeKind.REMOVED),
            retyped=tuple(f"{c.column}: {c.before} → {c.after}" for c in changes if c.kind is ChangeKind.RETYPED),
            reordered=any(change.kind is ChangeKind.REORDERED for change in changes),
        )

    def scored(self, score: DataQualityScore, verdict: Verdict, reason: str | None = None) -> "DataCatalogEntry":
        """It was assessed: accepted, or quarantined with a `reason` where the verdict is fail."""
        if self.status not in (AssetStatus.REGISTERED, AssetStatus.ACCEPTED, AssetStatus.QUARANTINED):
            raise Conflict(f"data asset {self.asset.location} is {self.status}; only a registered one can be scored")
        status = AssetStatus.QUARANTINED if verdict is Verdict.FAIL else AssetStatus.ACCEPTED
        event = DataQualityUpdated(
            aggregate_id=self.id,
            dataset=self.asset.dataset,
            location=self.asset.location.uri,
            status=status,
            verdict=verdict,
            value=score.value,
            lower=score.lower,
            upper=score.upper,
            previous=self.score.value if self.score else None,
        )
        return replace(
            self._with_status(status, reason if verdict is Verdict.FAIL else None, event), score=score, verdict=verdict
        )

    def rejected(self, reason: str) -> "DataCatalogEntry":
        """It cannot be read."""
        self._must_be_current("rejected")
        event = DataAssetRejected(
            aggregate_id=self.id, dataset=self.asset.dataset, location=self.asset.location.uri, reason=reason
        )
        return replace(self._with_status(AssetStatus.REJECTED, reason, event), score=None, verdict=Verdict.FAIL)

    def superseded(self) -> "DataCatalogEntry":
        """A newer version stands at its location."""
        self._must_be_current("superseded")
        event = DataAssetSuperseded(
            aggregate_id=self.id,
            dataset=self.asset.dataset,
            location=self.asset.location.uri,
            version_token=self.asset.version_token.value,
        )
        return self._with_status(AssetStatus.SUPERSEDED, self.asset.reason, event)

    def removed(self) -> "DataCatalogEntry":
        """Nothing stands at its location any more."""
        self._must_be_current("removed")
        event = DataAssetRemoved(aggregate_id=self.id, dataset=self.asset.dataset, location=self.asset.location.uri)
        return self._with_status(AssetStatus.REMOVED, self.asset.reason, event)

    @property
    def is_erased(self) -> bool:
        return self.asset.erased_at is not None

    @property
    def is_nameless(self) -> bool:
        """Whether its name was erased too."""
        return self.is_erased and self.asset.location == self.asset.location.beside(f"erased-{self.id}")

    def erased(self, by: str, at: datetime, *, with_name: bool = False) -> "DataCatalogEntry":
        """A tombstone: that something stood there and how it scored, but nothing that it held. Where it was current, it is removed.

        With `with_name`, its location ends in its id instead. Who erased it first, and when, stays.
        """
        asset = self.asset
        location = asset.location.beside(f"erased-{self.id}") if with_name else asset.location
        event = DataAssetErased(aggregate_id=self.id, dataset=asset.dataset, location=location.uri)
        return replace(
            self,
            asset=replace(
                asset,
                location=location,
                status=AssetStatus.REMOVED if self.status.is_current else self.status,
                reason=None,
                content_sha256=None,
                erased_at=asset.erased_at or at,
                erased_by=asset.erased_by or by,
            ),
            columns=None,
            profile=(),
            notes=(),
            reading={},
            classifications=(),
            events=(*self.events, event),
        )

    def _with_status(self, status: AssetStatus, reason: str | None, event: DomainEvent) -> "DataCatalogEntry":
        return replace(self, asset=replace(self.asset, status=status, reason=reason), events=(*self.events, event))

    def _must_be_current(self, becoming: str) -> None:
        if not self.status.is_current:
            raise Conflict(
                f"data asset {self.asset.location} is {self.status} and cannot be {becoming}; "
                "a newer version of it, or none, stands there now"
            )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DataCatalogEntry) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)
