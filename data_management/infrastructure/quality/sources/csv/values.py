"""What the steps of reading CSV hand to each other."""

from dataclasses import dataclass, field

from data_management.domain.models import ReadingNote

NAMED_LINES = 20
"""How many line numbers a note names at most."""


@dataclass(frozen=True)
class CsvLimits:
    """Bounds of one file; beyond them it is refused."""

    columns: int = 10_000
    name_characters: int = 1_000
    cell_bytes: int = 16 << 20
    line_bytes: int = 64 << 20
    header_bytes: int = 4 << 20
    """The header, and each line before it, has to end within so many bytes of the start."""


@dataclass(frozen=True)
class Dialect:
    """`escape` is a backslash where quotes are escaped with it; a doubled quote is always one quote."""

    delimiter: str
    quote: str = '"'
    escape: str | None = None

    @property
    def is_standard(self) -> bool:
        """Whether DuckDB, pyarrow and the count by bytes can all take it as it is."""
        return self.quote == '"' and self.escape is None and self.delimiter.isascii()


@dataclass(frozen=True)
class Frame:
    """Where the table lies in the text, and what its rows look like."""

    header: tuple[str, ...]
    """The fields of the header as they stand there; empty where there is none."""
    names: tuple[str, ...]
    header_line: int | None
    start: int
    """Offset of the first row."""
    end: int
    """Offset behind the last row."""
    first_line: int
    """Line number of the first row."""
    first_shape: str | None
    """What (nearly) all values of the first column look like, where they are alike."""
    numeric: tuple[bool, ...]
    """Which columns hold numbers or dates."""
    hashes: bool
    """Whether rows begin with a hash as a matter of course."""
    footer: int = 0
    """How many lines stand behind `end`."""

    @property
    def width(self) -> int:
        return len(self.names)


@dataclass
class Lines:
    """How many lines something befell, and the first of them."""

    count: int = 0
    first: list[int] = field(default_factory=list)

    def add(self, line: int, count: int = 1) -> None:
        self.count += count
        if len(self.first) < NAMED_LINES:
            self.first.append(line)

    def note(self, code: str, message: str) -> ReadingNote:
        """A note whose message has ``{count}`` and ``{lines}`` filled in."""
        shown = ", ".join(map(str, self.first)) + (" …" if self.count > len(self.first) else "")
        where = f"line {shown}" if self.count == 1 else f"lines {shown}"
        return ReadingNote(
            code=code, message=message.format(count=self.count, lines=where), line=self.first[0] if self.first else None
        )
