import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from data_management.infrastructure.quality.sources import Bounds
from data_management.infrastructure.quality.sources.plain import Spool
from data_management_tests.integration.quality.examples import written
from data_management_tests.integration.quality.sources.examples import (
    BOTH,
    codes,
    column,
    opened,
    refusal,
    scanned,
    types,
)
from data_management_tests.integration.quality.sources.workbooks import Error, write_xlsx

MOMENT = datetime(2024, 1, 1, 10)  # noqa: DTZ001
ROWS = [["id", "name"], [1, "x"], [2, None]]
VALUES = [(1, "x"), (2, None)]


CASES: dict[str, tuple[list[Any], str, list[Any]]] = {
    "whole numbers": ([1, 2.0], "BIGINT", [1, 2]),
    "fractions": ([1, 2.5], "DOUBLE", [1.0, 2.5]),
    "beyond a double": ([1e300, 1], "DOUBLE", [1e300, 1.0]),
    "text": (["x", "1"], "VARCHAR", ["x", "1"]),
    "truth": ([True, False], "BOOLEAN", [True, False]),
    "moments": ([MOMENT, MOMENT.replace(second=1)], "TIMESTAMP", [MOMENT, MOMENT.replace(second=1)]),
    "days": ([date(2024, 1, 1), None], "DATE", [date(2024, 1, 1), None]),
    "days and moments": ([date(2024, 1, 1), MOMENT], "TIMESTAMP", [MOMENT.replace(hour=0), MOMENT]),
    "times": ([time(10, 30), None], "TIME", [time(10, 30), None]),
    "nothing": ([None, None], "VARCHAR", [None, None]),
    "empty text": (["", "x"], "VARCHAR", [None, "x"]),
}


@BOTH
@pytest.mark.parametrize("case", CASES)
def test_types_and_values(folder: Path, spool: Spool, bounds: Bounds, case: str) -> None:
    values, type_, expected = CASES[case]
    file = write_xlsx(folder / "a.xlsx", {"One": [["n", "x"], *([n, value] for n, value in enumerate(values))]})
    source = opened(file, spool, bounds)
    assert (types(source), codes(source)) == ({"n": "BIGINT", "x": type_}, [])
    assert column(source, "x") == expected


@BOTH
def test_mixed_columns_are_text_with_a_note(folder: Path, spool: Spool, bounds: Bounds) -> None:
    file = write_xlsx(folder / "a.xlsx", {"One": [["x"], [1], ["a"], [True], [MOMENT], [1.5]]})
    source = opened(file, spool, bounds)
    assert column(source, "x") == ["1", "a", "true", "2024-01-01T10:00:00", "1.5"]
    assert codes(source) == ["mixed-types"]


@BOTH
def test_errors_are_missing_and_counted(folder: Path, spool: Spool, bounds: Bounds) -> None:
    source = opened(write_xlsx(folder / "a.xlsx", {"One": [["x", "y"], [1, 1], [Error("#DIV/0!"), 2]]}), spool, bounds)
    assert (scanned(source), codes(source)) == ([(1, 1), (None, 2)], ["error-cells"])
    assert source.notes[0].message.startswith("1 error cell")


@BOTH
def test_the_first_sheet_or_the_contracts(folder: Path, spool: Spool, bounds: Bounds) -> None:
    file = write_xlsx(folder / "a.xlsx", {"One": ROWS, "Two & <b>": [["z"], [3]]})
    first = opened(file, spool, bounds)
    assert (scanned(first), codes(first), first.decisions["sheet"]) == (VALUES, ["sheets"], "One")
    assert "'Two & <b>'" in first.notes[0].message
    second = opened(file, spool, bounds, sheet="Two & <b>")
    assert (scanned(second), codes(second)) == ([(3,)], [])
    assert "no sheet 'Three'" in refusal(file, spool, bounds, sheet="Three")


@BOTH
@pytest.mark.parametrize(
    ("above", "merged", "header"),
    [([], [], 1), ([["Report of 2024"], []], [], 3), ([["Report", "of 2024"]], ["A1:B1"], 2), ([[], []], [], 3)],
)
def test_titles_and_blank_rows_before_the_header_are_noted(
    folder: Path, spool: Spool, bounds: Bounds, above: list[list[Any]], merged: Sequence[str], header: int
) -> None:
    source = opened(write_xlsx(folder / "a.xlsx", {"One": [*above, *ROWS]}, merged), spool, bounds)
    assert (scanned(source), source.decisions["header_line"]) == (VALUES, header)
    assert codes(source) == (["preamble"] if above else [])


@BOTH
def test_a_table_that_starts_elsewhere(folder: Path, spool: Spool, bounds: Bounds) -> None:
    rows = [[None, None, *row] for row in ROWS]
    source = opened(write_xlsx(folder / "a.xlsx", {"One": rows}, first_row=5), spool, bounds)
    assert (scanned(source), source.decisions["header_line"]) == (VALUES, 5)


@BOTH
def test_blank_rows_and_merged_cells_in_the_table_are_noted(folder: Path, spool: Spool, bounds: Bounds) -> None:
    file = write_xlsx(folder / "a.xlsx", {"One": [*ROWS, [], [3, "y"], []]}, merged=["A2:A3"])
    source = opened(file, spool, bounds)
    assert (scanned(source), codes(source)) == ([*VALUES, (3, "y")], ["merged-cells", "blank-lines"])


@BOTH
def test_headers(folder: Path, spool: Spool, bounds: Bounds) -> None:
    numbers = opened(write_xlsx(folder / "a.xlsx", {"One": [[2023, 2024.5], [1, 2]]}), spool, bounds)
    assert types(numbers) == {"2023": "BIGINT", "2024.5": "BIGINT"}
    twice = opened(write_xlsx(folder / "b.xlsx", {"One": [["a", "a", "A"], [1, 2, 3]]}), spool, bounds)
    assert (list(types(twice)), codes(twice)) == (["a", "a_2", "A"], ["duplicate-names"])
    nameless = opened(write_xlsx(folder / "c.xlsx", {"One": [["a", None, "c"], [1, 2, 3]]}), spool, bounds)
    assert (list(types(nameless)), codes(nameless)) == (["a", "column_2", "c"], ["empty-names"])
    spare = opened(write_xlsx(folder / "d.xlsx", {"One": [["a", None, "c"], [1, None, 3]]}), spool, bounds)
    assert scanned(spare) == [(1, 3)]
    assert scanned(opened(write_xlsx(folder / "e.xlsx", {"One": [["a", "b"]]}), spool, bounds)) == []
    assert "is empty" in refusal(write_xlsx(folder / "f.xlsx", {"One": []}), spool, bounds)


def _with(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def _far(parts: dict[str, bytes]) -> None:
    cell = b'</row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    parts[SHEET] = parts[SHEET].replace(b"</row></sheetData>", cell + b"</sheetData>")


def _broken(parts: dict[str, bytes]) -> None:
    parts[SHEET] = parts[SHEET][: len(parts[SHEET]) // 2]


def _no_book(parts: dict[str, bytes]) -> None:
    del parts["xl/workbook.xml"]


def _large(parts: dict[str, bytes]) -> None:
    parts["xl/media.bin"] = bytes(80 << 20)


@BOTH
@pytest.mark.parametrize(
    ("change", "words"),
    [(_far, "expands to more than"), (_large, "expands to more than"), (_no_book, "no workbook"), (_broken, "damaged")],
)
def test_hostile_workbooks_are_refused_before_they_are_laid_out(
    folder: Path, spool: Spool, bounds: Bounds, change: Callable[[dict[str, bytes]], None], words: str
) -> None:
    good = write_xlsx(folder / "a.xlsx", {"One": ROWS}).read_bytes()
    file = written(folder, "b.xlsx", _with(good, change))
    assert file.stat().st_size < 200_000
    assert words in refusal(file, Spool(spool.folder, 64 << 20), bounds)


@BOTH
def test_damage_is_refused(folder: Path, spool: Spool, bounds: Bounds) -> None:
    good = write_xlsx(folder / "a.xlsx", {"One": ROWS}).read_bytes()
    for bad in (good[:-30], good[:100], b"PK\x03\x04" + bytes(50), b"\xd0\xcf\x11\xe0" + bytes(600), b"hello"):
        assert "save or transfer it again" in refusal(written(folder, "b.xlsx", bad), spool, bounds)


@BOTH
def test_an_open_document(folder: Path, spool: Spool, bounds: Bounds) -> None:
    office = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<office:document-content xmlns:office="{office}office:1.0" xmlns:table="{office}table:1.0" '
        f'xmlns:text="{office}text:1.0"><office:body><office:spreadsheet><table:table table:name="One">'
        '<table:table-row><table:table-cell office:value-type="string"><text:p>id</text:p></table:table-cell>'
        '</table:table-row><table:table-row><table:table-cell office:value-type="float" office:value="7">'
        "<text:p>7</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    with zipfile.ZipFile(folder / "a.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    assert scanned(opened(folder / "a.ods", spool, bounds)) == [(7,)]
