"""CSV files with known truth and one defect each, the same for the same seed.

The truth of a damaged row is a set of readings that a careful person would accept; `absent` says that leaving the row out is
one of them, as long as the reader says so. Everything else has one reading: the table that was written.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

Row = tuple[str | None, ...]

_WORDS = [
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "harbour",
    "island",
    "jasper",
    "koala",
    "lemon",
    "maple",
    "north",
    "olive",
    "pearl",
    "quartz",
    "river",
]
_CITIES = ["Köln", "São Paulo", "Zürich", "Malmö", "Paris", "Łódź", "Berlin", "Reims"]
_NAMES = ["customer", "city", "amount", "ordered", "status", "remark", "quantity", "weight"]


@dataclass(frozen=True)
class Expected:
    """One row of the truth."""

    readings: frozenset[Row]
    absent: bool = False


@dataclass(frozen=True)
class Damaged:
    """A file, and what is true of it."""

    defect: str
    kind: str
    content: bytes
    names: tuple[str, ...]
    rows: tuple[Expected, ...]


@dataclass
class _Table:
    """A table before it is written; `lines` are its rows as they will stand in the file."""

    random: random.Random
    names: list[str]
    values: list[list[str]]
    delimiter: str
    quoted: str
    lines: list[str] = field(default_factory=list)

    @property
    def header(self) -> str:
        return self.delimiter.join(self.names)

    def cell(self, value: str, *, text: bool) -> str:
        needed = any(sign in value for sign in (self.delimiter, '"', "\n", "\r"))
        if needed or self.quoted == "all" or (self.quoted == "text" and text):
            return '"' + value.replace('"', '""') + '"'
        return value

    def cells(self, row: int) -> list[str]:
        return [self.cell(value, text=not value[:1].isdigit()) for value in self.values[row]]

    def write(self) -> None:
        self.lines = [self.delimiter.join(self.cells(row)) for row in range(len(self.values))]

    def truth(self) -> list[Expected]:
        return [Expected(frozenset({tuple(value or None for value in row)})) for row in self.values]

    def any_row(self) -> int:
        return self.random.randrange(2, len(self.values) - 1)


def damaged_files(count: int, seed: int = 20_260_101) -> Iterator[Damaged]:
    for number in range(count):
        make = _DEFECTS[number % len(_DEFECTS)]
        yield make(_table(random.Random(f"{seed}-{number}")))


def _table(source: random.Random) -> _Table:
    delimiter = source.choices([",", ";", "\t", "|"], weights=[6, 2, 1, 1])[0]
    width = source.randint(3, 8)
    kinds = ["id", *source.sample(_NAMES, width - 1)]
    coded = source.random() < 0.3
    values = [
        [_value(kind, number, coded, delimiter, source) for kind in kinds] for number in range(source.randint(20, 120))
    ]
    table = _Table(source, kinds, values, delimiter, source.choice(["needed", "needed", "text", "all"]))
    table.write()
    return table


def _value(kind: str, number: int, coded: bool, delimiter: str, source: random.Random) -> str:
    if source.random() < 0.03 and kind not in ("id", "customer"):
        return ""
    match kind:
        case "id":
            return f"K-{number:05}" if coded else str(1000 + number)
        case "customer":
            return f"{source.choice(_WORDS).title()} {source.choice(_WORDS).title()}"
        case "city":
            return source.choice(_CITIES)
        case "amount" | "weight":
            whole, part = source.randint(0, 5000), source.randint(0, 99)
            return f"{whole},{part:02}" if delimiter == ";" else f"{whole}.{part:02}"
        case "ordered":
            return f"2025-{source.randint(1, 12):02}-{source.randint(1, 28):02}"
        case "quantity":
            return str(source.randint(1, 99))
        case "status":
            return source.choice(["open", "paid", "sent", "void"])
        case _:
            words = " ".join(source.sample(_WORDS, 3))
            return f"{words}{delimiter} {source.choice(_WORDS)}" if source.random() < 0.3 else words


def _file(
    table: _Table, defect: str, kind: str, text: str | None = None, rows: Sequence[Expected] | None = None
) -> Damaged:
    content = text if text is not None else "\n".join([table.header, *table.lines]) + "\n"
    return Damaged(defect, kind, content.encode(), tuple(table.names), tuple(table.truth() if rows is None else rows))


def _one(table: _Table, row: int, readings: set[Row], *, absent: bool) -> list[Expected]:
    truth = table.truth()
    truth[row] = Expected(frozenset(readings), absent)
    return truth


def _with_value(table: _Table, row: int, column: int, value: str) -> Row:
    return tuple((value if place == column else given) or None for place, given in enumerate(table.values[row]))


def _quote(table: _Table) -> Damaged:
    source, row = table.random, table.any_row()
    column = source.randrange(len(table.names))
    cells, value = table.cells(row), table.values[row][column]
    quoted = cells[column].startswith('"')
    if source.random() < 0.5:
        kind = "missing quote"
        if not quoted:
            cells[column] = f'"{value}"'
        first = source.random() < 0.5
        cells[column] = cells[column][1:] if first else cells[column][:-1]
        readings = {value, value + '"' if first else '"' + value}
    else:
        kind = "stray quote"
        place = source.choice([0, len(value) // 2, len(value)])
        broken = value[:place] + '"' + value[place:]
        cells[column] = f'"{broken}"' if quoted else broken
        readings = {value, broken, f'"{broken}"', broken + '"', '"' + broken}
    whole = table.delimiter not in value
    table.lines[row] = table.delimiter.join(cells)
    accepted = {_with_value(table, row, column, reading) for reading in readings}
    return _file(table, "stray or missing quote", kind, rows=_one(table, row, accepted, absent=not whole or quoted))


def _delimiter(table: _Table) -> Damaged:
    source, row = table.random, table.any_row()
    missing, in_header = source.random() < 0.5, source.random() < 0.15
    names = [*table.names]
    cells = names if in_header else table.cells(row)
    place = source.randrange(len(cells) - 1)
    if missing:
        cells[place : place + 2] = [cells[place] + cells[place + 1]]
    else:
        cells.insert(place + 1, "")
    line, kind = table.delimiter.join(cells), "missing delimiter" if missing else "extra delimiter"
    if in_header:
        return _file(
            table, "missing or extra delimiter", f"{kind} in the header", "\n".join([line, *table.lines]) + "\n"
        )
    table.lines[row] = line
    values = [*table.values[row]]
    values[place : place + 2] = [values[place] + values[place + 1]]
    readings: set[Row] = {tuple(value or None for value in table.values[row])}
    if missing:
        for fused in (values[place], cells[place], cells[place][1:-1].replace('""', '"')):
            values[place] = fused
            readings.add(tuple(value or None for value in [*values, ""]))
    return _file(table, "missing or extra delimiter", kind, rows=_one(table, row, readings, absent=True))


def _line_ends(table: _Table) -> Damaged:
    kind = table.random.choice(["\r\n", "\r", "mixed", "one \r", "none at the end"])
    lines = [table.header, *table.lines]
    match kind:
        case "mixed":
            text = "".join(line + table.random.choice(["\n", "\r\n"]) for line in lines)
        case "one \r":
            row = table.any_row()
            text = "".join(line + ("\r" if place == row else "\n") for place, line in enumerate(lines))
        case "none at the end":
            text = "\n".join(lines)
        case _:
            text = kind.join(lines) + kind
    return _file(table, "other line ends", repr(kind), text)


def _preamble(table: _Table) -> Damaged:
    source, width = table.random, len(table.names)
    texts = [
        "Orders of the month",
        "Exported by: system",
        "Source: the warehouse, Hamburg",
        "Created: 2025-03-01 10:00",
        "confidential",
    ]
    lines = source.sample(texts, source.randint(1, 4))
    kind = source.choice(["lines", "lines and a blank one", "as wide as the table", "names and values"])
    if kind == "as wide as the table":
        lines = [line.replace(table.delimiter, " ") + table.delimiter * (width - 1) for line in lines]
    if kind == "names and values":
        lines = [
            f"Field{number}{table.delimiter}{line.replace(table.delimiter, ' ')}" for number, line in enumerate(lines)
        ]
    if kind == "lines and a blank one":
        lines.append("")
    return _file(table, "preamble", kind, "\n".join([*lines, table.header, *table.lines]) + "\n")


def _footer(table: _Table) -> Damaged:
    source, width = table.random, len(table.names)
    rows = len(table.values)
    kind = source.choice(
        ["a total", "a total as wide as the table", "a remark after a blank line", "rows", "a ruler and rows"]
    )
    match kind:
        case "a total":
            lines = [f"Total{table.delimiter}{rows}"]
        case "a total as wide as the table":
            lines = ["Total" + table.delimiter * (width - 1) + str(rows)]
        case "a remark after a blank line":
            lines = ["", "All figures are preliminary, see the handbook"]
        case "rows":
            lines = [f"{rows} rows"]
        case _:
            lines = ["-" * 20, f"({rows} rows)"]
    return _file(table, "footer", kind, "\n".join([table.header, *table.lines, *lines]) + "\n")


def _several(table: _Table) -> Damaged:
    source = table.random
    other = _table(source)
    if source.random() < 0.3:
        names = [f"other_{name}" for name in table.names]
        other = replace(table, names=names, values=table.values[: len(table.values) // 2])
    other.delimiter = table.delimiter
    other.write()
    kind = source.choice(["after a blank line", "after a title", "at once"])
    if kind == "at once" and len(other.names) == len(table.names):
        kind = "after a blank line"
    between = {"after a blank line": [""], "after a title": ["", "Table 2"], "at once": []}[kind]
    return _file(
        table,
        "several tables",
        kind,
        "\n".join([table.header, *table.lines, *between, other.header, *other.lines]) + "\n",
    )


def _ragged(table: _Table) -> Damaged:
    source, width = table.random, len(table.names)
    truth = table.truth()
    kind = source.choice(["short", "trailing delimiters", "long"])
    for row in source.sample(range(len(table.values)), min(5, len(table.values) // 5)):
        cells = table.cells(row)
        match kind:
            case "short":
                left = source.randint(max(2, width - 3), width - 1)
                cells = cells[:left]
                values = [value or None for value in table.values[row]]
                truth[row] = Expected(frozenset({(*values[:left], *[None] * (width - left))}))
            case "trailing delimiters":
                cells += [""] * source.randint(1, 2)
            case _:
                cells.append("surplus")
                truth[row] = Expected(truth[row].readings, absent=True)
        table.lines[row] = table.delimiter.join(cells)
    return _file(table, "ragged rows", kind, rows=truth)


def _encoding(table: _Table) -> Damaged:
    source = table.random
    if "city" not in table.names:
        table.names[-1] = "city"
        for row in table.values:
            row[-1] = source.choice(_CITIES)
    kind = source.choice(
        ["windows-1252", "utf-16 with a mark", "utf-16 without a mark", "utf-8 with a mark", "one byte"]
    )
    if kind in ("windows-1252", "one byte"):
        table.values = [[value.replace("Łódź", "Malmö") for value in row] for row in table.values]
    table.write()
    made = _file(table, "wrong encoding", kind)
    text = made.content.decode()
    match kind:
        case "windows-1252":
            content = text.encode("cp1252")
        case "utf-16 with a mark":
            content = text.encode("utf-16")
        case "utf-16 without a mark":
            content = text.encode(source.choice(["utf-16-le", "utf-16-be"]))
        case "utf-8 with a mark":
            content = text.encode("utf-8-sig")
        case _:
            place = next(at for at, sign in enumerate(text) if not sign.isascii())
            content = text[:place].encode() + text[place].encode("cp1252") + text[place + 1 :].encode()
    return replace(made, content=content)


def _breaks(table: _Table) -> Damaged:
    source, row = table.random, table.any_row()
    columns = [
        place for place, name in enumerate(table.names) if name in ("customer", "remark", "status", "city") and place
    ]
    column = source.choice(columns or [len(table.names) - 1])
    value = table.values[row][column] or "text"
    broken = value[: len(value) // 2] + source.choice(["\n", "\r\n", "\n\n"]) + value[len(value) // 2 :]
    table.values[row][column] = broken
    if source.random() < 0.5:
        for other in source.sample(range(len(table.values)), 3):
            table.values[other][column] = "one\ntwo" + table.delimiter + " three\n\nfour"
        table.write()
        return _file(table, "embedded line breaks", "quoted")
    cells = table.cells(row)
    cells[column] = broken
    table.lines[row] = table.delimiter.join(cells)
    reading: Row = tuple(value or None for value in table.values[row])
    return _file(table, "embedded line breaks", "not quoted", rows=_one(table, row, {reading}, absent=True))


def _comments(table: _Table) -> Damaged:
    source, row = table.random, table.any_row()
    kind = source.choice(["in front", "among the rows", "as wide as a row", "a row behind a hash"])
    lines = [table.header, *table.lines]
    match kind:
        case "in front":
            lines.insert(0, "# exported by the warehouse")
        case "among the rows":
            lines.insert(row, "# from here on checked by hand, twice")
        case "as wide as a row":
            lines.insert(row, "# " + table.delimiter.join(["note"] * len(table.names)))
        case _:
            lines.insert(row, "#" + table.lines[row])
    return _file(table, "comments", kind, "\n".join(lines) + "\n")


_DEFECTS: tuple[Callable[[_Table], Damaged], ...] = (
    _quote, _delimiter, _line_ends, _preamble, _footer, _several, _ragged, _encoding, _breaks, _comments,
)  # fmt: skip


def is_true(names: Sequence[str], rows: Sequence[Row], file: Damaged, *, may_leave_out: bool) -> bool:
    """Whether these are exactly the names and rows of the truth; rows may be absent only if the reader said so."""
    if tuple(names) != file.names:
        return False
    left = iter([tuple(value or None for value in row) for row in rows])
    row = next(left, None)
    for expected in file.rows:
        if row is not None and row in expected.readings:
            row = next(left, None)
        elif not (expected.absent and may_leave_out):
            return False
    return row is None
