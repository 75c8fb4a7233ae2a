"""From rules to checks: which form of the data a rule is judged on, and what its outcome says."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pyarrow as pa

from data_management.domain.models import Check, Expectation, Rule
from data_management.infrastructure.quality.casting import LOGICAL_TYPES, cast
from data_management.infrastructure.quality.columns import TypedColumn, numbers, series
from data_management.infrastructure.quality.gx import CannotRun, GxTable, Outcome

_OF_TYPE = "expect_column_values_to_be_of_type"

_ON_RAW = frozenset(
    {
        "expect_column_values_to_not_be_null",
        "expect_column_values_to_be_null",
        "expect_column_proportion_of_non_null_values_to_be_between",
    }
)
"""Whether a value is missing is judged on what the file holds: one that does not cast is not missing."""

_ON_TEXT = frozenset(
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

_ON_EXACT = frozenset(
    {
        "expect_column_proportion_of_unique_values_to_be_between",
        "expect_column_type_to_be",
        "expect_column_unique_value_count_to_be_between",
        "expect_column_values_to_be_in_type_list",
        "expect_column_values_to_be_of_type",
        "expect_column_values_to_be_unique",
        "expect_compound_columns_to_be_unique",
    }
)
"""Judged on exact values; what takes numbers as arguments, or computes with them, is judged on floats."""

_ON_COMPARABLE = frozenset(
    {
        "expect_column_pair_values_a_to_be_greater_than_b",
        "expect_column_pair_values_to_be_equal",
        "expect_multicolumn_values_to_be_equal",
        "expect_select_column_values_to_be_unique_within_record",
    }
)
"""Exact too, but where values are missing: pandas' missing integer does not compare (it is neither equal nor not)."""

_NEED_NO_COLUMN = frozenset({"expect_column_to_exist"})
_ONE_COLUMN = ("column", "column_A", "column_B")


def checks_of(rules: Sequence[Rule], columns: Mapping[str, TypedColumn], rows: int) -> tuple[Check, ...]:
    """One check per rule that can be run, in their order. A rule that fails to run does so alone."""
    table = _Table(columns, rows)
    return tuple(_check(rule, table) for rule in rules if rule.expectations)


def _check(rule: Rule, table: "_Table") -> Check:
    try:
        outcomes = [table.outcome(expectation) for expectation in rule.expectations]
    except CannotRun as error:
        return Check.failed_to_run(rule, str(error))
    success = all(outcome.success for outcome in outcomes)
    if all(outcome.unexpected is not None for outcome in outcomes):
        return Check.of(
            rule,
            success=success,
            evaluated=max(outcome.evaluated or 0 for outcome in outcomes),
            unexpected=sum(outcome.unexpected or 0 for outcome in outcomes),
        )
    return Check.of(rule, success=success, observed=outcomes[0].observed if len(outcomes) == 1 else None)


class _Table:
    """The columns under examination, given to GX in the forms that rules need, made when first asked for."""

    def __init__(self, columns: Mapping[str, TypedColumn], rows: int) -> None:
        self._columns = columns
        self._rows = rows
        self._gx = GxTable()
        self._exact: pd.DataFrame | None = None

    def outcome(self, expectation: Expectation) -> Outcome:
        kind, arguments = expectation.type, expectation.kwargs
        named = _named(arguments)
        for name in named:
            if name not in self._columns and kind not in _NEED_NO_COLUMN:
                raise CannotRun(f"column {name!r} is not in the data; correct the rule or the file")
        columns = [self._columns[name] for name in named if name in self._columns]
        if kind == _OF_TYPE and arguments.get("type_") in LOGICAL_TYPES and columns:
            return _of_type(columns[0], arguments)
        outcome = self._gx.run(kind, _suited(arguments, columns), self._batch(kind, columns))
        if outcome.observed is not None and any(column.is_private for column in columns):
            return Outcome(success=outcome.success)
        return outcome

    def _batch(self, kind: str, columns: Sequence[TypedColumn]) -> str:
        """The id of the batch for this kind of expectation on these columns."""
        forms = {column.name: form for column in columns if (form := _form(kind, column)) != "exact"}
        batch = "exact" if not forms else "|".join(f"{form}:{name}" for name, form in sorted(forms.items()))
        if not self._gx.holds(batch):
            made = {name: _FORMS[form](self._columns[name]) for name, form in forms.items()}
            self._gx.add(batch, self._frame().assign(**made) if made else self._frame())
        return batch

    def _frame(self) -> pd.DataFrame:
        if self._exact is None:
            self._exact = pd.DataFrame(
                {name: series(column.typed) for name, column in self._columns.items()}, index=range(self._rows)
            )
        return self._exact


_FORMS = {
    "raw": lambda column: series(column.raw),
    "numbers": lambda column: numbers(column.typed),
}


def _form(kind: str, column: TypedColumn) -> str:
    read_as_text = pa.types.is_string(column.raw.type)
    if (kind in _ON_RAW and column.uncastable) or (
        kind in _ON_TEXT and read_as_text and not pa.types.is_string(column.typed.type)
    ):
        return "raw"
    if kind in _ON_EXACT | _ON_RAW | _ON_TEXT:
        return "exact"
    kind_of_value, has_missing = column.typed.type, column.typed.null_count > 0
    if kind in _ON_COMPARABLE:
        return "numbers" if has_missing else "exact"
    nullable = pa.types.is_integer(kind_of_value) and has_missing
    return "numbers" if nullable or pa.types.is_decimal(kind_of_value) else "exact"


def _of_type(column: TypedColumn, arguments: Mapping[str, Any]) -> Outcome:
    """Whether values are of a logical type: GX knows physical ones only. `evaluated` are those that are not missing."""
    if arguments.get("row_condition"):
        raise CannotRun(f"{_OF_TYPE} takes no row_condition with a logical type; remove it")
    wanted, spec = arguments["type_"], column.spec
    if spec is not None and spec.logical_type == wanted:
        unexpected = column.uncastable
    else:
        unexpected = cast(column.raw, wanted).null_count - column.raw.null_count
    mostly = arguments.get("mostly", 1.0)
    if not isinstance(mostly, int | float):
        raise CannotRun(f"{_OF_TYPE} does not accept its arguments (mostly); check the rule")
    success = not column.filled or (column.filled - unexpected) / column.filled >= mostly
    return Outcome(success=success, evaluated=column.filled, unexpected=int(unexpected))


def _named(arguments: Mapping[str, Any]) -> list[str]:
    """The columns that an expectation's arguments name."""
    several = arguments.get("column_list") if isinstance(arguments.get("column_list"), list) else []
    names = [arguments[key] for key in _ONE_COLUMN if key in arguments] + list(several or [])
    return [name for name in names if isinstance(name, str)]


def _suited(arguments: Mapping[str, Any], columns: Sequence[TypedColumn]) -> dict[str, Any]:
    """Arguments as the columns' values compare: ISO texts as moments, in UTC (or without zone) as the column is."""
    suited = dict(arguments)
    if len(columns) != 1:
        return suited
    kind = columns[0].typed.type
    if not (pa.types.is_date(kind) or pa.types.is_timestamp(kind) or not columns[0].filled):
        return suited
    zoned = pa.types.is_timestamp(kind) and kind.tz is not None
    for key in ("min_value", "max_value"):
        moment = _moment(suited.get(key), zoned=zoned)
        if moment is not None:
            suited[key] = moment  # of a text, GX would make a date, which pandas does not compare with a moment
    if isinstance(suited.get("value_set"), list):
        suited["value_set"] = [_moment(value, zoned=zoned) or value for value in suited["value_set"]]
    return suited


def _moment(value: Any, *, zoned: bool) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if zoned:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
