"""Whether a rule demands more or less than another. Every comparison turned around gives the reverse."""

import math
from collections.abc import Iterable
from typing import Any, Final

from data_management.domain.models import Expectation, Operator, Rule, Severity, Threshold
from data_management.domain.models.contract_changes import ContractChangeKind

STRICTER, LOOSER, CHANGED = ContractChangeKind.STRICTER, ContractChangeKind.LOOSER, ContractChangeKind.CHANGED

_LOWER_BOUNDS: Final = ("min_value", "strict_min")
_UPPER_BOUNDS: Final = ("max_value", "strict_max")
_FEWER_IS_STRICTER: Final = ("value_set", "type_list", "like_pattern_list")
_MORE_IS_STRICTER_IN: Final = ("not_be_in_set", "to_contain_set", "not_match", "columns_to_match_set")
_SEVERITIES: Final = (Severity.INFO, Severity.WARNING, Severity.CRITICAL)


def strictness(before: Rule, after: Rule) -> ContractChangeKind | None:
    """How `after` compares; None where both demand the same."""
    return _together(
        [
            _by(bool(after.expectations) - bool(before.expectations)),
            _by(_SEVERITIES.index(after.severity) - _SEVERITIES.index(before.severity)),
            _by_text(before.scope.value, after.scope.value),
            _of_expectations(before.expectations, after.expectations),
            _of_thresholds(before.threshold, after.threshold) if before.expectations and after.expectations else None,
        ]
    )


def _of_expectations(before: tuple[Expectation, ...], after: tuple[Expectation, ...]) -> ContractChangeKind | None:
    if not before or not after:
        return None
    if [each.type for each in before] != [each.type for each in after]:
        return CHANGED
    return _together(_of_arguments(old, new) for old, new in zip(before, after, strict=True))


def _of_arguments(before: Expectation, after: Expectation) -> ContractChangeKind | None:
    old, new = before.kwargs, after.kwargs
    names = {name for name in {*old, *new} if old.get(name) != new.get(name)}
    return _together(
        [
            _of_bounds(old, new, names, _LOWER_BOUNDS, sign=1),
            _of_bounds(old, new, names, _UPPER_BOUNDS, sign=-1),
            *(_of_argument(before.type, name, old.get(name), new.get(name)) for name in sorted(names)),
        ]
    )


def _of_bounds(
    old: dict[str, Any], new: dict[str, Any], differing: set[str], names: tuple[str, str], *, sign: int
) -> ContractChangeKind | None:
    """A bound and whether it is excluded, together: [0 is looser than (0, which is looser than [1."""
    if not differing & set(names):
        return None
    bound, strict = names
    first, second = old.get(bound), new.get(bound)
    if first is None or second is None:
        return _by((second is not None) - (first is not None))
    if first == second:
        return _by(bool(new.get(strict)) - bool(old.get(strict)))
    order = _compared(first, second)
    return CHANGED if order is None else _by(sign * order)


def _of_argument(type_: str, name: str, old: Any, new: Any) -> ContractChangeKind | None:
    if name in (*_LOWER_BOUNDS, *_UPPER_BOUNDS):
        return None  # judged together
    if name == "mostly":
        return _by(_compared(1 if old is None else old, 1 if new is None else new) or 0)
    if name == "or_equal":
        return _by(bool(old) - bool(new))
    if name == "strictly":
        return _by(bool(new) - bool(old))
    if name in _FEWER_IS_STRICTER and isinstance(old, list) and isinstance(new, list):
        return _of_lists(old, new, more_is_stricter=any(part in type_ for part in _MORE_IS_STRICTER_IN))
    return CHANGED


def _of_lists(old: list[Any], new: list[Any], *, more_is_stricter: bool) -> ContractChangeKind | None:
    lost, won = any(item not in new for item in old), any(item not in old for item in new)
    if lost and won:
        return CHANGED
    return _by((won - lost) if more_is_stricter else (lost - won))


def _of_thresholds(before: Threshold | None, after: Threshold | None) -> ContractChangeKind | None:
    """Without a threshold no unexpected row is borne, which is what 'must be 0' says."""
    if before == after:
        return None
    old, new = (each or Threshold(Operator.MUST_BE, (0.0,)) for each in (before, after))
    if old.unit != new.unit and not (_is_zero(old) or _is_zero(new)):
        return CHANGED
    first, second = _admitted(old), _admitted(new)
    if first is None or second is None:
        return None if (old.operator, old.bounds) == (new.operator, new.bounds) else CHANGED
    if first == second:
        return None
    if _within(second, first):
        return STRICTER
    return LOOSER if _within(first, second) else CHANGED


def _is_zero(threshold: Threshold) -> bool:
    return _admitted(threshold) == ((0.0, False), (0.0, False))


_End = tuple[float, bool]
"""A bound, and whether it is left out."""


def _admitted(threshold: Threshold) -> tuple[_End, _End] | None:
    """The counts that satisfy it, as an interval from 0; None where they are not one."""
    first, last = threshold.bounds[0], threshold.bounds[-1]
    match threshold.operator:
        case Operator.MUST_BE:
            return (first, False), (first, False)
        case Operator.MUST_BE_BETWEEN:
            return (max(first, 0.0), False), (last, False)
        case Operator.MUST_BE_GREATER_THAN:
            return (first, True), (math.inf, False)
        case Operator.MUST_BE_GREATER_OR_EQUAL_TO:
            return (max(first, 0.0), False), (math.inf, False)
        case Operator.MUST_BE_LESS_THAN:
            return (0.0, False), (first, True)
        case Operator.MUST_BE_LESS_OR_EQUAL_TO:
            return (0.0, False), (first, False)
        case _:
            return None


def _within(inner: tuple[_End, _End], outer: tuple[_End, _End]) -> bool:
    (low, low_open), (high, high_open) = inner
    (least, least_open), (most, most_open) = outer
    begins = low > least or (low == least and (low_open or not least_open))
    ends = high < most or (high == most and (high_open or not most_open))
    return begins and ends


def _compared(old: Any, new: Any) -> int | None:
    """1 where `new` is greater, -1 where it is less; None of what has no order."""
    try:
        return int(bool(new > old)) - int(bool(new < old))
    except TypeError:
        return None


def _by_text(before: str, after: str) -> ContractChangeKind | None:
    return None if before == after else CHANGED


def _by(change: int) -> ContractChangeKind | None:
    """More demanded where positive."""
    return None if change == 0 else STRICTER if change > 0 else LOOSER


def _together(found: Iterable[ContractChangeKind | None]) -> ContractChangeKind | None:
    kinds = {kind for kind in found if kind is not None}
    if not kinds:
        return None
    return kinds.pop() if len(kinds) == 1 else CHANGED
