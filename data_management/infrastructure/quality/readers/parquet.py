"""Parquet, with its own types; nested values become JSON text."""

import json

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from data_management.domain.models import ReadingNote
from data_management.errors import Rejected
from data_management.infrastructure.quality.files import Content
from data_management.infrastructure.quality.readers.table import RawTable

_VALUE_BYTES = 8
"""What a value takes at least once it is read, whatever its encoding on disk."""


def read_parquet(content: Content, most_bytes: int) -> RawTable:
    """Raises `Rejected` where it is damaged, or its own metadata say that it expands beyond `most_bytes`."""
    if content.data[:4] != b"PAR1" or content.data[-4:] != b"PAR1":
        raise Rejected(f"{content.shown} is no Parquet file, or a truncated one; transfer it again")
    try:
        file = parquet.ParquetFile(pa.BufferReader(content.data), page_checksum_verification=True)
        metadata = file.metadata
        claimed = sum(metadata.row_group(index).total_byte_size for index in range(metadata.num_row_groups))
        least = metadata.num_rows * metadata.num_columns * _VALUE_BYTES
        if max(claimed, least) > most_bytes:
            raise Rejected(
                f"{content.shown} expands to more than {most_bytes >> 20} MB; split the file, or raise the limit"
            )
        table = file.read(use_threads=False)
        table.validate(full=True)
    except MemoryError:
        raise
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise Rejected(f"{content.shown} is a damaged Parquet file; write or transfer it again") from error
    if table.num_rows != metadata.num_rows:
        raise Rejected(
            f"{content.shown} holds {table.num_rows} rows where its footer says {metadata.num_rows}; write it anew"
        )
    if len(set(table.column_names)) != table.num_columns:
        raise Rejected(f"{content.shown} has several columns of one name; rename them")
    notes: list[ReadingNote] = []
    columns = [_plain(name, table.column(name), notes) for name in table.column_names]
    return RawTable(table=pa.table(columns, names=table.column_names), textual=False, notes=notes)


def _plain(name: str, values: pa.ChunkedArray, notes: list[ReadingNote]) -> pa.ChunkedArray:
    kind = values.type
    if pa.types.is_dictionary(kind):
        values = values.cast(kind.value_type)
        kind = kind.value_type
    if pa.types.is_nested(kind):
        texts = [
            None if value is None else json.dumps(value, default=str, ensure_ascii=False)
            for value in values.to_pylist()
        ]
        return pa.chunked_array([pa.array(texts, pa.string())])
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return values.cast(pa.string())
    if pa.types.is_null(kind):
        return values.cast(pa.string())
    if pa.types.is_floating(kind):
        values = values.cast(pa.float64())
        missing = pc.fill_null(pc.is_nan(values), False)
        if count := pc.sum(missing).as_py():
            notes.append(ReadingNote(code="nan", message=f"{count} NaN value(s) of column {name!r} count as missing"))
            values = pc.if_else(missing, pa.scalar(None, pa.float64()), values)
    return values
