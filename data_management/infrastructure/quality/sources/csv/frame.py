"""Where the table begins and ends: what stands before the header, the header itself, and what stands below the rows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from data_management.domain.models import BadRows, ReadingNote, ReadOptions
from data_management.errors import Rejected
from data_management.infrastructure.quality.sources.csv.dialect import doubt_one_column
from data_management.infrastructure.quality.sources.csv.footer import find_footer
from data_management.infrastructure.quality.sources.csv.names import column_names
from data_management.infrastructure.quality.sources.csv.records import COMMENTS, Sampled, sampled
from data_management.infrastructure.quality.sources.csv.shapes import (
    common_shape,
    could_be_header,
    has_figures,
    holds_figures,
)
from data_management.infrastructure.quality.sources.csv.text import Text
from data_management.infrastructure.quality.sources.csv.values import CsvLimits, Dialect, Frame, Lines
from data_management.infrastructure.quality.sources.plain import PlainFile

_RECORDS = 2_000
_SHAPED = 400
"""Rows whose values tell what columns look like."""
_ENOUGH = 0.3
_PAIR = 2
"""The width of a name and a value."""
_MOST_ALIKE_PAIRS = 8
_MOST_ALIKE = 2
"""So many lines of one width may stand before the header."""


@dataclass(frozen=True)
class Found:
    frame: Frame
    header: bytes
    """The header as it stands in the file; empty where it has none."""


@dataclass
class _Finder:
    file: PlainFile
    options: ReadOptions
    declared: Sequence[str]
    limits: CsvLimits
    notes: list[ReadingNote]

    def width_of(self, records: Sequence[Sampled]) -> int:
        """The header's where the rows bear it out, else that of most rows."""
        widths = Counter(record.width for record in records)
        first = records[0].width
        common = max(widths, key=lambda width: (widths[width], width == first))
        if first in (common, 1):
            return common if first != 1 or widths[common] > 1 else first
        later = False
        for record in records[1:]:
            later = later or record.width == common
            if later and record.width == first and could_be_header(records[0].fields):
                return first if widths[first] >= _ENOUGH * len(records) else common
        return common if widths[common] > 1 else first

    def header_of(self, records: list[Sampled], width: int) -> tuple[int, list[str]]:
        """The header's place among the records, and its fields. What stands before is noted, or the file refused."""
        place = next(index for index, record in enumerate(records) if record.width == width)
        before = records[:place]
        if place and before[-1].width > 1 and _is_damaged(before[-1], records[place : place + 10]):
            fields = [field for field in before[-1].fields if field.strip()]
            if len(fields) == width:
                line = before[-1].line
                message = (
                    f"empty field(s) of the header were left out: it has {before[-1].width}, the rows have {width}"
                )
                self.notes.append(ReadingNote(code="header", message=message, line=line))
                return place - 1, fields
            raise Rejected(
                f"{self.file.shown}: the header in line {before[-1].line} has {before[-1].width} columns where most rows have "
                f"{width}; mend the header"
            )
        if wider := next((record for record in before if record.width > width and not _is_comment(record)), None):
            raise Rejected(
                f"{self.file.shown}: line {wider.line} has {wider.width} columns where most rows have {width}; mend the header"
            )
        if other := _table_before(before):
            raise Rejected(
                f"{self.file.shown}: one table seems to begin in line {other.line} and another in line {records[place].line}; write one "
                "file per table"
            )
        while place + 1 < len(records) and _is_title(records[place]) and records[place + 1].width == width:
            place += 1
        return place, records[place].fields

    def has_header(self, fields: Sequence[str], line: int, preamble: bool) -> bool:
        stated, known = self.options.header, {name.lower() for name in self.declared}
        if stated is not None or not has_figures(fields) or any(field.lower() in known for field in fields):
            return stated is not False
        if preamble:
            raise Rejected(
                f"{self.file.shown}: line {line} is the first as wide as the rows, and holds figures; add a header, or state "
                "`header: false` in the contract"
            )
        if len(fields) == len(self.declared):
            message = "the first line holds figures and none of the contract's names; read as a row, with the contract's names"
            self.notes.append(ReadingNote(code="header", message=message, line=line))
            return False
        message = "the header holds figures; is it a row? Then state `header: false` in the contract"
        self.notes.append(ReadingNote(code="header", message=message, line=line))
        return True

    def names_of(self, fields: list[str], header: Sampled, *, has_header: bool) -> tuple[str, ...]:
        if has_header:
            if header.broken:
                if self.options.bad_rows is BadRows.REJECT:
                    raise Rejected(
                        f"{self.file.shown}: the header's quotes do not match (line {header.line}); mend that line"
                    )
                message = "the header's quotes do not match; its names were read without them"
                self.notes.append(ReadingNote(code="quotes", message=message, line=header.line))
                fields = [field.strip('"') for field in fields]
            elif header.literal:
                message = "name(s) of the header hold a quote; read as they stand, but the file may have lost its start"
                self.notes.append(ReadingNote(code="quotes", message=message, line=header.line))
            if any(len(field) > self.limits.name_characters for field in fields):
                raise Rejected(
                    f"{self.file.shown}: a name in the header (line {header.line}) has more than {self.limits.name_characters} "
                    "characters; shorten it, or add the header, if there is none"
                )
            return column_names(fields, self.declared, self.file.shown, header.line, self.notes)
        if len(fields) == len(self.declared):
            return column_names(self.declared, (), self.file.shown, header.line, self.notes)
        message = f"without a header, its columns were named column_1 to column_{len(fields)}"
        self.notes.append(ReadingNote(code="header", message=message, line=header.line))
        return tuple(f"column_{place}" for place in range(1, len(fields) + 1))

    def check_width(self, width: int) -> None:
        if width > self.limits.columns:
            raise Rejected(
                f"{self.file.shown} has {width} columns, more than {self.limits.columns}; use rows, not columns, or raise DATA_MANAGEMENT_FILE_COLUMNS"
            )


def find_frame(
    text: Text,
    lines: Sequence[bytes],
    whole: bool,
    dialect: Dialect,
    file: PlainFile,
    options: ReadOptions,
    declared: Sequence[str],
    limits: CsvLimits,
    notes: list[ReadingNote],
) -> Found:
    """`lines` are the first of `text`, or all of it (`whole`)."""
    finder = _Finder(file, options, declared, limits, notes)
    lines, whole = lines[:_RECORDS], whole and len(lines) <= _RECORDS
    found = list(sampled(lines, dialect, text.start, whole))
    records = [record for record in found if not record.blank]
    comments = _comments(records)
    if not (tabular := [record for record in records if record not in comments]):
        raise Rejected(f"{file.shown} holds nothing but comments; write it anew, with a header")
    width = finder.width_of(tabular)
    finder.check_width(width)
    place, fields = finder.header_of(tabular, width)
    finder.check_width(len(fields))
    header = tabular[place]
    skipped = [record for record in records if record.start < header.start]
    _note_skipped(skipped, [record for record in found if record.blank and record.start < header.start], notes)
    has_header = finder.has_header(fields, header.line, bool(skipped))
    names = finder.names_of(fields, header, has_header=has_header)
    rows = [record for record in tabular[place + has_header :] if record.width == width and not record.broken]
    columns = list(zip(*(record.fields for record in rows), strict=True)) or [()] * width
    frame = Frame(
        header=tuple(fields) if has_header else (),
        names=names,
        header_line=header.line if has_header else None,
        start=header.end if has_header else header.start,
        end=text.size,
        first_line=header.line + header.physical if has_header else header.line,
        first_shape=common_shape(columns[0][:_SHAPED]),
        numeric=tuple(holds_figures(column[:_SHAPED]) for column in columns),
        hashes=5 * sum(value.startswith("#") for value in columns[0]) > len(columns[0]),
    )
    if width == 1 and options.delimiter is None:
        doubt_one_column([record.fields[0] for record in tabular[place:]], header.line, notes)
    frame = find_footer(text, frame, dialect, notes)
    return Found(frame, text.read(header.start, header.end) if has_header else b"")


def _comments(records: Sequence[Sampled]) -> list[Sampled]:
    """Records that begin with a comment's sign, and are narrower than others are."""
    widest = max((record.width for record in records), default=0)
    if widest == 1 and all(record.fields[0].startswith("# ") for record in records):
        return [*records]
    return [record for record in records if _is_comment(record) and record.width != widest]


def _is_damaged(header: Sampled, rows: Sequence[Sampled]) -> bool:
    """Names of another width than the rows below, where what follows at once is such a row and no header of its own."""
    if not could_be_header([field for field in header.fields if field.strip()]):
        return False
    if has_figures(rows[0].fields):
        return True
    return abs(header.width - rows[0].width) == 1 and not any(has_figures(row.fields) for row in rows)


def _table_before(records: Sequence[Sampled]) -> Sampled | None:
    """The first of several records of one width: more than the names and values of a preamble."""
    for width in {record.width for record in records} - {1}:
        alike = [record for record in records if record.width == width]
        most = _MOST_ALIKE_PAIRS if width == _PAIR else _MOST_ALIKE
        if len(alike) > most and any(has_figures(record.fields) for record in alike[1:]):
            return alike[0]
    return None


def _is_comment(record: Sampled) -> bool:
    return record.fields[0].startswith(COMMENTS)


def _is_title(record: Sampled) -> bool:
    """One field and nothing in the others: a title that was exported as wide as the table."""
    return (
        record.width > _PAIR
        and bool(record.fields[0].strip())
        and not any(field.strip() for field in record.fields[1:])
    )


def _note_skipped(skipped: Sequence[Sampled], blank: Sequence[Sampled], notes: list[ReadingNote]) -> None:
    before, empty = Lines(), Lines()
    for record in skipped:
        for line in range(record.line, record.line + record.physical):
            before.add(line)
    for record in blank:
        empty.add(record.line)
    if before.count:
        notes.append(before.note("preamble", "{count} line(s) before the header were left out ({lines})"))
    if empty.count:
        notes.append(empty.note("blank-lines", "{count} blank line(s) before the header were left out ({lines})"))
