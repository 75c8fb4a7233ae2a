"""Commands about quality: what data assets and datasets are judged to be."""

from pydantic.dataclasses import dataclass

from data_management.application.commands.base import Command
from data_management.application.ports import FoundFile
from data_management.domain.models import (
    Check,
    DataCatalogEntry,
    DataLocation,
    Dataset,
    DatasetScore,
    Examination,
    RuleTotals,
)
from data_management.domain.services import DatasetAssessment


@dataclass(frozen=True)
class UpdateDataQualityCommand(Command[DataCatalogEntry]):
    """Assess a registered data asset by the dataset's rules and policy: accepted or quarantined. With a `holder`, only while that one holds it."""

    asset_id: str
    dataset: Dataset
    checks: tuple[Check, ...]
    request_key: str
    holder: str | None = None


@dataclass(frozen=True)
class JudgeDataAssetCommand(Command[DataCatalogEntry]):
    """Record what reading a data asset yielded and assess it, or why it cannot be read: all or nothing. With a `holder`, only while that one holds it."""

    asset_id: str
    dataset: Dataset
    read: Examination | str
    """Or why it cannot be read."""
    request_key: str
    holder: str | None = None


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
