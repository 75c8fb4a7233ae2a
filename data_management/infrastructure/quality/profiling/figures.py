"""Figures of a column from a sample that holds all its rows: a small file needs no second scan."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from data_management.infrastructure.quality.profiling.columns import ProfiledColumn
from data_management.infrastructure.quality.profiling.sampling import LONGEST, Sample

MOMENT = re.compile(r"\d{4}-\d\d-\d\d( .*)?|\d\d:.*")
"""How DuckDB writes a date, a timestamp or a time whose year has four digits; such texts sort as they follow in time."""

Figures = Mapping[str, Any]


def figures_of_sample(column: ProfiledColumn, sample: Sample) -> Figures | None:
    """None where the sample does not know them exactly: it is a part, or values were cut or rounded."""
    if not sample.whole or column.name not in sample.hashes:
        return None
    count, values = len(sample.hashes[column.name]), sample.values.get(column.name)
    if column.private or not count:
        return {"count": count}
    if column.is_zoned or column.shows_values or column.family in ("HUGEINT", "UHUGEINT"):
        return None
    if values is None:
        return {"count": count}
    if column.is_number:
        return {
            "count": count,
            "minimum": values.min().item(),
            "maximum": values.max().item(),
            "mean": values.astype(np.float64).mean().item(),
        }
    texts = values.tolist()
    if column.is_boolean:
        return {"count": count, "mean": texts.count("true") / count}
    if column.is_moment:
        if not all(map(MOMENT.fullmatch, texts)):
            return None
        return {"count": count, "minimum": min(texts), "maximum": max(texts)}
    lengths = set(map(len, texts))
    return {"count": count, "shortest": min(lengths), "longest": max(lengths)} if max(lengths) < LONGEST else None
