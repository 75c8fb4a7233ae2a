"""Profiles for people."""

from collections.abc import Mapping, Sequence

from data_management.presentation.cli.output import figure, write_table
from data_management.presentation.profile_dtos import ColumnProfileDto

_SHAPES = 2


def write_profile(title: str, profile: Sequence[ColumnProfileDto], types: Mapping[str, str]) -> None:
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
