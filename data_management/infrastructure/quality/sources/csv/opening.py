"""A CSV file, from bytes to a relation of text columns."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyarrow import csv as arrow_csv

from data_management.domain.models import ReadingNote, ReadOptions
from data_management.errors import Rejected
from data_management.infrastructure.quality.sources.csv.dialect import find_dialect
from data_management.infrastructure.quality.sources.csv.encoding import Decoded, as_utf8
from data_management.infrastructure.quality.sources.csv.foreign import refuse_other_kinds
from data_management.infrastructure.quality.sources.csv.frame import Found, find_frame
from data_management.infrastructure.quality.sources.csv.headers import Headers
from data_management.infrastructure.quality.sources.csv.output import Output
from data_management.infrastructure.quality.sources.csv.repair import Repairer, too_long
from data_management.infrastructure.quality.sources.csv.repairs import Repairs
from data_management.infrastructure.quality.sources.csv.text import Text
from data_management.infrastructure.quality.sources.csv.values import CsvLimits, Dialect, Frame
from data_management.infrastructure.quality.sources.csv.verification import Verifier
from data_management.infrastructure.quality.sources.plain import PlainFile, Spool
from data_management.infrastructure.quality.sources.source import RawColumn, Source

_SAMPLE = 1 << 20
_FEWEST_LINES = 50
_LEAST_LINE = 2 << 20
"""DuckDB's own bound of a line, which is raised where a row needs it."""
_SAFE_PATH = re.compile(r"[\w./ +=@,:-]+", re.ASCII)


def open_csv(
    file: PlainFile,
    options: ReadOptions,
    spool: Spool,
    limits: CsvLimits = CsvLimits(),  # noqa: B008  immutable
    declared: Sequence[str] = (),
) -> Source:
    """Read `file` as CSV; `declared` are the names of the contract's columns. Raises `Rejected`, never quoting a value.

    An exact file is scanned as it lies; any other is written anew, row by row, and the notes say what was done.
    """
    if not file.size:
        what = "unpacks to nothing" if file.compression else "is empty (0 bytes)"
        raise Rejected(f"{file.shown} {what}; write it anew, with a header where it has no rows")
    decoded = as_utf8(file, options.encoding, spool)
    notes = list(decoded.notes)
    lines, whole = _first_lines(decoded.text, file, limits)
    refuse_other_kinds(lines, file.shown)
    dialect = find_dialect(lines, whole, file, options, notes)
    found = find_frame(decoded.text, lines, whole, dialect, file, options, declared, limits, notes)
    table = _rows(decoded.text, found, dialect, file, options, spool, limits)
    notes += table.repairs.notes(found.frame.width)
    if found.frame.footer:
        last = table.next_line + found.frame.footer - 1
        message = (
            f"the last {found.frame.footer} line(s) were left out, they are no rows (lines {table.next_line} to {last})"
        )
        notes.append(ReadingNote(code="footer", message=message, line=table.next_line))
    return _source(table, decoded, found.frame, dialect, file, spool, notes)


@dataclass(frozen=True)
class _Table:
    """The rows: `data` or `path` from `skip` lines on, in standard CSV."""

    repairs: Repairs
    delimiter: str
    next_line: int
    data: bytes | None
    path: Path
    rewritten: bool
    returns: bool
    r"""Whether the rows end with ``\r\n``, else ``\n``."""


def _first_lines(text: Text, file: PlainFile, limits: CsvLimits) -> tuple[list[bytes], bool]:
    """The lines of the sample, and whether they are all."""
    head = text.read(text.start, text.start + limits.header_bytes)
    whole = text.start + len(head) >= text.size
    if not head.strip(b"\r\n"):
        what = "nothing but line breaks" if whole else "nothing but line breaks at its start"
        raise Rejected(f"{file.shown} holds {what}; write it anew, with a header")
    if not whole:
        cut = max(head.rfind(b"\n"), head.rfind(b"\r", 0, len(head) - 1)) + 1
        if not head[:cut].strip(b"\r\n"):
            raise Rejected(_endless(file, limits.header_bytes))
        head = head[:cut]
    if len(head) > _SAMPLE:
        cut = max(head.rfind(b"\n", 0, _SAMPLE), head.rfind(b"\r", 0, _SAMPLE - 1)) + 1
        if head.count(b"\n", 0, cut) >= _FEWEST_LINES:
            head, whole = head[:cut], False
    lines = head.splitlines(keepends=True)
    if len(lines[0]) > limits.header_bytes:
        raise Rejected(_endless(file, limits.header_bytes))
    return lines, whole


def _endless(file: PlainFile, most: int) -> str:
    return f"{file.shown} has no line break in its first {most >> 20} MB; write one row a line, under a header"


def _rows(
    text: Text,
    found: Found,
    dialect: Dialect,
    file: PlainFile,
    options: ReadOptions,
    spool: Spool,
    limits: CsvLimits,
) -> _Table:
    """Verify all rows, and write them anew from the first that is not exact."""
    frame, out = found.frame, Output(text, found, spool, file.shown)
    headers = Headers(frame, found.header, dialect)
    repairer = Repairer(file.shown, frame, dialect, options, limits, out, headers)
    verifier = Verifier(frame, headers, dialect.delimiter) if dialect.is_standard else None
    carried = b""
    with out:
        for block, last in _whole_lines(text, frame, file, limits):
            data, carried = carried + block, b""
            while data and verifier is not None and repairer.idle:
                verified = verifier.verify(data)
                if verified.longest_cell > limits.cell_bytes:
                    raise Rejected(too_long(file.shown, limits))
                if verified.rows is None:
                    break
                if not verified.size:
                    if not last and len(data) <= limits.cell_bytes:
                        data, carried = b"", data
                    break
                out.returns = bool(verifier.returns)
                out.breaks_within = out.breaks_within or verified.lines != verified.rows
                repairer.verified(data[: verified.size], verified.rows, verified.lines, verified.longest_row)
                data = data[verified.size :]
            if data:
                out.begin()
                repairer.feed(data.splitlines(keepends=True))
        repairer.finish()
        rows, path = out.finish()
    return _Table(
        repairer.done,
        repairer.delimiter if out.begun else dialect.delimiter,
        repairer.line,
        rows,
        path,
        out.begun,
        out.returns and not out.begun,
    )


def _whole_lines(text: Text, frame: Frame, file: PlainFile, limits: CsvLimits) -> Iterator[tuple[bytes, bool]]:
    """Blocks that end with a line break, and whether each is the last; a missing one at the end is added."""
    parts: list[bytes] = []
    size, at, end = 0, frame.start, b"\n"
    for block in text.blocks(frame.start, frame.end):
        at += len(block)
        cut = max(block.rfind(b"\n"), block.rfind(b"\r", 0, len(block) - 1)) + 1
        if cut:
            whole = b"".join([*parts, block[:cut]])
            parts, size = ([block[cut:]], len(block) - cut) if cut < len(block) else ([], 0)
            end = b"\r\n" if whole.endswith(b"\r\n") else whole[-1:]
            yield whole, at == frame.end and not parts
            continue
        parts.append(block)
        size += len(block)
        if size > limits.line_bytes:
            raise Rejected(
                f"{file.shown} has a line of more than {limits.line_bytes >> 20} MB; break it into rows, or raise DATA_MANAGEMENT_FILE_CELL_MB"
            )
    if parts:
        rest = b"".join(parts)
        yield rest if rest.endswith((b"\n", b"\r")) else rest + end, True


def _source(
    table: _Table,
    decoded: Decoded,
    frame: Frame,
    dialect: Dialect,
    file: PlainFile,
    spool: Spool,
    notes: Sequence[ReadingNote],
) -> Source:
    decisions: dict[str, str | int | bool | None] = {
        "format": "csv",
        "compression": file.compression,
        "encoding": decoded.encoding,
        "bom": decoded.bom,
        "delimiter": dialect.delimiter,
        "quote": dialect.quote,
        "escape": dialect.escape or dialect.quote,
        "header_line": frame.header_line,
        "first_line": frame.first_line,
        "footer_lines": frame.footer,
        "rows": table.repairs.rows,
        "padded_rows": table.repairs.padded.count,
        "bad_rows": table.repairs.bad.count,
        "rewritten": table.rewritten,
    }
    paths: tuple[Path, ...] = ()
    tables: dict[str, pa.Table] = {}
    if table.data is not None:
        relation, tables = "data", {"data": _parsed(table, frame.names, file)}
    else:
        path = table.path if _SAFE_PATH.fullmatch(str(table.path)) else _linked(table.path, spool)
        skip = 0 if table.rewritten else frame.first_line - 1
        relation, paths = _scan(path, table, frame.names, skip), (path,)
    return Source(
        relation=relation,
        columns=tuple(RawColumn(name, "VARCHAR") for name in frame.names),
        textual=True,
        rows=table.repairs.rows,
        paths=paths,
        tables=tables,
        notes=tuple(notes),
        decisions=decisions,
        sha256=file.sha256,
    )


def _parsed(table: _Table, names: Sequence[str], file: PlainFile) -> pa.Table:
    data = table.data
    assert data is not None
    if not table.repairs.rows:
        return pa.table({name: pa.array([], pa.string()) for name in names})
    if not data.endswith((b"\n", b"\r")):
        data += b"\n"
    try:
        parsed = arrow_csv.read_csv(
            pa.BufferReader(data),
            read_options=arrow_csv.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=list(names)),
            parse_options=arrow_csv.ParseOptions(
                delimiter=table.delimiter, newlines_in_values=True, ignore_empty_lines=False
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
            ),
        )
    except pa.ArrowInvalid as error:
        raise Rejected(f"{file.shown} is no well-formed CSV; quote fields that hold line breaks") from error
    if parsed.num_rows != table.repairs.rows:
        raise Rejected(
            f"{file.shown} cannot be read reliably: one reader finds {parsed.num_rows} rows, another {table.repairs.rows}; "
            "quote fields that hold line breaks or quotes"
        )
    return parsed


def _scan(path: Path, table: _Table, names: Sequence[str], skip: int) -> str:
    columns = ", ".join(f"{_text(name)}: 'VARCHAR'" for name in names)
    ends = "" if table.returns else ", new_line='\\n'"
    longest = max(_LEAST_LINE, 2 * table.repairs.longest_row)
    return (
        f"read_csv({_text(str(path))}, columns={{{columns}}}, auto_detect=false, delim={_text(table.delimiter)}, quote='\"', "
        f"escape='\"', header=false, skip={skip}, nullstr='', allow_quoted_nulls=true, strict_mode=true, null_padding=false, "
        f"ignore_errors=false, compression='none', encoding='utf-8', max_line_size={longest}{ends})"
    )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _linked(path: Path, spool: Spool) -> Path:
    """A link with a plain name: DuckDB takes brackets and stars in a path for a pattern."""
    folder = Path(tempfile.mkdtemp(dir=spool.folder))
    link = folder / "data.csv"
    link.symlink_to(path.absolute())
    return link
