"""The engine in this process, and a suggested contract run over files."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from data_management.application.ports import (
    ContractTerms,
    ExaminationOutcome,
    ExaminationRequest,
    Examined,
)
from data_management.application.services import SuggestedContract, suggest_contract, validate_files
from data_management.domain.models import Dataset, Suggestion, Verdict
from data_management.domain.services import DataValidationService, RuleSuggestionService
from data_management.infrastructure.contracts import OdcsContractReader, OdcsContractWriter
from data_management.infrastructure.quality.worker import examine_here


class DirectEngine:
    """Without workers: what is under test is the suggestion."""

    def examine(self, requests: Iterable[ExaminationRequest]) -> Iterator[ExaminationOutcome]:
        return (examine_here(request) for request in requests)

    def close(self) -> None:
        pass


def suggested(files: Sequence[Path], min_confidence: float = 0.95) -> Suggestion:
    found = contract_of(files, min_confidence)
    assert found.suggestion is not None, found.rejected
    return found.suggestion


def contract_of(files: Sequence[Path], min_confidence: float = 0.95) -> SuggestedContract:
    return suggest_contract(
        DirectEngine(), RuleSuggestionService(), [str(file) for file in files], min_confidence=min_confidence
    )


def read_back(suggestion: Suggestion, folder: Path) -> Dataset:
    """The dataset that our reader makes of the suggested contract; it must have no problem."""
    return read(OdcsContractWriter().suggested(suggestion, ContractTerms(name="suggested")), folder)


def read(text: str, folder: Path) -> Dataset:
    path = folder / "suggested.odcs.yaml"
    path.write_text(text, encoding="utf-8")
    reading = OdcsContractReader().read(path)
    assert not reading.problems, [str(problem) for problem in reading.problems]
    return reading.datasets[0]


def verdicts(dataset: Dataset, files: Sequence[Path]) -> list[Verdict | None]:
    validations = validate_files(DirectEngine(), DataValidationService(), [(str(file), dataset) for file in files])
    return [validation.assessment.verdict if validation.assessment else None for validation in validations]


def kept(suggestion: Suggestion, dataset: Dataset, files: Sequence[Path]) -> tuple[Counter[str], Counter[str]]:
    """How many active rules there are, and how many hold in all of `files`; by kind."""
    kinds = {suggestion_.rule.name: suggestion_.kind.value for suggestion_ in suggestion.active}
    engine = DirectEngine()
    failed: set[str] = set()
    from data_management.domain.models import DataLocation

    for file in files:
        request = ExaminationRequest(
            key="0", locations=(DataLocation.from_path(file),), rules=dataset.rules, columns=dataset.columns
        )
        (outcome,) = engine.examine([request])
        assert isinstance(outcome, Examined), outcome
        failed |= {check.rule for check in outcome.examination.checks if not check.success}
    assert {rule.name for rule in dataset.rules} == set(kinds)
    return Counter(kinds.values()), Counter(kind for name, kind in kinds.items() if name not in failed)
