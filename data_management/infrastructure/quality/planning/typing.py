"""Which types a source's columns are judged as: the contract's, else the narrowest that loses nothing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from data_management.domain.models import ColumnSpec
from data_management.infrastructure.quality.planning.columns import (
    CANDIDATES,
    LOGICAL_TYPES,
    Cast,
    TypedColumn,
    from_text,
    from_type,
    inferred,
)
from data_management.infrastructure.quality.planning.values import Kind, Operand, quoted
from data_management.infrastructure.quality.sources import RawColumn

_LOOKS: Final = (
    ("BIGINT", re.compile(r"-?(?:0|[1-9]\d{0,17})")),
    ("DOUBLE", re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")),
    ("BOOLEAN", re.compile(r"true|false", re.IGNORECASE)),
    ("DATE", re.compile(r"\d{4}-\d{2}-\d{2}")),
    ("TIMESTAMP", re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)?")),
    ("TIMESTAMP WITH TIME ZONE", re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ][\d:.]+(?:[Zz]|[+-]\d{2}(?::?\d{2})?)?)?")),
)


@dataclass(frozen=True)
class Typing:
    """How columns are cast: `columns` for the rules, `selected` (alias → SQL) for the scan, `doubts` (column, type → count) to be zero."""

    columns: Mapping[str, TypedColumn]
    selected: Mapping[str, str]
    doubts: Mapping[tuple[str, str], str]

    @property
    def select(self) -> str:
        return selection(self.selected)


def typed(
    raw: Sequence[RawColumn], specs: Sequence[ColumnSpec], guesses: Mapping[str, str], *, textual: bool
) -> Typing:
    """`guesses` are DuckDB types by column, for columns of text without a contract's type and where a first guess was wrong."""
    by_name = {spec.name: spec for spec in specs}
    columns: dict[str, TypedColumn] = {}
    selected: dict[str, str] = {}
    doubts: dict[tuple[str, str], str] = {}
    for place, column in enumerate(raw):
        spec, name = by_name.get(column.name), f"r{place}"
        cast = _cast(at(place), column.type, spec, guesses.get(column.name), textual=textual)
        alias = name if cast.sql == quoted(at(place)) else f"c{place}"
        selected[name] = quoted(at(place))
        if alias != name:
            selected[alias] = cast.sql
        columns[column.name] = TypedColumn(
            name=column.name,
            raw=Operand(name, Kind.of(column.type)),
            typed=Operand(alias, Kind.of(cast.type)),
            type=cast.type,
            spec=spec,
            textual=column.type == "VARCHAR",
            raw_type=column.type,
        )
        for type_, doubt in cast.doubts_about(name, alias).items():
            doubts[column.name, type_] = f"count(CASE WHEN {doubt} THEN 1 END)"
    return Typing(columns=columns, selected=selected, doubts=doubts)


def selection(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{sql} AS {alias}" for alias, sql in columns.items()) or "1 AS nothing"


def at(place: int) -> str:
    """A raw column by its place: DuckDB's names know no upper and lower case, and a file's may differ in nothing else."""
    return f"x{place}"


def placed(relation: str, columns: int) -> str:
    """The relation with its columns named by their places."""
    return f"{relation} AS source({', '.join(at(place) for place in range(columns))})" if columns else relation


def _cast(column: str, type_: str, spec: ColumnSpec | None, guess: str | None, *, textual: bool) -> Cast:
    stated = spec.logical_type if spec is not None and spec.logical_type in LOGICAL_TYPES else None
    if type_ != "VARCHAR" or (not textual and stated is None):
        return from_type(column, type_, stated)
    if stated is not None:
        return from_text(column, stated, spec.date_format if spec else None, guess)
    return inferred(column, guess or "VARCHAR")


def looks_like(values: Sequence[Any]) -> str:
    """The narrowest candidate that a sample of texts looks like; VARCHAR where there is none to look at."""
    seen = [value for value in values if value is not None]
    if seen:
        for type_, pattern in _LOOKS:
            if all(pattern.fullmatch(value) for value in seen):
                return type_
    return "VARCHAR"


def refinement(column: str) -> list[str]:
    """For a column whose sample misled: per candidate (in the order of `CANDIDATES`) how many values forbid it."""
    counts = []
    for type_ in CANDIDATES[:-1]:
        cast = inferred(column, type_)
        doubt = cast.doubts_about(quoted(column), f"({cast.sql})")[""]
        counts.append(f"count(CASE WHEN {doubt} THEN 1 END)")
    return counts
