"""Data-quality engines over the same rules and files, each in a process of its own: time cold and warm, peak memory.

Run: ``python -m benchmarks.quality [--sizes 1000,6m,60m] [--formats parquet,csv,decimal] [--contenders raw,ours,...]``.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table as Printed

from benchmarks.quality.process import Limits, Measured, measure
from benchmarks.quality.rules import differences
from benchmarks.quality.tables import FORMATS, SIZES, SPOILED, NoRoom, Table, make_table

CONTENDERS = {
    "raw": "DuckDB, by hand",
    "ours": "ours",
    "ours_profile": "ours, with profile",
    "gx": "GX pandas",
    "soda": "Soda (soda-duckdb)",
    "pointblank": "Pointblank, Polars",
    "pandera": "pandera, Polars",
}
_KNOWN_FAILURES = {
    "1000": {"in_set l_shipmode": 128, "between l_quantity": 13},
    "6m": {"in_set l_shipmode": 858_104, "between l_quantity": 119_846},
}
"""What is known of the generated tables, so that the limit itself is checked."""


@dataclass(frozen=True)
class Line:
    """One contender on one table: medians over the rounds, and what is to be said beside them."""

    contender: str
    table: Table
    measured: Measured
    note: str
    rounds: tuple[Measured, ...]


def main() -> None:
    options = _options()
    limits = Limits(seconds=options.seconds, megabytes=options.gigabytes * 1024)
    console, lines = Console(width=None if sys.stdout.isatty() else 160), []
    for size in options.sizes:
        for data_format in options.formats:
            for part in _parts(options.contenders, size, data_format):
                try:
                    table = make_table(options.data, part.size, data_format)
                except NoRoom as error:
                    console.print(f"{size} {data_format}: not run: {error}")
                    continue
                lines += _compare(part, table, limits, options.rounds, console)
                if options.json:
                    options.json.write_text(json.dumps([_plain(line) for line in lines], indent=1))
    console.print(_printed(lines))
    console.print("Load average while it ran: {:.1f}, {:.1f}, {:.1f} (1, 5, 15 minutes).".format(*os.getloadavg()))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=(__doc__ or "").splitlines()[0])
    add = parser.add_argument
    add("--sizes", type=_choice(SIZES), default=["1000", "6m"], help=f"of {','.join(SIZES)}; default: 1000,6m")
    add("--formats", type=_choice(FORMATS), default=list(FORMATS), help="default: all")
    add("--contenders", type=_choice(CONTENDERS), default=list(CONTENDERS), help="default: all")
    add("--rounds", type=int, default=1, help="processes of each contender, in turn with the others'; default: 1")
    add("--seconds", type=float, default=600, help="the most that one process may take; default: 600")
    add("--gigabytes", type=float, default=16, help="the most memory that one process may have; default: 16")
    add("--data", type=Path, default=Path(tempfile.gettempdir()) / "data-management-benchmarks", help="folder, kept")
    add("--json", type=Path, help="write all that was measured to this file")
    return parser.parse_args()


def _choice(known: dict[str, Any]) -> Any:
    def chosen(text: str) -> list[str]:
        names = [name.replace("-", "_") for name in text.split(",")]
        if unknown := set(names) - set(known):
            raise argparse.ArgumentTypeError(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(known)}")
        return names

    return chosen


@dataclass(frozen=True)
class Part:
    """Those that are compared on one table; the limit is always among them."""

    size: str
    contenders: tuple[str, ...]
    note: str = ""


def _parts(contenders: list[str], size: str, data_format: str) -> Iterator[Part]:
    """GX holds decimals as Python objects: millions of them take hours, so it gets 60,000 rows and a limit for them."""
    smaller = SIZES[size] > SIZES["60k"] and data_format == "decimal" and "gx" in contenders
    yield Part(size, ("raw", *(name for name in contenders if name != "raw" and not (smaller and name == "gx"))))
    if smaller:
        yield Part("60k", ("raw", "gx"), note=f"60,000 rows in place of {SIZES[size]:,}: Python objects")


def _compare(part: Part, table: Table, limits: Limits, rounds: int, console: Console) -> Iterator[Line]:
    measured: dict[str, list[Measured]] = {name: [] for name in part.contenders}
    for _ in range(rounds):
        for name in part.contenders:
            one = measure(name, table, limits)
            measured[name].append(one)
            figures = f"cold {_seconds(one.cold)} s, warm {_seconds(one.warm)} s, {_megabytes(one.peak)} MB"
            console.print(f"{table.name}: {CONTENDERS[name]}: {figures} {one.ended or ''}", highlight=False)
    expected = measured["raw"][0]
    _check_limit(expected, table)
    for name, each in measured.items():
        note = "; ".join(filter(None, [*_notes(each, expected), part.note if name == "gx" else ""]))
        yield Line(contender=name, table=table, measured=_middle(each), note=note, rounds=tuple(each))


def _check_limit(limit: Measured, table: Table) -> None:
    if limit.answers is None or limit.spoiled is None:
        raise SystemExit(f"{table.name}: the limit itself did not answer: {limit.ended}")
    found = differences(limit.spoiled, SPOILED)
    failing = {name: answer.failed for name, answer in limit.answers.items() if not answer.success}
    known = _KNOWN_FAILURES.get(table.size)
    if found or (known is not None and failing != known):
        raise SystemExit(f"{table.name}: the limit itself is wrong: {found} {failing}")


def _notes(each: list[Measured], expected: Measured) -> Iterator[str]:
    assert expected.answers is not None
    yield from sorted({one.ended for one in each if one.ended is not None})
    for what, right in (("answers", expected.answers), ("spoiled", SPOILED)):
        said = [getattr(one, what) for one in each]
        wrong = {found for answers in said if answers is not None for found in differences(answers, right)}
        if wrong:
            yield f"WRONG ({what}): {', '.join(sorted(wrong)[:3])}" + (f" and {len(wrong) - 3} more" * (len(wrong) > 3))


def _middle(each: list[Measured]) -> Measured:
    """Medians of what each process measured; memory's too."""

    def middle(name: str) -> float | None:
        values = [value for one in each if (value := getattr(one, name)) is not None]
        return median(values) if values else None

    return Measured(
        cold=middle("cold"),
        warm_each=[value for one in each if (value := one.warm) is not None],
        processor_each=[value for one in each if (value := one.processor) is not None],
        imported=middle("imported"),
        base=middle("base"),
        peak=middle("peak"),
        ended=next((one.ended for one in each if one.ended), None),
    )


def _printed(lines: list[Line]) -> Printed:
    printed = Printed("data", "contender", title="29 rules over TPC-H lineitem")
    for heading in ("cold s", "warm s", "× limit", "CPU s", "× limit", "peak MB", "× limit", "base MB"):
        printed.add_column(heading, justify="right")
    printed.add_column("note", overflow="fold")
    limits = {line.table: line.measured for line in lines if line.contender == "raw"}
    last = None
    for line in lines:
        one, limit = line.measured, limits[line.table]
        if line.table != last:
            printed.add_section()
        printed.add_row(
            line.table.name if line.table != last else "",
            CONTENDERS[line.contender],
            _seconds(one.cold),
            _seconds(one.warm),
            _times(one.warm, limit.warm),
            _seconds(one.processor),
            _times(one.processor, limit.processor),
            _megabytes(one.peak),
            _times(one.peak, limit.peak),
            _megabytes(one.base),
            line.note,
        )
        last = line.table
    return printed


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}" if value < 1 else f"{value:.1f}"


def _megabytes(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def _times(value: float | None, limit: float | None) -> str:
    return "–" if value is None or limit is None else f"{value / limit:.2f}"


def _plain(line: Line) -> dict[str, Any]:
    return {
        "contender": line.contender,
        "size": line.table.size,
        "format": line.table.format,
        "note": line.note,
        "rounds": [{**asdict(one), "warm": one.warm, "processor": one.processor} for one in line.rounds],
    }


if __name__ == "__main__":
    main()
