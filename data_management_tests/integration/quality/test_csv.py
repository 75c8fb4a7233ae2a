import gzip
from pathlib import Path

import pytest

from data_management import validate
from data_management.domain.models import ColumnSpec
from data_management.infrastructure.quality.worker import load_libraries
from data_management_tests.integration.quality.examples import read, refused, types, written


def test_types_are_inferred_over_the_whole_column(tmp_path: Path) -> None:
    rows = "".join(f"{n},00{n},{n}.5,true,2024-01-0{n % 9 + 1},2024-01-01T0{n % 9}:00:00,x\n" for n in range(50))
    file = written(tmp_path, "a.csv", "id,code,price,flag,day,at,name\n" + rows)
    assert types(read(file)) == {
        "id": "BIGINT",
        "code": "VARCHAR",
        "price": "DOUBLE",
        "flag": "BOOLEAN",
        "day": "DATE",
        "at": "TIMESTAMP",
        "name": "VARCHAR",
    }
    last_is_text = written(tmp_path, "b.csv", "id\n" + "1\n" * 5000 + "x\n")
    assert types(read(last_is_text)) == {"id": "VARCHAR"}


@pytest.mark.parametrize(
    ("values", "type_"),
    [
        (("1", "2.5"), "DOUBLE"),
        (("1", "007"), "VARCHAR"),
        (("0", "-0", "10"), "BIGINT"),
        (("+1", "2"), "VARCHAR"),
        (("9223372036854775807", "1"), "BIGINT"),
        (("9223372036854775808", "1"), "VARCHAR"),
        (("12345678901234567.5", "1"), "VARCHAR"),
        (("1e400",), "VARCHAR"),
        (("1e3", "2"), "DOUBLE"),
        (("NaN", "1"), "VARCHAR"),
        (("True", "false", "TRUE"), "BOOLEAN"),
        (("1", "true"), "VARCHAR"),
        (("2024-02-29",), "DATE"),
        (("2023-02-29",), "VARCHAR"),
        (("2024-01-01", "2024-01-01 10:00"), "TIMESTAMP"),
        (("2024-01-01T10:00:00Z", "2024-01-01T10:00:00+02:00"), "TIMESTAMP WITH TIME ZONE"),
        (("2024-01-01T10:00:00Z", "2024-01-01T10:00:00"), "TIMESTAMP WITH TIME ZONE"),
        (("2024-01-01T10:00:00.123456789",), "TIMESTAMP"),
        (("2024-13-01",), "VARCHAR"),
        (("0001-01-01", "9999-12-31"), "DATE"),
        (("0000-01-01",), "VARCHAR"),
        ((" 1", "2"), "VARCHAR"),
        (("", ""), "VARCHAR"),
    ],
)
def test_a_column_takes_the_narrowest_type_that_loses_nothing(
    tmp_path: Path, values: tuple[str, ...], type_: str
) -> None:
    file = written(tmp_path, "a.csv", "x,y\n" + "".join(f"{value},k\n" for value in values))
    assert types(read(file))["x"] == type_


def test_empty_fields_are_missing_quoted_or_not(tmp_path: Path) -> None:
    examination = read(written(tmp_path, "a.csv", 'a,b\n1,\n2,""\n3,x\n'))
    assert [profile.nulls for profile in examination.profile] == [0, 2]


def test_line_breaks_quotes_and_delimiters_in_quotes_are_values(tmp_path: Path) -> None:
    examination = read(written(tmp_path, "a.csv", 'a,b\r\n1,"x\r\ny"\r\n2,"he said ""no"", twice"\r\n'))
    assert examination.row_count == 2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_ending_and_a_missing_last_one(tmp_path: Path, end: str) -> None:
    assert read(written(tmp_path, "a.csv", end.join(["a,b", "1,2", "3,4"]))).row_count == 2
    assert read(written(tmp_path, "b.csv", end.join(["a,b", '1,"2"', "3,4", ""]))).row_count == 2


def test_a_header_without_rows_is_an_empty_table(tmp_path: Path) -> None:
    for text in ("a,b", "a,b\n"):
        examination = read(written(tmp_path, "a.csv", text))
        assert (examination.row_count, types(examination)) == (0, {"a": "VARCHAR", "b": "VARCHAR"})


def test_a_blank_line_is_a_missing_value_in_one_column_and_noted_in_several(tmp_path: Path) -> None:
    one = read(written(tmp_path, "a.csv", "a\n1\n\n2\n"))
    assert (one.row_count, one.profile[0].nulls, [note.code for note in one.notes]) == (3, 1, ["blank-lines"])
    two = read(written(tmp_path, "b.csv", "a,b\n1,2\n\n3,4\n\n"))
    assert (two.row_count, [note.code for note in two.notes]) == (2, ["blank-lines"])


@pytest.mark.parametrize(("delimiter", "name"), [(";", "semicolon"), ("\t", "tab"), ("|", "pipe")])
def test_another_delimiter_is_taken_where_it_fits_and_noted(tmp_path: Path, delimiter: str, name: str) -> None:
    file = written(tmp_path, "a.csv", f"a{delimiter}b\n1,5{delimiter}2\n3,5{delimiter}4\n")
    examination = read(file)
    assert len(examination.columns) == 2
    assert [note.code for note in examination.notes] == ["delimiter"]
    assert name in examination.notes[0].message
    assert read(file, delimiter=delimiter).notes == ()


def test_a_tsv_is_delimited_by_tabs(tmp_path: Path) -> None:
    assert len(read(written(tmp_path, "a.tsv", "a\tb\n1,0\t2\n")).columns) == 2


def test_gzip_is_known_by_its_content(tmp_path: Path) -> None:
    packed = gzip.compress(b"a,b\n1,2\n")
    assert read(written(tmp_path, "a.csv.gz", packed)).notes == ()
    assert [note.code for note in read(written(tmp_path, "b.csv", packed)).notes] == ["compression"]
    assert [note.code for note in read(written(tmp_path, "c.csv.gz", "a,b\n1,2\n")).notes] == ["compression"]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("a,b\nü,2\n".encode("utf-8-sig"), None),
        ("a,b\nü,2\n".encode("utf-16"), None),
        ("a,b\nü,2\n".encode("latin-1"), "latin-1"),
        ("a,b\nü,2\n".encode("utf-16-le"), "utf-16-le"),
    ],
)
def test_encodings(tmp_path: Path, content: bytes, encoding: str | None) -> None:
    examination = read(written(tmp_path, "a.csv", content), encoding=encoding)
    assert (types(examination), examination.row_count) == ({"a": "VARCHAR", "b": "BIGINT"}, 1)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["is empty (0 bytes)"]),
        (b"\n\n", ["nothing but line breaks"]),
        (b"a,b\n1,SECRET\n1\n", ["line 3", "1 columns", "header has 2"]),
        (b"a,b\n1,SECRET,3\n", ["line 2", "3 columns"]),
        (b'a,b\n1,"x\ny"\n\n1,SECRET,3\n', ["line 5", "3 columns"]),
        (b'a,b\n1,"SECRET\n2,z\n', ["quotes", "line 2"]),
        (b'a,b\n1,"SECRET"y\n2,z\n', ["quotes", "line 2"]),
        (gzip.compress(b"a,b\n1,SECRET\n" * 99, mtime=0)[:-9], ["truncated gzip"]),
        (gzip.compress(b"a,b\n1,SECRET\n" * 99, mtime=0)[:20] + b"\0\xff" * 30, ["damaged gzip"]),
        (gzip.compress(b"", mtime=0), ["unpacks to nothing"]),
        (b"a,b\n1, \n  \n", ["line 3", "1 columns"]),
    ],
)
def test_a_damaged_file_is_refused_with_the_place_and_without_its_values(
    tmp_path: Path, content: bytes, words: list[str]
) -> None:
    text = refused(written(tmp_path, "bad.csv", content))
    assert "'bad.csv'" in text
    assert all(word in text for word in words), text
    assert "SECRET" not in text


def test_an_unknown_ending_is_refused_with_the_formats(tmp_path: Path) -> None:
    text = refused(written(tmp_path, "a.docx", "x"))
    assert all(word in text for word in ("'a.docx'", "csv", "parquet", "jsonl"))
    assert read(written(tmp_path, "a.dat", "a,b\n1,2\n"), format="csv").row_count == 1


def test_bad_options_are_refused(tmp_path: Path) -> None:
    file = written(tmp_path, "a.csv", "a,b\n1,2\n")
    assert "'nonsense'" in refused(file, encoding="nonsense")
    assert "one character" in refused(file, delimiter="||")


def test_a_field_of_five_megabytes_is_read(tmp_path: Path) -> None:
    assert read(written(tmp_path, "a.csv", 'a,b\n1,"' + "x\n" * 2_500_000 + '"\n')).row_count == 1


def test_no_row_vanishes(tmp_path: Path) -> None:
    """A stray quote must not swallow rows: either all are read or the file is refused."""
    rows = [f"{n},v{n},w" for n in range(84)]
    for place in range(0, 84, 7):
        broken = [*rows]
        broken[place] = f'{place},"v{place},w'
        assert "quotes" in refused(written(tmp_path, "a.csv", "\n".join(["a,b,c", *broken])))
        broken[place] = f'{place},v"{place},w'
        assert read(written(tmp_path, "a.csv", "\n".join(["a,b,c", *broken]))).row_count == 84


def test_a_header_without_any_of_the_contracts_columns_is_noted(tmp_path: Path) -> None:
    file = written(tmp_path, "a.csv", "1,x\n2,y\n")
    assert [note.code for note in read(file, columns=(ColumnSpec("id"), ColumnSpec("name"))).notes] == ["header"]


@pytest.mark.parametrize(
    ("stated", "values", "type_"),
    [
        ("integer", ("1", " 007 ", "+9223372036854775807", "x"), "BIGINT"),
        ("integer", ("1", "0000000000000000000012", "0x1fffffffffffffffffff", "1234567890123456789.5"), "BIGINT"),
        ("integer", ("1", "\t-9223372036854775809 "), "HUGEINT"),
        ("integer", ("1", "00" + "9" * 38), "HUGEINT"),
        ("number", ("1", "0.12345678901234567", "1e300", "x"), "DOUBLE"),
        ("number", ("1", "1234567890123456_789"), "DOUBLE"),
        ("number", ("1", " 12345678901234567.5 "), "DECIMAL(38,1)"),
        ("number", ("1", "1234567890123456789e3"), "DOUBLE"),
    ],
)
def test_a_stated_type_is_held_as_exactly_as_its_values_need(
    tmp_path: Path, stated: str, values: tuple[str, ...], type_: str
) -> None:
    file = written(tmp_path, "a.csv", "x,y\n" + "".join(f"{value},k\n" for value in values))
    assert types(read(file, columns=(ColumnSpec("x", logical_type=stated),)))["x"] == type_


def test_a_key_is_counted_once_where_a_type_was_guessed_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_libraries()
    from data_management.infrastructure.quality.scanning import Scan

    answered, asked = Scan._answered, list[str]()
    monkeypatch.setattr(Scan, "_answered", lambda self, sql, take: asked.append(sql) or answered(self, sql, take))
    file = written(tmp_path, "a.csv", "number,x\n" + "".join(f"{n},{n if n < 60 else 0.5}\n" for n in range(100)))
    unique = {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "number"}}
    (check,) = validate(file, unique).checks
    assert (check.evaluated, check.unexpected) == (100, 0)
    assert sum("GROUP BY" in sql for sql in asked) == 1
