"""Aggregate metrics of one column: a figure, or a list of values."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

import numpy as np

from data_management.infrastructure.quality.planning.row_test import NotPlanned, Refused
from data_management.infrastructure.quality.planning.rows import measured, within
from data_management.infrastructure.quality.planning.scan import Query, Rows, Slot, asked, counted, filtered, single
from data_management.infrastructure.quality.planning.values import Kind, NotComparable, Operand, literal, members

_MOST_VALUES: Final = 100_000
"""How many values a list of values may have."""

Figure = Callable[[Operand, str | None, Mapping[str, Any]], Slot]


def figure(name: str, column: Operand, rows: str | None, arguments: Mapping[str, Any]) -> Slot:
    """The slot of the aggregate metric `name` over the rows for which `rows` holds. Raises `NotPlanned`, `Refused`."""
    make = _FIGURES.get(name)
    if make is None:
        raise NotPlanned(f"{name} has no plan")
    try:
        return make(column, rows, arguments)
    except Refused as error:
        if column.kind is not Kind.TEXT:
            raise
        return _of_nothing(name, column, rows, error, arguments)


def _of_nothing(name: str, column: Operand, rows: str | None, refusal: Refused, arguments: Mapping[str, Any]) -> Slot:
    """A column without a value has no type either: it is refused only if it holds something."""

    def finish(filled: int) -> Any:
        if filled:
            raise refusal
        if name == "column.quantile_values":
            return [math.nan] * len(arguments["quantiles"])
        return 0 if name == "column.sum" else math.nan

    return single(filtered(f"count({column.sql})", rows), finish)


def _extreme(function: str) -> Figure:
    def slot(column: Operand, rows: str | None, _: Mapping[str, Any]) -> Slot:
        if column.kind is Kind.OTHER:
            raise NotPlanned("values of this type have no order everywhere")
        return single(filtered(f"{function}({column.sql})", rows), lambda value: _bound(value, column.kind))

    return slot


def _bound(value: Any, kind: Kind) -> Any:
    """Of moments that are none it is pandas' NaT, which GX takes for one."""
    if value is None and kind in (Kind.TIMESTAMP, Kind.ZONED):
        import pandas as pd

        return pd.NaT
    return plain(value, kind)


def _mean(column: Operand, rows: str | None, _: Mapping[str, Any]) -> Slot:
    return single(filtered(f"avg({measured(column)})", rows), _number)


def _sum(column: Operand, rows: str | None, _: Mapping[str, Any]) -> Slot:
    value = column.sql if column.kind in (Kind.INTEGER, Kind.DECIMAL) else measured(column)
    zero = 0.0 if column.kind in (Kind.FLOAT, Kind.DECIMAL) else 0

    def finish(total: Any) -> Any:
        if total is None:
            return zero
        return int(total) if column.kind in (Kind.BOOLEAN, Kind.INTEGER) else float(total)

    return single(filtered(f"sum({value})", rows), finish)


def _deviation(column: Operand, rows: str | None, _: Mapping[str, Any]) -> Slot:
    value = measured(column)
    finite = f"isfinite({value})" if rows is None else f"isfinite({value}) AND {rows}"
    infinite = f"NOT isfinite({value})" if rows is None else f"NOT isfinite({value}) AND {rows}"
    return Slot(
        finish=lambda values: math.nan if values[1] else _number(values[0]),
        aggregates=(f"stddev_samp({value}) FILTER (WHERE {finite})", f"count(*) FILTER (WHERE {infinite})"),
    )


def _median(column: Operand, rows: str | None, _: Mapping[str, Any]) -> Slot:
    return asked(
        f"SELECT quantile_cont({measured(column)}, 0.5) FROM {{scan}} WHERE {_present(column, rows)}",
        lambda found: _number(found[0][0]),
    )


def _quantiles(column: Operand, rows: str | None, arguments: Mapping[str, Any]) -> Slot:
    if arguments.get("allow_relative_error") not in (False, None, "nearest"):
        raise NotPlanned("only the nearest value is planned as a quantile")
    value, shares = measured(column), list(arguments["quantiles"])
    kind = bool if column.kind is Kind.BOOLEAN else float
    if not all(isinstance(share, int | float) and 0 <= share <= 1 for share in shares):
        raise Refused("the quantiles are no numbers from 0 to 1")

    def sql(counted: Sequence[Any]) -> str:
        places = [f"{(round((counted[0] - 1) * share) + 0.5) / counted[0]!r}" for share in shares] if counted[0] else []
        return f"SELECT quantile_disc({value}, [{', '.join(places)}]) FROM {{scan}} WHERE {_present(column, rows)}"

    def finish(values: Sequence[Any]) -> list[float]:
        if not values[0] or not shares:
            return [math.nan] * len(shares)
        return [kind(found) for found in values[1][0][0]]

    count = filtered(f"count({column.sql})", rows)
    return Slot(finish=finish, aggregates=(count,), queries=(Query(sql),))


def _most_common(column: Operand, rows: str | None, _: Mapping[str, Any]) -> Slot:
    counted = f"SELECT {column.sql} AS v, count(*) AS n FROM {{scan}} WHERE {_present(column, rows)} GROUP BY 1"
    return asked(
        f"SELECT v FROM (SELECT v, n, max(n) OVER () AS most FROM ({counted})) WHERE n = most ORDER BY v LIMIT {_MOST_VALUES}",
        lambda found: [_exact(value, column.kind) for (value,) in found],
    )


def _filled_share(column: Operand, rows: str | None, _: Mapping[str, Any]) -> Slot:
    return Slot(
        finish=lambda values: values[1] / values[0] if values[0] else 0,
        aggregates=(counted(rows), filtered(f"count({column.sql})", rows)),
    )


def _distinct(column: Operand, rows: str | None, _: Mapping[str, Any]) -> Slot:
    return asked(_distinct_sql(column, rows), lambda found: int(found[0][0]))


def _distinct_share(column: Operand, rows: str | None, _: Mapping[str, Any]) -> Slot:
    return Slot(
        finish=lambda values: values[1][0][0] / values[0] if values[0] else 0,
        aggregates=(filtered(f"count({column.sql})", rows),),
        queries=(Query(_distinct_sql(column, rows)),),
    )


def _distinct_sql(column: Operand, rows: str | None) -> str:
    return f"SELECT count(*) FROM (SELECT DISTINCT {column.sql} FROM {{scan}} WHERE {_present(column, rows)})"


def _others(column: Operand, rows: str | None, arguments: Mapping[str, Any]) -> Slot:
    return asked(
        f"SELECT DISTINCT {column.sql} AS v {_outside(column, rows, arguments)} ORDER BY v LIMIT {_MOST_VALUES}",
        lambda found: [listed(value, column.kind) for (value,) in found],
    )


def _others_count(column: Operand, rows: str | None, arguments: Mapping[str, Any]) -> Slot:
    return asked(
        f"SELECT count(*) FROM (SELECT DISTINCT {column.sql} {_outside(column, rows, arguments)})",
        lambda found: int(found[0][0]),
    )


def _outside(column: Operand, rows: str | None, arguments: Mapping[str, Any]) -> str:
    held = members(arguments.get("value_set") or (), column.kind)
    others = f" AND {column.sql} NOT IN ({', '.join(held)})" if held else ""
    return f"FROM {{scan}} WHERE {_present(column, rows)}{others}"


def _missing(column: Operand, rows: str | None, arguments: Mapping[str, Any]) -> Slot:
    literals: dict[str, Any] = {}
    never: list[Any] = []
    for value in arguments.get("value_set") or ():
        if value is None:  # is in no column's distinct values
            never.append(value)
            continue
        try:
            literals.setdefault(literal(value, column.kind), value)
        except NotComparable:
            if value not in never:
                never.append(value)
    if not literals:
        return Slot(finish=lambda _: never)
    wanted = ", ".join(f"({place}, {sql})" for place, sql in enumerate(literals))
    values = list(literals.values())
    return asked(
        f"SELECT place FROM (VALUES {wanted}) AS wanted(place, v) WHERE NOT EXISTS "
        f"(SELECT 1 FROM {{scan}} WHERE {_present(column, rows)} AND {column.sql} = v) ORDER BY place",
        lambda found: [values[place] for (place,) in found] + never,
    )


def _missing_count(column: Operand, rows: str | None, arguments: Mapping[str, Any]) -> Slot:
    slot = _missing(column, rows, arguments)
    return Slot(finish=lambda values: len(slot.finish(values)), queries=slot.queries)


def _histogram(column: Operand, rows: str | None, arguments: Mapping[str, Any]) -> Slot:
    edges, value = list(arguments["bins"]), measured(column)
    if not all(isinstance(edge, int | float) for edge in edges) or sorted(edges) != edges:
        raise Refused("the bins are no increasing numbers")
    last = len(edges) - 2
    counts = []
    for place, (low, high) in enumerate(pairwise(edges)):
        below = "<=" if place == last else "<"
        inside = f"{value} >= {literal(low, Kind.FLOAT)} AND {value} {below} {literal(high, Kind.FLOAT)}"
        counts.append(f"count(*) FILTER (WHERE {inside}{f' AND {rows}' if rows else ''})")
    return Slot(finish=list, aggregates=tuple(counts))


def _between_count(column: Operand, rows: str | None, arguments: Mapping[str, Any]) -> Slot:
    inside = within(Operand(measured(column), Kind.FLOAT) if column.kind is Kind.BOOLEAN else column, arguments)
    return single(f"count(*) FILTER (WHERE {inside}{f' AND {rows}' if rows else ''})")


def _filled(column: Operand, rows: str | None, _: Mapping[str, Any]) -> Slot:
    """As NumPy counts, which divides by zero without complaint."""
    return single(filtered(f"count({column.sql})", rows), np.int64)


def _value_counts(column: Operand, rows: str | None, arguments: Mapping[str, Any]) -> Slot:
    if arguments.get("sort", "value") != "value" or arguments.get("collate") is not None:
        raise NotPlanned("counts of values are planned in the order of the values only")

    def finish(found: Rows) -> Any:
        import pandas as pd

        if len(found) > _MOST_VALUES:
            raise Refused(f"the column has more than {_MOST_VALUES} different values")
        values = [plain(value, column.kind) for value, _ in found]
        return pd.Series([count for _, count in found], index=pd.Index(values, name="value"), name="count")

    return asked(
        f"SELECT {column.sql} AS v, count(*) FROM {{scan}} WHERE {_present(column, rows)} GROUP BY 1 ORDER BY v LIMIT {_MOST_VALUES + 1}",
        finish,
    )


def _present(column: Operand, rows: str | None) -> str:
    return f"{column.sql} IS NOT NULL" + (f" AND {rows}" if rows else "")


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)


def _exact(value: Any, kind: Kind) -> Any:
    """As `plain`, but a decimal and a date stay what they are, as they are to be found in a set."""
    return value if isinstance(value, Decimal) else listed(value, kind)


def listed(value: Any, kind: Kind) -> Any:
    """As `plain`, for a list that only people read: there a date is a date."""
    return value if kind is Kind.DATE else plain(value, kind)


def plain(value: Any, kind: Kind) -> Any:
    """As pandas has it: decimals as floats, dates as moments, a missing number as NaN."""
    if value is None:
        return math.nan if kind.is_number else None
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time())
    return value.replace(tzinfo=UTC) if kind is Kind.ZONED else value


_FIGURES: Final[Mapping[str, Figure]] = {
    "column.max": _extreme("max"),
    "column.min": _extreme("min"),
    "column.mean": _mean,
    "column.sum": _sum,
    "column.standard_deviation": _deviation,
    "column.median": _median,
    "column.quantile_values": _quantiles,
    "column.most_common_value": _most_common,
    "column.non_null_proportion": _filled_share,
    "column.unique_proportion": _distinct_share,
    "column.distinct_values.count": _distinct,
    "column.distinct_values.not_in_set": _others,
    "column.distinct_values.not_in_set.count": _others_count,
    "column.distinct_values.missing_from_column": _missing,
    "column.distinct_values.missing_from_column.count": _missing_count,
    "column.histogram": _histogram,
    "column.value_counts": _value_counts,
    "column_values.between.count": _between_count,
    "column_values.nonnull.count": _filled,
}
