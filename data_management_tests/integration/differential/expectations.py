"""Hypothesis strategies for cases: one table and one expectation of a given type, which suit each other for the most part."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from great_expectations.expectations.registry import get_expectation_impl
from hypothesis import reject
from hypothesis import strategies as st

from data_management.domain.expectations import EXPECTATION_TYPES
from data_management_tests.integration.differential import arguments as a
from data_management_tests.integration.differential import tables as t
from data_management_tests.integration.differential.arguments import Arguments
from data_management_tests.integration.differential.tables import Column, Draw

ONE = "a"
_ANY_KIND = 12
"""One case in so many takes a kind of column that the expectation may not be made for."""


@dataclass(frozen=True)
class Case:
    """`kinds` are those of the columns that the expectation looks at; `scale` is their largest finite magnitude."""

    frame: pd.DataFrame
    expectation: Any
    kinds: tuple[str, ...]
    scale: float

    @property
    def kwargs(self) -> Arguments:
        return dict(self.expectation.configuration.kwargs)

    def __repr__(self) -> str:
        columns = {name: (str(self.frame[name].dtype), list(self.frame[name])) for name in self.frame}
        return f"{self.expectation.expectation_type}({self.kwargs}) on {columns}"


@dataclass(frozen=True)
class _Recipe:
    """`kinds`: of its columns; `make`: its arguments, from the columns by name; `columns`: how many, 0 for two or three."""

    kinds: tuple[str, ...]
    make: Callable[[Draw, dict[str, Column]], Arguments]
    columns: int = 1
    conditioned: bool = True


def strata(name: str, most: int) -> tuple[tuple[str, ...], ...]:
    """The kinds of the first column, in so many groups: each gets its share of the cases."""
    kinds = tuple(dict.fromkeys(RECIPES[name].kinds))
    count = max(1, min(most, len(kinds)))
    return tuple(kinds[start::count] for start in range(count))


def cases(name: str, kinds: Sequence[str]) -> st.SearchStrategy[Case]:
    """Of this type, the first column being mostly of one of these kinds."""
    return st.composite(lambda draw: _case(draw, name, kinds))()


def _case(draw: Draw, name: str, first: Sequence[str]) -> Case:
    recipe = RECIPES[name]
    rows = draw(t.sizes())
    wanted = recipe.columns or draw(st.integers(2, 3))
    names = ("a", "b", "c")[:wanted]
    kinds = _kinds(draw, recipe, first, len(names))
    columns = {column: t.column(draw, t.KINDS[kind], rows) for column, kind in zip(names, kinds, strict=True)}
    kwargs = recipe.make(draw, columns)
    if recipe.conditioned:
        kwargs |= a.row_condition(draw, columns)
    frame = pd.DataFrame({name: made.series for name, made in columns.items()} | t.helpers(draw, rows))
    return Case(frame, _expectation(name, kwargs), kinds, _scale(frame, names))


def _kinds(draw: Draw, recipe: _Recipe, firsts: Sequence[str], count: int) -> tuple[str, ...]:
    others = draw(st.integers(0, _ANY_KIND - 1)) == 0
    first = draw(st.sampled_from(t.ALL if others else firsts))
    more = t.ALL if others else recipe.kinds
    return (first, *(first if draw(st.integers(0, 3)) else draw(st.sampled_from(more)) for _ in range(count - 1)))


def _expectation(name: str, kwargs: Arguments) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of conditions in words
        try:
            return get_expectation_impl(name)(**kwargs)
        except (ValueError, TypeError):
            reject()


def _scale(frame: pd.DataFrame, names: Sequence[str]) -> float:
    largest = 0.0
    for name in names:
        for value in frame[name]:
            try:
                size = abs(float(value))
            except (TypeError, ValueError):
                continue
            if size < float("inf"):
                largest = max(largest, size)
    return largest


def _of_one(*kinds: str, make: Callable[[Draw, Column], Arguments] | None = None, rows: bool = True) -> _Recipe:
    def made(draw: Draw, columns: dict[str, Column]) -> Arguments:
        given = make(draw, columns[ONE]) if make else {}
        return {"column": ONE} | given | (a.mostly(draw) if rows else {})

    return _Recipe(kinds or t.ALL, made)


def _of_pair(*kinds: str, make: Callable[[Draw, dict[str, Column]], Arguments] | None = None) -> _Recipe:
    def made(draw: Draw, columns: dict[str, Column]) -> Arguments:
        given = {"column_A": "a", "column_B": "b"} | (make(draw, columns) if make else {}) | a.mostly(draw)
        return given | _ignored(draw, a.PAIR_ROWS)

    return _Recipe(kinds or t.ALL, made, columns=2)


def _of_list(*kinds: str, make: Callable[[Draw, dict[str, Column]], Arguments] | None = None) -> _Recipe:
    def made(draw: Draw, columns: dict[str, Column]) -> Arguments:
        given = {"column_list": list(columns)} | (make(draw, columns) if make else {}) | a.mostly(draw)
        return given | _ignored(draw, a.LIST_ROWS)

    return _Recipe(kinds or t.ALL, made, columns=0)


def _ignored(draw: Draw, choices: Sequence[str]) -> Arguments:
    return {"ignore_row_if": draw(st.sampled_from(choices))} if draw(st.integers(0, 2)) else {}


def _of_table(make: Callable[[Draw, dict[str, Column]], Arguments], *, conditioned: bool = False) -> _Recipe:
    return _Recipe(t.ALL, make, columns=2, conditioned=conditioned)


def _pick(key: str, choices: Sequence[Any]) -> Callable[[Draw, Column], Arguments]:
    return lambda draw, _: {key: draw(st.sampled_from(choices))}


def _some(key: str, choices: Sequence[Any], extra: Callable[[Draw], Arguments] = lambda _: {}) -> Any:
    return lambda draw, _: {key: draw(st.lists(st.sampled_from(choices), min_size=1, max_size=3))} | extra(draw)


def _set(least: int = 0) -> Callable[[Draw, Column], Arguments]:
    return lambda draw, column: {"value_set": a.value_set(draw, column, least)}


def _match_on(draw: Draw) -> Arguments:
    return {"match_on": draw(st.sampled_from(("any", "all")))} if draw(st.booleans()) else {}


def _strictly(draw: Draw, _: Column) -> Arguments:
    return {"strictly": draw(st.booleans())} if draw(st.booleans()) else {}


def _loose(make: Callable[[Draw, Column], Arguments]) -> Callable[[Draw, Column], Arguments]:
    """Without bounds in one of three cases: the figure itself is what is compared then."""
    return lambda draw, column: make(draw, column) if draw(st.integers(0, 2)) else {}


def _length(draw: Draw, _: Column) -> Arguments:
    low, high = sorted((draw(st.integers(0, 4)), draw(st.integers(0, 20))))
    return draw(
        st.sampled_from(({"min_value": low}, {"max_value": high}, {"min_value": low, "max_value": high}))
    ) | a.strict(draw)


def _z(draw: Draw, _: Column) -> Arguments:
    return {"threshold": draw(st.sampled_from((0, 0.5, 1, 1.5, 3, -1))), "double_sided": draw(st.booleans())}


def _outliers(draw: Draw, _: Column) -> Arguments:
    given: Arguments = {"method": draw(st.sampled_from(("iqr", "std")))} if draw(st.integers(0, 3)) else {}
    return given | ({"multiplier": draw(st.sampled_from((0, 0.5, 1, 1.5, 3)))} if draw(st.booleans()) else {})


def _quantiles(draw: Draw, column: Column) -> Arguments:
    quantiles = draw(
        st.lists(
            st.sampled_from((0.0, 0.05, 0.1, 0.25, 1 / 3, 0.5, 0.75, 0.9, 1.0)), min_size=1, max_size=4, unique=True
        )
    )
    ranges: list[list[Any]] = []
    for _ in quantiles:
        low, high = a.bound(draw, column), a.bound(draw, column)
        try:
            ranges.append([low, high] if low <= high else [high, low])
        except TypeError:
            ranges.append([None, None])
        ranges[-1] = draw(st.sampled_from((ranges[-1], ranges[-1], [None, None], [ranges[-1][0], None])))
    given: Arguments = {"quantile_ranges": {"quantiles": quantiles, "value_ranges": ranges}}
    if draw(st.integers(0, 3)) == 0:
        given["allow_relative_error"] = draw(
            st.sampled_from((False, "linear", "lower", "higher", "midpoint", "nearest", True))
        )
    return given


def _divergence(draw: Draw, column: Column) -> Arguments:
    given: Arguments = {"threshold": draw(st.sampled_from((0, 0.1, 0.5, 2, None)))}
    shape = draw(st.integers(0, 5))
    parts = draw(st.integers(1, 4))
    weights = [1 / parts] * parts
    if shape == 0:
        return given | {"bucketize_data": draw(st.booleans())}
    if shape <= 2:
        values = list(dict.fromkeys(t.near(draw, column) for _ in range(parts)))
        given |= {
            "partition_object": {"values": values, "weights": [1 / len(values)] * len(values)},
            "bucketize_data": False,
        }
        return given | ({"tail_weight_holdout": 0.1} if draw(st.booleans()) else {})
    start = draw(st.sampled_from((-10.0, -1.0, 0.0, 0.5)))
    width = draw(st.sampled_from((1.0, 2.5, 50.0)))
    partition: Arguments = {"bins": [start + width * step for step in range(parts + 1)], "weights": weights}
    if shape == 3:
        partition |= {"weights": [weight * 0.8 for weight in weights], "tail_weights": [0.1, 0.1]}
    if shape == 4:
        given |= {"tail_weight_holdout": 0.1, "internal_weight_holdout": draw(st.sampled_from((0, 0.1)))}
    return given | {"partition_object": partition}


def _pairs(draw: Draw, columns: dict[str, Column]) -> Arguments:
    one, two = columns["a"], columns["b"]
    held = [pair for pair in zip(one.cells, two.cells, strict=True) if draw(st.booleans())][:4]
    return {
        "value_pairs_set": [*held, *((t.near(draw, one), t.near(draw, two)) for _ in range(draw(st.integers(1, 3))))]
    }


def _or_equal(draw: Draw, _: Any) -> Arguments:
    return {"or_equal": draw(st.booleans())} if draw(st.booleans()) else {}


def _sum(draw: Draw, columns: dict[str, Column]) -> Arguments:
    rows = list(zip(*(column.cells for column in columns.values()), strict=True))
    try:
        return {"sum_total": float(sum(float(value) for value in draw(st.sampled_from(rows))))}
    except (TypeError, ValueError, IndexError):
        return {"sum_total": draw(st.sampled_from((0, 1, 2, 2.5)))}


def _column_set(draw: Draw, columns: dict[str, Column]) -> Arguments:
    names = st.lists(st.sampled_from((*columns, "k", "label", "A", "z")), max_size=5, unique=True)
    exact = {"exact_match": draw(st.booleans())} if draw(st.booleans()) else {}
    return {"column_set": draw(st.one_of(names, st.permutations([*columns, "k", "label"])))} | exact


def _column_list(draw: Draw, columns: dict[str, Column]) -> Arguments:
    names = st.lists(st.sampled_from((*columns, "k", "label", "z")), max_size=5)
    return {"column_list": draw(st.one_of(st.just([*columns, "k", "label"]), names))}


def _existing(draw: Draw, _: Any) -> Arguments:
    index = {"column_index": draw(st.integers(-5, 6))} if draw(st.booleans()) else {}
    return {"column": draw(st.sampled_from(("a", "b", "k", "label", "A", "nope")))} | index


def _count(key: str, most: int) -> Any:
    return lambda draw, _: {key: draw(st.integers(0, most))}


_NUMBERS_AND_BOOLEANS = (*t.NUMBERS, *t.BOOLEANS)
_ORDERED = (*t.NUMBERS, *t.TIMES)
_ORDERED_OR_BOOLEAN = (*_ORDERED, *t.BOOLEANS)
_PAIRED = (*t.NUMBERS, *t.TIMES, *t.TEXT, "bool")
_PATTERNED = (*t.TEXT, "text", "object_text", "moment_text", "int", "float", "decimal", "bool", "date", "nullable_int")
_figure_bounds = lambda low, high: lambda draw, _: a.figure_bounds(draw, low, high)  # noqa: E731

RECIPES: dict[str, _Recipe] = {
    "expect_column_value_lengths_to_be_between": _of_one(*_PATTERNED, make=_length),
    "expect_column_value_lengths_to_equal": _of_one(*_PATTERNED, make=_pick("value", (0, 1, 2, 3, 4, 10, 2.5))),
    "expect_column_value_z_scores_to_be_less_than": _of_one(*_NUMBERS_AND_BOOLEANS, make=_z),
    "expect_column_values_to_be_between": _of_one(*_ORDERED_OR_BOOLEAN, make=a.bounds),
    "expect_column_values_to_be_dateutil_parseable": _of_one("moment_text", "moment_text", *t.TEXT),
    "expect_column_values_to_be_decreasing": _of_one(*_ORDERED_OR_BOOLEAN, make=_strictly),
    "expect_column_values_to_be_in_set": _of_one(make=_set()),
    "expect_column_values_to_be_in_type_list": _of_one(make=_some("type_list", a.TYPES)),
    "expect_column_values_to_be_increasing": _of_one(*_ORDERED_OR_BOOLEAN, make=_strictly),
    "expect_column_values_to_be_json_parseable": _of_one("json_text", "any_json_text", "any_json_text", *t.TEXT),
    "expect_column_values_to_be_null": _of_one(),
    "expect_column_values_to_be_of_type": _of_one(make=_pick("type_", a.TYPES)),
    "expect_column_values_to_be_unique": _of_one(),
    "expect_column_values_to_match_json_schema": _of_one("json_text", make=_pick("json_schema", a.SCHEMAS)),
    "expect_column_values_to_match_like_pattern": _of_one(
        *t.TEXT, make=lambda d, c: _pick("like_pattern", a.LIKE_PATTERNS)(d, c) | a.escape(d)
    ),
    "expect_column_values_to_match_like_pattern_list": _of_one(
        *t.TEXT, make=_some("like_pattern_list", a.LIKE_PATTERNS, lambda draw: _match_on(draw) | a.escape(draw))
    ),
    "expect_column_values_to_match_regex": _of_one(*_PATTERNED, make=_pick("regex", a.REGEXES)),
    "expect_column_values_to_match_regex_list": _of_one(*_PATTERNED, make=_some("regex_list", a.REGEXES, _match_on)),
    "expect_column_values_to_match_strftime_format": _of_one(
        "moment_text", "moment_text", *t.TEXT, make=_pick("strftime_format", a.FORMATS)
    ),
    "expect_column_values_to_not_be_in_set": _of_one(make=_set()),
    "expect_column_values_to_not_be_null": _of_one(),
    "expect_column_values_to_not_be_outliers": _of_one(*_NUMBERS_AND_BOOLEANS, make=_outliers),
    "expect_column_values_to_not_match_like_pattern": _of_one(
        *t.TEXT, make=lambda d, c: _pick("like_pattern", a.LIKE_PATTERNS)(d, c) | a.escape(d)
    ),
    "expect_column_values_to_not_match_like_pattern_list": _of_one(
        *t.TEXT, make=_some("like_pattern_list", a.LIKE_PATTERNS, a.escape)
    ),
    "expect_column_values_to_not_match_regex": _of_one(*_PATTERNED, make=_pick("regex", a.REGEXES)),
    "expect_column_values_to_not_match_regex_list": _of_one(*_PATTERNED, make=_some("regex_list", a.REGEXES)),
    "expect_column_distinct_values_to_be_in_set": _of_one(make=_set(1), rows=False),
    "expect_column_distinct_values_to_contain_set": _of_one(make=_set(), rows=False),
    "expect_column_distinct_values_to_equal_set": _of_one(make=_set(), rows=False),
    "expect_column_kl_divergence_to_be_less_than": _of_one(
        "int",
        "float",
        "int_with_nulls",
        "words",
        "bool",
        "float",
        "special_float",
        "decimal",
        make=_divergence,
        rows=False,
    ),
    "expect_column_max_to_be_between": _of_one(*_ORDERED_OR_BOOLEAN, *t.TEXT, make=_loose(a.bounds), rows=False),
    "expect_column_mean_to_be_between": _of_one(
        *_NUMBERS_AND_BOOLEANS, "datetime_us", make=_loose(a.bounds), rows=False
    ),
    "expect_column_median_to_be_between": _of_one(
        *_NUMBERS_AND_BOOLEANS, "datetime_us", make=_loose(a.bounds), rows=False
    ),
    "expect_column_min_to_be_between": _of_one(*_ORDERED_OR_BOOLEAN, *t.TEXT, make=_loose(a.bounds), rows=False),
    "expect_column_most_common_value_to_be_in_set": _of_one(
        make=lambda d, c: _set()(d, c) | ({"ties_okay": d(st.booleans())} if d(st.booleans()) else {}), rows=False
    ),
    "expect_column_proportion_of_non_null_values_to_be_between": _of_one(make=_figure_bounds(0, 1), rows=False),
    "expect_column_proportion_of_unique_values_to_be_between": _of_one(make=_figure_bounds(0, 1), rows=False),
    "expect_column_quantile_values_to_be_between": _of_one(*_NUMBERS_AND_BOOLEANS, make=_quantiles, rows=False),
    "expect_column_stdev_to_be_between": _of_one(*_NUMBERS_AND_BOOLEANS, make=_loose(a.bounds), rows=False),
    "expect_column_sum_to_be_between": _of_one(*_NUMBERS_AND_BOOLEANS, make=_loose(a.bounds), rows=False),
    "expect_column_unique_value_count_to_be_between": _of_one(make=_figure_bounds(0, 8), rows=False),
    "expect_column_pair_values_a_to_be_greater_than_b": _of_pair(*_PAIRED, make=_or_equal),
    "expect_column_pair_values_to_be_equal": _of_pair(*_PAIRED),
    "expect_column_pair_values_to_be_in_set": _of_pair(*_PAIRED, make=_pairs),
    "expect_compound_columns_to_be_unique": _of_list(),
    "expect_multicolumn_sum_to_equal": _of_list(*_NUMBERS_AND_BOOLEANS, make=_sum),
    "expect_multicolumn_values_to_be_equal": _of_list(*_PAIRED),
    "expect_select_column_values_to_be_unique_within_record": _of_list(*_PAIRED),
    "expect_column_to_exist": _of_table(_existing),
    "expect_column_type_to_be": _Recipe(
        t.ALL, lambda d, _: {"column": ONE, "type_": d(st.sampled_from(a.TYPES))}, conditioned=False
    ),
    "expect_table_column_count_to_be_between": _of_table(
        lambda d, _: {k: v for k, v in a.figure_bounds(d, 0, 8).items() if "strict" not in k}
    ),
    "expect_table_column_count_to_equal": _of_table(_count("value", 6)),
    "expect_table_columns_to_match_ordered_list": _of_table(_column_list),
    "expect_table_columns_to_match_set": _of_table(_column_set),
    "expect_table_row_count_to_be_between": _of_table(_figure_bounds(0, 16), conditioned=True),
    "expect_table_row_count_to_equal": _of_table(_count("value", 8), conditioned=True),
}
NAMES = tuple(name for name in EXPECTATION_TYPES if name in RECIPES)
