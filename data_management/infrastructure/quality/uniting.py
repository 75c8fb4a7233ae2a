"""Several sources as one relation."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from data_management.infrastructure.quality.planning.typing import at, placed
from data_management.infrastructure.quality.sources import RawColumn, Source


def named_apart(source: Source, place: int) -> Source:
    """With names of tables that are no other source's."""
    if not source.tables:
        return source
    relation, tables = source.relation, {}
    for name, table in source.tables.items():
        tables[f"{name}_{place}"] = table
        relation = f"{name}_{place}" if relation == name else relation.replace(f'"{name}"', f'"{name}_{place}"')
    return replace(source, relation=relation, tables=tables)


def united(sources: Sequence[Source]) -> tuple[str, tuple[RawColumn, ...]]:
    """One relation of all sources, by name; a column that a source lacks is missing there, one of two types is text."""
    if len(sources) == 1:
        return sources[0].relation, sources[0].columns
    types: dict[str, str] = {}
    for source in sources:
        for column in source.columns:
            known = types.setdefault(column.name, column.type)
            if known != column.type:
                types[column.name] = _wider(known, column.type)
    parts = []
    for source in sources:
        has = {column.name: at(place) for place, column in enumerate(source.columns)}
        shown = [f"{has.get(name, 'NULL')}::{type_}" for name, type_ in types.items()]
        parts.append(f"SELECT {', '.join(shown)} FROM {placed(source.relation, len(source.columns))}")
    columns = tuple(RawColumn(name, type_) for name, type_ in types.items())
    return f"({' UNION ALL '.join(parts)})", columns


_WIDTHS: Final = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")


def _wider(one: str, other: str) -> str:
    if one in _WIDTHS and other in _WIDTHS:
        return _WIDTHS[max(_WIDTHS.index(one), _WIDTHS.index(other))]
    if {one, other} <= {*_WIDTHS[:-1], "FLOAT", "DOUBLE"}:
        return "DOUBLE"
    return "TIMESTAMP" if {one, other} == {"DATE", "TIMESTAMP"} else "VARCHAR"
