"""Tables that are in memory already: pandas, Polars and Arrow. Neither pandas nor Polars is imported for another's sake."""

import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from data_management.domain.models import ReadingNote
from data_management.errors import DataManagementError, InvalidInput, Rejected
from data_management.infrastructure.quality.sources.bounds import Bounds
from data_management.infrastructure.quality.sources.column_plans import Losses, notes_of, plain_table, plans_of
from data_management.infrastructure.quality.sources.source import Source

_SHOWN = "the frame"
_EXACT = 1 << 53
_HUGE = 10**38
_NUMBERS = ({"int", "float"}, {"int", "Decimal"})
"""Kinds that one column may mix."""


def open_frame(frame: object, bounds: Bounds = Bounds()) -> Source:
    """A pandas or Polars DataFrame (a LazyFrame is collected), an Arrow table, batch or reader.

    Missing is what the frame's library calls so: None, NaT, `pd.NA`, and NaN in pandas; a NaN of Polars or Arrow counts as
    missing with a note. An index is no column. A column of objects of several kinds is text, with a note, and one of
    `Source.mixed`: what compares its values has to look at the frame itself. `InvalidInput` for another object, and for
    labels that are no text.
    """
    mixed: list[str] = []
    library = _library(frame)
    if library is None:
        raise InvalidInput(
            f"an object of type {type(frame).__name__} is no data; give a path, a pandas or Polars DataFrame, or an Arrow table"
        )
    try:
        table = _TABLES[library](frame, mixed)
    except (DataManagementError, MemoryError):
        raise
    except Exception as error:  # of a library, a lazy frame or a reader; its message may quote values
        raise Rejected(
            f"{_SHOWN} cannot be read as Arrow ({type(error).__name__}); check its columns, or what it is made of"
        ) from error
    losses = Losses()
    plans = plans_of(table.schema, _SHOWN, bounds)
    plain = plain_table(table, plans, losses, _SHOWN, bounds)
    notes = [
        ReadingNote(code="mixed-types", message=f"column {name!r} mixes types of objects; read as text")
        for name in mixed
    ]
    return Source(
        relation="data",
        columns=tuple(plan.column for plan in plans),
        textual=False,
        rows=plain.num_rows,
        tables={"data": plain},
        notes=(*notes, *notes_of(plans), *losses.notes()),
        decisions={"format": library},
        mixed=tuple(mixed),
    )


def is_pandas(frame: object) -> bool:
    """Whether it is a pandas DataFrame, or of a class made from it; pandas is not imported to find out."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(frame, pandas.DataFrame)


def _library(frame: object) -> str | None:
    polars = sys.modules.get("polars")
    if is_pandas(frame):
        return "pandas"
    if polars is not None and isinstance(frame, polars.DataFrame | polars.LazyFrame):
        return "polars"
    return "pyarrow" if isinstance(frame, pa.Table | pa.RecordBatch | pa.RecordBatchReader) else None


def _of_arrow(frame: Any, _: list[str]) -> pa.Table:
    if isinstance(frame, pa.RecordBatchReader):
        return frame.read_all()
    return pa.Table.from_batches([frame]) if isinstance(frame, pa.RecordBatch) else frame


def _of_pandas(frame: Any, mixed: list[str]) -> pa.Table:
    names = _labels(list(frame.columns))
    arrays = []
    for place, name in enumerate(names):
        series = frame.iloc[:, place]
        kind = str(series.dtype)
        if kind.startswith(("period", "interval", "complex")):
            series = series.astype(object)
        elif kind.startswith("Sparse"):
            series = series.sparse.to_dense()
        if series.dtype == object:
            values = [None if gone else value for value, gone in zip(series, series.isna(), strict=True)]
            arrays.append(_of_objects(values, name, mixed))
        else:
            arrays.append(_chunked(pa.array(series, from_pandas=True)))
    return pa.table(arrays, names=names)


def _of_polars(frame: Any, mixed: list[str]) -> pa.Table:
    whole = frame.collect() if hasattr(frame, "collect") else frame
    arrays = [
        (
            _of_objects(series.to_list(), series.name, mixed)
            if str(series.dtype) == "Object"
            else _chunked(series.to_arrow())
        )
        for series in whole.iter_columns()
    ]
    return pa.table(arrays, names=_labels(whole.columns))


_TABLES = {"pandas": _of_pandas, "polars": _of_polars, "pyarrow": _of_arrow}


def _labels(labels: Sequence[Any]) -> list[str]:
    for place, label in enumerate(labels, start=1):
        if not isinstance(label, str):
            raise InvalidInput(
                f"column {place} of the frame has a label of type {type(label).__name__}; make it text, "
                "for instance with frame.columns = frame.columns.map(str)"
            )
    return list(labels)


def _chunked(values: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    return values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values], values.type)


def _of_objects(values: list[Any], name: str, mixed: list[str]) -> pa.ChunkedArray:
    """Python objects of one kind as that kind; of several, as text."""
    kinds = {_kind(value) for value in values if value is not None}
    if kinds <= {"int"} or kinds in _NUMBERS or (len(kinds) == 1 and None not in kinds):
        try:
            return _chunked(pa.array(values, _number_type(values, kinds)))
        except (pa.ArrowException, OverflowError, ValueError, TypeError):
            pass
    mixed.append(name)
    return _chunked(pa.array([None if value is None else str(value) for value in values], pa.string()))


def _number_type(values: Iterable[Any], kinds: set[str | None]) -> pa.DataType | None:
    """The type that holds integers exactly; None where pyarrow finds it."""
    if "int" not in kinds or "Decimal" in kinds:
        return None
    largest = max((abs(value) for value in values if value is not None), default=0)
    if "float" in kinds:
        if largest > _EXACT:
            raise ValueError("a double would round")
        return pa.float64()
    return pa.decimal128(38, 0) if (1 << 63) <= largest < _HUGE else None


_KINDS: tuple[tuple[str, tuple[type, ...]], ...] = (
    ("bool", (bool,)),
    ("int", (int,)),
    ("float", (float,)),
    ("Decimal", (Decimal,)),
    ("str", (str,)),
    ("bytes", (bytes, bytearray)),
    ("datetime", (datetime,)),
    ("date", (date,)),
    ("time", (time,)),
    ("timedelta", (timedelta,)),
    ("dict", (dict,)),
    ("list", (list, tuple)),
)


def _kind(value: Any) -> str | None:
    """The kind of a Python object; None for one that only its text can stand for."""
    if isinstance(value, datetime):
        return "datetime" if value.tzinfo is None else "datetime with zone"
    found = next((name for name, types in _KINDS if isinstance(value, types)), None)
    if found is None and type(value).__module__ == "numpy":
        return _of_numpy(value)
    return found


def _of_numpy(value: Any) -> str | None:
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    if getattr(value, "ndim", 0):
        return "list"
    return {"b": "bool", "i": "int", "u": "int", "f": "float", "U": "str", "S": "bytes"}.get(kind)
