"""Arrow IPC: files (Feather version 2) and streams, each batch validated before anything looks at its values."""

from collections.abc import Iterator

import pyarrow as pa

from data_management.domain.models import ReadingNote
from data_management.errors import Rejected
from data_management.infrastructure.quality.sources.bounds import Bounds
from data_management.infrastructure.quality.sources.column_plans import Losses, notes_of, plain_table, plans_of
from data_management.infrastructure.quality.sources.parquet import damage_is_rejected
from data_management.infrastructure.quality.sources.plain import PlainFile, Spool
from data_management.infrastructure.quality.sources.sniffing import head_of
from data_management.infrastructure.quality.sources.source import Source
from data_management.infrastructure.quality.sources.spooled import SpooledTable, table_source

_FILE = b"ARROW1"
_FEATHER_1 = b"FEA1"
_END = b"\xff\xff\xff\xff\0\0\0\0"
_VALUE_BYTES = 8


def open_arrow(file: PlainFile, spool: Spool, bounds: Bounds = Bounds()) -> Source:
    """A large file is written anew in the spool, where it is mapped: one that another program shortens would kill its reader."""
    head = head_of(file, 8)
    if head.startswith(_FEATHER_1):
        raise Rejected(f"{file.shown} is Feather version 1; write it as version 2 (Arrow IPC)")
    with damage_is_rejected(file, "Arrow"), _opened(file) as given:
        is_file = head.startswith(_FILE)
        reader = pa.ipc.open_file(given) if is_file else pa.ipc.open_stream(given)
        batches = _batches_of_file(reader) if is_file else iter(reader)
        plans = plans_of(reader.schema, file.shown, bounds)
        columns, losses = tuple(plan.column for plan in plans), Losses()

        def tables() -> Iterator[pa.Table]:
            rows = 0
            for batch in batches:
                rows += batch.num_rows
                if rows * len(plans) * _VALUE_BYTES > spool.most_bytes:
                    raise Rejected(
                        f"{file.shown} expands to more than {spool.most_bytes >> 20} MB; split the file, or raise DATA_MANAGEMENT_FILE_EXPANDED_MB"
                    )
                batch.validate(full=True)
                yield plain_table(pa.Table.from_batches([batch]), plans, losses, file.shown, bounds)

        if file.data is not None:
            schema = pa.schema([(plan.name, plan.target) for plan in plans])
            table = pa.concat_tables([schema.empty_table(), *tables()])
        else:
            with SpooledTable(pa.schema([(plan.name, plan.target) for plan in plans]), file.shown, spool) as spooled:
                for part in tables():
                    spooled.add(part)
            table = spooled.table()
        end = () if is_file else _check_end(given, file)
    return table_source(table, columns, (*end, *notes_of(plans), *losses.notes()))


def _opened(file: PlainFile) -> pa.NativeFile:
    return pa.BufferReader(file.data) if file.data is not None else pa.OSFile(str(file.path), "rb")


def _batches_of_file(reader: pa.ipc.RecordBatchFileReader) -> Iterator[pa.RecordBatch]:
    for index in range(reader.num_record_batches):
        yield reader.get_batch(index)


def _check_end(given: pa.NativeFile, file: PlainFile) -> tuple[ReadingNote, ...]:
    """A stream need not say that it ends; one that does not may have been cut off between two batches."""
    place = given.tell()
    if place != file.size:
        raise Rejected(f"{file.shown} has something behind the end of its stream; write it anew")
    given.seek(max(0, place - 8))
    if given.read(8) == _END:
        return ()
    message = f"{file.shown} is a stream without an end mark; it may have been cut off between two batches"
    return (ReadingNote(code="no-end", message=message),)
