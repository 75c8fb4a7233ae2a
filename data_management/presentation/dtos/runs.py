"""What programs read of a run."""

from pydantic import BaseModel

from data_management.application.services import BatchReport, FileOutcome, Reconciliation
from data_management.application.views import ScorePoint
from data_management.presentation.dtos import ScoreDto


class OutcomeDto(BaseModel):
    """What became of a file; `schema_changes` say how the columns of a new one differ from those of the one accepted before."""

    location: str
    status: str
    reason: str | None
    rows: int | None
    score: float | None
    schema_changes: list[str]

    @classmethod
    def of(cls, outcome: FileOutcome) -> "OutcomeDto":
        return cls(
            location=outcome.location,
            status=outcome.status.value,
            reason=outcome.reason,
            rows=outcome.row_count,
            score=outcome.score,
            schema_changes=list(outcome.schema_changes),
        )


class RunDto(BaseModel):
    """One dataset's part of ``data-management run``.

    `verdict` and `score` are those that stand now, None where nothing was ever judged; `warning` says why there may be nothing.
    With an `error` the dataset was not run: its contract is broken, or a component `unavailable`.
    """

    dataset: str
    error: str | None = None
    unavailable: bool = False
    warning: str | None = None
    arrived: int = 0
    removed: int = 0
    waiting: int = 0
    outdated: int = 0
    """Files that an earlier contract judged and that the next run judges again: this one's budget is spent. 100 mean 100 or more."""
    judged: list[OutcomeDto] = []
    verdict: str | None = None
    score: ScoreDto | None = None

    @classmethod
    def of(
        cls, seen: Reconciliation, report: BatchReport, standing: ScorePoint | None, warning: str | None
    ) -> "RunDto":
        return cls(
            dataset=seen.dataset,
            warning=warning,
            arrived=seen.arrived,
            removed=seen.removed,
            waiting=seen.unsettled + report.deferred,
            outdated=report.outdated,
            judged=[OutcomeDto.of(outcome) for outcome in report.outcomes],
            verdict=standing.verdict.value if standing else None,
            score=ScoreDto.of(standing.score) if standing else None,
        )
