"""The Dataset: what a contract's schema object declares."""

from datetime import datetime
from enum import StrEnum
from functools import cached_property
from pathlib import PurePath
from urllib.parse import unquote

from pydantic.dataclasses import dataclass

from data_management.domain.models.canonical import canonical_hash, declared
from data_management.domain.models.landings import NewObjects, ObjectStore
from data_management.domain.models.locations import DataLocation
from data_management.domain.models.rules import Dimension, Rule, RuleScope
from data_management.domain.models.scores import QualityGate
from data_management.domain.models.service_levels import ServiceLevels
from data_management.domain.models.windows import TimeWindow

_PLAN_FORMAT = 1
"""Of what `Dataset.plan_hash` hashes. Raising it has every file of every catalog judged again."""


class FileFormat(StrEnum):
    CSV = "csv"
    PARQUET = "parquet"
    JSONL = "jsonl"
    JSON = "json"
    """One array of objects, or JSON lines: the content decides."""
    ARROW = "arrow"
    EXCEL = "excel"

    @classmethod
    def of_name(cls, name: str) -> "FileFormat | None":
        """The format that a file name's ending says; ``.gz`` and ``.zst`` are looked through. None for an ending we do not read."""
        path = PurePath(name.lower())
        suffix = PurePath(path.stem).suffix if path.suffix in (".gz", ".zst") else path.suffix
        return _ENDINGS.get(suffix)

    def agrees_with(self, other: "FileFormat | None") -> bool:
        """Whether a file may be called both: JSON lines are JSON too."""
        return other is None or self is other or {self, other} == {FileFormat.JSON, FileFormat.JSONL}


_ENDINGS = {
    ".csv": FileFormat.CSV,
    ".tsv": FileFormat.CSV,
    ".parquet": FileFormat.PARQUET,
    ".pq": FileFormat.PARQUET,
    ".jsonl": FileFormat.JSONL,
    ".ndjson": FileFormat.JSONL,
    ".json": FileFormat.JSON,
    ".arrow": FileFormat.ARROW,
    ".arrows": FileFormat.ARROW,
    ".ipc": FileFormat.ARROW,
    ".feather": FileFormat.ARROW,
    ".xlsx": FileFormat.EXCEL,
    ".xlsm": FileFormat.EXCEL,
    ".xlsb": FileFormat.EXCEL,
    ".xls": FileFormat.EXCEL,
    ".ods": FileFormat.EXCEL,
}


class OnFail(StrEnum):
    """What becomes of a data asset whose verdict is fail, and of its dataset."""

    QUARANTINE = "quarantine"
    BLOCK = "block"


class BadRows(StrEnum):
    """What becomes of a file with rows that cannot be read, or are not as wide as its header."""

    REJECT = "reject"
    """It is rejected, with the first such line as the reason."""
    COUNT = "count"
    """Short rows are filled up with missing values; the others are left out and counted, with their lines."""


@dataclass(frozen=True)
class ReadOptions:
    """How files are to be read; None where the reader decides by what it finds."""

    format: FileFormat | None = None
    delimiter: str | None = None
    encoding: str | None = None
    header: bool | None = None
    """Whether the first row of a CSV file names its columns."""
    bad_rows: BadRows = BadRows.REJECT
    max_bad_rows: int | None = None
    """Where they are counted: with more of them than this a file is rejected all the same."""
    sheet: str | None = None
    """Of a workbook; None for its first."""


@dataclass(frozen=True)
class Landing:
    """Where a dataset's files land: an absolute glob pattern below a folder that holds no wildcard."""

    root: DataLocation
    pattern: str
    """Relative to `root`, with ``/``; ``*`` and ``?`` stay within one folder, ``**`` crosses folders. With a slash at its end
    it matches folders, each of which is one data asset."""
    options: ReadOptions = ReadOptions()
    marker: str | None = None
    """A file that such a folder must hold before it counts (``_SUCCESS``): who writes the folder writes it last."""
    store: ObjectStore | None = None
    """How its bucket is reached; None for a local folder."""
    new_objects: NewObjects | None = None
    """None where each look is at all of it."""
    time_window: TimeWindow | None = None
    """None where names tell no time."""

    @property
    def is_of_folders(self) -> bool:
        return self.pattern.endswith("/")

    @property
    def uri(self) -> str:
        """Root and pattern together, for people."""
        return f"{self.root.uri.rstrip('/')}/{self.pattern}"

    def window_of(self, uri: str) -> datetime | None:
        """The start of the time window (naive) that the name of the file at `uri` tells; None where it tells none."""
        if self.time_window is None:
            return None
        return self.time_window.window_of(unquote(uri.removeprefix(self.root.uri), errors="replace"))


@dataclass(frozen=True)
class ColumnSpec:
    """A column as the contract states it."""

    name: str
    logical_type: str | None = None
    required: bool = False
    description: str = ""
    classification: str | None = None
    date_format: str | None = None
    """A `strptime` format, for dates and timestamps that are not ISO 8601."""
    sources: tuple[str, ...] = ()
    """Columns of other objects that it is made from, each as ``object.column``."""

    @property
    def is_private(self) -> bool:
        """Whether the contract classifies it as more than public or internal."""
        return self.classification is not None and self.classification.strip().lower() not in ("", "public", "internal")


@dataclass(frozen=True)
class ScorePolicy:
    """How checks become a score and a verdict, as the contract says."""

    dimension_weights: tuple[tuple[Dimension, float], ...] = ()
    """Weights of dimensions that differ from 1."""
    gate: QualityGate = QualityGate()
    on_fail: OnFail = OnFail.QUARANTINE
    max_quarantined: int | None = None
    """How many quarantined and rejected files the dataset bears before its verdict is fail; None: any number, as long as
    one is accepted."""

    def weight_of(self, dimension: Dimension) -> float:
        return dict(self.dimension_weights).get(dimension, 1.0)


class Revalidate(StrEnum):
    """Which files a changed contract is judged by again."""

    NEW = "new"
    """None: what was judged stays as it is, and only what arrives meets the new rules."""
    CURRENT = "current"
    """The current ones, where anything changed that decides a score; those that could not be read are tried again."""
    ALL = "all"
    """The current ones at every new version of the contract, also where no rule changed."""


@dataclass(frozen=True)
class Revalidation:
    """Which files are judged again when the contract changes, and how much of that one run does; the next goes on."""

    of: Revalidate = Revalidate.CURRENT
    most_files: int | None = None
    most_seconds: float | None = None


@dataclass(frozen=True)
class Dataset:
    """A named collection of files with rules. Compared by name, which is unique in a catalog."""

    name: str
    contract_id: str
    contract_version: str
    landing: Landing | None = None
    columns: tuple[ColumnSpec, ...] = ()
    rules: tuple[Rule, ...] = ()
    policy: ScorePolicy = ScorePolicy()
    description: str = ""
    owners: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    domain: str | None = None
    source: str | None = None
    """The contract's file, for messages."""
    samples: int = 0
    """How many failing values a check may show, of columns that are not classified."""
    revalidation: Revalidation = Revalidation()
    object_id: str | None = None
    """The stable id of the schema object: with the contract's it names the dataset for good, whatever its name becomes."""
    service_levels: ServiceLevels = ServiceLevels()
    physical_name: str | None = None
    """What the table is called where it is stored (``schema.table``), if the contract says so."""
    storage: str | None = None
    """The type of the contract's servers (``postgres``, ``s3`` …), where they are all of one."""

    def rules_of(self, *names: str) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if rule.name in names)

    @property
    def asset_rules(self) -> tuple[Rule, ...]:
        """Those that are run on each data asset by itself."""
        return tuple(rule for rule in self.rules if rule.scope is RuleScope.ASSET)

    @property
    def dataset_rules(self) -> tuple[Rule, ...]:
        """Those that are run on all accepted data assets together."""
        return tuple(rule for rule in self.rules if rule.scope is RuleScope.DATASET)

    @cached_property
    def plan_hash(self) -> str:
        """SHA-256 (hex) of all that decides a score: rules, weights, gates, and how files and columns are read.

        Where every version of the contract shall judge all files, the version is part of it.
        """
        by_version = self.revalidation.of is Revalidate.ALL
        return canonical_hash(
            {
                "plan": _PLAN_FORMAT,
                "rules": {rule.name: rule.definition_hash for rule in self.rules},
                "columns": [[column.name, column.logical_type, column.date_format] for column in self.columns],
                "reading": declared(self.landing.options) if self.landing else None,
                "policy": declared(self.policy),
                **({"version": self.contract_version} if by_version else {}),
            }
        )

    @property
    def judges_again(self) -> bool:
        """Whether files that another plan judged shall be judged by this one."""
        return self.revalidation.of is not Revalidate.NEW

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dataset) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)
