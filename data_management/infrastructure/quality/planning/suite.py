"""The plans of all rules on one schema, made once and used for every file that has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from data_management.domain.models import ColumnSpec, Expectation
from data_management.infrastructure.quality.planning.plan import Planned, Unplanned, Unrunnable, planned
from data_management.infrastructure.quality.planning.typing import Typing, typed
from data_management.infrastructure.quality.planning.values import Kind, Operand
from data_management.infrastructure.quality.sources import RawColumn

_MOST_SUITES = 256


@dataclass(frozen=True)
class Schema:
    """What decides how columns are judged: those of the source, the contract's, and guesses of types where there are none."""

    raw: tuple[RawColumn, ...]
    specs: tuple[ColumnSpec, ...]
    guesses: tuple[tuple[str, str], ...]
    textual: bool


@dataclass(frozen=True)
class Suite:
    """`plans` in the order of the expectations; `aggregates` is all that they, the typing's doubts and the row count ask of the scan."""

    typing: Typing
    plans: tuple[Planned | Unplanned | Unrunnable, ...]
    aggregates: tuple[str, ...]


COUNT = "count(*)"


@lru_cache(maxsize=_MOST_SUITES)
def suite_of(expectations: tuple[Expectation, ...], schema: Schema, *, details: bool, casts: bool) -> Suite:
    """`casts` asks how many values there are before and after each cast, and where NaN may have been."""
    typing = typed(schema.raw, schema.specs, dict(schema.guesses), textual=schema.textual)
    plans = tuple(planned(one.type, one.kwargs, typing.columns, details=details) for one in expectations)
    counted: list[str] = []
    for column in typing.columns.values() if casts else ():
        if column.is_cast or column.raw.kind is Kind.FLOAT:
            counted += [filled(column.raw), filled(column.typed)]
    return Suite(typing=typing, plans=plans, aggregates=(COUNT, *typing.doubts.values(), *counted, *_aggregates(plans)))


def filled(operand: Operand) -> str:
    """The aggregate that counts an operand's values."""
    return f"count({operand.sql})"


def _aggregates(plans: Sequence[Planned | Unplanned | Unrunnable]) -> list[str]:
    return [
        sql for plan in plans if isinstance(plan, Planned) for slot in plan.slots.values() for sql in slot.aggregates
    ]
