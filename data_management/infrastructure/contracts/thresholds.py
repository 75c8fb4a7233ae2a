"""The comparison operators of library metrics."""

import math
from typing import Any

import open_data_contract_standard.model as odcs

from data_management.domain.models import Operator, Threshold, Unit
from data_management.infrastructure.contracts.custom_properties import number
from data_management.infrastructure.contracts.problems import Place, quoted

_TWO = (Operator.MUST_BE_BETWEEN, Operator.MUST_NOT_BE_BETWEEN)


def operators_of(place: Place) -> list[Operator]:
    """Those that an entry of `quality` gives, also where their values cannot be used."""
    node = place.node
    return [operator for operator in Operator if node is not None and operator.value in node.children]


def threshold_of(place: Place, entry: odcs.DataQuality, metric: str, *, percent: bool = True) -> Threshold | None:
    """What the entry's one operator demands; None where a problem was reported. Without `percent`, only rows will do."""
    given = operators_of(place)
    if not given:
        fix = "add an operator, for instance 'mustBeGreaterThan: 0'"
        if metric != "rowCount":
            fix = "add an operator: 'mustBe: 0' where there must be none, else for instance 'mustBeLessThan: 5'"
        place.wrong(f"the metric {metric} has nothing to be compared with", fix)
        return None
    if len(given) > 1:
        names = ", ".join(given)
        place.wrong(f"it has {len(given)} operators ({names})", "keep one, or write an entry for each")
        return None
    unit = _unit(place.at("unit"), entry.unit, metric, percent=percent)
    bounds = _bounds(place.at(given[0].value), given[0], getattr(entry, given[0].value))
    if unit is None or bounds is None:
        return None
    return Threshold(operator=given[0], bounds=bounds, unit=unit)


def _unit(place: Place, unit: str | None, metric: str, *, percent: bool) -> Unit | None:
    found = {None: Unit.ROWS, "rows": Unit.ROWS, "percent": Unit.PERCENT}.get(unit.strip().lower() if unit else None)
    if found is None:
        place.wrong(f"the unit {quoted(unit)} is not known", "use 'rows' (the default) or 'percent'")
    elif found is Unit.PERCENT and not percent:
        place.wrong(
            f"{metric} is no share of rows, so it has no percent", "remove the unit, and compare with a number of rows"
        )
        return None
    return found


def _bounds(place: Place, operator: Operator, given: Any) -> tuple[float, ...] | None:
    node = place.node  # the library's model makes numbers of booleans
    raw = given if node is None else node.value
    if operator not in _TWO:
        bound = number(raw)
        if bound is None:
            place.wrong(f"{operator} {quoted(raw)} is not a number", f"write a number: '{operator}: 0'")
            return None
        return (bound,)
    bounds = [number(bound) for bound in raw] if isinstance(raw, list) else []
    first, last = (
        [math.nan if bound is None else bound for bound in bounds] if len(bounds) == len(_TWO) else (math.nan, math.nan)
    )
    if not first <= last:
        problem = f"{operator} {quoted(raw)} is not a pair of numbers, the smaller one first"
        place.wrong(problem, f"write for instance '{operator}: [0, 5]'")
        return None
    return (first, last)
