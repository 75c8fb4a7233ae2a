"""Lines for people, which cannot be forged by what they quote."""

import contextlib
import os
import sys

import click


def printable_text(text: str) -> str:
    """What moves the cursor, or turns the order of letters around, shows as an escape."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape", errors="backslashreplace").decode() for c in text
    )


def write_line(text: str) -> None:
    """Print one line, whatever the text holds."""
    click.echo(printable_text(text))


def write_error(message: str) -> None:
    """Print an error; its lines are indented, and what they quote cannot forge one."""
    _write_message("error", message)


def write_warning(message: str) -> None:
    """Print what is worth a look and changes no exit code."""
    _write_message("warning", message)


def _write_message(kind: str, message: str) -> None:
    lines = [printable_text(line).strip() for line in message.split("\n")]
    click.echo(f"{kind}: " + f"\n{' ' * (len(kind) + 2)}".join(lines), err=True)


def drop_output() -> None:
    """What is still to be written to standard output goes nowhere, lest Python fail over it at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
