"""Whether two results of one expectation say the same, and where they do not.

Numbers agree within one part in 10⁹, or within 10⁻¹² of the largest value in the columns where terms cancel. Text that is
the same moment agrees however it is written, and so do the kinds of "missing". Lists whose order GX takes from a hash,
or from the rows, agree as multisets.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from numbers import Number
from typing import Any

import numpy as np
import pandas as pd

from data_management_tests.integration.differential.reference import Result, error_of

_RELATIVE = 1e-9
_OF_SCALE = 1e-12
_LISTED = 20
_FIGURES = (
    "element_count",
    "unexpected_count",
    "missing_count",
    "unexpected_percent",
    "missing_percent",
    "unexpected_percent_total",
    "unexpected_percent_nonmissing",
    "observed_value",
    "details",
)
_LISTS = {"partial_unexpected_list": "unexpected_count", "partial_missing_list": "missing_count"}
"""Each by the count that says whether it holds all there are."""
_ABSENT = object()


class Verdict(StrEnum):
    AGREED = "agreed"
    BOTH_ERRED = "both erred"
    WE_CAN = "we can"
    WE_CANNOT = "we cannot"
    DIFFERS = "differs"


@dataclass(frozen=True)
class Difference:
    """One place in the result: what GX says there, and what we say."""

    where: str
    theirs: Any
    ours: Any

    def __str__(self) -> str:
        return f"{self.where}: GX {self.theirs!r}, ours {self.ours!r}"


@dataclass(frozen=True)
class Comparison:
    verdict: Verdict
    differences: tuple[Difference, ...] = ()

    @property
    def where(self) -> tuple[str, ...]:
        return tuple(sorted(difference.where for difference in self.differences))


def compared(theirs: Result, ours: Result, scale: float = 0.0) -> Comparison:
    """`scale` is the largest magnitude in the columns."""
    their_error, our_error = error_of(theirs), error_of(ours)
    if their_error or our_error:
        verdict = (
            Verdict.BOTH_ERRED if their_error and our_error else Verdict.WE_CAN if their_error else Verdict.WE_CANNOT
        )
        wrong = (Difference("error", their_error, our_error),) if verdict is not Verdict.BOTH_ERRED else ()
        return Comparison(verdict, wrong)
    found = tuple(_differences(theirs, ours, scale))
    return Comparison(Verdict.DIFFERS if found else Verdict.AGREED, found)


def _differences(theirs: Result, ours: Result, scale: float) -> list[Difference]:
    found = []
    if bool(theirs["success"]) is not bool(ours["success"]):
        found.append(Difference("success", bool(theirs["success"]), bool(ours["success"])))
    their_result, our_result = theirs.get("result") or {}, ours.get("result") or {}
    for key in _FIGURES:
        one, other = their_result.get(key, _ABSENT), our_result.get(key, _ABSENT)
        if not _same_figure(key, one, other, scale):
            found.append(Difference(key, _shown(one), _shown(other)))
    for key, count in _LISTS.items():
        one, other = their_result.get(key, _ABSENT), our_result.get(key, _ABSENT)
        if not _same_list(one, other, their_result.get(count), scale):
            found.append(Difference(key, _shown(one), _shown(other)))
    return found


def _shown(value: Any) -> Any:
    return "nothing" if value is _ABSENT else value


def _same_figure(key: str, one: Any, other: Any, scale: float) -> bool:
    if one is _ABSENT or other is _ABSENT:
        return one is other
    if key == "observed_value" and isinstance(one, list) and isinstance(other, list):
        return same(one, other, scale) or (_unordered(one) and same_multiset(one, other, scale))
    if key == "details" and _partitions(one) and _partitions(other):
        return all(same(_by_value(one[name]), _by_value(other[name]), scale) for name in one)
    return same(one, other, scale)


def _unordered(values: Sequence[Any]) -> bool:
    """Modes of values that do not compare come in the order of a hash; those that do are sorted."""
    try:
        sorted(values)
    except TypeError:
        return True
    return False


def _partitions(details: Any) -> bool:
    return isinstance(details, dict) and set(details) == {"observed_partition", "expected_partition"}


def _by_value(partition: Mapping[str, Any]) -> Any:
    """The weights of a categorical partition by value: GX lists the values in the order of an index's union."""
    if "values" not in partition:
        return partition
    return {
        repr(_plain(value)): weight for value, weight in zip(partition["values"], partition["weights"], strict=True)
    }


def _same_list(one: Any, other: Any, count: Any, scale: float) -> bool:
    if one is _ABSENT or other is _ABSENT:
        return one is other
    if isinstance(count, int) and count > _LISTED:
        return len(one) == len(other)
    return same_multiset(one, other, scale)


def same_multiset(one: Sequence[Any], other: Sequence[Any], scale: float = 0.0) -> bool:
    if len(one) != len(other):
        return False
    left = list(other)
    for value in one:
        match = next((index for index, candidate in enumerate(left) if same(value, candidate, scale)), None)
        if match is None:
            return False
        left.pop(match)
    return True


def same(one: Any, other: Any, scale: float = 0.0) -> bool:
    one, other = _plain(one), _plain(other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key], scale) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(lambda a, b: same(a, b, scale), one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int) and isinstance(other, int):
        return one == other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return _close(float(one), float(other), scale)
    if isinstance(one, str) and isinstance(other, str) and one != other:
        return _moment(one) is not None and _moment(one) == _moment(other)
    return bool(one == other)


def _close(one: float, other: float, scale: float) -> bool:
    return one == other or math.isclose(one, other, rel_tol=_RELATIVE, abs_tol=_OF_SCALE * scale)


def _plain(value: Any) -> Any:
    """As JSON would have it: the many kinds of missing are None, moments are text, NumPy's scalars are Python's."""
    if isinstance(value, np.ndarray | tuple):
        return list(value)
    if isinstance(value, np.generic) and not isinstance(value, np.datetime64):
        value = value.item()
    if isinstance(value, list | Mapping | bool | int):
        return value
    if value is None or value == "NaT" or (not isinstance(value, str) and pd.isna(value)):
        return None
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, np.datetime64):
        return pd.Timestamp(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | Number) else str(value)


def _moment(text: str) -> datetime | None:
    """Of the text of a moment; a naive one and one with a zone are two."""
    try:
        return pd.Timestamp(text).to_pydatetime(warn=False) if text[:1].isdigit() and "-" in text else None
    except (ValueError, OverflowError):
        return None
