"""Counts of every column, in one statement."""

from collections.abc import Mapping

from data_management.domain.models import ColumnProfile
from data_management.infrastructure.quality.planning.columns import TypedColumn
from data_management.infrastructure.quality.scanning import Scan


def profile_of(scan: Scan, columns: Mapping[str, TypedColumn]) -> tuple[ColumnProfile, ...]:
    """Nulls are those of the file: an uncastable value is none. Figures are of numbers in unclassified columns only."""
    sql: list[str] = []
    for column in columns.values():
        sql += [f"count(*) - count({column.raw.sql})", f"count(DISTINCT {column.typed.sql})"]
        value = f"{column.typed.sql}::DOUBLE" if _has_figures(column) else "NULL::DOUBLE"
        sql += [f"min({value})", f"max({value})", f"avg({value}) FILTER (WHERE isfinite({value}))"]
    values = iter(scan.aggregates(sql)) if sql else iter(())
    return tuple(
        ColumnProfile(
            name=name,
            nulls=next(values),
            distinct=next(values),
            minimum=_finite(next(values)),
            maximum=_finite(next(values)),
            mean=next(values),
        )
        for name in columns
    )


def _has_figures(column: TypedColumn) -> bool:
    return column.typed.kind.is_number and not (column.spec is not None and column.spec.is_private)


def _finite(value: float | None) -> float | None:
    return value if value is not None and abs(value) != float("inf") else None
