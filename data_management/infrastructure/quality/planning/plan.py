"""From expectations and columns to a plan: what one scan is asked, and how the answers become metrics."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from data_management.domain.expectations import EXPECTATION_TYPES
from data_management.domain.services.spelling import did_you_mean
from data_management.infrastructure.quality.custom import why_absent
from data_management.infrastructure.quality.gx import (
    MOST_SAMPLES,
    CannotRun,
    Metric,
    Outcome,
    completed,
    is_own_sql,
    question,
)
from data_management.infrastructure.quality.planning.arguments import (
    named_columns,
    suite_parameter,
    suited,
    with_moments,
)
from data_management.infrastructure.quality.planning.columns import LOGICAL_TYPES, TypedColumn
from data_management.infrastructure.quality.planning.conditions import NotUnderstood, condition_sql
from data_management.infrastructure.quality.planning.figures import figure, listed
from data_management.infrastructure.quality.planning.own_sql import own_sql
from data_management.infrastructure.quality.planning.row_test import NotPlanned, Refused, RowTest
from data_management.infrastructure.quality.planning.rows import (
    column_test,
    columns_test,
    is_nullness,
    nullness_test,
    pair_test,
)
from data_management.infrastructure.quality.planning.scan import (
    Batches,
    Grouping,
    Query,
    Rows,
    Slot,
    asked,
    constant,
    counted,
    filtered,
    single,
)
from data_management.infrastructure.quality.planning.values import Operand

PLACES: Final = "unexpected_index_list"
"""How the names of metrics end that hold the places of unexpected rows."""

_ON_RAW: Final = frozenset(
    {
        "expect_column_values_to_not_be_null",
        "expect_column_values_to_be_null",
        "expect_column_proportion_of_non_null_values_to_be_between",
    }
)
"""Whether a value is missing is judged on what the file holds: one that does not cast is not missing."""

_ON_TEXT: Final = frozenset(
    {
        "expect_column_value_lengths_to_be_between",
        "expect_column_value_lengths_to_equal",
        "expect_column_values_to_be_dateutil_parseable",
        "expect_column_values_to_be_json_parseable",
        "expect_column_values_to_match_json_schema",
        "expect_column_values_to_match_like_pattern",
        "expect_column_values_to_match_like_pattern_list",
        "expect_column_values_to_match_regex",
        "expect_column_values_to_match_regex_list",
        "expect_column_values_to_match_strftime_format",
        "expect_column_values_to_not_match_like_pattern",
        "expect_column_values_to_not_match_like_pattern_list",
        "expect_column_values_to_not_match_regex",
        "expect_column_values_to_not_match_regex_list",
    }
)
"""Patterns are judged on the file's own text, where it has one: ``007`` stays ``007``, ``1.50`` stays ``1.50``."""

_OF_TYPE: Final = "expect_column_values_to_be_of_type"
_BY_PHYSICAL_TYPE: Final = frozenset({_OF_TYPE, "expect_column_values_to_be_in_type_list", "expect_column_type_to_be"})
_MOST_COMMON: Final = "expect_column_most_common_value_to_be_in_set"
_DIVERGENCE: Final = "expect_column_kl_divergence_to_be_less_than"
_GX_KNOWS: Final = frozenset({"boolean", "date", "string"})
"""Names of ours that mean something to GX too; it is asked where no contract names the column."""
_NEED_NO_COLUMN: Final = frozenset({"expect_column_to_exist"})

_IGNORED: Final = {
    "both_values_are_missing": (" OR ", "IS NOT NULL"),
    "either_value_is_missing": (" AND ", "IS NOT NULL"),
    "all_values_are_missing": (" OR ", "IS NOT NULL"),
    "any_value_is_missing": (" AND ", "IS NOT NULL"),
}


@dataclass(frozen=True)
class Planned:
    """An expectation whose metrics DuckDB computes: `slots` by the names that `judge` reads them by."""

    slots: Mapping[str, Slot]
    judge: Callable[[Mapping[str, Any]], Outcome]
    """Raises `CannotRun`."""


@dataclass(frozen=True)
class Unplanned:
    """One that Great Expectations' own engine computes, because of `reason`."""

    reason: str


@dataclass(frozen=True)
class Unrunnable:
    """One that cannot be computed; `reason` quotes no values.

    Great Expectations is asked all the same about a frame of the caller's own, unless the rule is `hopeless` whatever the data.
    """

    reason: str
    hopeless: bool = False


def planned(
    kind: str, arguments: Mapping[str, Any], columns: Mapping[str, TypedColumn], *, details: bool = False
) -> Planned | Unplanned | Unrunnable:
    """How the expectation is evaluated on `columns`; `details` asks for unexpected values too."""
    unfit = _unfit(kind, arguments, columns)
    if unfit is not None:
        return unfit
    if kind in EXPECTATION_TYPES:
        return _planned(kind, arguments, columns, details=details)
    if (reason := why_absent(kind)) is not None:
        return Unrunnable(reason, hopeless=True)
    try:
        arguments = completed(kind, arguments)
    except CannotRun as error:
        return Unrunnable(str(error))
    if is_own_sql(kind):
        return _planned(kind, arguments, columns, details=details)
    return _unfit(kind, arguments, columns) or Unplanned("its metrics may be somebody's own")


def _unfit(kind: str, arguments: Mapping[str, Any], columns: Mapping[str, TypedColumn]) -> Unrunnable | None:
    for name in named_columns(arguments):
        if name not in columns and kind not in _NEED_NO_COLUMN:
            fix = did_you_mean(name, columns, "correct the rule or the file")
            return Unrunnable(f"column {name!r} is not in the data; {fix}")
    if (parameter := suite_parameter(arguments)) is not None:
        return Unrunnable(
            f"{kind} takes the suite parameter {parameter!r}, and none are given here; write its value into the rule",
            hopeless=True,
        )
    return None


def _planned(
    kind: str, arguments: Mapping[str, Any], columns: Mapping[str, TypedColumn], *, details: bool
) -> Planned | Unplanned | Unrunnable:
    if (aside := _aside(kind, arguments, columns)) is not None:
        return aside
    arguments = suited(arguments, [columns[name] for name in named_columns(arguments) if name in columns])
    if kind == _MOST_COMMON:
        arguments = with_moments(arguments, columns[arguments["column"]].typed.kind)
    try:
        asks = question(kind, arguments, details=details)
        return Planned(
            slots={name: _slot(kind, metric, columns) for name, metric in asks.metrics.items()}, judge=asks.judged
        )
    except NotPlanned as error:
        return Unplanned(str(error))
    except NotUnderstood as error:
        return Unrunnable(f"{kind}: {error}")
    except Refused as error:
        return Unrunnable(f"{kind} could not be computed: {error}; check that its arguments suit the columns' types")
    except CannotRun as error:
        return Unrunnable(str(error))


def _aside(
    kind: str, arguments: Mapping[str, Any], columns: Mapping[str, TypedColumn]
) -> Planned | Unplanned | Unrunnable | None:
    """What goes another way than by GX's metrics; None for all else."""
    if kind == _OF_TYPE and arguments.get("type_") in LOGICAL_TYPES:
        column = columns[str(arguments["column"])]
        if column.spec is not None or arguments["type_"] not in _GX_KNOWS:
            return _of_logical_type(column, arguments)
    if is_own_sql(kind):
        try:
            own_sql(str(arguments.get("unexpected_rows_query")))
        except Refused as error:
            return Unrunnable(f"{kind} cannot be run: {error}", hopeless=True)
    if kind in _BY_PHYSICAL_TYPE:
        return Unplanned("physical types are those of Great Expectations' engine")
    if kind == _DIVERGENCE and arguments.get("partition_object") is None:
        return Unplanned("its partition is made from the data")
    return None


def _of_logical_type(column: TypedColumn, arguments: Mapping[str, Any]) -> Planned | Unrunnable:
    """Whether values are of a contract's type: GX knows physical ones only. Evaluated are those that are not missing."""
    if arguments.get("row_condition"):
        return Unrunnable(f"{_OF_TYPE} takes no row_condition with a logical type; remove it")
    mostly = arguments.get("mostly", 1.0)
    if isinstance(mostly, bool) or not isinstance(mostly, int | float):
        return Unrunnable(f"{_OF_TYPE} does not accept its arguments (mostly); check the rule")
    fitting = column.typed.sql
    if column.spec is None or column.spec.logical_type != arguments["type_"]:
        fitting = column.cast_to(str(arguments["type_"]))
    slots = {"filled": single(f"count({column.raw.sql})"), "fitting": single(f"count({fitting})")}

    def judge(provided: Mapping[str, Any]) -> Outcome:
        filled, fits = int(provided["filled"]), int(provided["fitting"])
        success = not filled or fits / filled >= mostly
        return Outcome(success=success, evaluated=filled, unexpected=filled - fits)

    return Planned(slots=slots, judge=judge)


def _slot(kind: str, metric: Metric, columns: Mapping[str, TypedColumn]) -> Slot:
    name = metric.name
    if name == "table.columns":
        return constant(list(columns))
    if name == "table.column_count":
        return constant(len(columns))
    if name.startswith("unexpected_rows_query."):
        return _own_sql(metric)
    operands = [_operand(kind, columns[column]) for column in metric.columns]
    selected = _selected(metric, columns)
    if name == "table.row_count":
        return single(counted(selected))
    base, _, part = name.rpartition(".")
    if part in _PARTS:
        rows, test = _row_test(base, metric, operands, selected)
        return _PARTS[part](rows, test, metric, operands)
    if len(operands) == 1:
        return figure(name, operands[0], selected, metric.arguments)
    raise NotPlanned(f"{name} has no plan")


def is_judged_on_raw(kind: str) -> bool:
    return kind in _ON_RAW


def is_judged_on_text(kind: str) -> bool:
    return kind in _ON_TEXT


def _operand(kind: str, column: TypedColumn) -> Operand:
    if kind in _ON_RAW or (kind in _ON_TEXT and column.textual):
        return column.raw
    return column.typed


def _selected(metric: Metric, columns: Mapping[str, TypedColumn]) -> str | None:
    if metric.row_condition is None:
        return None
    return condition_sql(metric.row_condition, {name: column.typed for name, column in columns.items()})


def _row_test(
    base: str, metric: Metric, operands: Sequence[Operand], selected: str | None
) -> tuple[str | None, RowTest]:
    """Which rows are looked at (None: all), and the test of each."""
    several = base.startswith(("column_pair_values.", "multicolumn_", "compound_columns.", "select_column_values."))
    if not several:
        column = operands[0]
        if is_nullness(base):
            return selected, nullness_test(base, column)
        test = column_test(base, column, metric.arguments)
        return (selected if test.skips_missing else _both(f"{column.sql} IS NOT NULL", selected)), test
    ignored = _not_ignored(metric.ignore_row_if, operands)
    rows = _both(ignored, selected) if ignored else selected
    if base.startswith("column_pair_values."):
        return rows, pair_test(base, operands[0], operands[1], metric.arguments)
    return rows, columns_test(base, operands, metric.arguments)


def _not_ignored(ignore_row_if: str | None, operands: Sequence[Operand]) -> str | None:
    if ignore_row_if in (None, "neither", "never"):
        return None
    if ignore_row_if not in _IGNORED:
        raise Refused("ignore_row_if is not known")
    how, test = _IGNORED[ignore_row_if]
    return "(" + how.join(f"{operand.sql} {test}" for operand in operands) + ")"


def _both(one: str, other: str | None) -> str:
    return one if other is None else f"{one} AND {other}"


def _unexpected_count(rows: str | None, test: RowTest, _: Metric, operands: Sequence[Operand]) -> Slot:
    if test.refusal is not None:
        return _refused_if_any(rows, test.refusal)
    if test.accepts is not None:
        column, accepts = test.value or operands[0].sql, test.accepts
        values = f"SELECT {column}, count(*) FROM {{scan}} WHERE {rows or 'TRUE'} GROUP BY 1"
        return Slot(
            finish=lambda values: values[0],
            queries=(Query(values, consume=lambda batches: _refused(batches, accepts)),),
        )
    if test.count is not None:  # within the statement of the aggregates: one runs where the other waits
        return single(Grouping(f"({test.count.replace('{rows}', rows or 'TRUE')})"), int)
    if test.relation is not None:
        relation = test.relation.replace("{rows}", rows or "TRUE")
        return asked(f"SELECT count(*) FROM {relation} WHERE bad", lambda found: int(found[0][0]))
    if test.bad.endswith(" IS NULL") and test.bad.count(" ") == 2:  # noqa: PLR2004  a nullness test of one column
        column = test.bad.removesuffix(" IS NULL")  # Parquet's statistics answer a count of what is there
        return Slot(
            finish=lambda values: values[0] - values[1],
            aggregates=(counted(rows), filtered(f"count({column})", rows)),
        )
    condition = test.bad if rows is None else f"{rows} AND ({test.bad})"
    return single(counted(condition))


def _refused_if_any(rows: str | None, refusal: Refused) -> Slot:
    def finish(looked_at: int) -> int:
        if looked_at:
            raise refusal
        return 0

    return single(counted(rows), finish)


def _refused(batches: Batches, accepts: Callable[[Any], bool]) -> int:
    count = 0
    while rows := batches():
        count += sum(number for value, number in rows if not accepts(value))
    return count


def _unexpected_rows(rows: str | None, test: RowTest, operands: Sequence[Operand]) -> Query:
    """The first unexpected rows: their place, then their values."""
    shown = ", ".join(["place", *(operand.sql for operand in operands)])
    if test.accepts is not None:
        accepts = test.accepts
        looked_at = test.value or operands[0].sql
        sql = f"SELECT {shown}, {looked_at} FROM {{numbered}} WHERE {rows or 'TRUE'} ORDER BY place"
        return Query(sql, consume=lambda batches: _first_refused(batches, accepts))
    if test.relation is not None:
        relation = test.relation.replace("{rows}", rows or "TRUE").replace("{scan}", "{numbered}")
        return Query(f"SELECT {shown} FROM {relation} WHERE bad ORDER BY place LIMIT {MOST_SAMPLES}")
    return Query(
        f"SELECT {shown} FROM {{numbered}} WHERE {rows or 'TRUE'} AND ({test.bad}) ORDER BY place LIMIT {MOST_SAMPLES}"
    )


def _first_refused(batches: Batches, accepts: Callable[[Any], bool]) -> Rows:
    found: Rows = []
    while len(found) < MOST_SAMPLES and (rows := batches()):
        found += [row[:-1] for row in rows if not accepts(row[-1])]
    return found[:MOST_SAMPLES]


def _unexpected_values(rows: str | None, test: RowTest, metric: Metric, operands: Sequence[Operand]) -> Slot:
    kinds = [operand.kind for operand in operands]

    def finish(values: Sequence[Any]) -> list[Any]:
        plains = [[listed(value, kind) for value, kind in zip(row[1:], kinds, strict=True)] for row in values[0]]
        if len(operands) == 1 and not metric.name.startswith("multicolumn"):
            return [row[0] for row in plains]
        if metric.name.startswith("column_pair"):
            return [tuple(row) for row in plains]
        return [dict(zip(metric.columns, row, strict=True)) for row in plains]

    return Slot(finish=finish, queries=(_unexpected_rows(rows, test, operands),))


def _unexpected_places(rows: str | None, test: RowTest, _: Metric, operands: Sequence[Operand]) -> Slot:
    return Slot(finish=lambda values: [row[0] for row in values[0]], queries=(_unexpected_rows(rows, test, operands),))


def _filtered_row_count(rows: str | None, _test: RowTest, metric: Metric, operands: Sequence[Operand]) -> Slot:
    if len(operands) == 1:  # of which GX does not ask; whether missing values count is nobody's word yet
        raise NotPlanned(f"{metric.name} has no plan")
    return single(counted(rows))


def _nothing(*_: Any) -> Slot:
    return constant(None)


_PARTS: Final[Mapping[str, Callable[[str | None, RowTest, Metric, Sequence[Operand]], Slot]]] = {
    "unexpected_count": _unexpected_count,
    "unexpected_values": _unexpected_values,
    PLACES: _unexpected_places,
    "unexpected_index_query": _nothing,
    "filtered_row_count": _filtered_row_count,
}


def _own_sql(metric: Metric) -> Slot:
    if metric.name.endswith(".table"):
        return constant([])
    counted = own_sql(str(metric.arguments.get("unexpected_rows_query")))
    return Slot(finish=lambda values: int(values[0][0][0]), queries=(Query(counted, foreign=True),))
