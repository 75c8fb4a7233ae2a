"""Records for programs: JSON, JSON lines and CSV."""

import csv
import io
import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin

import click
from pydantic import BaseModel

from data_management.presentation.cli.messages import printable_text

TABLE: Final = "table"
MOST_ROWS: Final = 1_000_000_000
"""What a ``--limit`` may ask for; a database's integers end not far above."""
FORMATS: Final = (TABLE, "json", "jsonl", "csv")

_FORMULA: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class RecordWriter:
    """Prints records of a kind as they come: the items of a JSON array, or a line each."""

    def __init__(self, style: str, kind: type[BaseModel]) -> None:
        self._style = style
        self._columns = csv_columns(kind) if style == "csv" else ()
        self._written = 0
        if style == "csv":
            self._row([".".join(path) for path in self._columns])

    def write(self, record: BaseModel) -> None:
        values = record.model_dump(mode="json")
        if self._style == "csv":
            self._row([csv_cell(_at(values, path)) for path in self._columns])
        elif self._style == "json":
            text = textwrap.indent(json.dumps(values, indent=2), "  ")
            click.echo(("," if self._written else "[") + f"\n{text}", nl=False)
        else:
            click.echo(json.dumps(values))
        self._written += 1

    def end(self) -> None:
        if self._style == "json":
            click.echo("\n]" if self._written else "[]")

    @staticmethod
    def _row(cells: Sequence[str]) -> None:
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(cells)
        click.echo(line.getvalue(), nl=False)


def write_records(style: str, kind: type[BaseModel], records: Iterable[BaseModel]) -> None:
    """Print records of a kind: a JSON array, or a line each."""
    writer = RecordWriter(style, kind)
    for record in records:
        writer.write(record)
    writer.end()


def write_record(style: str, record: BaseModel) -> None:
    """Print one record: a JSON object, or the only line of several."""
    if style == "json":
        click.echo(json.dumps(record.model_dump(mode="json"), indent=2))
    else:
        write_records(style, type(record), [record])


def csv_cell(value: Any) -> str:
    """A JSON value as a cell that no spreadsheet takes for a formula. Lists of plain values and mappings are JSON; text is on one line.

    The source of the rule is OWASP's page on CSV injection; numbers are left as they are.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        return json.dumps(value)
    text = printable_text(value)
    return f"'{text}" if value.lstrip().startswith(_FORMULA) else text


def csv_columns(kind: type[BaseModel]) -> tuple[tuple[str, ...], ...]:
    """Paths of the fields of a kind of record; those of a record within it stand beside the others.

    Lists of records are left out: they are tables of their own, and only JSON holds tables in tables.
    """
    return tuple(_paths(kind))


def _paths(kind: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    for name, field in kind.model_fields.items():
        annotation = _without_none(field.annotation)
        if _is_record(annotation):
            yield from ((name, *path) for path in _paths(annotation))
        elif not (get_origin(annotation) is list and _is_record(get_args(annotation)[0])):
            yield (name,)


def _without_none(annotation: Any) -> Any:
    options = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    found = [each for each in options if each is not type(None)]
    return found[0] if len(found) == 1 else annotation


def _is_record(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _at(values: Mapping[str, Any], path: Sequence[str]) -> Any:
    found: Any = values
    for name in path:
        if found is None:
            return None
        found = found[name]
    return found
