"""Our own words in a contract: what `customProperties` say about rules, policies and servers."""

import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final, TypeVar

import open_data_contract_standard.model as odcs

from data_management.domain.models import (
    BadRows,
    Dimension,
    OnFail,
    QualityGate,
    Revalidate,
    Revalidation,
    RuleScope,
    ScorePolicy,
)
from data_management.domain.services.spelling import did_you_mean
from data_management.infrastructure.contracts.problems import Place, looks_like, quoted

_T = TypeVar("_T")
_Choice = TypeVar("_Choice", BadRows, OnFail, Revalidate, RuleScope)

OF_RULES: Final = ("weight", "scope")
OF_DATASETS: Final = (
    "onFail", "maxQuarantined", "minScore", "minDimensionScores", "dimensionWeights", "samples",
    "revalidate", "revalidateFiles", "revalidateSeconds",
)  # fmt: skip
OF_SERVERS: Final = (
    "dataset", "header", "badRows", "maxBadRows", "sheet", "successMarker", "timeWindow",
    "profile", "versioned", "monotonicKeys", "datePrefix", "overlapDays", "eventQueue",
)  # fmt: skip
OF_S3_SERVERS: Final = ("profile", "versioned", "monotonicKeys", "datePrefix", "overlapDays", "eventQueue")

_MOST_SAMPLES: Final = 20

DIMENSIONS: Final = {
    **{dimension.value: dimension for dimension in Dimension},
    "ac": Dimension.ACCURACY,
    "cp": Dimension.COMPLETENESS,
    "cf": Dimension.CONFORMITY,
    "cs": Dimension.CONSISTENCY,
    "cv": Dimension.COVERAGE,
    "tm": Dimension.TIMELINESS,
    "uq": Dimension.UNIQUENESS,
    "validity": Dimension.CONFORMITY,
    "freshness": Dimension.TIMELINESS,
}
"""ODCS's seven with its abbreviations, and two names that other tools use for them."""


class Properties:
    """The custom properties of one place that are ours, each with the place of its value. Others are left alone."""

    def __init__(self, place: Place, given: Sequence[odcs.CustomProperty] | None, known: Sequence[str]) -> None:
        self._values: dict[str, tuple[Place, Any]] = {}
        spellings = _spellings(tuple(known)) if given else {}
        for index, property_ in enumerate(given or ()):
            name, at = property_.property or "", place.at("customProperties", index)
            ours = spellings.get(name)
            if ours is None:
                likely = next((word for word in known if looks_like(name, word)), None)
                if likely:
                    at.wrong(f"the custom property {quoted(name)} is not known", f"did you mean {likely!r}?")
            elif ours in self._values:
                at.wrong(f"the custom property {ours!r} is given twice", "remove one of them")
            else:
                self._values[ours] = (at.at("value"), property_.value)

    def get(self, name: str) -> tuple[Place, Any] | None:
        return self._values.get(name)


def weight_of(properties: Properties) -> float | None:
    return _read(properties.get("weight"), _number_from_zero)


def scope_of(properties: Properties) -> RuleScope:
    return _read(properties.get("scope"), lambda place, value: _one_of(place, value, RuleScope)) or RuleScope.ASSET


def policy_of(*levels: Properties) -> ScorePolicy:
    """The first level that says something about a matter decides it."""
    given = _first_of(levels)
    weights = _read(given("dimensionWeights"), lambda place, value: _by_dimension(place, value, _number_from_zero))
    minima = _read(given("minDimensionScores"), lambda place, value: _by_dimension(place, value, _score))
    on_fail = _read(given("onFail"), lambda place, value: _one_of(place, value, OnFail))
    return ScorePolicy(
        dimension_weights=weights or (),
        gate=QualityGate(min_score=_read(given("minScore"), _score), min_dimensions=minima or ()),
        on_fail=on_fail or OnFail.QUARANTINE,
        max_quarantined=_read(given("maxQuarantined"), _count),
    )


def samples_of(*levels: Properties) -> int:
    """How many failing values a check may show; the first level that says something decides."""
    return min(_read(_first_of(levels)("samples"), _count) or 0, _MOST_SAMPLES)


def revalidation_of(*levels: Properties) -> Revalidation:
    """Which files a changed contract judges again, and how many, or how long, one run does that."""
    given = _first_of(levels)
    of = _read(given("revalidate"), lambda place, value: _one_of(place, value, Revalidate))
    return Revalidation(
        of=of or Revalidate.CURRENT,
        most_files=_read(given("revalidateFiles"), _count_from_one),
        most_seconds=_read(given("revalidateSeconds"), _number_above_zero),
    )


def header_of(properties: Properties) -> bool | None:
    return _read(properties.get("header"), _yes_or_no)


def bad_rows_of(properties: Properties) -> BadRows:
    return _read(properties.get("badRows"), lambda place, value: _one_of(place, value, BadRows)) or BadRows.REJECT


def max_bad_rows_of(properties: Properties, bad_rows: BadRows) -> int | None:
    """Only where bad rows are counted; with anything else it would say nothing."""
    if (found := properties.get("maxBadRows")) is not None and bad_rows is not BadRows.COUNT:
        found[0].wrong(
            "maxBadRows needs rows that are counted", "add the custom property 'badRows' with the value 'count'"
        )
        return None
    return _read(found, _count)


def flag_of(properties: Properties, name: str) -> bool:
    return _read(properties.get(name), _yes_or_no) or False


def text_of(properties: Properties, name: str) -> str | None:
    return _read(properties.get(name), _text)


def count_of(properties: Properties, name: str) -> int | None:
    return _read(properties.get(name), _count)


def dimension_of(place: Place, name: object) -> Dimension | None:
    """The dimension of this name, in any letter case; None where the problem was reported."""
    found = DIMENSIONS.get(str(name).strip().lower())
    if found is None:
        otherwise = f"use one of {', '.join(Dimension)}"
        place.wrong(f"the dimension {quoted(name)} is not known", did_you_mean(str(name), tuple(Dimension), otherwise))
    return found


def number(value: object) -> float | None:
    """A finite number as it is; None for anything else, booleans included."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value


def _first_of(levels: Sequence[Properties]) -> Callable[[str], tuple[Place, Any] | None]:
    def given(name: str) -> tuple[Place, Any] | None:
        return next((found for level in levels if (found := level.get(name)) is not None), None)

    return given


def _read(found: tuple[Place, Any] | None, read: Callable[[Place, Any], _T | None]) -> _T | None:
    return None if found is None else read(*found)


def _number_from_zero(place: Place, value: object) -> float | None:
    found = number(value)
    if found is None or found < 0:
        place.wrong(f"{quoted(value)} is not a number from 0 on", "write a number, 0 or more")
        return None
    return float(found)


def _score(place: Place, value: object) -> float | None:
    found = number(value)
    if found is None or not 0 <= found <= 100:  # noqa: PLR2004  the range of scores
        place.wrong(f"{quoted(value)} is not a score", "write a number from 0 to 100")
        return None
    return float(found)


def _count(place: Place, value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        place.wrong(f"{quoted(value)} is not a count", "write a whole number, 0 or more")
        return None
    return value


def _count_from_one(place: Place, value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        place.wrong(f"{quoted(value)} is not a count from 1 on", "write a whole number, 1 or more")
        return None
    return value


def _number_above_zero(place: Place, value: object) -> float | None:
    found = number(value)
    if found is None or found <= 0:
        place.wrong(f"{quoted(value)} is not a number above 0", "write a number of seconds, more than 0")
        return None
    return float(found)


def _yes_or_no(place: Place, value: object) -> bool | None:
    if not isinstance(value, bool):
        place.wrong(f"{quoted(value)} is neither true nor false", "write true or false")
        return None
    return value


def _one_of(place: Place, value: object, choices: type[_Choice]) -> _Choice | None:
    for choice in choices:
        if isinstance(value, str) and value.strip().lower() == choice.value:
            return choice
    place.wrong(f"{quoted(value)} is not one of its values", f"write one of {', '.join(choices)}")
    return None


def _by_dimension(
    place: Place, value: object, read: Callable[[Place, object], float | None]
) -> tuple[tuple[Dimension, float], ...]:
    if not isinstance(value, dict):
        place.wrong("it is not a mapping of dimensions to numbers", "write for instance '{completeness: 99}'")
        return ()
    found: dict[Dimension, float] = {}
    for name, given in value.items():
        dimension, figure = dimension_of(place.at(name), name), read(place.at(name), given)
        if dimension in found:
            place.at(name).wrong(f"the dimension {dimension.value!r} is given twice", "remove one of them")
        elif dimension is not None and figure is not None:
            found[dimension] = figure
    return tuple(found.items())


@cache
def _spellings(known: tuple[str, ...]) -> dict[str, str]:
    """``maxBadRows`` and ``max_bad_rows`` are one name."""
    return {spelling: name for name in known for spelling in (name, _snake(name))}


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _text(place: Place, value: object) -> str | None:
    if not isinstance(value, str) or not value.strip():
        place.wrong(f"{quoted(value)} is no text", "write it in quotes, or remove the property")
        return None
    return value.strip()
