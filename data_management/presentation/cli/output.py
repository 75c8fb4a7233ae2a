"""Tables for people, JSON for programs."""

import json
import math
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import click
from pydantic import BaseModel

F = TypeVar("F", bound=Callable[..., Any])

VERDICT_STYLES = {"pass": "green", "warn": "yellow", "fail": "red", "accepted": "green", "quarantined": "yellow"}


def format_option(*choices: str) -> Callable[[F], F]:
    return click.option(
        "--format",
        "style",
        type=click.Choice(["table", "json", *choices]),
        default="table",
        show_default=True,
        help="table for people, json for programs.",
    )


def write_json(value: BaseModel | Sequence[BaseModel]) -> None:
    """Print one JSON document."""
    if isinstance(value, BaseModel):
        click.echo(json.dumps(value.model_dump(mode="json"), indent=2))
    else:
        click.echo(json.dumps([item.model_dump(mode="json") for item in value], indent=2))


def write_json_line(value: BaseModel) -> None:
    click.echo(json.dumps(value.model_dump(mode="json")))


def write_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; cells are plain text, never markup, and control characters show as escapes."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", highlight=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(value), style=VERDICT_STYLES.get(str(value), "")) for value in row))
    width = None if sys.stdout is not None and sys.stdout.isatty() else 160
    Console(file=sys.stdout, width=width).print(table)


def write_line(text: str) -> None:
    """Print one line, whatever the text holds."""
    click.echo(_printable(text))


def write_error(message: str) -> None:
    """Print an error; its lines are indented, and what they quote cannot forge one."""
    _write_message("error", message)


def write_warning(message: str) -> None:
    """Print what is worth a look and changes no exit code."""
    _write_message("warning", message)


def _write_message(kind: str, message: str) -> None:
    lines = [_printable(line).strip() for line in message.split("\n")]
    click.echo(f"{kind}: " + f"\n{' ' * (len(kind) + 2)}".join(lines), err=True)


def points(value: float | None) -> str:
    """A score for people, rounded down: 100.0 is said of a perfect one alone."""
    return "—" if value is None else f"{math.floor(value * 10) / 10:.1f}"


def figure(value: float | str | None) -> str | None:
    """A number for people, to six digits; a text as it is."""
    return value if value is None or isinstance(value, str) else f"{value:.6g}"


def _cell(value: object) -> str:
    return "—" if value is None else _printable(str(value))


def _printable(text: str) -> str:
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape", errors="backslashreplace").decode() for c in text
    )
