"""Row-level metrics: which rows an expectation looks at, and which of them it does not accept."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from data_management.infrastructure.quality.planning.parsing import (
    by_python,
    has_format,
    has_schema,
    is_date,
    json_test,
)
from data_management.infrastructure.quality.planning.patterns import NotTranslatable, re2
from data_management.infrastructure.quality.planning.row_test import NotPlanned, Refused, RowTest
from data_management.infrastructure.quality.planning.values import (
    Kind,
    NotComparable,
    Operand,
    literal,
    members,
    text,
)


def column_test(name: str, column: Operand, arguments: Mapping[str, Any]) -> RowTest:
    """The test of the column map metric `name`. Raises `NotPlanned`, `Refused`."""
    test = _COLUMN_TESTS.get(name)
    if test is None:
        raise NotPlanned(f"{name} has no plan")
    try:
        return test(column, arguments)
    except Refused as error:
        return RowTest("FALSE", refusal=error)


def pair_test(name: str, a: Operand, b: Operand, arguments: Mapping[str, Any]) -> RowTest:
    match name:
        case "column_pair_values.equal":
            return RowTest(f"NOT {_equal(a, b)}")
        case "column_pair_values.a_greater_than_b":
            if not _comparable(a.kind, b.kind):
                raise Refused(f"a {a.kind} and a {b.kind} column do not compare")
            order = ">=" if arguments.get("or_equal") else ">"
            return RowTest(f"NOT coalesce({a.sql} {order} {b.sql}, FALSE)")
        case "column_pair_values.in_set":
            pairs = arguments.get("value_pairs_set")
            return RowTest("FALSE" if pairs is None else f"NOT ({_pairs(a, b, pairs)})")
    raise NotPlanned(f"{name} has no plan")


def columns_test(name: str, columns: Sequence[Operand], arguments: Mapping[str, Any]) -> RowTest:
    first, *others = columns
    match name:
        case "multicolumn_values.equal":
            same = [f"({_equal(column, first)} OR ({column.sql} IS NULL AND {first.sql} IS NULL))" for column in others]
            return RowTest(f"NOT ({' AND '.join(same)})" if same else "FALSE")
        case "multicolumn_sum.equal":
            if all(column.kind is Kind.TEXT for column in columns):
                return RowTest("TRUE")  # texts add up to a text, which equals no number
            if not all(column.kind.is_number or column.kind is Kind.BOOLEAN for column in columns):
                raise Refused("columns that hold no numbers have no sum")
            if arguments.get("sum_total") != arguments.get("sum_total"):  # NaN, which nothing equals
                return RowTest("TRUE")
            added = [c.sql if c.kind is not Kind.BOOLEAN else f"{c.sql}::INTEGER" for c in columns]
            kinds = {column.kind for column in columns}
            kind = Kind.FLOAT if Kind.FLOAT in kinds else Kind.DECIMAL if Kind.DECIMAL in kinds else Kind.INTEGER
            return RowTest(f"NOT coalesce({' + '.join(added)} = {_literal(arguments.get('sum_total'), kind)}, FALSE)")
        case "select_column_values.unique.within_record":
            twice = [
                f"{_equal(a, b)} OR ({a.sql} IS NULL AND {b.sql} IS NULL)"
                for place, a in enumerate(columns)
                for b in columns[place + 1 :]
            ]
            return RowTest(" OR ".join(twice) or "FALSE")
        case "compound_columns.unique":
            return _unique(columns)
    raise NotPlanned(f"{name} has no plan")


def _between(column: Operand, arguments: Mapping[str, Any]) -> RowTest:
    if column.kind is Kind.BOOLEAN:
        column = Operand(f"{column.sql}::INTEGER", Kind.INTEGER)
    return RowTest(f"NOT ({_within(column.sql, column.kind, arguments)})", skips_missing=True)


def _within(sql: str, kind: Kind, arguments: Mapping[str, Any]) -> str:
    least, most = arguments.get("min_value"), arguments.get("max_value")
    if least is None and most is None:
        raise Refused("min_value and max_value are both missing")
    try:
        if least is not None and most is not None and least > most:
            raise Refused("min_value is greater than max_value")
    except TypeError as error:
        raise Refused("min_value and max_value do not compare with each other") from error
    parts = []
    if least is not None:
        parts.append(f"{sql} {'>' if arguments.get('strict_min') else '>='} {_literal(least, kind)}")
    if most is not None:
        parts.append(f"{sql} {'<' if arguments.get('strict_max') else '<='} {_literal(most, kind)}")
    return " AND ".join(parts)


def within(column: Operand, arguments: Mapping[str, Any]) -> str:
    """A condition that holds where the column's value is between the arguments' bounds."""
    return _within(column.sql, column.kind, arguments)


def _in_set(column: Operand, arguments: Mapping[str, Any], *, wanted: bool) -> RowTest:
    values = arguments.get("value_set")
    if values is None:
        return RowTest("FALSE")
    held = members(values, column.kind)
    inside = f"{column.sql} IN ({', '.join(held)})" if held else "FALSE"
    return RowTest(f"NOT {inside}" if wanted else inside, skips_missing=bool(held))


def _unique(columns: Sequence[Operand]) -> RowTest:
    keys = ", ".join(column.sql for column in columns)
    return RowTest(
        relation=f"(SELECT *, count(*) OVER (PARTITION BY {keys}) > 1 AS bad FROM {{scan}} WHERE {{rows}})",
        count=f"SELECT coalesce(sum(n), 0) FROM (SELECT count(*) AS n FROM {{scan}} WHERE {{rows}} GROUP BY {keys} HAVING count(*) > 1)",
    )


def _ordered(column: Operand, arguments: Mapping[str, Any], wrong: str) -> RowTest:
    if not (column.kind.is_number or column.kind.is_moment or column.kind is Kind.BOOLEAN):
        raise Refused(f"a {column.kind} column has no differences to look at")
    comparison = f"{wrong}=" if arguments.get("strictly") else wrong
    before = f"lag({column.sql}) OVER ()"
    return RowTest(
        relation=f"(SELECT *, coalesce({column.sql} {comparison} {before}, FALSE) AS bad FROM {{scan}} WHERE {{rows}})"
    )


def _length(column: Operand, arguments: Mapping[str, Any]) -> RowTest:
    fits = _within(_characters(column), Kind.INTEGER, arguments)
    return RowTest(f"NOT ({fits})", skips_missing=column.kind is not Kind.BOOLEAN)


def _length_equals(column: Operand, arguments: Mapping[str, Any]) -> RowTest:
    return RowTest(f"{_characters(column)} <> {_literal(arguments.get('value'), Kind.INTEGER)}")


def _characters(column: Operand) -> str:
    return f"length({_as_text(column)})"


def _regex(column: Operand, patterns: Sequence[str], *, match_on: str = "any", negated: bool = False) -> RowTest:
    written = _as_text(column)
    if match_on not in ("any", "all"):
        raise Refused("match_on is neither 'any' nor 'all'")
    try:
        compiled = [re.compile(pattern) for pattern in patterns]
        matches = [f"regexp_matches({written}, {text(_translated(pattern))})" for pattern in patterns]
    except NotTranslatable as error:
        if any("[[:" in pattern for pattern in patterns):
            raise NotPlanned("patterns that only Python has beside some that only RE2 has") from error
        among = any if match_on == "any" else all
        return RowTest(
            accepts=lambda value: among(p.search(value) is not None for p in compiled) is not negated, value=written
        )
    except re.error as error:  # GX, which searches with RE2 where it can, knows some that Python does not
        if not all(_is_re2(pattern) for pattern in patterns):
            raise Refused("a regular expression is not valid") from error
        matches = [f"regexp_matches({written}, {text(pattern)})" for pattern in patterns]
    except (TypeError, OverflowError, RecursionError) as error:
        raise Refused("a regular expression is not valid") from error
    if not matches:
        raise Refused("there is no regular expression")
    found = f"({(' OR ' if match_on == 'any' else ' AND ').join(matches)})"
    return RowTest(found if negated else f"NOT {found}", skips_missing=column.kind is not Kind.BOOLEAN)


def _translated(pattern: str) -> str:
    """For RE2; a class like ``[[:alpha:]]``, which Python reads otherwise, is RE2's already, as it is where GX searches."""
    return pattern if "[[:" in pattern and _is_re2(pattern) else re2(pattern)


def _is_re2(pattern: str) -> bool:
    try:
        pc.match_substring_regex(pa.array(["x"]), pattern=pattern)
    except pa.ArrowInvalid:
        return False
    return True


def _like(column: Operand, arguments: Mapping[str, Any], *, negated: bool = False) -> RowTest:
    patterns = arguments.get("like_pattern_list")
    patterns = [arguments.get("like_pattern")] if patterns is None else patterns
    if not patterns or not all(isinstance(pattern, str) for pattern in patterns):
        raise Refused("there is no LIKE pattern")
    if (match_on := arguments.get("match_on") or "any") not in ("any", "all"):
        raise Refused("match_on is neither 'any' nor 'all'")
    escape = arguments.get("escape")
    suffix = f" ESCAPE {text(escape)}" if escape else ""
    written = _as_text(column)
    parts = [f"{written} LIKE {text(pattern)}{suffix}" for pattern in patterns]
    found = f"({(' OR ' if match_on == 'any' or negated else ' AND ').join(parts)})"
    return RowTest(found if negated else f"NOT {found}", skips_missing=column.kind is not Kind.BOOLEAN)


def _as_text(column: Operand) -> str:
    """What Python's ``str`` makes of a value."""
    match column.kind:
        case Kind.TEXT:
            return column.sql
        case Kind.INTEGER | Kind.DATE | Kind.FLOAT | Kind.DECIMAL:
            return f"{column.sql}::VARCHAR"
        case Kind.BOOLEAN:
            return f"CASE WHEN {column.sql} THEN 'True' ELSE 'False' END"
    raise NotPlanned(f"the text of a {column.kind} is not the same everywhere")


def _z_score(column: Operand, arguments: Mapping[str, Any]) -> RowTest:
    value, threshold = _measured(column), arguments.get("threshold")
    if isinstance(threshold, bool) or not isinstance(threshold, int | float):
        raise Refused("the threshold is no number")
    z = f"({value} - centre) / nullif(spread, 0)"
    if arguments.get("double_sided"):
        under = f"abs({z}) < {_literal(abs(threshold), Kind.FLOAT)}"
    else:
        under = f"{z} < {_literal(threshold, Kind.FLOAT)}"
    return RowTest(relation=_beside_statistics(f"coalesce(NOT ({under}), FALSE)", *_moments(value)))


def _outlier(column: Operand, arguments: Mapping[str, Any]) -> RowTest:
    value, multiplier = _measured(column), arguments.get("multiplier", 1.5)
    if isinstance(multiplier, bool) or not isinstance(multiplier, int | float):
        raise Refused("the multiplier is no number")
    times = _literal(multiplier, Kind.FLOAT)
    match arguments.get("method", "iqr"):
        case "iqr":
            low, high = (_if_finite(f"quantile_cont({value}, {share})") for share in (0.25, 0.75))
            inside = (
                f"{value} >= centre - {times} * (spread - centre) AND {value} <= spread + {times} * (spread - centre)"
            )
            return RowTest(relation=_beside_statistics(f"coalesce(NOT ({inside}), FALSE)", low, high))
        case "std":
            inside = f"CASE WHEN {times} * spread <= 0 THEN {value} = centre ELSE abs({value} - centre) < {times} * spread END"
            return RowTest(relation=_beside_statistics(f"coalesce(NOT ({inside}), FALSE)", *_moments(value)))
    raise Refused("the method is neither 'iqr' nor 'std'")


def _moments(value: str) -> tuple[str, str]:
    """Mean and standard deviation; null where a value is infinite, as then there is none."""
    finite = f"bool_and(isfinite({value}))"
    spread = f"stddev_samp({value}) FILTER (WHERE isfinite({value}))"
    return _if_finite(f"avg({value})"), f"CASE WHEN {finite} THEN {spread} END"


def _if_finite(figure: str) -> str:
    return f"CASE WHEN isfinite({figure}) THEN {figure} END"


def _beside_statistics(bad: str, centre: str, spread: str) -> str:
    statistics = f"(SELECT {centre} AS centre, {spread} AS spread FROM {{scan}} WHERE {{rows}})"
    return f"(SELECT *, {bad} AS bad FROM {{scan}}, {statistics} WHERE {{rows}})"


def _measured(column: Operand) -> str:
    if column.kind is Kind.FLOAT:
        return column.sql
    if column.kind.is_number:
        return f"{column.sql}::DOUBLE"
    if column.kind is Kind.BOOLEAN:
        return f"{column.sql}::INTEGER::DOUBLE"
    if column.kind is Kind.TEXT:
        raise Refused("a text column has no mean")
    raise NotPlanned(f"the mean of a {column.kind} column is not planned")


def measured(column: Operand) -> str:
    """The column's values as doubles. `Refused` where they are no numbers."""
    return _measured(column)


def _literal(value: Any, kind: Kind) -> str:
    try:
        return literal(value, kind)
    except NotComparable as error:
        raise Refused(str(error)) from error


def _comparable(a: Kind, b: Kind) -> bool:
    numeric = (Kind.BOOLEAN, Kind.INTEGER, Kind.FLOAT, Kind.DECIMAL)
    naive = (Kind.DATE, Kind.TIMESTAMP)
    return a is b or (a in numeric and b in numeric) or (a in naive and b in naive)


def _equal(a: Operand, b: Operand) -> str:
    """True or false, never null: a missing value equals nothing."""
    if not _comparable(a.kind, b.kind):
        return "FALSE"
    left, right = (
        f"{side.sql}::INTEGER" if side.kind is Kind.BOOLEAN and a.kind is not b.kind else side.sql for side in (a, b)
    )
    return f"coalesce({left} = {right}, FALSE)"


def _pairs(a: Operand, b: Operand, pairs: Sequence[Any]) -> str:
    accepted = []
    for pair in pairs:
        sides = [_is(operand, value) for operand, value in zip((a, b), pair, strict=True)]
        if None not in sides:
            accepted.append(f"({sides[0]} AND {sides[1]})")
    return " OR ".join(accepted) or "FALSE"


def _is(column: Operand, value: Any) -> str | None:
    if value is None:
        return f"{column.sql} IS NULL"
    held = members([value], column.kind)
    return f"coalesce({column.sql} = {held[0]}, FALSE)" if held else None


_COLUMN_TESTS: Final[Mapping[str, Callable[[Operand, Mapping[str, Any]], RowTest]]] = {
    "column_values.between": _between,
    "column_values.in_set": lambda column, arguments: _in_set(column, arguments, wanted=True),
    "column_values.not_in_set": lambda column, arguments: _in_set(column, arguments, wanted=False),
    "column_values.unique": lambda column, _: _unique([column]),
    "column_values.increasing": lambda column, arguments: _ordered(column, arguments, "<"),
    "column_values.decreasing": lambda column, arguments: _ordered(column, arguments, ">"),
    "column_values.value_length.between": _length,
    "column_values.value_length.equals": _length_equals,
    "column_values.match_regex": lambda column, arguments: _regex(column, [arguments["regex"]]),
    "column_values.not_match_regex": lambda column, arguments: _regex(column, [arguments["regex"]], negated=True),
    "column_values.match_regex_list": lambda column, arguments: _regex(
        column, arguments["regex_list"], match_on=arguments.get("match_on") or "any"
    ),
    "column_values.not_match_regex_list": lambda column, arguments: _regex(
        column, arguments["regex_list"], negated=True
    ),
    "column_values.match_like_pattern": _like,
    "column_values.match_like_pattern_list": _like,
    "column_values.not_match_like_pattern": lambda column, arguments: _like(column, arguments, negated=True),
    "column_values.not_match_like_pattern_list": lambda column, arguments: _like(column, arguments, negated=True),
    "column_values.match_strftime_format": by_python(has_format),
    "column_values.dateutil_parseable": by_python(is_date),
    "column_values.json_parseable": json_test,
    "column_values.match_json_schema": by_python(has_schema),
    "column_values.z_score.under_threshold": _z_score,
    "column_values.not_outliers": _outlier,
}
_NULLNESS: Final = {"column_values.nonnull": "IS NULL", "column_values.null": "IS NOT NULL"}


def is_nullness(name: str) -> bool:
    return name in _NULLNESS


def nullness_test(name: str, column: Operand) -> RowTest:
    return RowTest(f"{column.sql} {_NULLNESS[name]}")
