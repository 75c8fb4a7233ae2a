"""Files that read without an error and still are not what they seem."""

import pytest

from data_management.errors import Rejected
from data_management_tests.integration.quality.sources.csv_examples import Reader

HEADER = "id,name,amount\n"
ROWS = [f"{number},v{number},{number}.5\n" for number in range(40)]


def among(lines: str, header: str = HEADER) -> str:
    return header + "".join([*ROWS[:20], lines, *ROWS[20:]])


@pytest.mark.parametrize("again", ['"id","name","amount"\n', "ID,Name,AMOUNT\n", "\fid,name,amount\n"])
def test_a_header_that_is_repeated_in_another_style_is_left_out(reader: Reader, again: str) -> None:
    read = reader.read(among(again))
    assert len(read.rows) == 40
    assert read.note("repeated-header").line == 22


def test_a_quoted_header_that_is_repeated_bare_is_left_out_without_figures_too(reader: Reader) -> None:
    read = reader.read('"name","kind"\n' + "x,y\n" * 9 + "name,kind\n" + "x,y\n" * 9)
    assert (len(read.rows), read.codes) == (18, ["repeated-header"])


def test_a_header_with_the_columns_in_another_order_begins_another_table(reader: Reader) -> None:
    with pytest.raises(Rejected, match="another table seems to begin in line 22"):
        reader.open(among("name,id,amount\n" + "v,1,2.5\n" * 9))


def test_names_where_the_rows_hold_figures_are_a_doubt(reader: Reader) -> None:
    read = reader.read(among("sku,place,stock\n"))
    assert (len(read.rows), read.note("header").line) == (41, 22)


def test_two_words_that_are_the_names_may_be_values(reader: Reader) -> None:
    read = reader.read("home,away\n" + "x,y\n" * 9 + "away,home\n")
    assert (len(read.rows), read.note("header").line) == (10, 11)


def test_words_for_a_missing_figure_are_no_header(reader: Reader) -> None:
    assert reader.read(among("n/a,v,n/a\n")).codes == []
    assert reader.read(HEADER + "".join(f"{n},v,{n if n % 3 else 'none'}\n" for n in range(40))).codes == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("<!DOCTYPE html>\n<html><body>Sign in, please</body></html>\n", "HTML"),
        ("\n<HTML>\n<table><tr><td>1</td></tr></table></html>\n", "HTML"),
        ('<?xml version="1.0"?>\n<rows><row id="1"/></rows>\n', "XML"),
        ('<rows>\n<row id="1"/>\n</rows>\n', "XML"),
        ('{"id": 1}\n{"id": 2}\n', "JSON"),
        ('[\n {"id": 1},\n {"id": 2}\n]\n', "JSON"),
        ("%PDF-1.7\n1 0 obj\n", "PDF"),
        ("{\\rtf1\\ansi a,b}\n", "RTF"),
    ],
)
def test_text_of_another_kind_is_no_csv(reader: Reader, text: str, what: str) -> None:
    for content in (text.encode(), text.encode("utf-16")):
        with pytest.raises(Rejected, match=f"'a.csv' holds {what}, not CSV"):
            reader.open(content)


def test_names_in_angle_brackets_are_names(reader: Reader) -> None:
    assert reader.read("<DATE>,<CLOSE>\n2025-01-01,2\n").names == ("<DATE>", "<CLOSE>")
    assert reader.read("[id],[name]\n1,x\n").names == ("[id]", "[name]")


@pytest.mark.parametrize("mark", ["\ufeff\ufeff", "\ufeff\ufeff\ufeff", "ï»¿", "\ufeffï»¿"])
def test_byte_order_marks_that_were_added_twice_or_taken_for_text_are_no_part_of_a_name(
    reader: Reader, mark: str
) -> None:
    read = reader.read(f'{mark}"id",name\n1,x\n')
    assert (read.names, read.rows, read.codes) == (("id", "name"), [("1", "x")], ["encoding"])


def test_rows_that_are_quoted_as_a_whole_are_a_doubt(reader: Reader) -> None:
    read = reader.read('"id,name"\n"1,x"\n"2,y"\n')
    assert "quoted as a whole" in read.note("delimiter").message


@pytest.mark.parametrize("delimiter", ["\t", ";", "|"])
def test_one_column_whose_rows_could_be_cut_is_a_doubt(reader: Reader, delimiter: str) -> None:
    read = reader.read("id\n" + "".join(f"{n}{delimiter}x\n" for n in range(2)))
    assert read.names == ("id",)
    assert "every row" in read.note("delimiter").message


def test_one_column_of_ordinary_text_is_none(reader: Reader) -> None:
    assert reader.read('remark\n"yes, please"\n"no, thanks"\nperhaps\n').codes == []
    assert reader.read('remark\n"yes, please"\n"no, thanks"\n').codes == []


@pytest.mark.parametrize(("first", "last"), [('"7', '9"'), ('"K-7', 'K-9"')])
def test_two_stray_quotes_in_one_column_do_not_swallow_the_rows_between(reader: Reader, first: str, last: str) -> None:
    prefix = first[1:-1]
    lines = [f"{prefix}{n}" for n in range(20)]
    lines[7], lines[9] = first, last
    with pytest.raises(Rejected, match="line 9"):
        reader.open("id\n" + "\n".join(lines) + "\n")
    assert len(reader.read("id\n" + "\n".join(lines) + "\n", bad_rows="count").rows) == 20


def test_line_breaks_in_the_only_column_are_a_doubt(reader: Reader) -> None:
    read = reader.read('remark\nfine\n"one\ntwo"\ngood\n')
    assert ([row[0] for row in read.rows], read.note("quotes").line) == (["fine", "one\ntwo", "good"], 3)


def test_quotes_within_a_name_are_noted(reader: Reader) -> None:
    read = reader.read('ame","kind"\nx,y\n')
    assert (read.names, read.note("quotes").line) == (('ame"', "kind"), 1)


def test_the_sign_that_ended_files_on_dos_is_no_row(reader: Reader) -> None:
    for text in ("id\n1\n2\n\x1a", "id\n1\n2\n\x1a\n"):
        read = reader.read(text)
        assert (read.rows, read.codes) == ([("1",), ("2",)], ["footer"])
