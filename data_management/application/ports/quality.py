"""What reads data and runs rules on it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from pydantic.dataclasses import dataclass

from data_management.domain.models import (
    Classification,
    ColumnSpec,
    DataLocation,
    Dataset,
    Examination,
    ObjectStore,
    ReadOptions,
    Rule,
    RuleScope,
    VersionToken,
)


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
    native_results: bool = False
    """Whether each check carries the result as the engine's own library gives it."""
    known: tuple[Classification, ...] = ()
    """What columns of earlier files of the dataset were found to hold."""
    store: ObjectStore | None = None
    """How the buckets of its locations are reached."""
    scope: RuleScope = RuleScope.ASSET
    """`DATASET`: its locations are all there is of the dataset `key`, for which other limits hold than for one data asset."""
    values: bool = False
    """Whether the profile lists the values of every column that holds few and is not private: a person asks, of their own files."""

    @classmethod
    def of(
        cls,
        dataset: Dataset,
        key: str,
        locations: Sequence[DataLocation],
        *,
        scope: RuleScope = RuleScope.ASSET,
        version_tokens: Sequence[VersionToken] = (),
        known: tuple[Classification, ...] = (),
    ) -> "ExaminationRequest":
        """What the dataset's contract asks of these: the rules of this scope that can be run, and how files are read."""
        landing = dataset.landing
        return cls(
            key=key,
            locations=tuple(locations),
            rules=(
                dataset.asset_rules
                if scope is RuleScope.ASSET
                else tuple(r for r in dataset.dataset_rules if r.expectations)
            ),
            columns=dataset.columns,
            options=landing.options if landing else ReadOptions(),
            version_tokens=tuple(version_tokens),
            samples=dataset.samples,
            known=known,
            store=landing.store if landing else None,
            scope=scope,
        )

    @property
    def shown(self) -> str:
        """What it is called in messages."""
        if self.scope is RuleScope.DATASET:
            return f"dataset {self.key!r}, all {len(self.locations)} file(s) of it together,"
        names = [repr(location.name) for location in self.locations]
        return names[0] if len(names) == 1 else f"the {len(names)} files together"


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
