"""The arguments of expectations: which columns they name, and how they compare with what those hold."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, time
from decimal import Decimal
from typing import Any, Final

from data_management.infrastructure.quality.planning.columns import TypedColumn
from data_management.infrastructure.quality.planning.values import Kind, naive_moment

_PARAMETER: Final = "$PARAMETER"


def named_columns(arguments: Mapping[str, Any]) -> list[str]:
    """The columns that an expectation's arguments name."""
    several = arguments.get("column_list")
    names = [arguments[key] for key in ("column", "column_A", "column_B") if key in arguments]
    return [name for name in (*names, *(several if isinstance(several, list | tuple) else ())) if isinstance(name, str)]


def seen_columns(arguments: Mapping[str, Any], columns: Iterable[str]) -> list[str]:
    """The columns that somebody's own expectation may read: those that its arguments name wherever it is, all where they name none."""
    named = named_columns(arguments)
    if not named:
        return list(columns)
    condition = str(arguments.get("row_condition") or "")
    texts = {*named, *_texts([value for name, value in arguments.items() if name != "row_condition"])}
    return [column for column in columns if column in texts or column in condition]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts([*value, *value.values()])
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from _texts(inner)


def suite_parameter(arguments: Any) -> str | None:
    """The name of a suite parameter (``{"$PARAMETER": name}``) that stands in place of a value; None where there is none."""
    if isinstance(arguments, Mapping):
        if _PARAMETER in arguments:
            return str(arguments[_PARAMETER])
        arguments = arguments.values()
    elif not isinstance(arguments, list | tuple):
        return None
    return next((name for inner in arguments if (name := suite_parameter(inner)) is not None), None)


def suited(arguments: Mapping[str, Any], columns: Sequence[TypedColumn]) -> dict[str, Any]:
    """Arguments as the columns' values compare: ISO texts as moments, in UTC where the column has a zone; decimals as floats."""
    suited = dict(arguments)
    if len(columns) != 1:
        return suited
    kind, partition = columns[0].typed.kind, suited.get("partition_object")
    if kind is Kind.DECIMAL and isinstance(partition, Mapping) and "values" in partition:
        values = [float(value) if isinstance(value, Decimal) else value for value in partition["values"]]
        suited["partition_object"] = {**partition, "values": values}
    if not kind.is_moment:
        return suited
    zoned = kind is Kind.ZONED
    for key in ("min_value", "max_value"):
        moment = naive_moment(suited.get(key))
        if moment is not None:
            suited[key] = moment.replace(tzinfo=UTC) if zoned else moment
    return suited


def with_moments(arguments: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    """With the ISO texts of a set as moments, as the column holds them: what GX judges itself is compared by Python."""
    if not kind.is_moment or not isinstance(arguments.get("value_set"), list | tuple | set):
        return dict(arguments)
    values = []
    for value in arguments["value_set"]:
        moment = naive_moment(value) if isinstance(value, str) else None
        if moment is not None and kind is Kind.ZONED:
            moment = moment.replace(tzinfo=UTC)
        whole = moment is not None and kind is Kind.DATE and moment.time() == time()
        values.append(value if moment is None else moment.date() if whole else moment)
    return {**arguments, "value_set": values}
