"""What programs read of what lands, and of what waits."""

from pydantic import BaseModel

from data_management.application.services import LandingReport, run_of
from data_management.application.views import Pending


class LookDto(BaseModel):
    """What a look at a landing recorded: files that were new (of them: newer versions of known ones), known, gone, and those that
    may still be written. With an `error` there was no look.
    """

    dataset: str
    error: str | None = None
    new: int = 0
    newer: int = 0
    known: int = 0
    gone: int = 0
    still_changing: int = 0
    warning: str | None = None

    @classmethod
    def of(cls, dataset: str, report: LandingReport) -> "LookDto":
        return cls(
            dataset=dataset,
            new=report.new,
            newer=report.newer,
            known=report.known,
            gone=report.gone,
            still_changing=report.unsettled,
            warning=report.warning,
        )


class PendingDto(BaseModel):
    """What waits to be judged: `arrivals` that no run holds, files that an earlier contract judged (`outdated`: 100 mean 100 or more),
    whether the dataset's score is still to be made, and which runs hold files now.
    """

    dataset: str
    arrivals: int
    attempts: int
    outdated: int
    unscored: bool
    held_by: list[str]

    @classmethod
    def of(cls, dataset: str, pending: Pending) -> "PendingDto":
        return cls(
            dataset=dataset,
            arrivals=pending.arrivals.count,
            attempts=pending.arrivals.attempts,
            outdated=pending.outdated,
            unscored=pending.unscored,
            held_by=[run_of(holder) for holder in pending.holders],
        )


class RegisteredDto(BaseModel):
    """A dataset as the catalog has it now, or why its contract could not be used."""

    dataset: str
    contract: str | None = None
    contract_version: str | None = None
    rules: int | None = None
    error: str | None = None
