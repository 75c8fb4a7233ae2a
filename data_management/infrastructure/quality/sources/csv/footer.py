"""What stands below the rows: totals, remarks, rulers."""

import re
from collections.abc import Sequence
from dataclasses import replace

from data_management.domain.models import ReadingNote
from data_management.infrastructure.quality.sources.csv.records import COMMENTS
from data_management.infrastructure.quality.sources.csv.shapes import shape
from data_management.infrastructure.quality.sources.csv.text import Text
from data_management.infrastructure.quality.sources.csv.values import Dialect, Frame

_TAIL = 1 << 16
_MOST_LINES = 20
_PAIR = 2
"""Tables wider than this hardly have rows of one value."""
_WORDS = re.compile(
    r"\W*(grand |sub)?-?(total|summe|gesamt|sum|count|average|mean|rows?|records?|end|eof|trailer|source|notes?|generated|exported|created|"
    r"report|page|copyright|©|quelle|ende|stand)\b.*|\W*\d+ (rows?|records?|lines?|zeilen|datensätze)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_DOS_END = b"\x1a"
_RULER = re.compile(r"[\W_]*")


def find_footer(text: Text, frame: Frame, dialect: Dialect, notes: list[ReadingNote]) -> Frame:
    """The frame without the footer. A row that is cut off is none: it has to say by its words, signs, or a blank line before it
    that it is no row.
    """
    start = max(frame.start, text.size - _TAIL)
    tail = text.read(start, text.size).splitlines(keepends=True)
    if start > frame.start:
        tail = tail[1:]
    taken = 0
    for count in range(1, min(len(tail), _MOST_LINES) + 1):
        raw = tail[-count]
        if dialect.quote.encode() in raw:
            break
        if not raw.strip():
            continue
        if raw.rstrip() == _DOS_END:
            taken = count
            continue
        fields = raw.decode(errors="replace").rstrip("\r\n").split(dialect.delimiter)
        after_blank = count < len(tail) and not tail[-count - 1].strip()
        if not _is_remark(fields, frame, after_blank=after_blank):
            break
        taken = count
    if not taken:
        _doubt_last(tail, frame, dialect, notes)
        return frame
    while taken < len(tail) and not tail[-taken - 1].strip():
        taken += 1
    return replace(frame, end=text.size - sum(map(len, tail[-taken:])), footer=taken)


def _is_remark(fields: Sequence[str], frame: Frame, *, after_blank: bool) -> bool:
    first = fields[0].strip()
    given = [field for field in fields if field.strip()]
    alike = frame.first_shape is not None and shape(fields[0]) == frame.first_shape
    other = frame.first_shape is not None and not alike
    word = _WORDS.fullmatch(first) is not None
    if len(fields) == frame.width:
        return other and word and frame.width > 1
    if len(fields) > frame.width or alike or not given:
        return False
    ruler = len(given) == 1 and not first.isalnum() and _RULER.fullmatch(first) is not None
    remark = other and len(fields) == 1 and frame.width > _PAIR and " " in first
    return first.startswith(COMMENTS) or word or ruler or after_blank or remark


def _doubt_last(tail: Sequence[bytes], frame: Frame, dialect: Dialect, notes: list[ReadingNote]) -> None:
    last = next((raw for raw in reversed(tail) if raw.strip()), b"")
    fields = last.decode(errors="replace").rstrip("\r\n").split(dialect.delimiter)
    given = [field for field in fields if field.strip()]
    if len(fields) == frame.width > 1 and (
        _WORDS.fullmatch(fields[0].strip()) or (len(given) == 1 and frame.width > _PAIR)
    ):
        notes.append(
            ReadingNote(code="footer", message="the last row may be a total or a remark; it was read as a row")
        )
