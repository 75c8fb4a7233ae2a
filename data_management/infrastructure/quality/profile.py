"""Profile and classification of a table in memory."""

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from data_management.application.ports import ExaminationRequest
from data_management.domain.models import Classification, ColumnProfile
from data_management.domain.services import DataClassificationService, private_columns, shown_columns
from data_management.infrastructure.quality.columns import TypedColumn
from data_management.infrastructure.quality.profiling import ProfiledColumn, detections_of, profile_of, sample_of


def profiled(
    columns: Mapping[str, TypedColumn], rows: int, request: ExaminationRequest
) -> tuple[tuple[ColumnProfile, ...], tuple[Classification, ...]]:
    """What the columns hold as a whole, and what is personal or secret among them, which decides what the former may say."""
    if not columns:
        return (), ()
    with duckdb.connect(config={"threads": 1, "enable_external_access": False}) as connection:
        connection.register("asset", pa.table({name: column.typed for name, column in columns.items()}))
        types = [kind for _, kind, *_ in connection.execute("DESCRIBE asset").fetchall()]
        asked = [
            ProfiledColumn(column.name, kind, uncastable=column.uncastable)
            for column, kind in zip(columns.values(), types, strict=True)
        ]
        sample = sample_of(connection, "asset", asked, rows)
        classifications = DataClassificationService().classify(
            list(columns), detections_of(sample, asked), request.columns, request.known
        )
        private = private_columns(request.columns, classifications)
        shown = shown_columns(request.columns, classifications)
        decided = [
            ProfiledColumn(
                each.name,
                each.type,
                private=each.name in private,
                shown=each.name in shown,
                uncastable=each.uncastable,
            )
            for each in asked
        ]
        return profile_of(connection, "asset", decided, rows, sample=sample), classifications
