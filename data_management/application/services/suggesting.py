"""A contract suggested by files: their profiles propose it, and the engine counts whether it holds."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from pydantic.dataclasses import dataclass

from data_management.application.ports import Changed, ExaminationRequest, Examined, QualityEngine, Unreadable
from data_management.domain.models import ColumnSpec, DataLocation, Examination, Rule, Suggestion
from data_management.domain.services import RuleSuggestionService


@dataclass(frozen=True)
class SuggestedContract:
    """`suggestion` is None where no file could be read; `rejected` are paths with reasons."""

    suggestion: Suggestion | None
    readings: tuple[dict[str, str | int | bool | None], ...] = ()
    """How each file was read."""
    rejected: tuple[tuple[str, str], ...] = ()
    unlike: bool = False
    """Whether the files have less than half of their columns in common, as those of several datasets."""


def suggest_contract(
    engine: QualityEngine,
    service: RuleSuggestionService,
    paths: Iterable[str],
    *,
    min_confidence: float,
    advance: Callable[[], None] = lambda: None,
) -> SuggestedContract:
    """Read every file twice: for what it holds, then by the rules that were made of it, as a run will read it.

    `advance` is called once per file and reading. Values stay in this process and in the suggestion.
    """
    rejected: dict[str, str] = {}
    seen = dict(_examined(engine, tuple(paths), rejected, advance, values=True))
    if not seen:
        return SuggestedContract(None, rejected=tuple(rejected.items()))
    suggestion = service.suggest(tuple(seen.values()), min_confidence=min_confidence)
    rules = tuple(suggested.rule for suggested in suggestion.rules)
    by_contract = dict(_examined(engine, tuple(seen), rejected, advance, rules=rules, columns=suggestion.specs))
    if not by_contract:
        return SuggestedContract(None, rejected=tuple(rejected.items()))
    return SuggestedContract(
        suggestion=service.measured(suggestion, tuple(by_contract.values())),
        readings=tuple(examination.reading for examination in seen.values()),
        rejected=tuple(rejected.items()),
        unlike=_unlike(tuple(seen.values())),
    )


def _unlike(examinations: Sequence[Examination]) -> bool:
    names = [frozenset(column.name for column in examination.columns) for examination in examinations]
    return 2 * len(frozenset.intersection(*names)) < len(frozenset.union(*names))


def _examined(
    engine: QualityEngine,
    paths: tuple[str, ...],
    rejected: dict[str, str],
    advance: Callable[[], None],
    *,
    rules: tuple[Rule, ...] = (),
    columns: tuple[ColumnSpec, ...] = (),
    values: bool = False,
) -> Iterator[tuple[str, Examination]]:
    requests = (
        ExaminationRequest(
            key=path, locations=(DataLocation.from_path(path),), rules=rules, columns=columns, values=values
        )
        for path in paths
    )
    for path, outcome in zip(paths, engine.examine(requests), strict=True):
        match outcome:
            case Examined(_, examination):
                yield path, examination
            case Unreadable(_, reason):
                rejected[path] = reason
            case Changed():
                rejected[path] = f"{path}: changed while it was read; suggest again"
        advance()
