import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from data_management.infrastructure.quality.sources import Bounds
from data_management.infrastructure.quality.sources import texts as sources_texts
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

ROWS = [{"i": 1, "f": 1.5, "b": True, "s": "1"}, {"i": 2, "n": None, "o": {"x": [1, "é"]}, "s": ""}]
TYPES = {"i": "BIGINT", "f": "DOUBLE", "b": "BOOLEAN", "s": "VARCHAR", "n": "VARCHAR", "o": "VARCHAR"}
VALUES = [(1, 1.5, True, "1", None, None), (2, None, None, "", None, '{"x": [1, "é"]}')]
LAYOUTS = pytest.mark.parametrize(
    ("name", "layout"),
    [("a.jsonl", "lines"), ("a.json", "lines"), ("a.json", "array"), ("a.json", "pretty")],
)


def _text(rows: list[Any], layout: str) -> str:
    if layout == "lines":
        return "\n\r\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\r\n"
    return " \n" + json.dumps(rows, ensure_ascii=False, indent=1 if layout == "pretty" else None) + "\n"


@BOTH
@LAYOUTS
@pytest.mark.parametrize("block", [1, 7, 1 << 20])
def test_columns_are_the_union_of_the_keys(
    folder: Path, spool: Spool, bounds: Bounds, name: str, layout: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources_texts, "_BLOCK", block)
    source = opened(written(folder, name, _text(ROWS, layout)), spool, bounds)
    assert (types(source), scanned(source), codes(source)) == (TYPES, VALUES, [])
    assert source.decisions["layout"] == ("lines" if layout == "lines" else "array")
    assert source.decisions["format"] == ("jsonl" if name == "a.jsonl" else "json")


@BOTH
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_says_the_encoding(folder: Path, spool: Spool, bounds: Bounds, encoding: str) -> None:
    source = opened(written(folder, "a.json", _text(ROWS, "array").encode(encoding)), spool, bounds)
    assert scanned(source) == VALUES
    latin = written(folder, "b.jsonl", '{"a": "é"}\n'.encode("cp1252"))
    assert scanned(opened(latin, spool, bounds, encoding="cp1252")) == [("é",)]
    assert "not UTF-8" in refusal(latin, spool, bounds)
    assert "nonsense" in refusal(latin, spool, bounds, encoding="nonsense")


CASES: dict[str, tuple[list[Any], str, list[Any], list[str]]] = {
    "mixed": ([1, "a", True, 1.5, [1]], "VARCHAR", ["1", "a", "true", "1.5", "[1]"], ["mixed-types"]),
    "whole and fraction": ([1, 2.5], "DOUBLE", [1.0, 2.5], []),
    "what a double would round": ([2**53 + 1, 0.5], "VARCHAR", [str(2**53 + 1), "0.5"], ["mixed-types"]),
    "large": ([12345678901234567890, 1], "DECIMAL(38,0)", [Decimal(12345678901234567890), Decimal(1)], []),
    "beyond decimals": ([10**40], "VARCHAR", [str(10**40)], ["mixed-types"]),
    "extremes": ([2**63 - 1, -(2**63) + 1], "BIGINT", [2**63 - 1, -(2**63) + 1], []),
    "lists and dicts": ([[1], {"a": None}], "VARCHAR", ["[1]", '{"a": null}'], []),
    "text that looks like numbers": (["1", "2"], "VARCHAR", ["1", "2"], []),
    "nothing": ([None, None], "VARCHAR", [None, None], []),
    "escapes": (["\U0001f600", "\0", "\\"], "VARCHAR", ["\U0001f600", "\0", "\\"], []),
}


@BOTH
@LAYOUTS
@pytest.mark.parametrize("case", CASES)
def test_types_and_values(folder: Path, spool: Spool, bounds: Bounds, name: str, layout: str, case: str) -> None:
    values, type_, expected, notes = CASES[case]
    text = _text([{"n": 1, "x": value} for value in values], layout)
    text = text.replace("\0", "\\u0000").replace("\U0001f600", "\\ud83d\\ude00")
    source = opened(written(folder, name, text), spool, bounds)
    assert (types(source), codes(source)) == ({"n": "BIGINT", "x": type_}, notes)
    assert column(source, "x") == expected


@BOTH
def test_many_rows_come_in_batches(folder: Path, spool: Spool, bounds: Bounds) -> None:
    rows = [{"n": n, "late": "x"} if n > 25_000 else {"n": n} for n in range(30_000)]
    for layout in ("lines", "array"):
        source = opened(written(folder, "a.json", _text(rows, layout)), spool, bounds)
        assert scanned(source) == [(n, "x" if n > 25_000 else None) for n in range(30_000)]


@BOTH
def test_repeated_keys_are_noted_once(folder: Path, spool: Spool, bounds: Bounds) -> None:
    source = opened(written(folder, "a.jsonl", '{"x": 1, "x": 2}\n'), spool, bounds)
    assert (scanned(source), codes(source)) == ([(2,)], ["repeated-keys"])
    assert source.notes[0].message.startswith("1 key(s)")


@BOTH
@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"a": 1}\n{"a": SECRET}\n', ["line 2", "no valid JSON"]),
        ('{"a": 1}\n[1]\n', ["line 2", "no object"]),
        ('{"a": NaN}\n', ["line 1"]),
        ('{"a": -Infinity}\n', ["line 1"]),
        ('{"a": 1e999}\n', ["line 1"]),
        ('{"a": [1e999]}\n', ["line 1"]),
        ('{"a": 1}{"a": 2}\n', ["line 1"]),
        ('{"id": 0,}\n', ["line 1"]),
        ('{"a": 1}\n{"a": "SECRET', ["line 2"]),
        ('{"a": "\\ud800"}\n', ["line 1"]),
        ('{"a": ' + "[" * 100_000 + "\n", ["line 1"]),
        ('{"a": ' + "[" * 101 + "]" * 101 + "}\n", ["line 1", "deeper than 100"]),
        ('{"a": ' + "9" * 5_000 + "}\n", ["line 1"]),
        ('{"a": "\x01"}\n', ["line 1"]),
        ('{"a": "x\0"}\n', ["NUL"]),
        ('{"": 1}\n', ["no name"]),
        ('{"a\\u0000": 1}\n', ["NUL"]),
        ('{"a": 1}\n\u00a0\n', ["line 2"]),
        ("{}\n{}\n", ["empty objects"]),
        ("\n \n", ["no objects"]),
        ("", ["0 bytes"]),
        ("[", ["element 1"]),
        ("[]", ["no objects"]),
        ("[{}]", ["empty objects"]),
        ('[{"a": 1},', ["element 2"]),
        ('[{"a": 1}', ["does not end"]),
        ('[{"a": 1} {"a": 2}]', ["no comma follows element 1"]),
        ('[{"a": 1},]', ["element 2"]),
        ('[{"a": 1}]\n[{"a": 1}]', ["behind the end"]),
        ('[{"a": 1}] SECRET', ["behind the end"]),
        ("[1, 2]", ["element 1", "no object"]),
        ('[{"a": "\\udc00"}]', ["element 1"]),
        ('[{"a": NaN}]', ["element 1"]),
        ("[" * 100_000, ["element 1"]),
        ('[{"a": 1}, {"a": "SECRET', ["element 2"]),
        ('{"a": 1,\n "b": 2}\n', ["line 1"]),
    ],
)
def test_bad_json_is_refused_with_its_place(
    folder: Path, spool: Spool, bounds: Bounds, content: str, words: list[str]
) -> None:
    text = refusal(written(folder, "bad.json", content), spool, bounds)
    assert all(word in text for word in words)
    assert "SECRET" not in text


@BOTH
def test_lines_are_no_array_where_name_or_contract_say_lines(folder: Path, spool: Spool, bounds: Bounds) -> None:
    assert "no object" in refusal(written(folder, "a.jsonl", '[{"a": 1}]'), spool, bounds)
    assert "no object" in refusal(written(folder, "a.json", '[{"a": 1}]'), spool, bounds, format="jsonl")
    assert scanned(opened(written(folder, "b.jsonl", '[{"a": 1}]'), spool, bounds, format="json")) == [(1,)]


@BOTH
def test_bounds_of_columns_and_cells(folder: Path, spool: Spool, bounds: Bounds) -> None:
    narrow = Bounds(columns=3, cell_bytes=1000, small_bytes=bounds.small_bytes)
    wide = written(folder, "a.jsonl", '{"a": 1, "b": 2}\n{"c": 1, "d": 2}\n')
    assert "more than 3 different keys" in refusal(wide, spool, narrow)
    assert "holds a value of" in refusal(written(folder, "b.jsonl", '{"a": "' + "x" * 1001 + '"}'), spool, narrow)


def test_an_endless_line_is_not_read_to_its_end(folder: Path, spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources_texts, "_BLOCK", 1000)
    narrow = Bounds(cell_bytes=1000, small_bytes=0)
    assert "longer than" in refusal(written(folder, "c.jsonl", '{"a": "' + "x" * 100_000), spool, narrow)
    assert "element 1" in refusal(written(folder, "c.json", '[{"a": "' + "x" * 100_000), spool, narrow)


@BOTH
def test_one_object_around_the_rows_is_a_doubt(folder: Path, spool: Spool, bounds: Bounds) -> None:
    wrapped = written(folder, "a.json", json.dumps({"count": 2, "data": [{"a": 1}, {"a": 2}]}))
    source = opened(wrapped, spool, bounds)
    assert (len(scanned(source)), codes(source)) == (1, ["wrapped-rows"])
    assert "'data'" in source.notes[0].message
    plain = written(folder, "b.jsonl", '{"data": [{"a": 1}]}\n{"data": [{"a": 2}]}\n')
    assert codes(opened(plain, spool, bounds)) == []
    assert codes(opened(written(folder, "c.json", '{"tags": ["x"], "none": []}'), spool, bounds)) == []
