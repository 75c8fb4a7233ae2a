"""From a file's bytes to a table, strictly: no row is dropped or bent in silence."""

from data_management.domain.models import FileFormat, ReadingNote, ReadOptions
from data_management.errors import Rejected
from data_management.infrastructure.quality.files import Content
from data_management.infrastructure.quality.readers.csv import read_csv
from data_management.infrastructure.quality.readers.jsonl import read_jsonl
from data_management.infrastructure.quality.readers.parquet import read_parquet
from data_management.infrastructure.quality.readers.table import RawTable


def read_table(content: Content, options: ReadOptions, most_bytes: int) -> RawTable:
    """Read `content`. Raises `Rejected` with what is wrong with it, never quoting what it holds."""
    kind = options.format or FileFormat.of_name(content.name)
    if kind is None:
        raise Rejected(
            f"{content.shown} has an ending that says no format; name it *.csv, *.tsv, *.parquet, *.pq, *.jsonl or "
            f"*.ndjson (each may end in .gz), or state one of {', '.join(FileFormat)} in the contract"
        )
    named = FileFormat.of_name(content.name)
    if not kind.agrees_with(named):
        raise Rejected(
            f"{content.shown} is named as {named}, but the contract says {kind}; rename it, or land it elsewhere"
        )
    if not content.data:
        what = "unpacks to nothing" if content.compressed else "is empty (0 bytes)"
        raise Rejected(f"{content.shown} {what}; write it anew, with a header where it has no rows")
    match kind:
        case FileFormat.CSV:
            table = read_csv(content, options)
        case FileFormat.JSONL | FileFormat.JSON:
            table = read_jsonl(content, options)
        case FileFormat.PARQUET:
            table = read_parquet(content, most_bytes)
        case _:
            raise Rejected(f"{content.shown} is {kind}, which is not read yet; land it as CSV, Parquet or JSON lines")
    if content.name.lower().endswith(".gz") != content.compressed:
        really = "is gzip though its name does not say so" if content.compressed else "is no gzip though named .gz"
        table.notes.append(ReadingNote(code="compression", message=f"{content.shown} {really}; read by its content"))
    return table


__all__ = ["RawTable", "read_table"]
