"""What a profile says of a relation, and what it keeps to itself."""

from collections.abc import Iterator
from dataclasses import replace

import duckdb
import pytest

from data_management.domain.models import ColumnProfile, merged_profiles
from data_management.infrastructure.quality.profiling import ProfiledColumn, ProfileLimits, profile_of

SMALL = ProfileLimits(sample_rows=100)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(config={"threads": 1})
    yield connection
    connection.close()


def profiled(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    limits: ProfileLimits = ProfileLimits(),
    **columns: dict[str, object],
) -> dict[str, ColumnProfile]:
    """The profiles of a query's result by column; `columns` are fields of `ProfiledColumn` that differ."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE asset AS {query}")
    described = connection.execute("DESCRIBE asset").fetchall()
    asked = [ProfiledColumn(name, kind, **columns.get(name, {})) for name, kind, *_ in described]  # type: ignore[arg-type]
    row = connection.execute("SELECT count(*) FROM asset").fetchone()
    assert row
    return {each.name: each for each in profile_of(connection, "asset", asked, row[0], limits=limits)}


def test_numbers_have_bounds_mean_and_quantiles(connection: duckdb.DuckDBPyConnection) -> None:
    profile = profiled(connection, "SELECT CASE WHEN n % 10 > 0 THEN n END AS n FROM range(1, 101) AS r(n)")["n"]
    assert (profile.nulls, profile.count, profile.distinct, profile.distinct_error) == (10, 90, 90, None)
    assert (profile.minimum, profile.maximum, profile.mean) == (1, 99, 50.0)
    assert profile.quantile(0.5) == 50.0


@pytest.mark.parametrize("kind", ["TINYINT", "UBIGINT", "HUGEINT", "FLOAT", "DECIMAL(9,2)", "DECIMAL(38,0)"])
def test_every_type_of_number_is_one(connection: duckdb.DuckDBPyConnection, kind: str) -> None:
    profile = profiled(connection, f"SELECT n::{kind} AS n FROM range(1, 5) AS r(n)")["n"]
    assert (profile.minimum, profile.maximum, profile.mean, profile.distinct) == (1, 4, 2.5, 4)
    assert profile.quantile(1.0) == 4.0


def test_integers_keep_all_digits(connection: duckdb.DuckDBPyConnection) -> None:
    profile = profiled(connection, "SELECT 9223372036854775807 AS n")["n"]
    assert profile.maximum == 9223372036854775807


def test_figures_that_are_no_number_are_left_out(connection: duckdb.DuckDBPyConnection) -> None:
    profile = profiled(connection, "SELECT unnest(['nan'::DOUBLE, 'inf', '-inf', 1]) AS x")["x"]
    assert (profile.count, profile.minimum, profile.maximum, profile.mean) == (4, None, None, None)
    assert profile.quantile(0.5) == 1.0


def test_dates_and_times_have_iso_bounds(connection: duckdb.DuckDBPyConnection) -> None:
    found = profiled(
        connection,
        "SELECT DATE '2013-01-04' AS d, TIMESTAMP '2013-01-04 05:06:07' AS t, TIME '05:06:07' AS o, "
        "TIMESTAMPTZ '2013-01-04 05:06:07+00' AS z, 'infinity'::DATE AS i",
    )
    bounds = {name: profile.maximum for name, profile in found.items()}
    assert bounds == {
        "d": "2013-01-04",
        "t": "2013-01-04T05:06:07",
        "o": "05:06:07",
        "z": "2013-01-04T05:06:07Z",
        "i": None,
    }


def test_booleans_have_a_share(connection: duckdb.DuckDBPyConnection) -> None:
    assert profiled(connection, "SELECT unnest([true, true, true, false, NULL]) AS b")["b"].mean == 0.75


def test_nested_and_binary_columns_have_counts(connection: duckdb.DuckDBPyConnection) -> None:
    found = profiled(connection, "SELECT [1, 2] AS l, {'a': 1} AS s, 'x'::BLOB AS b, uuid() AS u FROM range(3)")
    assert {name: (each.count, each.distinct) for name, each in found.items()} == {
        "l": (3, 1),
        "s": (3, 1),
        "b": (3, 1),
        "u": (3, 3),
    }


def test_texts_have_lengths_and_shapes_and_no_values(connection: duckdb.DuckDBPyConnection) -> None:
    profile = profiled(connection, "SELECT format('N{}-{:02}', n % 10, n) AS code FROM range(10, 60) AS r(n)")["code"]
    assert (profile.shortest, profile.longest, profile.distinct) == (5, 5, 50)
    assert [(each.value, each.count) for each in profile.patterns or ()] == [("A9-99", 50)]
    assert (profile.minimum, profile.maximum, profile.top_values) == (None, None, None)


def test_a_shape_that_one_text_has_alone_is_not_told(connection: duckdb.DuckDBPyConnection) -> None:
    profile = profiled(connection, "SELECT unnest(['!!XY!!', '12', '13', '14']) AS x")["x"]
    assert [each.value for each in profile.patterns or ()] == ["99"]


def test_values_are_shown_where_the_contract_lets_them(connection: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT CASE WHEN n < 3 THEN 'DE' ELSE 'FR' || repeat('x', 100) END AS c FROM range(5) AS r(n)"
    profile = profiled(connection, query, c={"shown": True})["c"]
    assert [(each.value, each.count) for each in profile.top_values or ()] == [("DE", 3), ("FR" + "x" * 62, 2)]
    assert (profile.minimum, profile.maximum) == ("DE", "FR" + "x" * 62)


def test_of_a_private_column_there_are_counts_alone(connection: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT n AS i, n::VARCHAR AS t, DATE '2013-01-01' + n::INTEGER AS d, n % 2 = 0 AS b FROM range(50) AS r(n)"
    private = {name: {"private": True, "shown": True} for name in "itdb"}
    for limits in (ProfileLimits(), ProfileLimits(sample_rows=10), ProfileLimits(sample_rows=10, rescans=False)):
        for profile in profiled(connection, query, limits, **private).values():
            counts = {"name", "nulls", "count", "distinct", "distinct_error", "sampled"}
            assert {name for name, value in vars(profile).items() if value not in (None, ())} <= counts


def test_uncastable_values_are_not_missing(connection: duckdb.DuckDBPyConnection) -> None:
    profile = profiled(connection, "SELECT unnest([1, NULL, NULL]) AS n", n={"uncastable": 1})["n"]
    assert (profile.count, profile.nulls) == (1, 1)


def test_an_empty_relation_has_a_profile(connection: duckdb.DuckDBPyConnection) -> None:
    for limits in (ProfileLimits(), ProfileLimits(sample_rows=0)):
        found = profiled(connection, "SELECT n, n::VARCHAR AS t FROM range(0) AS r(n)", limits)
        assert {(p.count, p.nulls, p.distinct, p.minimum, p.mean) for p in found.values()} == {(0, 0, 0, None, None)}


def test_a_relation_without_columns_has_none(connection: duckdb.DuckDBPyConnection) -> None:
    assert profile_of(connection, "(SELECT 1)", [], 1) == ()


@pytest.mark.parametrize("rescans", [True, False])
def test_a_large_relation_is_sampled_for_what_costs(connection: duckdb.DuckDBPyConnection, rescans: bool) -> None:
    limits = replace(SMALL, rescans=rescans)
    found = profiled(connection, "SELECT n, (n % 7)::VARCHAR AS t FROM range(100000) AS r(n)", limits)
    number, text = found["n"], found["t"]
    assert (number.count, number.minimum, number.maximum, number.mean) == (100_000, 0, 99_999, 49_999.5)
    assert number.sampled == pytest.approx(100, abs=60)
    assert number.quantile(0.5) == pytest.approx(50_000, rel=0.4)
    assert number.distinct == pytest.approx(100_000, rel=3 * (number.distinct_error or 0))
    assert number.distinct_error == pytest.approx(0.0325 if rescans else 0.13)
    assert text.distinct == pytest.approx(7, abs=1)
    assert (number.sketch is not None) is rescans


def test_distinct_is_left_out_above_its_bound(connection: duckdb.DuckDBPyConnection) -> None:
    found = profiled(connection, "SELECT n FROM range(1000) AS r(n)", replace(SMALL, distinct_rows=500))
    assert (found["n"].distinct, found["n"].count) == (None, 1000)


def test_above_its_bound_a_sketch_gives_way_to_an_estimate(connection: duckdb.DuckDBPyConnection) -> None:
    found = profiled(connection, "SELECT n FROM range(1000) AS r(n)", replace(SMALL, sketched_rows=500))["n"]
    assert (found.sketch, found.distinct_error) == (None, 0.13)


def test_files_of_two_sizes_merge(connection: duckdb.DuckDBPyConnection) -> None:
    files = [
        profiled(connection, f"SELECT n FROM range({n}, {n} + {size}) AS r(n)", SMALL)
        for n, size in ((0, 80), (40, 5000))
    ]
    merged = merged_profiles(files[0], tuple(files[1].values()))["n"]
    assert (merged.minimum, merged.maximum, merged.count) == (0, 5039, 5080)
    assert merged.distinct == pytest.approx(5040, rel=0.3)


def test_many_columns_take_several_statements(connection: duckdb.DuckDBPyConnection) -> None:
    columns = ", ".join(f"{n} AS c{n}" for n in range(250))
    found = profiled(connection, f"SELECT {columns}")
    assert [found[f"c{n}"].maximum for n in range(250)] == list(range(250))


def test_names_of_columns_are_data(connection: duckdb.DuckDBPyConnection) -> None:
    name = 'x"; DROP TABLE asset; --'
    quoted = name.replace('"', '""')
    for limits in (ProfileLimits(), ProfileLimits(sample_rows=1)):
        assert profiled(connection, f'SELECT n AS "{quoted}" FROM range(40) AS r(n)', limits)[name].maximum == 39


def test_a_small_file_and_its_scan_say_the_same(connection: duckdb.DuckDBPyConnection) -> None:
    query = """
        SELECT n AS i, n::HUGEINT AS h, n / 7 AS x, (n / 7)::DECIMAL(9,2) AS d, n % 3 = 0 AS b, repeat('ä', n::INTEGER) AS t,
               DATE '2013-01-01' + n::INTEGER AS day, TIMESTAMP '2013-01-01' + to_hours(n) AS at, TIME '01:00' AS o,
               'infinity'::DATE AS never, NULL::INTEGER AS nothing, repeat('x', 300) AS long, [n] AS l
        FROM range(50) AS r(n)
    """
    one, other = (profiled(connection, query, ProfileLimits(sample_rows=rows)) for rows in (50, 49))
    for name, profile in one.items():
        scanned = other[name]
        assert profile.mean == pytest.approx(scanned.mean), name
        for figure in ("nulls", "count", "minimum", "maximum", "shortest", "longest"):
            assert getattr(profile, figure) == getattr(scanned, figure), (name, figure)
