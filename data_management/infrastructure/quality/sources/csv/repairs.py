"""What was done to rows that were not exact, and how it is said."""

from dataclasses import dataclass, field

from data_management.domain.models import ReadingNote
from data_management.infrastructure.quality.sources.csv.values import Lines


@dataclass
class Repairs:
    """Which lines it befell."""

    rows: int = 0
    blank: Lines = field(default_factory=Lines)
    comments: Lines = field(default_factory=Lines)
    doubtful_comments: Lines = field(default_factory=Lines)
    headers: Lines = field(default_factory=Lines)
    doubtful_headers: Lines = field(default_factory=Lines)
    padded: Lines = field(default_factory=Lines)
    joined: Lines = field(default_factory=Lines)
    trimmed: Lines = field(default_factory=Lines)
    bad: Lines = field(default_factory=Lines)
    quotes: Lines = field(default_factory=Lines)
    literal: Lines = field(default_factory=Lines)
    rows_within: Lines = field(default_factory=Lines)
    returns: Lines = field(default_factory=Lines)
    newlines: Lines = field(default_factory=Lines)
    longest_row: int = 0

    def notes(self, width: int) -> list[ReadingNote]:
        blank = "read as missing values" if width == 1 else "left out"
        said = [
            (self.bad, "bad-rows", "{count} row(s) could not be read and were left out ({lines})"),
            (self.padded, "short-rows", "{count} row(s) with fewer columns than the header were filled up with missing values ({lines})"),
            (self.joined, "line-breaks", "{count} row(s) were put together again that line breaks outside of quotes had cut ({lines})"),
            (self.trimmed, "long-rows", "{count} row(s) had empty columns beyond the header's; those were left out ({lines})"),
            (self.quotes, "quotes", "the quotes of {count} row(s) do not match; read as they stand ({lines})"),
            (self.literal, "quotes", "{count} row(s) hold quotes within a field that is not quoted; read as they stand ({lines})"),
            (self.rows_within, "quotes", "{count} quoted field(s) run over lines that look like rows themselves ({lines})"),
            (self.comments, "comments", "{count} comment line(s) were left out ({lines})"),
            (self.doubtful_comments, "comments", "{count} row(s) begin with a hash and may be comments; read as rows ({lines})"),
            (self.headers, "repeated-header", "the header stands again among the rows, {count} time(s); left out ({lines})"),
            (self.doubtful_headers, "header", "{count} row(s) look like a header; read as rows, but another table may begin there ({lines})"),
            (self.blank, "blank-lines", "{count} blank line(s) were " + blank + " ({lines})"),
        ]  # fmt: skip
        found = [lines.note(code, message) for lines, code, message in said if lines.count]
        if self.returns.count and self.newlines.count:
            fewer = min(self.returns, self.newlines, key=lambda lines: lines.count)
            found.append(fewer.note("line-ends", "lines end in different ways; {count} unlike the others ({lines})"))
        return found
