"""Profiles for people."""

from collections.abc import Mapping, Sequence

from data_management.presentation.cli.output import figure, write_table
from data_management.presentation.dtos.profiles import ClassificationDto, ColumnProfileDto

_SHAPES = 2


def write_profile(
    title: str,
    profile: Sequence[ColumnProfileDto],
    types: Mapping[str, str],
    classifications: Sequence[ClassificationDto],
) -> None:
    """A table of figures, and one of what is classified."""
    write_table(
        title,
        ("column", "type", "nulls", "distinct", "minimum", "median", "maximum", "mean", "length", "patterns"),
        (
            (
                column.name,
                types.get(column.name),
                column.nulls,
                column.distinct_text,
                figure(column.minimum),
                figure(column.quantiles.get("0.5")),
                figure(column.maximum),
                figure(column.mean),
                column.length_text,
                ", ".join(shape.value for shape in (column.patterns or [])[:_SHAPES]) or None,
            )
            for column in profile
        ),
    )
    if classifications:
        write_table(
            "Classified columns",
            ("column", "holds", "sensitivity", "confidence", "because"),
            ((c.column, c.category, c.sensitivity, f"{c.confidence:.0%}", c.reason) for c in classifications),
        )
