"""What is known of a column's values as a whole. ADR 9 says which figures are kept of which columns."""

from bisect import bisect_right
from collections import Counter
from dataclasses import replace
from typing import Final, TypeVar

from pydantic.dataclasses import dataclass

from data_management.domain.models.sketches import DistinctSketch
from data_management.errors import InvalidInput

RANKS: Final = (0.0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1.0)
MOST_TOP_VALUES: Final = 10

Bound = int | float | str
_B = TypeVar("_B", bound=Bound)


@dataclass(frozen=True)
class ValueCount:
    """A value, or the shape of values, and on how many of the sampled rows it stands."""

    value: str
    count: int


@dataclass(frozen=True)
class QuantileSummary:
    """The values at `RANKS` of a file's `count` values; between them the distribution is taken to be even."""

    count: int
    points: tuple[float, ...]

    def share_up_to(self, value: float) -> float:
        """The share of values that are not greater."""
        index = bisect_right(self.points, value)
        if index in (0, len(self.points)):
            return float(index > 0)
        low, high = self.points[index - 1], self.points[index]
        rank, following = RANKS[index - 1], RANKS[index]
        return rank + (following - rank) * (value - low) / (high - low)

    def value_at(self, rank: float) -> float:
        index = min(bisect_right(RANKS, rank), len(RANKS) - 1)
        low, high = self.points[index - 1], self.points[index]
        return low + (high - low) * (rank - RANKS[index - 1]) / (RANKS[index] - RANKS[index - 1])


@dataclass(frozen=True)
class ColumnProfile:
    """A column of one data asset, or (`merged`) of several.

    None is "not kept": of a classified column there are counts alone. `count` is of the values that are not missing and are of the
    column's type. `minimum` and `maximum` are numbers, ISO 8601 texts of dates and times, or texts where the contract lets values
    be shown; `shortest` and `longest` count characters of texts. `distinct` is exact where `distinct_error` (a relative
    standard error) is None. Quantiles, top values and patterns are of `sampled` rows.
    """

    name: str
    nulls: int
    distinct: int | None = None
    minimum: Bound | None = None
    maximum: Bound | None = None
    mean: float | None = None
    count: int | None = None
    distinct_error: float | None = None
    shortest: int | None = None
    longest: int | None = None
    quantiles: tuple[QuantileSummary, ...] = ()
    """One of a data asset; those of all data assets in a merged profile."""
    top_values: tuple[ValueCount, ...] | None = None
    patterns: tuple[ValueCount, ...] | None = None
    """Shapes of texts, commonest first: ``A`` a capital, ``a`` other letters in a row, ``9`` a digit, the rest as it is."""
    sketch: DistinctSketch | None = None
    sampled: int | None = None

    def quantile(self, rank: float) -> float | None:
        """The value that a share of `rank` does not exceed; None where quantiles are not kept.

        Of a merged profile it is that of the mixture, right to within the distance of two neighbouring `RANKS`.
        """
        if not self.quantiles:
            return None
        if len(self.quantiles) == 1:
            return self.quantiles[0].value_at(rank)
        low = min(part.points[0] for part in self.quantiles)
        high = max(part.points[-1] for part in self.quantiles)
        total = sum(part.count for part in self.quantiles)
        for _ in range(64):
            middle = low + (high - low) / 2
            if not low < middle < high:
                break
            if sum(part.count * part.share_up_to(middle) for part in self.quantiles) < rank * total:
                low = middle
            else:
                high = middle
        lowest = sum(part.count * part.share_up_to(low) for part in self.quantiles)
        return low if lowest >= rank * total else high

    def merged(self, other: "ColumnProfile") -> "ColumnProfile":
        """The profile of both together: commutative, associative, and a column without values changes nothing but its nulls.

        A figure that one of them lacks is not known of both. `top_values` and `patterns` are those of either, so that their
        counts are least counts; `distinct` is an estimate as soon as two are merged.
        """
        if other.name != self.name:
            raise InvalidInput("profiles of two columns cannot be merged; merge those of one name")
        nulls = self.nulls + other.nulls
        if other.count == 0 and self.count != 0:
            return replace(self, nulls=nulls)
        if self.count == 0 and other.count != 0:
            return replace(other, nulls=nulls)
        count = None if self.count is None or other.count is None else self.count + other.count
        sketch = _merged_sketch(self.sketch, other.sketch)
        quantiles = (*self.quantiles, *other.quantiles) if self.quantiles and other.quantiles else ()
        return ColumnProfile(
            name=self.name,
            nulls=nulls,
            distinct=None if sketch is None else _bounded(sketch.estimate, count),
            distinct_error=None if sketch is None else sketch.error,
            minimum=_least(self.minimum, other.minimum),
            maximum=_greatest(self.maximum, other.maximum),
            mean=_weighted(self, other),
            count=count,
            shortest=_least(self.shortest, other.shortest),
            longest=_greatest(self.longest, other.longest),
            quantiles=tuple(sorted(quantiles, key=lambda part: (part.points, part.count))),
            top_values=_together(self.top_values, other.top_values),
            patterns=_together(self.patterns, other.patterns),
            sketch=sketch,
            sampled=None if self.sampled is None or other.sampled is None else self.sampled + other.sampled,
        )


def merged_profiles(profiles: dict[str, ColumnProfile], others: tuple[ColumnProfile, ...]) -> dict[str, ColumnProfile]:
    """Profiles by column, with those of one more data asset."""
    result = dict(profiles)
    for other in others:
        result[other.name] = result[other.name].merged(other) if other.name in result else other
    return result


def _least(one: _B | None, other: _B | None) -> _B | None:
    return None if not _comparable(one, other) else min(one, other)  # type: ignore[type-var]


def _greatest(one: _B | None, other: _B | None) -> _B | None:
    return None if not _comparable(one, other) else max(one, other)  # type: ignore[type-var]


def _comparable(one: Bound | None, other: Bound | None) -> bool:
    return one is not None and other is not None and isinstance(one, str) == isinstance(other, str)


def _weighted(one: ColumnProfile, other: ColumnProfile) -> float | None:
    if one.mean is None or other.mean is None or not one.count or not other.count:
        return None
    return (one.mean * one.count + other.mean * other.count) / (one.count + other.count)


def _merged_sketch(one: DistinctSketch | None, other: DistinctSketch | None) -> DistinctSketch | None:
    if one is None or other is None or one.tag != other.tag or len(one.registers) != len(other.registers):
        return None
    return one.merged(other)


def _bounded(estimate: float, count: int | None) -> int:
    return round(estimate) if count is None else min(max(1, round(estimate)), count)


def _together(
    one: tuple[ValueCount, ...] | None, other: tuple[ValueCount, ...] | None
) -> tuple[ValueCount, ...] | None:
    if one is None or other is None:
        return None
    counts: Counter[str] = Counter()
    for each in (*one, *other):
        counts[each.value] += each.count
    return tuple(
        ValueCount(value, count) for value, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )
