"""Files without damage: every dialect, encoding and header, and what is recorded of it."""

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_management.errors import Rejected
from data_management_tests.integration.quality.sources.csv_examples import Reader

ROWS = "".join(f"{n},v{n},w\n" for n in range(30))


def test_an_exact_file_is_read_without_a_note_and_scanned_as_it_lies(reader: Reader) -> None:
    read = reader.read('a,b\n1,\n2,""\n3,"x\ny"\n4,"he said ""no"", twice"\n')
    assert read.rows == [("1", None), ("2", None), ("3", "x\ny"), ("4", 'he said "no", twice')]
    assert read.codes == []
    assert read.source.decisions["rewritten"] is False
    assert read.source.textual
    assert bool(read.source.paths) is reader.large


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_ending_and_a_missing_last_one(reader: Reader, end: str) -> None:
    for text in (end.join(["a,b", "1,2", "3,4"]), end.join(["a,b", '1,"2"', "3,4", ""])):
        read = reader.read(text)
        assert (read.rows, read.codes) == ([("1", "2"), ("3", "4")], [])


def test_line_breaks_of_another_kind_within_quotes_are_values(reader: Reader) -> None:
    read = reader.read('a,b\n1,"x\r\ny"\n2,"x\ry"\n')
    assert [row[1] for row in read.rows] == ["x\r\ny", "x\ry"]


def test_a_header_without_rows_is_an_empty_table(reader: Reader) -> None:
    for text in ("a,b", "a,b\n", "a,b\r\n"):
        read = reader.read(text)
        assert (read.names, read.rows, read.codes) == (("a", "b"), [], [])


def test_a_blank_line_is_a_missing_value_in_one_column_and_noted_in_several(reader: Reader) -> None:
    one = reader.read("a\n1\n\n2\n")
    assert (one.rows, one.codes) == ([("1",), (None,), ("2",)], ["blank-lines"])
    two = reader.read("a,b\n1,2\n\n3,4\n\n")
    assert (len(two.rows), two.codes, two.note("blank-lines").line) == (2, ["blank-lines"], 3)


@pytest.mark.parametrize(
    ("delimiter", "name"), [(";", "semicolon"), ("\t", "tab"), ("|", "pipe"), ("\x1f", "separator")]
)
def test_another_delimiter_is_taken_where_it_fits_and_noted(reader: Reader, delimiter: str, name: str) -> None:
    text = f"a{delimiter}b\n1,5{delimiter}2\n3,5{delimiter}4\n"
    read = reader.read(text)
    assert read.rows == [("1,5", "2"), ("3,5", "4")]
    assert name in read.note("delimiter").message
    assert read.source.decisions["delimiter"] == delimiter
    assert reader.read(text, delimiter=delimiter).codes == []


def test_a_delimiter_that_is_no_ascii_character_is_read(reader: Reader) -> None:
    assert reader.read("a§b\n1§x,y\n", delimiter="§").rows == [("1", "x,y")]


def test_two_delimiters_that_fit_are_a_doubt(reader: Reader) -> None:
    read = reader.read("a;b,c;d\n" + "x;y,z;w\n" * 20)
    assert "semicolon would fit as well" in read.note("delimiter").message


def test_a_contracts_delimiter_that_yields_one_column_is_doubted(reader: Reader) -> None:
    read = reader.read("a;b\n1;2\n3;4\n", delimiter="|")
    assert read.names == ("a;b",)
    assert "semicolon would yield 2" in read.note("delimiter").message


def test_a_tsv_is_delimited_by_tabs(reader: Reader) -> None:
    assert reader.read("a\tb\n1,0\t2\n", name="a.tsv").rows == [("1,0", "2")]


@pytest.mark.parametrize(
    ("content", "encoding", "known", "codes"),
    [
        ("a,b\nü,2\n".encode(), None, "utf-8", []),
        ("a,b\nü,2\n".encode("utf-8-sig"), None, "utf-8", []),
        ("a,b\nü,2\n".encode("utf-8-sig"), "utf-8-sig", "utf-8", []),
        ("a,b\nü,2\n".encode("utf-16"), None, "utf-16-le", []),
        ("a,b\nü,2\n".encode("latin-1"), "latin-1", "iso8859-1", []),
        ("a,b\nü,2\n".encode("utf-16-le"), "utf-16-le", "utf-16-le", []),
        ("a,b\nü,2\n".encode("utf-16-be"), None, "utf-16-be", ["encoding"]),
        ("a,b\nü,2\n".encode("latin-1"), None, "windows-1252", ["encoding"]),
        ("a,b\nü,ö\n".encode() + b"\xfc,2\n", None, "utf-8", ["encoding"]),
        ("a,b\nü,2\n".encode("utf-8-sig"), "latin-1", "utf-8", ["encoding"]),
    ],
)
def test_encodings(reader: Reader, content: bytes, encoding: str | None, known: str, codes: list[str]) -> None:
    read = reader.read(content, encoding=encoding)
    assert {row[0] for row in read.rows} == {"ü"}
    assert (read.source.decisions["encoding"], read.codes) == (known, codes)


def test_a_stated_encoding_that_does_not_fit_refuses_with_the_place(reader: Reader) -> None:
    with pytest.raises(Rejected, match=r"not UTF-8: byte 8 \(line 3\).*`encoding`"):
        reader.open("a,b\n1,2\nü,SECRET\n".encode("latin-1"), encoding="utf-8")


def test_duplicate_and_empty_names_are_made_different_and_noted(reader: Reader) -> None:
    read = reader.read("a,A,,a\n1,2,3,4\n")
    assert read.names == ("a", "A_2", "column_3", "a_3")
    assert (read.rows, read.codes) == ([("1", "2", "3", "4")], ["duplicate-names", "empty-names"])


def test_a_name_of_the_contract_may_not_stand_twice(reader: Reader) -> None:
    with pytest.raises(Rejected, match="columns 1 and 2 of the header have the same name 'a'"):
        reader.open("a,a\n1,SECRET\n", declared=("a",))


def test_names_are_data(reader: Reader) -> None:
    names = ("it's", 'a"b', "x'], (SELECT 1)--", "ü;", "c\nd")
    header = ",".join('"' + name.replace('"', '""') + '"' for name in names)
    assert reader.read(f"{header}\n1,2,3,4,5\n").names == names


def test_a_file_without_header_takes_the_contracts_names_where_they_fit(reader: Reader) -> None:
    guessed = reader.read("1,x\n2,y\n", declared=("id", "name"))
    assert (guessed.names, len(guessed.rows), guessed.codes) == (("id", "name"), 2, ["header"])
    doubted = reader.read("1,x\n2,y\n")
    assert (doubted.names, doubted.codes) == (("1", "x"), ["header"])
    assert reader.read("1,x\n2,y\n", declared=("id", "name"), header=False).codes == []
    assert reader.read("1,x\n2,y\n", header=False).names == ("column_1", "column_2")
    assert reader.read("1,x\n2,y\n", header=True).codes == []


def test_backslashes_and_single_quotes_are_known(reader: Reader) -> None:
    read = reader.read('a,b\n1,"x \\"q\\", y"\n2,"z\\"z"\n')
    assert (read.rows, read.codes) == ([("1", 'x "q", y'), ("2", 'z"z')], ["quote"])
    single = reader.read("a,b\n" + "1,'x, y'\n2,'z'\n" * 3)
    assert (single.rows[:2], single.codes) == ([("1", "x, y"), ("2", "z")], ["quote"])


@pytest.mark.parametrize("name", ["plain [1].csv", "it's *?.csv", "ü.csv.gz"])
def test_the_name_of_a_file_is_no_pattern(tmp_path: Path, name: str) -> None:
    from data_management.domain.models import ReadOptions
    from data_management.infrastructure.quality.sources.csv import open_csv
    from data_management.infrastructure.quality.sources.plain import PlainFile, Spool
    from data_management_tests.integration.quality.sources.csv_examples import scanned

    path = tmp_path / name
    path.write_text("a,b\n1,2\n")
    file = PlainFile(name=name, path=path, size=8)
    assert scanned(open_csv(file, ReadOptions(), Spool(tmp_path, 1 << 20))).rows == [("1", "2")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n\n", "nothing but line breaks"),
        (b"# x\n# y\n", "holds nothing but comments"),
        (b"a,b\n1,\0\n", "NUL character in line 2"),
        (("a," * 10_000 + "b\n").encode(), "10001 columns, more than 10000"),
        (b"a" * 2000 + b",b\n1,2\n", "more than 1000 characters"),
    ],
)
def test_what_is_no_table_is_refused(reader: Reader, content: bytes, words: str) -> None:
    with pytest.raises(Rejected, match=words):
        reader.open(content, bad_rows="count")


CELLS = st.text(st.sampled_from("ab1 ,;\"\n\r'#-ü\t|\\"), max_size=6)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(2, 4).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=8)),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.booleans(),
)
def test_whatever_is_written_by_the_rules_is_read_as_it_was_or_with_a_note(
    rows: list[list[str]], end: str, quoting: int, large: bool
) -> None:
    text = io.StringIO()
    width = len(rows[0]) if rows else 2
    if quoting == csv.QUOTE_MINIMAL:  # it does not quote a carriage return
        rows = [[cell.replace("\r", "") for cell in row] for row in rows]
    writer = csv.writer(text, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow([f"name{place}" for place in range(width)])
    writer.writerows(rows)
    with TemporaryDirectory() as folder:
        try:
            read = Reader(Path(folder), large=large).read(text.getvalue())
        except Rejected:
            assert quoting == csv.QUOTE_MINIMAL
            return
        expected = [tuple(cell or None for cell in row) for row in rows]
        assert read.rows == expected or read.codes
