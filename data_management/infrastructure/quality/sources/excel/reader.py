"""One sheet of a workbook as a source, through calamine: its header, then its rows in two looks, types first."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from typing import Any, BinaryIO

import pyarrow as pa

from data_management.domain.models import ReadingNote, ReadOptions
from data_management.errors import Rejected
from data_management.infrastructure.quality.sources.bounds import Bounds
from data_management.infrastructure.quality.sources.column_plans import (
    Losses,
    check_names,
    notes_of,
    plain_table,
    plans_of,
)
from data_management.infrastructure.quality.sources.csv.names import column_names
from data_management.infrastructure.quality.sources.excel.archive import check_archive
from data_management.infrastructure.quality.sources.excel.cells import ColumnSeen, Row, header_at, label
from data_management.infrastructure.quality.sources.plain import PlainFile, Spool
from data_management.infrastructure.quality.sources.sniffing import head_of
from data_management.infrastructure.quality.sources.source import Source
from data_management.infrastructure.quality.sources.spooled import SpooledTable, table_source

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_TOP = 50
"""Among so many rows the header is looked for."""
_ROWS = 10_000


def open_excel(
    file: PlainFile,
    options: ReadOptions,
    spool: Spool,
    bounds: Bounds = Bounds(),
    declared: Sequence[str] = (),
) -> Source:
    """The contract's sheet, else the first; `declared` are the names of the contract's columns. An empty cell is a missing value, and so is an error."""
    head, errors = head_of(file, 4), 0
    naming: list[ReadingNote] = []
    if not head.startswith((_ZIP, _OLE)):
        raise Rejected(f"{file.shown} is no workbook, or a truncated one; save or transfer it again")
    with _opened(file) as opened:
        if head.startswith(_ZIP):
            errors = check_archive(file, opened, spool)
            opened.seek(0)
        with _panics_are_rejected(file):
            sheet, others = _sheet(opened, file, options.sheet)
            merged = sheet.merged_cell_ranges or []
            across = [(first[0], last[0]) for first, last in merged if first[1] != last[1]]
            place = header_at(list(islice(_rows(sheet), _TOP)), across)
            if place is None:
                raise Rejected(
                    f"{file.shown}: the sheet {sheet.name!r} is empty; write a header and rows, or state `sheet`"
                )
            columns, blank = _surveyed(sheet, place, file, bounds, declared, naming)
            table, more = _table(sheet, place, columns, file, spool, bounds)
    notes = naming + list(_notes(place, [range_ for range_ in merged if range_[1][0] > place], blank, errors))
    if others:
        message = f"the sheet {sheet.name!r} was read; there are others: {', '.join(repr(name) for name in others)}"
        notes.insert(0, ReadingNote(code="sheets", message=message))
    notes += [
        ReadingNote(code="mixed-types", message=f"column {column.name!r} mixes types of cells; read as text")
        for column in columns
        if column.is_mixed
    ]
    plans = plans_of(pa.schema([(column.name, column.type) for column in columns]), file.shown, bounds)
    source = table_source(table, tuple(plan.column for plan in plans), (*notes, *more))
    return replace(source, decisions={"sheet": sheet.name, "header_line": place + 1})


def _sheet(opened: BinaryIO, file: PlainFile, wanted: str | None) -> tuple[Any, list[str]]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum

    book = CalamineWorkbook.from_filelike(opened)
    names = [one.name for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    if not names:
        raise Rejected(f"{file.shown} has no worksheet; save it anew")
    if wanted is not None and wanted not in names:
        raise Rejected(
            f"{file.shown} has no sheet {wanted!r}; state one of {', '.join(repr(name) for name in names)} as `sheet`"
        )
    chosen = names[0] if wanted is None else wanted
    return book.get_sheet_by_name(chosen), [name for name in names if name != chosen] if wanted is None else []


def _rows(sheet: Any) -> Iterator[Row]:
    """All rows from the first of the sheet on, so that places are those that Excel shows."""
    rows: Iterator[Row] = sheet.iter_rows()
    return rows


def _surveyed(
    sheet: Any, place: int, file: PlainFile, bounds: Bounds, declared: Sequence[str], notes: list[ReadingNote]
) -> tuple[list[ColumnSeen], int]:
    """The columns, and how many blank rows there are below the header. Columns without any content are left out."""
    rows = islice(_rows(sheet), place, None)
    seen = [ColumnSeen(at, label(value)) for at, value in enumerate(next(rows))]
    blank = waiting = 0
    for row in rows:
        if not any(value != "" for value in row):
            waiting += 1
            continue
        blank, waiting = blank + waiting, 0  # what is blank at the very end is no row
        for column in seen:
            column.add(row[column.place])
    columns = [column for column in seen if column.name or column.kinds]
    names = column_names([column.name for column in columns], declared, file.shown, place + 1, notes, str)
    columns = [replace(column, name=name) for column, name in zip(columns, names, strict=True)]
    check_names([column.name for column in columns], file.shown, bounds)
    return columns, blank


def _table(
    sheet: Any, place: int, columns: list[ColumnSeen], file: PlainFile, spool: Spool, bounds: Bounds
) -> tuple[pa.Table, tuple[ReadingNote, ...]]:
    plans = plans_of(pa.schema([(column.name, column.type) for column in columns]), file.shown, bounds)
    schema, losses = pa.schema([(plan.name, plan.target) for plan in plans]), Losses()

    def tables() -> Iterator[pa.Table]:
        rows = (row for row in islice(_rows(sheet), place + 1, None) if any(value != "" for value in row))
        while batch := list(islice(rows, _ROWS)):
            arrays = [column.array(batch) for column in columns]
            table = pa.table(arrays, names=[column.name for column in columns])
            yield plain_table(table, plans, losses, file.shown, bounds)

    if file.data is not None:
        table = pa.concat_tables([schema.empty_table(), *tables()])
    else:
        with SpooledTable(schema, file.shown, spool) as spooled:
            for part in tables():
                spooled.add(part)
        table = spooled.table()
    return table, (*notes_of(plans), *losses.notes())


def _notes(place: int, merged: list[Any], blank: int, errors: int) -> Iterator[ReadingNote]:
    if place:
        message = f"{place} row(s) before the header, blank or titles, were left out"
        yield ReadingNote(code="preamble", message=message, line=place + 1)
    if merged:
        message = f"{len(merged)} range(s) of merged cells: their value counts for the first cell alone"
        yield ReadingNote(code="merged-cells", message=message)
    if blank:
        yield ReadingNote(code="blank-lines", message=f"{blank} blank row(s) were left out")
    if errors:
        yield ReadingNote(code="error-cells", message=f"{errors} error cell(s) of the workbook count as missing")


def _opened(file: PlainFile) -> BinaryIO:
    return io.BytesIO(file.data) if file.data is not None else file.path.open("rb")


@contextmanager
def _panics_are_rejected(file: PlainFile) -> Iterator[None]:
    """What calamine raises, and the panics of its Rust, which are no `Exception`, without their words."""
    try:
        yield
    except (Rejected, MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            what = "is encrypted; save it without a password"
            if type(error).__name__ != "PasswordError":
                what = "is a damaged workbook; save or transfer it again"
            raise Rejected(f"{file.shown} {what}") from error
        raise
