"""What holds of any data (DESIGN, section 6)."""

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_management.domain.models import Check, ColumnSpec
from data_management_tests.integration.quality.examples import read, rule, written

SPECS = (
    ColumnSpec("n", "integer"),
    ColumnSpec("x", "number"),
    ColumnSpec("s", "string"),
    ColumnSpec("d", "date"),
    ColumnSpec("m", "integer"),
)
ROW_LEVEL = (
    rule("column_values_to_not_be_null", "filled", column="n"),
    rule("column_values_to_be_null", "empty", column="s"),
    rule("column_values_to_be_of_type", "type", column="n", type_="integer"),
    rule("column_values_to_be_of_type", "day", column="d", type_="date"),
    rule("column_values_to_be_between", "range", column="n", min_value=-5, max_value=5),
    rule("column_values_to_be_between", "real", column="x", min_value=0, strict_min=True),
    rule("column_values_to_be_between", "days", column="d", min_value="2024-02-01"),
    rule("column_values_to_be_in_set", "set", column="n", value_set=[1, 2, 3]),
    rule("column_values_to_match_regex", "regex", column="s", regex="^[a-m]"),
    rule("column_value_lengths_to_be_between", "length", column="s", max_value=3),
    rule(
        "column_pair_values_a_to_be_greater_than_b",
        "pair",
        column_A="n",
        column_B="m",
        ignore_row_if="either_value_is_missing",
    ),
    rule("multicolumn_sum_to_equal", "sum", column_list=["n", "m"], sum_total=3, ignore_row_if="any_value_is_missing"),
)
UNIQUE = rule("column_values_to_be_unique", "unique", column="n")
VOLUME = rule("table_row_count_to_be_between", "volume", min_value=0)

integers = st.one_of(st.integers(-9, 9).map(str), st.integers(-(2**70), 2**70).map(str), st.just(""), st.just("x1"))
reals = st.one_of(st.floats(allow_nan=False, allow_infinity=False).map(repr), st.just(""), st.just("-"))
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cs",)), max_size=6)
days = st.one_of(st.dates().map(str), st.just(""), st.just("2023-02-30"), st.just("today"))
rows = st.lists(st.tuples(integers, reals, texts, days, integers), max_size=12)
quick = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])

Row = tuple[str, str, str, str, str]


def _checks(folder: Path, table: list[Row]) -> dict[str, Check]:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("n", "x", "s", "d", "m"), *table])
    examination = read(written(folder, "t.csv", text.getvalue()), *ROW_LEVEL, UNIQUE, VOLUME, columns=SPECS)
    assert examination.row_count == len(table)
    checks = {check.rule: check for check in examination.checks}
    assert not [check.error for check in examination.checks if check.errored]
    return checks


@quick
@given(rows, rows)
def test_row_level_rules_over_merged_files_equal_the_whole(one: list[Row], two: list[Row]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        left, right, whole = (_checks(Path(folder), part) for part in (one, two, [*one, *two]))
    for row_rule in ROW_LEVEL:
        parts = [left[row_rule.name], right[row_rule.name]]
        together = whole[row_rule.name]
        assert together.evaluated == sum(part.evaluated or 0 for part in parts), row_rule.name
        assert together.unexpected == sum(part.unexpected or 0 for part in parts), row_rule.name


@quick
@given(rows)
def test_duplicating_every_row_changes_only_uniqueness_and_volume(table: list[Row]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        once, twice = _checks(Path(folder), table), _checks(Path(folder), [*table, *table])
    for row_rule in ROW_LEVEL:
        before, after = once[row_rule.name], twice[row_rule.name]
        assert (after.evaluated, after.unexpected) == (2 * (before.evaluated or 0), 2 * (before.unexpected or 0))
        assert after.success == before.success
    assert twice["unique"].unexpected == twice["unique"].evaluated
    assert twice["volume"].observed == 2 * len(table)


@quick
@given(rows, st.randoms())
def test_the_order_of_rows_does_not_matter(table: list[Row], random: object) -> None:
    shuffled = [*table]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory() as folder:
        assert _checks(Path(folder), table) == _checks(Path(folder), shuffled)
