"""CSV, strictly: one header, every row as wide as it, quotes that close.

pyarrow reads; Python's `csv` (strict) judges whatever has quotes, and says which line is wrong. An empty field, quoted or
not, is a missing value.
"""

import csv
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
from pyarrow import csv as arrow_csv

from data_management.domain.models import ReadingNote, ReadOptions
from data_management.errors import Rejected
from data_management.infrastructure.quality.files import Content
from data_management.infrastructure.quality.readers.table import RawTable
from data_management.infrastructure.quality.readers.text import decoded

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
_SAMPLE = 20
_MOST_BYTES = (1 << 31) - 2
"""pyarrow's block size is a 32-bit number, and a row may not cross blocks."""


@dataclass(frozen=True)
class _Shape:
    """What an independent reading counted: rows without the header, and lines that hold nothing."""

    rows: int
    blank: int


def read_csv(content: Content, options: ReadOptions) -> RawTable:
    notes: list[ReadingNote] = []
    text = _from_header(decoded(content, options.encoding), content, notes)
    delimiter, header = _dialect(text, content, options, notes)
    _check_header(header, content)
    shape = _shape(text, delimiter, len(header), content)
    data = text.encode()
    del text
    if not data.endswith((b"\n", b"\r")):
        data += b"\n"
    if len(data) > _MOST_BYTES:
        raise Rejected(f"{content.shown} holds more than 2 GiB of text; split the file")
    table = _parsed(data, delimiter, header, content)
    expected = shape.rows + (shape.blank if len(header) == 1 else 0)
    if table.num_rows != expected:
        raise Rejected(
            f"{content.shown} cannot be read reliably: one reader finds {table.num_rows} rows, another {expected}; "
            "quote fields that hold line breaks or quotes"
        )
    if shape.blank:
        taken = "read as missing values" if len(header) == 1 else "left out"
        notes.append(ReadingNote(code="blank-lines", message=f"{shape.blank} blank line(s) were {taken}"))
    return RawTable(table=table, textual=True, notes=notes)


def _from_header(text: str, content: Content, notes: list[ReadingNote]) -> str:
    start = len(text) - len(text.lstrip("\r\n"))
    if start == len(text):
        raise Rejected(f"{content.shown} holds nothing but line breaks; write it anew, with a header")
    if start:
        notes.append(ReadingNote(code="blank-lines", message="blank line(s) before the header were left out", line=1))
    return text[start:]


def _dialect(text: str, content: Content, options: ReadOptions, notes: list[ReadingNote]) -> tuple[str, list[str]]:
    """The delimiter and the header: the contract's delimiter, else the ending's, else one that fits all first rows."""
    name = content.name.lower().removesuffix(".gz")
    delimiter = options.delimiter or ("\t" if name.endswith(".tsv") else ",")
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise Rejected(f"{content.shown}: the contract's delimiter {delimiter!r} must be one character, no quote")
    widths = _widths(text, delimiter)
    if options.delimiter is None and widths[:1] == [1]:
        others = {other: _widths(text, other) for other in _DELIMITERS if other != delimiter}
        fitting = {other: found[0] for other, found in others.items() if len(set(found)) == 1 and found[0] > 1}
        if fitting:
            taken = max(fitting, key=lambda other: fitting[other])
            notes.append(
                ReadingNote(
                    code="delimiter",
                    message=f"read with the {_DELIMITERS[taken]} as delimiter: the {_DELIMITERS[delimiter]} yields one "
                    f"column, it yields {fitting[taken]}; state `delimiter` in the contract to be sure",
                )
            )
            delimiter = taken
    try:
        header = next(_records(text, delimiter))
    except csv.Error as error:
        raise Rejected(f"{content.shown}: the header's quotes do not match; mend the first line") from error
    return delimiter, header


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    limit = csv.field_size_limit(sys.maxsize)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    finally:
        csv.field_size_limit(limit)


def _widths(text: str, delimiter: str) -> list[int]:
    """The widths of the first rows, blank lines left out; of fewer where the quotes do not match."""
    widths: list[int] = []
    try:
        for record in _records(text, delimiter):
            if record:
                widths.append(len(record))
            if len(widths) >= _SAMPLE:
                break
    except csv.Error:
        pass
    return widths


def _check_header(header: list[str], content: Content) -> None:
    for place, name in enumerate(header, start=1):
        if not name.strip():
            raise Rejected(f"{content.shown}: column {place} of the header has no name; name every column")
        if (first := header.index(name) + 1) != place:
            raise Rejected(
                f"{content.shown}: columns {first} and {place} of the header have the same name; "
                "rename one of them (or add the header, if there is none)"
            )


def _shape(text: str, delimiter: str, width: int, content: Content) -> _Shape:
    """Count rows and blank lines; where there are quotes, record by record. `Rejected` for a row of another width."""
    if '"' not in text:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
        if all(line.count(delimiter) == width - 1 or not line for line in lines):
            blank = sum(not line for line in lines)
            return _Shape(rows=len(lines) - 1 - blank, blank=blank)
    return _shape_by_record(text, delimiter, width, content)


def _shape_by_record(text: str, delimiter: str, width: int, content: Content) -> _Shape:
    rows, blank = -1, 0
    limit = csv.field_size_limit(sys.maxsize)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for record in reader:
            if not record:
                blank += 1
            elif len(record) != width:
                raise Rejected(
                    f"{content.shown}: line {line} has {len(record)} columns where the header has {width}; "
                    "quote fields that hold the delimiter, and complete short rows"
                )
            else:
                rows += 1
            line = reader.line_num + 1
    except csv.Error as error:
        raise Rejected(
            f"{content.shown}: the quotes in the row at line {line} do not match; double a quote inside a quoted field"
        ) from error
    finally:
        csv.field_size_limit(limit)
    return _Shape(rows=rows, blank=blank)


def _parsed(data: bytes, delimiter: str, header: list[str], content: Content) -> pa.Table:
    try:
        return arrow_csv.read_csv(
            pa.BufferReader(data),
            read_options=arrow_csv.ReadOptions(use_threads=False, block_size=len(data) + 1),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=len(header) > 1
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=True, null_values=[""]
            ),
        )
    except pa.ArrowInvalid as error:
        raise Rejected(f"{content.shown} is no well-formed CSV; quote fields that hold line breaks") from error
