"""Line by line through what is not exact: what can be mended is, what cannot is counted or refuses the file."""

from collections.abc import Sequence
from dataclasses import dataclass

from data_management.domain.models import BadRows, ReadOptions
from data_management.errors import Rejected
from data_management.infrastructure.quality.sources.csv.headers import Headers, Kind
from data_management.infrastructure.quality.sources.csv.misfits import Held, Misfit, joined, line_break
from data_management.infrastructure.quality.sources.csv.output import Output
from data_management.infrastructure.quality.sources.csv.records import COMMENTS, Record, State, literal_fields
from data_management.infrastructure.quality.sources.csv.repairs import Repairs
from data_management.infrastructure.quality.sources.csv.shapes import has_figures, shape
from data_management.infrastructure.quality.sources.csv.values import CsvLimits, Dialect, Frame

_LONGEST_RUN = 1_000
_FEWEST_ROWS = 3
"""So many misfits of one width that begin like a header are another table."""
_DEEPEST_TABLE = 5
_RETRIES = 4
_MOST_BLANK = 1_000_000
_MOST_BLANK_SHARE = 10


@dataclass
class _Open:
    """A record that goes on in the next line."""

    record: Record
    lines: list[tuple[int, bytes]]
    size: int
    full: int = 0
    """How many of its lines have as many delimiters as a row."""


class Repairer:
    """Takes lines, and writes complete rows in standard CSV with this delimiter."""

    def __init__(
        self,
        shown: str,
        frame: Frame,
        dialect: Dialect,
        options: ReadOptions,
        limits: CsvLimits,
        out: Output,
        headers: Headers,
    ) -> None:
        self.done = Repairs()
        self.line = frame.first_line
        self._shown, self._frame, self._dialect, self._limits = shown, frame, dialect, limits
        self._count = options.bad_rows is BadRows.COUNT
        self._most_bad = options.max_bad_rows
        self._out, self._headers = out, headers
        self._sign = dialect.delimiter.encode()
        self._quote = dialect.quote.encode()
        self._open: _Open | None = None
        self._misfits: list[Misfit] = []
        self._held: Held | None = None
        self._doubt_next = False
        self._retried = self._fed = 0
        self.delimiter = dialect.delimiter if len(self._sign) == 1 else ","

    @property
    def idle(self) -> bool:
        """Whether the next line begins a row that depends on nothing before it."""
        return self._open is None and not self._misfits and not self._doubt_next

    def verified(self, data: bytes, rows: int, lines: int, longest: int) -> None:
        """Exact rows that need no look."""
        self._release()
        self._out.write_exact(data)
        (self.done.returns if data.endswith(b"\r\n") else self.done.newlines).add(self.line, rows)
        self.done.longest_row = max(self.done.longest_row, longest)
        self.done.rows += rows
        self.line += lines
        self._fed += len(data)

    def feed(self, lines: Sequence[bytes]) -> None:
        for line, raw in enumerate(lines, self.line):
            self._fed += len(raw)
            again = self._take(line, raw)
            if again:
                self._take_again(again)
        self.line += len(lines)

    def _take_again(self, lines: Sequence[tuple[int, bytes]]) -> None:
        pending = [*reversed(lines)]
        while pending:
            pending.extend(reversed(self._take(*pending.pop())))

    def finish(self) -> None:
        while self._open is not None:
            self._take_again(self._resync())
        self._settle()
        self._release()
        self._check_share(at_least=1)

    def _take(self, line: int, raw: bytes) -> Sequence[tuple[int, bytes]]:
        """Returns the lines that have to be taken again."""
        if self._open is not None:
            return self._continue(self._open, line, raw)
        body = raw.rstrip(b"\r\n")
        if not body:
            self._blank(line, raw)
            return ()
        self._count_end(line, raw, len(body))
        places = body.count(self._sign)
        exact = places == self._frame.width - 1
        if (body.startswith(b"#") and not self._frame.hashes) or (not exact and body.decode().startswith(COMMENTS)):
            if not exact or self._is_commented_out(body.split(self._sign)[0].decode()):
                self.done.comments.add(line)
                return ()
            self.done.doubtful_comments.add(line)
        text = raw.decode()
        self._check_columns(line, body, places)
        if self._quote not in body:
            self._complete(line, text.rstrip("\r\n").split(self._dialect.delimiter), raw, exact=True)
            return ()
        record = Record(self._dialect, self._limits.columns)
        match record.feed(text):
            case State.OPEN:
                self._open = _Open(record, [(line, raw)], len(raw), int(exact))
            case State.CLOSED:
                if record.literal_quotes and len(record.fields) == self._frame.width:
                    self.done.literal.add(line)
                self._complete(line, record.fields, raw, exact=not record.literal_quotes)
            case State.BROKEN:
                self._misfit(line, literal_fields(text, self._dialect), raw, broken=True)
        return ()

    def _check_columns(self, line: int, body: bytes, places: int) -> None:
        most = self._limits.columns
        if places > most and (self._quote not in body or self._sign * most in body):
            raise Rejected(
                f"{self._shown}: line {line} has more than {most} columns; is it the right delimiter? State it in the contract, or raise "
                "DATA_MANAGEMENT_FILE_COLUMNS"
            )

    def _continue(self, open_: _Open, line: int, raw: bytes) -> Sequence[tuple[int, bytes]]:
        open_.lines.append((line, raw))
        open_.size += len(raw)
        open_.full += raw.count(self._sign) == self._frame.width - 1
        state = open_.record.feed(raw.decode())
        if state is State.OPEN:
            if open_.size <= self._limits.cell_bytes and len(open_.record.fields) < self._frame.width:
                return ()
            if open_.size > self._limits.cell_bytes and not (
                self._frame.width > 1 and 2 * open_.full > len(open_.lines)
            ):
                raise Rejected(
                    f"{self._shown}: the quoted field that opens in line {open_.lines[0][0]} is longer than "
                    f"{self._limits.cell_bytes >> 20} MB, or its quote never closes; close it, shorten the value, or raise DATA_MANAGEMENT_FILE_CELL_MB"
                )
            return self._resync()
        if state is State.BROKEN or len(open_.record.fields) != self._frame.width:
            return self._resync()
        if open_.full == len(open_.lines):
            if self._frame.first_shape and all(self._like_first(self._first(raw)) for _, raw in open_.lines):
                return self._resync()
            self.done.rows_within.add(open_.lines[0][0])
        self._open = None
        raw_record = b"".join(raw for _, raw in open_.lines)
        self._complete(open_.lines[0][0], open_.record.fields, raw_record, exact=not open_.record.literal_quotes)
        return ()

    def _resync(self) -> list[tuple[int, bytes]]:
        """Give up the open record: its first line is broken, the others are taken again as lines of their own."""
        assert self._open is not None
        lines, self._open = self._open.lines, None
        self._retried += sum(len(raw) for _, raw in lines)
        if self._retried > _RETRIES * self._fed + (1 << 20):
            raise Rejected(f"{self._shown}: too many rows have quotes that do not match; write the file anew")
        line, raw = lines[0]
        self._misfit(line, literal_fields(raw.decode(), self._dialect), raw, broken=True)
        return lines[1:]

    def _first(self, raw: bytes) -> str:
        return raw.rstrip(b"\r\n").split(self._sign, 1)[0].strip(self._quote).decode()

    def _like_first(self, value: str) -> bool:
        return self._frame.first_shape is not None and shape(value) == self._frame.first_shape

    def _is_commented_out(self, first: str) -> bool:
        """A remark that happens to be as wide as a row, or a row behind a hash."""
        return not self._like_first(first) and (
            first.startswith("# ") or self._like_first(first.lstrip("# ").strip('"'))
        )

    def _count_end(self, line: int, raw: bytes, length: int) -> None:
        if raw.endswith(b"\r\n") or (len(raw) > length and raw.endswith(b"\r")):
            self.done.returns.add(line)
        elif len(raw) > length:
            self.done.newlines.add(line)

    def _blank(self, line: int, raw: bytes) -> None:
        self.done.blank.add(line)
        if self._misfits:
            self._misfits[-1].end += raw.decode()
        elif self._held is not None:
            self._held.end += raw.decode()
        if self._frame.width > 1:
            self._doubt_next = True
            if self.done.blank.count > _MOST_BLANK + _MOST_BLANK_SHARE * self.done.rows:
                raise Rejected(
                    f"{self._shown} holds hardly anything but blank lines (as up to line {line}); write it without them"
                )
            return
        self._settle()
        self._release()
        self._row([""], None)

    def _complete(self, line: int, fields: list[str], raw: bytes, *, exact: bool) -> None:
        width = self._frame.width
        if fields[0].startswith("\ufeff"):
            fields, exact = [fields[0][1:], *fields[1:]], False
        kind = self._headers.kind(fields)
        if kind is Kind.REPEATED:
            self._settle()
            self.done.headers.add(line)
        elif kind is Kind.OTHER_ORDER or self._begins_other(fields):
            self._other_table(line)
        elif len(fields) == width:
            if kind is Kind.NAMES:
                self.done.doubtful_headers.add(line)
            self._settle()
            self._release()
            self._held = Held(fields, raw if exact else None, line_break(raw.decode()))
        elif self._count and len(fields) > width and not any(fields[width:]):
            self._settle()
            self._release()
            self.done.trimmed.add(line)
            self._row(fields[:width], None)
        else:
            self._misfit(line, fields, raw, broken=False)
        self._doubt_next = False

    def _begins_other(self, fields: Sequence[str]) -> bool:
        doubtful = self._doubt_next or (self._misfits and len(fields) == self._frame.width)
        return bool(doubtful) and self._headers.could_be_others(fields)

    def _other_table(self, line: int) -> None:
        raise Rejected(f"{self._shown}: another table seems to begin in line {line}; write one file per table")

    def _release(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            self._row(held.fields, held.raw)

    def _misfit(self, line: int, fields: list[str], raw: bytes, *, broken: bool) -> None:
        self._misfits.append(Misfit(line, fields, broken, line_break(raw.decode())))
        self._doubt_next = False
        if len(self._misfits) >= _LONGEST_RUN:
            self._settle()

    def _settle(self) -> None:
        """Decide on the records in a row that did not fit."""
        run, self._misfits = self._misfits, []
        if not run:
            return
        if (other := self._table_among(run)) is not None:
            self._other_table(other.line)
        if not self._count:
            self._refuse(run[0])
        self._check_share(at_least=_LONGEST_RUN)
        run = self._without_continuation(run)
        self._release()
        while run:
            whole = self._cut_row(run)
            if whole:
                self.done.joined.add(run[0].line)
                self._row(joined(run[:whole]), None)
                run = run[whole:]
            else:
                self._decide(run.pop(0))

    def _decide(self, misfit: Misfit) -> None:
        width, found = self._frame.width, len(misfit.fields)
        if misfit.broken and found == width:
            self.done.quotes.add(misfit.line)
            self._row(misfit.fields, None)
        elif misfit.broken or found > width or not self._could_be_short(misfit):
            self._bad(misfit.line)
        else:
            self.done.padded.add(misfit.line)
            self._row([*misfit.fields, *[""] * (width - found)], None)

    def _could_be_short(self, misfit: Misfit) -> bool:
        """Whether it begins like a row, and not only with one field of several."""
        if len(misfit.fields) == 1 < self._frame.width - 1:
            return False
        return self._frame.first_shape is None or self._like_first(misfit.fields[0])

    def _table_among(self, run: Sequence[Misfit]) -> Misfit | None:
        """Names, and under them rows of the same width with figures, none like this table's."""
        for place, misfit in enumerate(run[:_DEEPEST_TABLE]):
            alike = run[place : place + _FEWEST_ROWS]
            if (
                len(alike) == _FEWEST_ROWS
                and {len(other.fields) for other in alike} == {len(misfit.fields)}
                and not any(other.broken for other in alike)
                and self._headers.could_be_others(misfit.fields)
                and has_figures(alike[1].fields)
            ):
                return misfit
        return None

    def _without_continuation(self, run: list[Misfit]) -> list[Misfit]:
        """Lines at the start of `run` that go on with the last value of the row before; they are put there."""
        held = self._held
        while held is not None and run and self._continues(run[0]) and len(run[0].fields) == 1 and self._takes_text(-1):
            self.done.joined.add(run[0].line)
            held.fields = [*held.fields[:-1], held.fields[-1] + held.end + run[0].fields[0]]
            held.raw, held.end = None, run[0].end
            run = run[1:]
        return run

    def _cut_row(self, run: Sequence[Misfit]) -> int:
        """How many records at the start of `run` are one row, cut by line breaks: the first begins like a row, the others do not,
        and together they are as wide as one.
        """
        if self._frame.first_shape is None or run[0].broken or not self._like_first(run[0].fields[0]):
            return 0
        width = len(run[0].fields)
        for place, misfit in enumerate(run[1:], start=1):
            if not self._continues(misfit) or not self._takes_text(width - 1):
                return 0
            width += len(misfit.fields) - 1
            if width >= self._frame.width:
                return place + 1 if width == self._frame.width else 0
        return 0

    def _continues(self, misfit: Misfit) -> bool:
        """Whether it is known not to begin a row, and may be the rest of a value."""
        first = misfit.fields[0]
        if misfit.broken or self._frame.first_shape is None or self._like_first(first):
            return False
        return any(sign.isalnum() for sign in first) or len(misfit.fields) > 1

    def _takes_text(self, column: int) -> bool:
        return column < self._frame.width and not self._frame.numeric[column]

    def _check_share(self, at_least: int) -> None:
        """Where damage is the rule, it is the reading that is wrong."""
        done = self.done
        if done.bad.count > max(done.rows, at_least):
            raise Rejected(
                f"{self._shown}: {done.bad.count} rows do not fit the header and {done.rows} do; is it the right delimiter and "
                "header? State them in the contract"
            )
        if done.quotes.count > max(done.rows // 2, at_least * 10):
            raise Rejected(
                f"{self._shown}: the quotes of {done.quotes.count} rows do not match; write the file anew, with a quote inside a quoted "
                "field doubled"
            )

    def _refuse(self, misfit: Misfit) -> None:
        if misfit.broken:
            raise Rejected(
                f"{self._shown}: the quotes in the row at line {misfit.line} do not match; double a quote inside a quoted field, or "
                "state `badRows: count` in the contract"
            )
        raise Rejected(
            f"{self._shown}: line {misfit.line} has {len(misfit.fields)} columns where the header has {self._frame.width}; quote fields "
            "that hold the delimiter and complete short rows, or state `badRows: count` in the contract"
        )

    def _bad(self, line: int) -> None:
        self.done.bad.add(line)
        if self._most_bad is not None and self.done.bad.count > self._most_bad:
            raise Rejected(
                f"{self._shown}: more than {self._most_bad} row(s) cannot be read, the last in line {line}; mend them, or raise "
                "`maxBadRows` in the contract"
            )

    def _row(self, fields: list[str], raw: bytes | None) -> None:
        data = self._encoded(fields) if raw is None or not self._dialect.is_standard else raw.rstrip(b"\r\n") + b"\n"
        if len(data) > self._limits.cell_bytes and max(map(len, fields)) > self._limits.cell_bytes >> 2:
            longest = max(len(field.encode()) for field in fields)
            if longest > self._limits.cell_bytes:
                raise Rejected(too_long(self._shown, self._limits))
        self.done.rows += 1
        self.done.longest_row = max(self.done.longest_row, len(data))
        self._out.write(data)

    def _encoded(self, fields: Sequence[str]) -> bytes:
        signs = (self.delimiter, '"', "\r", "\n")
        cells = [
            '"' + text.replace('"', '""') + '"' if any(sign in text for sign in signs) else text for text in fields
        ]
        if cells == [""]:
            return b'""\n'
        return (self.delimiter.join(cells) + "\n").encode()


def too_long(shown: str, limits: CsvLimits) -> str:
    return f"{shown} holds a value of more than {limits.cell_bytes >> 20} MB; keep such values in files of their own, or raise DATA_MANAGEMENT_FILE_CELL_MB"
