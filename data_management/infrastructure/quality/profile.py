"""Counts of every column, in one place."""

import math
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from data_management.domain.models import ColumnProfile
from data_management.infrastructure.quality.columns import TypedColumn


def profile_of(column: TypedColumn) -> ColumnProfile:
    """Nulls are those of the file: an uncastable value is none. Figures are of numbers in unclassified columns only."""
    values = column.typed
    figures: dict[str, Any] = {}
    if _is_number(values.type) and not column.is_private and len(values) > values.null_count:
        bounds = pc.min_max(values).as_py()
        figures = {
            "minimum": _finite(bounds["min"]),
            "maximum": _finite(bounds["max"]),
            "mean": _finite(pc.mean(values.cast(pa.float64(), safe=False)).as_py()),
        }
    return ColumnProfile(
        name=column.name, nulls=int(column.raw.null_count), distinct=pc.count_distinct(values).as_py(), **figures
    )


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _finite(value: Any) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None
