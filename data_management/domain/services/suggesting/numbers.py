"""Between which bounds numbers and moments lie, and how far beyond what was seen the next file may reach."""

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from data_management.domain.models import ColumnProfile, SuggestedRule, SuggestionKind
from data_management.domain.services.classification import wilson_lower_bound
from data_management.domain.services.suggesting.evidence import ColumnEvidence, expecting, foreseen, total

CALENDAR: Final = {"month": (1, 12), "day": (1, 31), "hour": (0, 23), "minute": (0, 59), "quarter": (1, 4)}
"""Whole numbers whose name says their bounds."""

_SCALES: Final = 5
"""Where the tail is exponential, the next file of equal size reaches further than so many scales in 0.7 % of cases."""
_HEAVY: Final = 3
_NEAR: Final = 0.1
_FREQUENT: Final = 5
_KEY_SHARE: Final = 0.9
_LARGEST: Final = 2.0**53

Limits = tuple[float | None, float | None]


def range_rule(evidence: ColumnEvidence) -> Iterator[SuggestedRule]:
    """Numbers with a margin, none of keys; moments from below alone, since the next file is of the future."""
    if not evidence.filled or evidence.is_named_like_a_key:
        return
    if evidence.logical_type in ("date", "timestamp"):
        yield from _moments(evidence)
    elif evidence.logical_type in ("integer", "number") and all(_is_bounded(profile) for profile in evidence.filled):
        yield from _calendar(evidence) if _named_after_calendar(evidence) else _numbers(evidence)


def _numbers(evidence: ColumnEvidence) -> Iterator[SuggestedRule]:
    whole = evidence.logical_type == "integer"
    distinct = max(profile.distinct or 0 for profile in evidence.filled)
    largest = max(profile.count or 0 for profile in evidence.filled)
    if whole and largest > 1 and distinct > _KEY_SHARE * largest:
        return  # numbers that name things
    low, high = limits_of(evidence.filled, whole=whole)
    if low is None and high is None:
        return
    held, of = foreseen(evidence.filled, lambda others, out: _within(limits_of(others, whole=whole), out))
    yield _between(
        evidence, evidence.certainty(evidence.count, evidence.count, (held, of)), (held, of), low=low, high=high
    )


def _calendar(evidence: ColumnEvidence) -> Iterator[SuggestedRule]:
    low, high = CALENDAR[evidence.words[-1]]
    if not _within((low, high), evidence.filled):
        return
    yield expecting(
        evidence,
        SuggestionKind.RANGE,
        "values_to_be_between",
        confidence=wilson_lower_bound(evidence.count, evidence.count),
        reason=f"the calendar's own bounds, which its name speaks of and all {evidence.shown} keep",
        min_value=low,
        max_value=high,
    )


def _moments(evidence: ColumnEvidence) -> Iterator[SuggestedRule]:
    earliest = _earliest(evidence.filled)
    if earliest is None:
        return

    def admits(others: Sequence[ColumnProfile], held_out: Sequence[ColumnProfile]) -> bool:
        bound = _earliest(others)
        return bound is not None and all(str(profile.minimum) >= bound for profile in held_out)

    held, of = foreseen(evidence.filled, admits)
    confidence = evidence.certainty(evidence.count, evidence.count, (held, of))
    yield _between(evidence, confidence, (held, of), low=earliest, high=None)


def limits_of(profiles: Sequence[ColumnProfile], *, whole: bool) -> Limits:
    """Bounds with a margin; None on a side whose tail is too heavy, or that the margin takes beyond zero.

    Zero bounds what comes near it. What stays away from it, like temperatures, may have another side that was not seen.
    """
    low = min(float(profile.minimum) for profile in profiles if profile.minimum is not None)
    high = max(float(profile.maximum) for profile in profiles if profile.maximum is not None)
    if max(-low, high) > _LARGEST:
        return (None, None)
    points = ColumnProfile(
        name="", nulls=0, quantiles=tuple(part for profile in profiles for part in profile.quantiles)
    )
    ranks = [points.quantile(rank) for rank in (0.05, 0.25, 0.5, 0.75, 0.95)]
    if any(rank is None for rank in ranks):
        return (None, None)
    q05, q25, middle, q75, q95 = (rank or 0.0 for rank in ranks)
    count = total(profile.count for profile in profiles)
    firm_low, firm_high = _firm_ends(profiles)
    upper = high if firm_high else _beyond(high, q95, q75, middle, count)
    opposite = -low if firm_low else _beyond(-low, -q05, -q25, -middle, count)
    lower = None if opposite is None else -opposite
    if lower is not None and lower < 0 <= low:
        lower = 0.0 if low <= _NEAR * (middle - low) else None
    if upper is not None and upper > 0 >= high:
        upper = 0.0 if high >= _NEAR * (middle - high) else None
    return _rounded(lower, upper, high - low, whole=whole)


def _beyond(extreme: float, far: float, near: float, middle: float, count: int) -> float | None:
    """How far a tail may reach, from its extreme and its 95th, 75th and 50th percentiles."""
    ranks = max(1.0, math.log(max(count, 1) / 20))
    body = max((far - middle) / math.log(10), (far - near) / math.log(5))
    if extreme - far > _HEAVY * body * ranks:
        return None
    return extreme + _SCALES * max((far - near) / math.log(5), (extreme - far) / ranks)


def _firm_ends(profiles: Sequence[ColumnProfile]) -> tuple[bool, bool]:
    """Whether the least and the greatest value are so common that something bounds them; known where all values are."""
    counts: dict[float, int] = {}
    for profile in profiles:
        if profile.top_values is None or total(each.count for each in profile.top_values) != profile.count:
            return (False, False)
        for each in profile.top_values:
            counts[float(each.value)] = counts.get(float(each.value), 0) + each.count
    often = max(_FREQUENT, sum(counts.values()) / (10 * len(counts)))
    return counts[min(counts)] >= often, counts[max(counts)] >= often


def _rounded(low: float | None, high: float | None, span: float, *, whole: bool) -> Limits:
    """Outward, to a hundredth of the span or coarser."""
    exponent = math.floor(math.log10(span)) - 1 if span > 0 else 0
    exponent = max(exponent, 0) if whole else exponent

    def outward(bound: float, direction: int) -> float:
        step = 10.0**exponent
        found = round(direction * math.ceil(round(direction * bound / step, 9)) * step, max(0, -exponent))
        found = max(found, bound) if direction > 0 else min(found, bound)
        return int(found) if whole and found == int(found) else found

    return (None if low is None else outward(low, -1), None if high is None else outward(high, 1))


def _between(
    evidence: ColumnEvidence,
    confidence: float,
    files: tuple[int, int],
    *,
    low: float | str | None,
    high: float | None,
) -> SuggestedRule:
    bounds: dict[str, Any] = {
        name: bound for name, bound in (("min_value", low), ("max_value", high)) if bound is not None
    }
    made = f"; made of the other files it held for {files[0]} of {files[1]}" if files[1] else ""
    return expecting(
        evidence,
        SuggestionKind.RANGE,
        "values_to_be_between",
        confidence=confidence,
        reason=f"holds all {evidence.shown}, with a margin{made}",
        **bounds,
    )


def _within(limits: Limits, profiles: Sequence[ColumnProfile]) -> bool:
    low, high = limits
    return all(
        (low is None or float(profile.minimum or 0) >= low) and (high is None or float(profile.maximum or 0) <= high)
        for profile in profiles
    )


def _is_bounded(profile: ColumnProfile) -> bool:
    return isinstance(profile.minimum, int | float) and isinstance(profile.maximum, int | float)


def _named_after_calendar(evidence: ColumnEvidence) -> bool:
    return evidence.logical_type == "integer" and bool(evidence.words) and evidence.words[-1] in CALENDAR


def _earliest(profiles: Sequence[ColumnProfile]) -> str | None:
    """The first day of the year that lies a year, and as long as all values span, before the first of them."""
    bounds = [(_moment(profile.minimum), _moment(profile.maximum)) for profile in profiles]
    firsts = [first for first, _ in bounds if first is not None]
    lasts = [last for _, last in bounds if last is not None]
    if len(firsts) < len(profiles) or len(lasts) < len(profiles):
        return None
    first, margin = min(firsts), max(max(lasts) - min(firsts), timedelta(days=366))
    try:
        return date((first - margin).year, 1, 1).isoformat()
    except (OverflowError, ValueError):
        return None


def _moment(bound: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(bound))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
