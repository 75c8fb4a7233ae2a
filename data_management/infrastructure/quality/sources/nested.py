"""Values that have no plain type, as text that DuckDB makes of them: the same as when it reads them from Parquet."""

import json
import threading
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    import duckdb

_EXACT_DIGITS = 15
_of_thread = threading.local()


def as_json(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Lists, structs and maps as JSON text."""
    if not is_exotic(values.type):
        return in_duckdb(values, "to_json(c0)::VARCHAR")
    texts = [_text(value) for chunk in values.chunks for value in chunk.to_pylist()]
    return pa.chunked_array([pa.array(texts, pa.string())])


def in_duckdb(values: pa.ChunkedArray, expression: str) -> pa.ChunkedArray:
    """`expression` of the column ``c0``, whatever it holds, as text. `ValueError` where DuckDB cannot."""
    import duckdb

    connection, query = _connection(), f"SELECT {expression} AS c0 FROM given"
    connection.register("given", pa.table([values], names=["c0"]))
    try:
        found = connection.sql(query).to_arrow_table()
    except duckdb.OutOfMemoryException as error:
        raise MemoryError from error
    except duckdb.Error as error:
        raise ValueError(type(error).__name__) from error
    finally:
        connection.unregister("given")
    return found.column(0).cast(pa.string())


def is_exotic(kind: pa.DataType) -> bool:
    """Whether a nested type has a part that DuckDB cannot take from Arrow, or reads otherwise from Parquet."""
    if isinstance(kind, pa.BaseExtensionType):
        return kind.extension_name not in ("arrow.uuid", "arrow.json")
    if pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind):
        return is_exotic(kind.value_type)
    if pa.types.is_nested(kind):
        return pa.types.is_union(kind) or any(is_exotic(kind.field(at).type) for at in range(kind.num_fields))
    return bool(
        pa.types.is_float16(kind)
        or pa.types.is_duration(kind)
        or pa.types.is_interval(kind)
        or (pa.types.is_decimal(kind) and kind.precision > _EXACT_DIGITS)  # in JSON it would be rounded
    )


def _connection() -> "duckdb.DuckDBPyConnection":
    """One per thread: DuckDB's connections do not bear several."""
    import duckdb

    found: duckdb.DuckDBPyConnection | None = getattr(_of_thread, "connection", None)
    if found is None:
        found = _of_thread.connection = duckdb.connect(config={"threads": 1})
        found.execute(
            "SET TimeZone='UTC'; SET python_enable_replacements=false; SET enable_external_access=false; "
            "SET lock_configuration=true"
        )
    return found


def _text(value: Any) -> str | None:
    return None if value is None else json.dumps(value, default=str, ensure_ascii=False, separators=(",", ":"))
