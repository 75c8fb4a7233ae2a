"""Parquet: a small file through pyarrow, a large one where it lies, through DuckDB; both as the same columns."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from data_management.errors import Rejected
from data_management.infrastructure.quality.reach import FULL
from data_management.infrastructure.quality.sources.bounds import Bounds
from data_management.infrastructure.quality.sources.column_plans import (
    ColumnPlan,
    Losses,
    finer_than_microseconds,
    notes_of,
    plain_table,
    plans_of,
)
from data_management.infrastructure.quality.sources.plain import PlainFile, Spool
from data_management.infrastructure.quality.sources.source import Source
from data_management.infrastructure.quality.sources.spooled import SpooledTable, table_source

_MAGIC = b"PAR1"
_ENCRYPTED = b"PARE"
_VALUE_BYTES = 8
"""What a value takes at least once it is read, whatever its encoding on disk."""


def open_parquet(file: PlainFile, spool: Spool, bounds: Bounds = Bounds()) -> Source:
    """Raises `Rejected` where it is damaged, or where a small file's own metadata say that it expands beyond the spool."""
    _check_magic(file)
    with damage_is_rejected(file, "Parquet"):
        opened = parquet.ParquetFile(
            pa.BufferReader(file.data) if file.data is not None else str(file.path),
            page_checksum_verification=True,
            coerce_int96_timestamp_unit="us",  # nanoseconds would wrap round at the ends of the calendar, in silence
            pre_buffer=False,
        )
        with opened:
            metadata, schema = opened.metadata, opened.schema_arrow
            plans = plans_of(schema, file.shown, bounds)
            if file.data is not None:
                return _small(opened, metadata, plans, file, spool, bounds)
            if any(plan.sql is None for plan in plans) or _has_intervals(opened):
                return _rewritten(opened, plans, file, spool, bounds)
            return _large(opened, metadata, plans, file)


def _small(
    opened: parquet.ParquetFile,
    metadata: parquet.FileMetaData,
    plans: list[ColumnPlan],
    file: PlainFile,
    spool: Spool,
    bounds: Bounds,
) -> Source:
    claimed = sum(metadata.row_group(index).total_byte_size for index in range(metadata.num_row_groups))
    least = metadata.num_rows * metadata.num_columns * _VALUE_BYTES
    if max(claimed, least) > spool.most_bytes:
        raise Rejected(
            f"{file.shown} expands to more than {spool.most_bytes >> 20} MB; split the file, or raise DATA_MANAGEMENT_FILE_EXPANDED_MB"
        )
    table = opened.read(use_threads=False)
    table.validate(full=True)
    _check_rows(table.num_rows, metadata.num_rows, file)
    losses = Losses()
    plain = plain_table(table, plans, losses, file.shown, bounds)
    return table_source(plain, tuple(plan.column for plan in plans), (*notes_of(plans), *losses.notes()))


def _large(
    opened: parquet.ParquetFile, metadata: parquet.FileMetaData, plans: list[ColumnPlan], file: PlainFile
) -> Source:
    nulls = {plan.name: _stored_nulls(metadata, opened, plan.name) for plan in plans if plan.is_floating}
    losses = _counted(opened, [plan.name for plan in plans if plan.is_nanoseconds or nulls.get(plan.name, 0) is None])
    return Source(
        relation=_relation(plans, file),
        columns=tuple(plan.column for plan in plans),
        textual=False,
        rows=metadata.num_rows,
        paths=(file.path,),
        notes=(*notes_of(plans), *losses.notes()),
        stored_nulls={name: count for name, count in nulls.items() if count is not None},
    )


def _relation(plans: list[ColumnPlan], file: PlainFile) -> str:
    """The FROM item. Columns have places below it, not names: DuckDB's names know no upper and lower case.

    Without ``can_have_nan`` DuckDB believes a footer's minimum and maximum, from which most writers leave NaN out: it takes
    `isnan` for false then, and `max` for what the footer says.
    """
    places = ", ".join(f"c{place}" for place in range(len(plans)))
    shown = ", ".join(
        f"{str(plan.sql).format(c=f'c{place}')} AS {quoted_name(plan.name)}" for place, plan in enumerate(plans)
    )
    path = quoted_text(os.fspath(file.path))
    options = "hive_partitioning=false, can_have_nan=true, utf8_validation='strict'"
    return f"(SELECT {shown} FROM read_parquet({path}, {options}) AS file({places}))"


def _rewritten(
    opened: parquet.ParquetFile, plans: list[ColumnPlan], file: PlainFile, spool: Spool, bounds: Bounds
) -> Source:
    """Batch by batch to the spool: it has types that DuckDB reads otherwise than pyarrow."""
    losses = Losses()
    with SpooledTable(pa.schema([(plan.name, plan.target) for plan in plans]), file.shown, spool) as spooled:
        for batch in opened.iter_batches(use_threads=False):
            batch.validate(full=True)
            spooled.add(plain_table(pa.Table.from_batches([batch]), plans, losses, file.shown, bounds))
    _check_rows(spooled.rows, opened.metadata.num_rows, file)
    notes = (*notes_of(plans), *losses.notes())
    return spooled.source(tuple(plan.column for plan in plans), notes)


def _counted(opened: parquet.ParquetFile, names: list[str]) -> Losses:
    """NaN and parts of microseconds in the columns `names`: what a scan could not tell afterwards."""
    losses = Losses()
    if names:
        for batch in opened.iter_batches(columns=names, batch_size=1 << 17):
            for name, values in zip(batch.schema.names, batch.columns, strict=True):
                if pa.types.is_floating(values.type):
                    losses.nan[name] += pc.sum(pc.is_nan(values.cast(pa.float64()))).as_py() or 0
                elif name in names:
                    losses.nanoseconds[name] += finer_than_microseconds(values)
    return losses


def _stored_nulls(metadata: parquet.FileMetaData, opened: parquet.ParquetFile, name: str) -> int | None:
    """How many nulls the footer counts in a flat column; None where it does not say."""
    if "." in name:  # paths of nested columns have points too
        return None
    leaf = next((at for at in range(metadata.num_columns) if opened.schema.column(at).path == name), None)
    if leaf is None:
        return None
    total = 0
    for index in range(metadata.num_row_groups):
        statistics = metadata.row_group(index).column(leaf).statistics
        if statistics is None or not statistics.has_null_count:
            return None
        total += statistics.null_count
    return total


def _has_intervals(opened: parquet.ParquetFile) -> bool:
    return any(opened.schema.column(at).converted_type == "INTERVAL" for at in range(opened.metadata.num_columns))


def _check_magic(file: PlainFile) -> None:
    if file.data is not None:
        head, tail = file.data[:4], file.data[-4:]
    else:
        with file.path.open("rb") as opened:
            head = opened.read(4)
            opened.seek(-4, os.SEEK_END)
            tail = opened.read(4)
    if _ENCRYPTED in (head, tail):
        raise Rejected(f"{file.shown} is encrypted Parquet; write it without encryption")
    if (head, tail) != (_MAGIC, _MAGIC):
        raise Rejected(f"{file.shown} is no Parquet file, or a truncated one; transfer it again")


def _check_rows(found: int, claimed: int, file: PlainFile) -> None:
    if found != claimed:
        raise Rejected(f"{file.shown} holds {found} rows where its footer says {claimed}; write it anew")


@contextmanager
def damage_is_rejected(file: PlainFile, kind: str) -> Iterator[None]:
    """What pyarrow raises for a damaged file as `Rejected`, without its words: they may quote values."""
    try:
        yield
    except MemoryError:
        raise
    except (pa.ArrowException, OSError, ValueError, OverflowError, KeyError, TypeError) as error:
        if isinstance(error, OSError) and error.errno in FULL:
            raise
        raise Rejected(f"{file.shown} is a damaged {kind} file; write or transfer it again") from error


def quoted_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def quoted_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
