"""Tables and lines for people."""

import sys
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

import click

from data_management.domain.models import score_in_words
from data_management.presentation.cli.messages import printable_text, write_error, write_line, write_warning
from data_management.presentation.cli.records import (
    FORMATS,
    MOST_ROWS,
    TABLE,
    RecordWriter,
    write_record,
    write_records,
)

__all__ = [
    "MOST_ROWS",
    "TABLE",
    "RecordWriter",
    "figure",
    "format_option",
    "percent",
    "points",
    "write_error",
    "write_line",
    "write_record",
    "write_records",
    "write_table",
    "write_warning",
]

F = TypeVar("F", bound=Callable[..., Any])

VERDICT_STYLES = {
    **dict.fromkeys(("pass", "accepted", "ok"), "green"),
    **dict.fromkeys(("warn", "warning", "quarantined"), "yellow"),
    **dict.fromkeys(("fail", "failure", "breaking"), "red"),
}


def format_option() -> Callable[[F], F]:
    return click.option(
        "--format",
        "style",
        type=click.Choice(FORMATS),
        default=TABLE,
        show_default=True,
        help="table for people; json, jsonl (a line each) and csv for programs.",
    )


def write_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; cells are plain text, never markup, and control characters show as escapes.

    On a terminal cells are folded, the first column (which names the row) as the last; elsewhere a row is one line, however long.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    class Piped(Console):
        def on_broken_pipe(self) -> None:
            """Rich would end the process with exit code 1."""
            raise BrokenPipeError

    cells = [[Text(_cell(value), style=VERDICT_STYLES.get(str(value), "")) for value in row] for row in rows]
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    console = Piped(file=sys.stdout, soft_wrap=not is_terminal)
    longest = max((row[0].cell_len for row in cells), default=0)
    table = Table(title=Text(printable_text(title)), title_justify="left", highlight=False)
    for place, column in enumerate(columns):
        table.add_column(column, overflow="fold", min_width=min(longest, console.width // 2) if place == 0 else None)
    for row in cells:
        table.add_row(*row)
    if not is_terminal:
        console.width = max(1, console.measure(table, options=console.options.update(max_width=_UNBOUNDED)).maximum)
    console.print(table)


_UNBOUNDED = 1_000_000


def points(value: float | None) -> str:
    """A score for people."""
    return nothing() if value is None else score_in_words(value)


def percent(share: float) -> str:
    """A share for people, rounded down: 100% is said of all alone."""
    return f"{int(Decimal(repr(share)) * 100)}%"


def figure(value: float | str | None) -> str | None:
    """A number for people, to six digits; a text as it is."""
    return value if value is None or isinstance(value, str) else f"{value:.6g}"


def _cell(value: object) -> str:
    return nothing() if value is None else printable_text(str(value))


def nothing() -> str:
    """What stands where there is no value; standard output may take ASCII alone."""
    try:
        "—".encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return "-"
    return "—"
