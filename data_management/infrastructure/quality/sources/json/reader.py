"""JSON as a source. Two looks at each object: which types hold all values, then the values.

A small file's objects are kept between the two; a large file is parsed twice and written to the spool batch by batch.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from typing import Any

import pyarrow as pa

from data_management.domain.models import FileFormat, ReadingNote, ReadOptions
from data_management.errors import Rejected
from data_management.infrastructure.quality.sources.bounds import Bounds
from data_management.infrastructure.quality.sources.column_plans import check_cells, check_names
from data_management.infrastructure.quality.sources.json.columns import Survey, table_of
from data_management.infrastructure.quality.sources.json.objects import Decoder, Objects, of_array, of_lines
from data_management.infrastructure.quality.sources.plain import PlainFile, Spool
from data_management.infrastructure.quality.sources.source import Source
from data_management.infrastructure.quality.sources.spooled import SpooledTable, table_source
from data_management.infrastructure.quality.sources.texts import encoding_of, text_blocks

_ROWS = 10_000
_CELLS = 400_000


def open_json(file: PlainFile, options: ReadOptions, spool: Spool, bounds: Bounds = Bounds()) -> Source:
    """Raises `Rejected` with the number of the line or element that is no valid JSON."""
    encoding, mark = encoding_of(file, options.encoding)
    is_array = _is_array(file, options, encoding, mark)
    first, read = Decoder(), of_array if is_array else of_lines

    def objects(decoder: Decoder) -> Objects:
        return read(text_blocks(file, encoding, mark), decoder, file.shown, 4 * bounds.cell_bytes)

    survey = Survey(file.shown, "element" if is_array else "line", bounds)
    kept: list[dict[str, Any]] = []
    with _uncollected():
        for batch in _batches(objects(first), _ROWS):
            survey.add(batch)
            if file.data is not None:
                kept += [row for _, row in batch]
    notes = list(survey.notes())
    if first.repeated:
        message = f"{first.repeated} key(s) repeat within an object; the last counts"
        notes.insert(0, ReadingNote(code="repeated-keys", message=message))
    if not survey.names:
        what = "only empty objects" if survey.rows else "no objects, so that its columns are not known"
        raise Rejected(f"{file.shown} holds {what}; write the columns as keys")
    check_names(survey.names, file.shown, bounds)
    if file.data is not None:
        table = _checked(table_of(kept, survey.names, survey.types()), file, bounds)
    else:
        table = _spooled(objects, survey, file, spool, bounds)
    decisions = {"layout": "array" if is_array else "lines", "encoding": encoding}
    return replace(table_source(table, survey.columns(), tuple(notes)), decisions=decisions)


def _spooled(
    objects: Callable[[Decoder], Objects], survey: Survey, file: PlainFile, spool: Spool, bounds: Bounds
) -> pa.Table:
    names, types = survey.names, survey.types()
    size = max(1, min(_ROWS, _CELLS // len(names)))
    schema = pa.schema(list(zip(names, types, strict=True)))
    try:
        with _uncollected(), SpooledTable(schema, file.shown, spool) as spooled:
            for batch in _batches(objects(Decoder(counting=False)), size):
                spooled.add(_checked(table_of([row for _, row in batch], names, types), file, bounds))
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise Rejected(f"{file.shown} changed while it was read; read it again") from error
    return spooled.table()


def _batches(objects: Objects, size: int) -> Iterator[list[tuple[int, dict[str, Any]]]]:
    while batch := list(islice(objects, size)):
        yield batch


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector of circles: parsed JSON has none, and it would walk over all of it again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _checked(table: pa.Table, file: PlainFile, bounds: Bounds) -> pa.Table:
    for name, values in zip(table.column_names, table.columns, strict=True):
        check_cells(name, values, file.shown, bounds)
    return table


def _is_array(file: PlainFile, options: ReadOptions, encoding: str, mark: int) -> bool:
    """Whether the text opens an array, where that is allowed: JSON lines, said by contract or name, are no array."""
    stated = options.format or FileFormat.of_name(file.name)
    if stated is FileFormat.JSONL:
        return False
    for block in text_blocks(file, encoding, mark):
        if start := block.lstrip(" \t\r\n"):
            return start.startswith("[")
    return False
