"""From lines to fields."""

import re
import sys
from collections.abc import Iterator, Sequence
from enum import Enum
from functools import cache
from typing import NamedTuple

from data_management.infrastructure.quality.sources.csv.values import Dialect

_TRIES = 100
"""How many unmatched quotes of one line are tried as the start of a field; the rest of it is taken literally."""
COMMENTS = ("#", "//", "--", "%", ";")


class State(Enum):
    OPEN = "a quoted field goes on in the next line"
    CLOSED = "the record is complete"
    BROKEN = "something other than a delimiter follows a closing quote"


class Record:
    """A record that grows line by line, strictly (RFC 4180), but for quotes within an unquoted field, which are literal."""

    def __init__(self, dialect: Dialect, most_fields: int = sys.maxsize) -> None:
        self.fields: list[str] = []
        self.literal_quotes = False
        self._dialect, self._most = dialect, most_fields
        self._parts: list[str] | None = None

    def feed(self, line: str) -> State:
        """Take the next physical line, with its line break."""
        delimiter, body = self._dialect.delimiter, line.rstrip("\r\n")
        at = 0
        while len(self.fields) <= self._most:
            if self._parts is None and body.startswith(self._dialect.quote, at):
                self._parts, at = [], at + 1
            if self._parts is not None:
                if (close := closing(line, at, self._dialect)) < 0:
                    self._parts.append(line[at:])
                    return State.OPEN
                self._parts.append(line[at:close])
                self.fields.append(unquoted("".join(self._parts), self._dialect))
                self._parts, at = None, close + 1
                if at == len(body):
                    return State.CLOSED
                if not body.startswith(delimiter, at):
                    return State.BROKEN
            else:
                end = body.find(delimiter, at)
                field = body[at:] if end < 0 else body[at:end]
                self.literal_quotes = self.literal_quotes or self._dialect.quote in field
                self.fields.append(field)
                if end < 0:
                    return State.CLOSED
                at = end
            at += len(delimiter)
        return State.BROKEN


def closing(body: str, at: int, dialect: Dialect) -> int:
    """Where the quoted field that is open at `at` closes in `body`; -1 where it does not."""
    found = _closing(dialect.quote, dialect.escape).match(body, at)
    return found.end() - 1 if found else -1


@cache
def _closing(quote: str, escape: str | None) -> re.Pattern[str]:
    """Possessive throughout, so that it takes time linear in the text."""
    sign = re.escape(quote)
    if escape is None:
        return re.compile(f"(?:[^{sign}]++|{sign}{sign})*+{sign}")
    other = re.escape(escape)
    return re.compile(f"(?:[^{sign}{other}]++|{sign}{sign}|{other}.)*+{sign}", re.DOTALL)


def unquoted(text: str, dialect: Dialect) -> str:
    if dialect.escape is not None and dialect.escape in text:
        text = re.sub(re.escape(dialect.escape) + r"(.)", r"\1", text, flags=re.DOTALL)
    return text.replace(2 * dialect.quote, dialect.quote)


def literal_fields(line: str, dialect: Dialect) -> list[str]:
    """The fields of a line whose quotes do not match: quoted where a quote opens and closes a field, else as it stands."""
    body = line.rstrip("\r\n")
    fields: list[str] = []
    at, tries = 0, 0
    while True:
        if body.startswith(dialect.quote, at) and tries < _TRIES:
            close = closing(body, at + 1, dialect)
            behind = close + 1
            if close >= 0 and (behind == len(body) or body.startswith(dialect.delimiter, behind)):
                fields.append(unquoted(body[at + 1 : close], dialect))
                if behind == len(body):
                    return fields
                at = behind + len(dialect.delimiter)
                continue
            tries += 1
        end = body.find(dialect.delimiter, at)
        if end < 0:
            fields.append(body[at:])
            return fields
        fields.append(body[at:end])
        at = end + len(dialect.delimiter)


class Sampled(NamedTuple):
    """A record of the sample: the line it begins in, its bytes, and its fields; `broken` where its quotes do not match."""

    line: int
    start: int
    end: int
    fields: list[str]
    broken: bool = False
    literal: bool = False
    """Whether it holds quotes within an unquoted field."""
    physical: int = 1

    @property
    def width(self) -> int:
        return len(self.fields)

    @property
    def blank(self) -> bool:
        return self.fields == [""]


def sampled(lines: Sequence[bytes], dialect: Dialect, start: int, whole: bool) -> Iterator[Sampled]:
    """The records of `lines`, which begin at offset `start`. A quote that breaks or never closes spoils its own line alone.

    Unless the lines are the `whole` text, a record that is still open at their end is left out.
    """
    at, index, budget = start, 0, 20 * len(lines) + 1000
    quote = dialect.quote.encode()
    while index < len(lines):
        raw = lines[index]
        if quote not in raw:
            body = raw.decode(errors="replace").rstrip("\r\n")
            yield Sampled(index + 1, at, at + len(raw), body.split(dialect.delimiter))
            index, at = index + 1, at + len(raw)
            continue
        record, taken, size = Record(dialect), 0, 0
        state = State.OPEN
        while state is State.OPEN and index + taken < len(lines) and budget > 0:
            state = record.feed(lines[index + taken].decode(errors="replace"))
            size += len(lines[index + taken])
            taken, budget = taken + 1, budget - 1
        if state is State.OPEN and not whole and index + taken == len(lines) and taken > 1:
            return
        if state is State.CLOSED:
            yield Sampled(index + 1, at, at + size, record.fields, literal=record.literal_quotes, physical=taken)
        else:
            taken, size = 1, len(raw)
            yield Sampled(index + 1, at, at + size, literal_fields(raw.decode(errors="replace"), dialect), broken=True)
        index, at = index + taken, at + size
