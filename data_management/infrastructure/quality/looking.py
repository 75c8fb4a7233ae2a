"""What the values look like: a sample, what the detectors make of it, and the profile."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import duckdb

from data_management.domain.models import Classification, ColumnProfile, ColumnSpec
from data_management.domain.services import DataClassificationService, private_columns, shown_columns
from data_management.infrastructure.quality.planning.suite import COUNT, Suite, filled
from data_management.infrastructure.quality.planning.values import quoted
from data_management.infrastructure.quality.profiling import (
    ProfiledColumn,
    ProfileLimits,
    detections_of,
    profile_of,
    sample_of,
)


class Look:
    """What the values look like: a sample, what the detectors make of it, and the profile."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        relation: str,
        suite: Suite,
        values: Mapping[str, Any],
        specs: tuple[ColumnSpec, ...],
        known: tuple[Classification, ...],
        *,
        limits: ProfileLimits,
    ) -> None:
        self._connection, self._specs = connection, specs
        self._rows = int(values[COUNT])
        self._limits = limits
        columns = suite.typing.columns.values()
        shown = ", ".join(f"{column.typed.sql} AS {quoted(column.name)}" for column in columns)
        self._relation = f"(SELECT {shown} FROM (SELECT {suite.typing.select} FROM {relation}))"
        self._columns = tuple(
            ProfiledColumn(
                name=column.name,
                type=column.type,
                uncastable=int(values[filled(column.raw)]) - int(values[filled(column.typed)]) if column.is_cast else 0,
            )
            for column in columns
        )
        self._sample = sample_of(connection, self._relation, self._columns, self._rows, self._limits)
        detected = detections_of(self._sample, self._columns)
        self.classifications = DataClassificationService().classify(list(suite.typing.columns), detected, specs, known)
        self.private = private_columns(specs, self.classifications)

    def profile(self) -> tuple[ColumnProfile, ...]:
        public = shown_columns(self._specs, self.classifications)
        if self._limits.listed:
            public = frozenset(column.name for column in self._columns) - self.private
        columns = [replace(one, private=one.name in self.private, shown=one.name in public) for one in self._columns]
        return profile_of(
            self._connection, self._relation, columns, self._rows, sample=self._sample, limits=self._limits
        )
