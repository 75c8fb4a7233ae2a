"""Delimiter and quotes: those of the contract, else those under which most records of the sample are equally wide."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from data_management.domain.models import ReadingNote, ReadOptions
from data_management.errors import Rejected
from data_management.infrastructure.quality.sources.csv.records import COMMENTS, Record, sampled
from data_management.infrastructure.quality.sources.csv.shapes import has_figures
from data_management.infrastructure.quality.sources.csv.values import Dialect
from data_management.infrastructure.quality.sources.plain import PlainFile

_COMMON = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
_RARE = {"^": "caret", "~": "tilde", "\x1f": "unit separator", "\x01": "control character 1", "¦": "broken bar"}
_NAMES = {**_COMMON, **_RARE}
_LINES = 500
_ENOUGH = 0.5
_RIVAL = 0.1
_NEARLY_ALL = 0.9


@dataclass(frozen=True)
class _Fit:
    """How well a dialect fits: the width of most records, and a score up to 1."""

    dialect: Dialect
    width: int
    score: float
    first: int
    """Width of the first record."""


def find_dialect(
    lines: Sequence[bytes], whole: bool, file: PlainFile, options: ReadOptions, notes: list[ReadingNote]
) -> Dialect:
    lines, whole = lines[:_LINES], whole and len(lines) <= _LINES
    stated = options.delimiter
    if stated is not None and (len(stated) != 1 or stated in '"\r\n'):
        raise Rejected(f"{file.shown}: the contract's delimiter {stated!r} must be one character, no quote")
    expected = "\t" if file.name.lower().removesuffix(".gz").removesuffix(".zst").endswith(".tsv") else ","
    default = stated or expected
    text = b"".join(lines)
    fits = [_fit(Dialect(delimiter), lines, whole) for delimiter in _COMMON if delimiter.encode() in text]
    if not _good(fits):
        fits += [_fit(Dialect(delimiter), lines, whole) for delimiter in _RARE if delimiter.encode() in text]
    if stated is None:
        fit = _best(fits, expected, notes)
    else:
        fit = _fit(Dialect(stated), lines, whole)
        others = [other for other in _good(fits) if other.width > 1 >= fit.width]
        if others:
            notes.append(
                ReadingNote(
                    code="delimiter",
                    message=f"the contract's delimiter {stated!r} yields one column; the {_NAMES[others[0].dialect.delimiter]} "
                    f"would yield {others[0].width}",
                )
            )
    return _with_quotes(fit or _fit(Dialect(default), lines, whole), lines, whole, notes)


def _fit(dialect: Dialect, lines: Sequence[bytes], whole: bool) -> _Fit:
    """Full marks for records of one width; less for those that differ, that break, and for a first line that fits badly."""
    records = [
        record
        for record in sampled(lines, dialect, 0, whole)
        if not record.blank and not (lines[record.line - 1].startswith(b"#") and record.width == 1)
    ]
    if not records:
        return _Fit(dialect, 0, 0.0, 0)
    widths = Counter(record.width for record in records)
    width = max(widths, key=lambda width: (widths[width], width == records[0].width))
    score = (widths[width] - sum(record.broken or record.literal for record in records)) / len(records)
    score -= 0.15 * (records[0].width != width)
    score -= 0.05 * has_figures(next(record.fields for record in records if record.width == width))
    return _Fit(dialect, width, score, records[0].width)


def _good(fits: Sequence[_Fit]) -> list[_Fit]:
    return sorted(
        (fit for fit in fits if fit.width > 1 and fit.score >= _ENOUGH), key=lambda fit: (-fit.score, -fit.width)
    )


def _best(fits: Sequence[_Fit], expected: str, notes: list[ReadingNote]) -> _Fit | None:
    good = _good(fits)
    if not good:
        wide = [fit for fit in fits if fit.first > 1]
        good = [max(wide, key=lambda fit: (fit.dialect.delimiter == expected, fit.first))] if wide else []
        if not good:
            return None
    rivals = [fit for fit in good if fit.score >= good[0].score - _RIVAL]
    best = next((fit for fit in rivals if fit.dialect.delimiter == expected and fit.first > 1), good[0])
    delimiter = best.dialect.delimiter
    others = [_NAMES[fit.dialect.delimiter] for fit in rivals if fit is not best]
    if others:
        message = f"the {' and the '.join(others)} would fit as well; state `delimiter` in the contract to be sure"
        notes.append(
            ReadingNote(code="delimiter", message=f"read with the {_NAMES[delimiter]} as delimiter, but {message}")
        )
    elif delimiter != expected:
        ordinary = next((fit for fit in fits if fit.dialect.delimiter == expected), None)
        yields = "one column" if ordinary is None or ordinary.width <= 1 else "rows of different widths"
        message = f"the {_NAMES[expected]} yields {yields}, it yields {best.width}; state `delimiter` in the contract to be sure"
        notes.append(
            ReadingNote(code="delimiter", message=f"read with the {_NAMES[delimiter]} as delimiter: {message}")
        )
    return best


def _with_quotes(fit: _Fit, lines: Sequence[bytes], whole: bool, notes: list[ReadingNote]) -> Dialect:
    """Backslashes before quotes, or single quotes, only where they mend what the standard breaks."""
    text, best = b"".join(lines), fit
    others = []
    if b'\\"' in text:
        others.append(Dialect(fit.dialect.delimiter, escape="\\"))
    if b'"' not in text and text.count(b"'") > len(lines) and not any(sign.encode() in text for sign in COMMENTS[1:2]):
        others.append(Dialect(fit.dialect.delimiter, quote="'"))
    for other in (_fit(dialect, lines, whole) for dialect in others):
        if other.score > best.score and other.width >= 1:
            best = other
    if best is not fit:
        what = "single quotes quote fields" if best.dialect.quote == "'" else "a backslash escapes a quote"
        notes.append(ReadingNote(code="quote", message=f'read as if {what}; write quotes as RFC 4180 says ("")'))
    return best.dialect


def doubt_one_column(values: Sequence[str], line: int, notes: list[ReadingNote]) -> None:
    """Notes where (nearly) all `values`, or all but the header, which is the first, could be cut into as many columns."""
    rows = values[1:]
    for sign, name in _COMMON.items():
        cuts = [_cuts(value, sign) for value in rows]
        (count, often), *_ = Counter(cuts).most_common(1) or [(0, 0)]
        if not count or often < _NEARLY_ALL * len(rows):
            continue
        if _cuts(values[0], sign) == count:
            message = (
                f"it has one column, and {count} {name}(s) in its name and in every row; is each row quoted as a whole?"
            )
        elif sign != "," and len(rows) > 1:
            message = f"it has one column, and {count} {name}(s) in every row, but not in the header; mend the header"
        else:
            continue
        notes.append(ReadingNote(code="delimiter", message=message, line=line))
        return


def _cuts(value: str, sign: str) -> int:
    """How many delimiters the value would hold if it were a record."""
    if sign not in value:
        return 0
    record = Record(Dialect(sign))
    record.feed(value)
    return len(record.fields) - 1
