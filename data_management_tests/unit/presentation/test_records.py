"""What programs read: JSON, JSON lines and CSV of any record, and names that mean harm."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from data_management.presentation.cli.output import write_table
from data_management.presentation.cli.records import csv_cell, csv_columns, write_record, write_records


class Inner(BaseModel):
    value: float | None
    names: list[str]


class Outer(BaseModel):
    name: str
    inner: Inner | None
    parts: list[Inner]
    at: datetime
    weights: dict[str, float]


RECORD = Outer(
    name="orders",
    inner=Inner(value=-1.5, names=["=a"]),
    parts=[],
    at=datetime(2026, 1, 2, tzinfo=UTC),
    weights={"x": 1.0},
)
HEADER = ["name", "inner.value", "inner.names", "at", "weights"]


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_csv_has_records_within_records_beside_and_leaves_tables_in_tables_out() -> None:
    assert [".".join(path) for path in csv_columns(Outer)] == HEADER


def test_a_record_is_one_line_of_csv_and_numbers_stay_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    write_record("csv", RECORD)
    assert rows(capsys.readouterr().out) == [
        HEADER,
        ["orders", "-1.5", '["=a"]', "2026-01-02T00:00:00Z", '{"x": 1.0}'],
    ]


def test_a_record_within_that_is_missing_is_empty_cells(capsys: pytest.CaptureFixture[str]) -> None:
    write_record("csv", RECORD.model_copy(update={"inner": None}))
    assert rows(capsys.readouterr().out)[1][1:3] == ["", ""]


@pytest.mark.parametrize("style", ["json", "jsonl", "csv"])
def test_no_record_is_no_record_in_every_format(style: str, capsys: pytest.CaptureFixture[str]) -> None:
    write_records(style, Outer, [])
    assert capsys.readouterr().out == {"json": "[]\n", "jsonl": "", "csv": ",".join(HEADER) + "\n"}[style]


def test_records_are_written_as_they_come(capsys: pytest.CaptureFixture[str]) -> None:
    def two() -> object:
        yield RECORD
        assert json.loads(capsys.readouterr().out)["name"] == "orders"
        yield RECORD

    write_records("jsonl", Outer, two())  # type: ignore[arg-type]
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_an_array_of_several_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    write_records("json", Outer, [RECORD, RECORD])
    assert [each["name"] for each in json.loads(capsys.readouterr().out)] == ["orders", "orders"]


@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "\n-1",
        "\uff1d1",
        '=HYPERLINK("http://x","y")',
    ],
)
def test_text_that_begins_like_a_formula_is_neutralised(name: str) -> None:
    assert csv_cell(name).startswith("'")


@pytest.mark.parametrize("value", [-1, -0.5, 1e-9, 0, True])
def test_numbers_and_booleans_are_not(value: float) -> None:
    assert json.loads(csv_cell(value)) == value


@given(st.text())
def test_a_cell_is_one_printable_line_that_begins_no_formula(text: str) -> None:
    cell = csv_cell(text)
    assert cell.isprintable()
    assert not cell.lstrip().startswith(("=", "+", "-", "@"))


NAUGHTY = {
    "escape sequence": "a\x1b[31mred",
    "right-to-left override": "invoice\u202efdp.exe",
    "carriage return": "good\rbad",
    "null": "a\0b",
    "next line": "a\u0085b",
    "line separator": "a\u2028b",
    "bell": "a\ab",
    "markup": "[bold red]x[/]",
    "surrogate": "a\ud800b",
    "isolate": "a\u2066b",
}


@pytest.mark.parametrize("text", NAUGHTY.values(), ids=NAUGHTY)
@pytest.mark.parametrize("style", ["table", "json", "jsonl", "csv"])
def test_names_that_mean_harm_reach_the_terminal_as_escapes(
    text: str, style: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if style == "table":
        write_table(f"Names of {text}", ["name"], [[text]])
    else:
        write_record(style, Inner(value=None, names=[text]))
        write_records(style, Outer, [RECORD.model_copy(update={"name": text})])
    out = capsys.readouterr().out
    assert out.replace("\n", "").isprintable()
    if "[bold" in text:
        assert out.count(text) > (style == "table")


def test_a_row_of_a_piped_table_is_one_line_however_long(capsys: pytest.CaptureFixture[str]) -> None:
    name = "file:///landing/" + "x" * 400
    write_table("Long", ["location", "reason"], [[name, "because " * 50]])
    assert any(name in line and "because " * 49 in line for line in capsys.readouterr().out.splitlines())
