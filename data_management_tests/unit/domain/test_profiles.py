"""Profiles of files add up to that of the dataset."""

import hashlib
import math
from functools import reduce

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_management.domain.models import (
    ColumnProfile,
    DistinctSketch,
    QuantileSummary,
    ValueCount,
    merged_profiles,
)
from data_management.domain.models.profiles import RANKS
from data_management.errors import InvalidInput


def sketch_of(values: range | list[int], tag: str = "t", precision: int = 7) -> DistinctSketch:
    ranks = [0] * (1 << precision)
    for value in values:
        digest = int.from_bytes(hashlib.blake2b(str(value).encode(), digest_size=8).digest())
        bucket = digest & (len(ranks) - 1)
        ranks[bucket] = max(ranks[bucket], 65 - digest.bit_length())
    return DistinctSketch.of(tag, ranks)


SKETCHES = [sketch_of([]), sketch_of([1, 2]), sketch_of([2, 3]), sketch_of(range(50)), sketch_of([1], "other")]


def optional(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | strategy


counts = st.lists(
    st.builds(ValueCount, st.sampled_from("abcd"), st.integers(1, 9)), max_size=3, unique_by=lambda c: c.value
)


@st.composite
def profiles(draw: st.DrawFn) -> ColumnProfile:
    count = draw(optional(st.integers(0, 100)))
    nulls = draw(st.integers(0, 9))
    if count == 0:
        return ColumnProfile("c", nulls, distinct=0, count=0)
    bound = optional(st.integers(-5, 5) | st.sampled_from(["2013-01-01", "2013-02-01"]))
    points = st.lists(st.integers(-9, 9).map(float), min_size=len(RANKS), max_size=len(RANKS)).map(sorted).map(tuple)
    return ColumnProfile(
        "c",
        nulls,
        distinct=draw(optional(st.integers(1, 9))),
        minimum=draw(bound),
        maximum=draw(bound),
        mean=draw(optional(st.floats(-10, 10))),
        count=count,
        shortest=draw(optional(st.integers(0, 5))),
        longest=draw(optional(st.integers(5, 9))),
        quantiles=tuple(draw(st.lists(st.builds(QuantileSummary, st.integers(1, 9), points), max_size=1))),
        top_values=draw(optional(counts.map(lambda found: tuple(sorted(found, key=lambda c: (-c.count, c.value)))))),
        patterns=draw(optional(counts.map(lambda found: tuple(sorted(found, key=lambda c: (-c.count, c.value)))))),
        sketch=draw(optional(st.sampled_from(SKETCHES))),
        sampled=draw(optional(st.integers(0, 100))),
    )


def same(one: ColumnProfile, other: ColumnProfile) -> bool:
    """Equal but for the rounding of the mean."""
    left, right = vars(one).copy(), vars(other).copy()
    means = left.pop("mean"), right.pop("mean")
    close = means == (None, None) or (None not in means and math.isclose(*means, rel_tol=1e-9, abs_tol=1e-9))
    return left == right and close


@given(profiles(), profiles())
def test_merging_is_commutative(one: ColumnProfile, other: ColumnProfile) -> None:
    assert same(one.merged(other), other.merged(one))


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(profiles(), profiles(), profiles())
def test_merging_is_associative(one: ColumnProfile, two: ColumnProfile, three: ColumnProfile) -> None:
    assert same(one.merged(two).merged(three), one.merged(two.merged(three)))


@given(profiles(), st.integers(0, 9))
def test_a_column_without_values_adds_its_nulls_and_nothing_else(profile: ColumnProfile, nulls: int) -> None:
    merged = profile.merged(ColumnProfile("c", nulls, distinct=0, count=0))
    assert merged.nulls == profile.nulls + nulls
    if profile.count != 0:
        assert (merged.minimum, merged.mean, merged.distinct) == (profile.minimum, profile.mean, profile.distinct)


def test_counts_bounds_means_and_lengths_add_up() -> None:
    one = ColumnProfile("c", 1, minimum=1, maximum=5, mean=2.0, count=10, shortest=2, longest=3)
    other = ColumnProfile("c", 2, minimum=-1, maximum=4, mean=5.0, count=5, shortest=1, longest=2)
    merged = one.merged(other)
    assert (merged.nulls, merged.count, merged.minimum, merged.maximum, merged.mean) == (3, 15, -1, 5, 3.0)
    assert (merged.shortest, merged.longest) == (1, 3)


def test_what_one_of_them_hides_stays_hidden() -> None:
    shown = ColumnProfile("c", 0, minimum=1, maximum=2, mean=1.5, count=2, top_values=(ValueCount("1", 1),))
    hidden = ColumnProfile("c", 0, count=2)
    merged = shown.merged(hidden)
    assert (merged.minimum, merged.maximum, merged.mean, merged.top_values) == (None, None, None, None)


def test_bounds_of_two_types_do_not_compare() -> None:
    merged = ColumnProfile("c", 0, minimum=1, count=1).merged(ColumnProfile("c", 0, minimum="2013-01-01", count=1))
    assert merged.minimum is None


def test_profiles_of_two_columns_do_not_merge() -> None:
    with pytest.raises(InvalidInput, match="two columns"):
        ColumnProfile("a", 0).merged(ColumnProfile("b", 0))


def test_profiles_are_merged_by_column() -> None:
    found = merged_profiles(
        {"a": ColumnProfile("a", 1, count=1)}, (ColumnProfile("a", 2, count=1), ColumnProfile("b", 4))
    )
    assert {name: profile.nulls for name, profile in found.items()} == {"a": 3, "b": 4}


@pytest.mark.parametrize("many", [0, 1, 10, 100, 1_000, 20_000])
def test_a_sketch_knows_how_many_there_were(many: int) -> None:
    sketch = sketch_of(range(many))
    assert sketch.estimate == pytest.approx(many, rel=3 * sketch.error, abs=0.5)


def test_sketches_of_overlapping_files_count_each_value_once() -> None:
    merged = sketch_of(range(3_000)).merged(sketch_of(range(1_000, 4_000)))
    assert merged == sketch_of(range(4_000))


def test_a_folded_sketch_is_that_of_fewer_buckets() -> None:
    assert sketch_of(range(5_000), precision=10).folded() == sketch_of(range(5_000))


def test_sketches_of_two_hashes_do_not_merge() -> None:
    with pytest.raises(InvalidInput):
        sketch_of([1], "a").merged(sketch_of([1], "b"))
    one, other = (ColumnProfile("c", 0, distinct=1, count=1, sketch=sketch_of([1], tag)) for tag in "ab")
    assert one.merged(other).distinct is None


def test_distinct_of_merged_profiles_is_an_estimate_and_says_so() -> None:
    parts = [
        ColumnProfile("c", 0, 2_000, count=2_000, sketch=sketch_of(range(n * 1_000, n * 1_000 + 2_000)))
        for n in range(5)
    ]
    merged = reduce(ColumnProfile.merged, parts)
    assert merged.distinct == pytest.approx(6_000, rel=0.3)
    assert merged.distinct_error == pytest.approx(0.092, abs=0.001)


def quantiles_of(values: list[float]) -> QuantileSummary:
    ordered = sorted(values)
    return QuantileSummary(
        len(values), tuple(ordered[min(len(ordered) - 1, int(rank * len(ordered)))] for rank in RANKS)
    )


def test_the_quantiles_of_a_file_are_its_own() -> None:
    profile = ColumnProfile("c", 0, count=1_000, quantiles=(quantiles_of([float(n) for n in range(1_000)]),))
    assert [profile.quantile(rank) for rank in (0.05, 0.5, 0.95)] == [50.0, 500.0, 950.0]


def test_quantiles_of_merged_files_are_those_of_the_mixture() -> None:
    low, high = [float(n) for n in range(1_000)], [float(n) for n in range(10_000, 13_000)]
    parts = [ColumnProfile("c", 0, count=len(v), quantiles=(quantiles_of(v),)) for v in (low, high)]
    merged = parts[0].merged(parts[1])
    assert merged.quantile(0.125) == pytest.approx(500, abs=1)
    assert merged.quantile(0.625) == pytest.approx(11_500, abs=5)
    assert merged.quantile(1.0) == 12_999.0


def test_quantiles_that_are_not_kept_are_none() -> None:
    assert ColumnProfile("c", 0).quantile(0.5) is None


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=40), st.lists(st.integers(-50, 50), min_size=1, max_size=40))
def test_a_merged_quantile_stays_within_the_bounds(one: list[int], other: list[int]) -> None:
    parts = [
        ColumnProfile("c", 0, count=len(v), quantiles=(quantiles_of([float(x) for x in v]),)) for v in (one, other)
    ]
    merged = parts[0].merged(parts[1])
    found = [merged.quantile(rank) for rank in RANKS]
    assert all(value is not None and min(one + other) <= value <= max(one + other) for value in found)
    assert found == sorted(found)  # type: ignore[type-var]
