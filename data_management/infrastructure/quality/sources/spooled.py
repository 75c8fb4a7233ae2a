"""A table that is too large for memory, written batch by batch to the spool as Arrow IPC and mapped from there."""

from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa

from data_management.domain.models import ReadingNote
from data_management.errors import Rejected
from data_management.infrastructure.quality.sources.plain import Spool
from data_management.infrastructure.quality.sources.source import RawColumn, Source
from data_management.infrastructure.quality.sources.spool import new_path


class SpooledTable:
    """Takes tables of one schema while it is open; `Rejected` where they become more than the spool allows."""

    def __init__(self, schema: pa.Schema, shown: str, spool: Spool) -> None:
        self._schema, self._shown, self._most_bytes = schema, shown, spool.most_bytes
        self._path: Path = new_path(spool, ".arrow")
        self._bytes = 0
        self.rows = 0

    def __enter__(self) -> Self:
        self._sink = pa.OSFile(str(self._path), "wb")
        self._writer = pa.ipc.new_file(self._sink, self._schema)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._writer.close()
        finally:
            self._sink.close()
            if error is not None:
                self._path.unlink(missing_ok=True)

    def add(self, table: pa.Table) -> None:
        self._bytes += table.nbytes
        if self._bytes > self._most_bytes:
            raise Rejected(
                f"{self._shown} expands to more than {self._most_bytes >> 20} MB; split the file, or raise DATA_MANAGEMENT_FILE_EXPANDED_MB"
            )
        self._writer.write_table(table.cast(self._schema))
        self.rows += table.num_rows

    def table(self) -> pa.Table:
        """What was written, mapped into memory: the system may drop its pages at any time."""
        return pa.ipc.open_file(pa.memory_map(str(self._path), "r")).read_all()

    def source(self, columns: tuple[RawColumn, ...], notes: tuple[ReadingNote, ...]) -> Source:
        return table_source(self.table(), columns, notes)


def table_source(table: pa.Table, columns: tuple[RawColumn, ...], notes: tuple[ReadingNote, ...]) -> Source:
    """A table, in memory or mapped, as a source."""
    return Source(
        relation="data", columns=columns, textual=False, rows=table.num_rows, tables={"data": table}, notes=notes
    )
