"""What DuckDB does not compute, on Great Expectations' own pandas engine: the columns that it needs, in memory."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from data_management.domain.expectations import EXPECTATION_TYPES
from data_management.infrastructure.quality.frames import numbers, series
from data_management.infrastructure.quality.gx import CannotRun, GxTable, Outcome, completed
from data_management.infrastructure.quality.planning.arguments import named_columns, seen_columns, suited
from data_management.infrastructure.quality.planning.columns import TypedColumn
from data_management.infrastructure.quality.planning.plan import is_judged_on_raw
from data_management.infrastructure.quality.planning.values import Kind
from data_management.infrastructure.quality.scanning import Labels, Scan

MOST_CELLS: Final = 5_000_000
"""Values that are held in memory at once, as Python objects where they are text."""

_WHOLE: Final = "frame"
_ON_EXACT: Final = frozenset(
    {
        "expect_column_proportion_of_unique_values_to_be_between",
        "expect_column_type_to_be",
        "expect_column_unique_value_count_to_be_between",
        "expect_column_values_to_be_in_type_list",
        "expect_column_values_to_be_of_type",
        "expect_column_values_to_be_unique",
        "expect_compound_columns_to_be_unique",
    }
)
"""Judged on exact values; what takes numbers as arguments, or computes with them, is judged on floats."""


class PandasTable:
    """The asset for GX's pandas engine, column by column as rules need them."""

    def __init__(
        self, scan: Scan, columns: Mapping[str, TypedColumn], rows: int, frame: pd.DataFrame | None = None
    ) -> None:
        """`frame` is the asset itself, where it is one."""
        self._scan = scan
        self._columns = columns
        self._rows = rows
        self._gx = GxTable()
        self._arrow: dict[str, pa.ChunkedArray] = {}
        self.labels: Labels | None = None
        """What the rows of the caller's frame are called, where that is not their place."""
        if frame is not None:
            self._gx.add(_WHOLE, frame)
            if not (isinstance(frame.index, pd.RangeIndex) and frame.index.equals(pd.RangeIndex(len(frame)))):
                self.labels = lambda places: list(frame.index.take(list(places)))

    @property
    def is_frame(self) -> bool:
        """Whether the asset was a frame of the caller's, to which GX may do what it likes."""
        return self._gx.holds(_WHOLE)

    def outcome(self, kind: str, arguments: Mapping[str, Any], *, details: bool) -> Outcome:
        """Raises `CannotRun`."""
        if self.is_frame:
            return self._gx.run(kind, arguments, _WHOLE, details=details)
        if kind in EXPECTATION_TYPES:
            if arguments.get("row_condition"):
                raise CannotRun(f"{kind} is not planned with a row_condition; remove it, or use another expectation")
            columns = [self._columns[name] for name in named_columns(arguments) if name in self._columns]
        else:
            columns = [self._columns[name] for name in seen_columns(completed(kind, arguments), self._columns)]
        if self._rows * max(len(columns), 1) > MOST_CELLS:
            raise CannotRun(
                f"{kind} runs on Great Expectations' own engine, which holds its columns in memory: {self._rows} rows are "
                f"more than the {MOST_CELLS // max(len(columns), 1)} that it is given; use another expectation, or split the file"
            )
        return self._gx.run(kind, suited(arguments, columns), self._batch(kind, columns), details=details)

    def _batch(self, kind: str, columns: Sequence[TypedColumn]) -> str:
        """The id of the batch for this kind of expectation on these columns."""
        shown = columns or list(self._columns.values())
        exact, raw = kind in _ON_EXACT, is_judged_on_raw(kind)
        batch = f"{exact}:{raw}:{[column.name for column in shown]}"
        if not self._gx.holds(batch):
            form = series if exact else numbers
            held = {column.name: form(self._values(column, raw=raw)) for column in shown}
            self._gx.add(batch, pd.DataFrame(held, index=range(self._rows)))
        return batch

    def _values(self, column: TypedColumn, *, raw: bool) -> pa.ChunkedArray:
        operand = column.raw if raw else column.typed
        if operand.sql not in self._arrow:
            shown = f"timezone('UTC', {operand.sql})" if operand.kind is Kind.ZONED else operand.sql
            self._arrow[operand.sql] = self._scan.column(shown)
        return self._arrow[operand.sql]
