"""Validation of files by hand: no catalog, no Dagster."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pydantic.dataclasses import dataclass

from data_management.application.ports import Changed, ExaminationRequest, Examined, QualityEngine, Unreadable
from data_management.domain.models import DataLocation, Dataset, Examination, ScorePolicy
from data_management.domain.services import Assessment, DataValidationService


@dataclass(frozen=True)
class FileValidation:
    """One path's outcome. Rejected where `reason` is set; without a dataset the assessment has no rules and no score."""

    path: str
    reason: str | None = None
    examination: Examination | None = None
    assessment: Assessment | None = None


def validate_files(
    engine: QualityEngine,
    validation: DataValidationService,
    files: Iterable[tuple[str, Dataset | None]],
    *,
    samples: int | None = None,
    native_results: bool = False,
) -> Iterator[FileValidation]:
    """Validate local files, each by its dataset's rules (None: read only); one result per file, in order, as they come.

    Rules of dataset scope need all files of a dataset together and are not run here. `samples` overrules how many failing values
    the dataset lets be shown.
    """
    waiting: list[tuple[str, Dataset | None]] = []

    def requests() -> Iterator[ExaminationRequest]:
        for number, (path, dataset) in enumerate(files):
            waiting.append((path, dataset))
            yield _request(str(number), path, dataset, samples, native_results=native_results)

    for number, outcome in enumerate(engine.examine(requests())):
        path, dataset = waiting[number]
        match outcome:
            case Examined(_, examination):
                rules, policy = (dataset.asset_rules, dataset.policy) if dataset else ((), ScorePolicy())
                assessment = validation.assess(rules, examination.checks, examination.row_count, policy)
                yield FileValidation(path=path, examination=examination, assessment=assessment)
            case Unreadable(_, reason):
                yield FileValidation(path=path, reason=reason)
            case Changed():
                yield FileValidation(path=path, reason=f"{path}: changed while it was read; validate it again")


def _request(
    key: str, path: str, dataset: Dataset | None, samples: int | None, *, native_results: bool
) -> ExaminationRequest:
    location = DataLocation.from_path(path)
    if dataset is None:
        return ExaminationRequest(key, (location,), samples=samples or 0, native_results=native_results)
    request = replace(ExaminationRequest.of(dataset, key, [location]), native_results=native_results)
    return request if samples is None else replace(request, samples=samples)
