"""Damaged files: nothing is wrong in silence."""

from collections import Counter
from pathlib import Path

import pytest

from data_management.domain.models import BadRows
from data_management.errors import Rejected
from data_management_tests.integration.quality.sources.csv_examples import Reader, scanned
from data_management_tests.integration.quality.sources.damaged_csv import damaged_files, is_true

HEADER = "id,name,kind\n"


def row(number: int) -> str:
    return f"{number},v{number},w\n"


ROWS = [row(number) for number in range(40)]


def with_line(place: int, line: str) -> str:
    return HEADER + "".join([*ROWS[:place], line, *ROWS[place + 1 :]])


def with_more(place: int, lines: str) -> str:
    return HEADER + "".join([*ROWS[:place], lines, *ROWS[place:]])


@pytest.mark.parametrize("bad_rows", BadRows)
def test_of_files_with_one_defect_none_is_wrong_in_silence(tmp_path: Path, bad_rows: BadRows) -> None:
    """The smaller version of benchmarks/parse_fidelity.py; both ways of reading agree in all they yield."""
    outcomes: Counter[str] = Counter()
    for file in damaged_files(100):
        seen = []
        for large in (False, True):
            try:
                read = Reader(tmp_path, large=large).read(file.content, bad_rows=bad_rows)
            except Rejected as error:
                seen.append(error.message)
                continue
            seen.append(repr((read.names, read.rows, read.source.notes)))
        assert seen[0] == seen[1], file
        if not seen[0].startswith("("):
            outcomes["refused"] += 1
        elif is_true(read.names, read.rows, file, may_leave_out="bad-rows" in read.codes):
            outcomes["exact"] += 1
        else:
            assert read.codes, file
            outcomes["warned"] += 1
    assert outcomes["exact"] >= (85 if bad_rows is BadRows.COUNT else 55), outcomes


@pytest.mark.parametrize(
    ("line", "code", "left"),
    [
        ('7,"v7,w\n', "quotes", ("7", '"v7', "w")),
        ('7,v"7,w\n', "quotes", ("7", 'v"7', "w")),
        ('7,"v"7,w\n', "quotes", ("7", '"v"7', "w")),
        ("7,v7\n", "short-rows", ("7", "v7", None)),
        ("7,v7,w,\n", "long-rows", ("7", "v7", "w")),
        ('"7","v7","w",,\n', "long-rows", ("7", "v7", "w")),
        ("7,v7,w,more\n", "bad-rows", None),
        ("7v7,w\n", "bad-rows", None),
        ('"7,v7,w,x\n', "bad-rows", None),
        ("7,v\n7,w\n", "bad-rows", None),
        ("7,v\nmore,w\n", "line-breaks", ("7", "v\nmore", "w")),
        ("7,v,w\nmore\n", "line-breaks", ("7", "v", "w\nmore")),
    ],
)
def test_one_damaged_row_costs_itself_alone(
    reader: Reader, line: str, code: str, left: tuple[str | None, ...] | None
) -> None:
    read = reader.read(with_line(7, line), bad_rows="count")
    whole = [tuple(text.strip().split(",")) for text in ROWS]
    if line == "7,v\n7,w\n":  # two short rows as far as anyone can tell
        assert set(whole) - set(read.rows) == {whole[7]}
        assert read.codes == ["short-rows"]
        return
    assert read.rows == [*whole[:7], *([left] if left else []), *whole[8:]]
    assert [note.code for note in read.source.notes if note.line in (9, 10)] == [code]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('7,"SECRET,w\n', ["line 9", "quotes"]),
        ('7,"SECRET"y,w\n', ["line 9", "quotes"]),
        ("7,SECRET\n", ["line 9", "2 columns", "header has 3"]),
        ("7,SECRET,w,x\n", ["line 9", "4 columns"]),
    ],
)
def test_a_damaged_row_refuses_the_file_unless_the_contract_says_otherwise(
    reader: Reader, line: str, words: list[str]
) -> None:
    with pytest.raises(Rejected) as refusal:
        reader.open(with_line(7, line))
    assert all(word in refusal.value.message for word in ["'a.csv'", "badRows", *words]), refusal.value.message
    assert "SECRET" not in refusal.value.message


def test_bad_rows_are_counted_with_their_lines_up_to_the_contracts_number(reader: Reader) -> None:
    text = HEADER + "".join(ROWS) + "9,x,y,z\n" * 3 + "".join(ROWS)
    read = reader.read(text, bad_rows="count", max_bad_rows=3)
    assert "3 row(s)" in read.note("bad-rows").message
    assert "lines 42, 43, 44" in read.note("bad-rows").message
    assert (read.source.decisions["bad_rows"], len(read.rows)) == (3, 80)
    with pytest.raises(Rejected, match=r"more than 2 row.*maxBadRows"):
        reader.open(text, bad_rows="count", max_bad_rows=2)


def test_where_damage_is_the_rule_the_file_is_refused(reader: Reader) -> None:
    with pytest.raises(Rejected, match="rows do not fit the header"):
        reader.open("a,b\n" + "1,2\n" * 3_000 + "1,2,x,y\n1,2,x,y,z\n" * 3_000, bad_rows="count")


@pytest.mark.parametrize("bad_rows", BadRows)
@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("Orders\nof March\n\n" + with_line(0, row(0)), "preamble", 1),
        ("Orders,,\n" + with_line(0, row(0)), "preamble", 1),
        ("# exported, by x\n" + with_line(0, row(0)), "preamble", 1),
        (with_more(9, "# checked by hand\n"), "comments", 11),
        (with_more(9, "#9,v9,w\n"), "comments", 11),
        (with_more(9, HEADER), "repeated-header", 11),
        (with_more(40, "Total: 40\n"), "footer", 42),
        (with_more(40, "\nsee the handbook\n"), "footer", 42),
        (with_more(40, "Total,,40\n"), "footer", 42),
    ],
)
def test_what_is_no_row_is_left_out_and_named(
    reader: Reader, text: str, code: str, line: int, bad_rows: BadRows
) -> None:
    read = reader.read(text, bad_rows=bad_rows)
    assert (read.names, len(read.rows)) == (("id", "name", "kind"), 40)
    assert read.note(code).line == line


def test_a_row_that_is_cut_off_is_no_footer(reader: Reader) -> None:
    with pytest.raises(Rejected, match="line 42 has 2 columns"):
        reader.open(with_more(40, "40,v"))


@pytest.mark.parametrize("bad_rows", BadRows)
@pytest.mark.parametrize(
    "lines",
    [
        "\nsku,stock,place,box\nA,1,x,2\nB,2,x,3\n",
        "\nsku,stock,place\nA,1,x\nB,2,x\n",
        "\nTable 2\nsku,stock\nA,1\nB,2\nC,3\n",
        "sku,stock,place,box\nA,1,x,2\nB,2,x,3\nC,2,x,3\n",
    ],
)
def test_several_tables_are_refused(reader: Reader, lines: str, bad_rows: BadRows) -> None:
    with pytest.raises(Rejected, match="table"):
        reader.open(with_more(40, lines), bad_rows=bad_rows)


def test_a_damaged_header_is_refused_or_mended_with_a_note(reader: Reader) -> None:
    with pytest.raises(Rejected, match="header in line 1 has 2 columns where most rows have 3"):
        reader.open("id,namekind\n" + "".join(ROWS))
    read = reader.read("id,,name,kind\n" + "".join(ROWS))
    assert (read.names, read.codes) == (("id", "name", "kind"), ["header"])
    with pytest.raises(Rejected, match="header's quotes"):
        reader.open('id,"name,kind\n' + "".join(ROWS))
    assert reader.read('id,"name,kind\n' + "".join(ROWS), bad_rows="count").names == ("id", "name", "kind")


def test_mixed_line_ends_are_noted(reader: Reader) -> None:
    read = reader.read(with_line(7, "7,v7,w\r\n"))
    assert (len(read.rows), read.codes, read.note("line-ends").line) == (40, ["line-ends"], 9)


def test_two_stray_quotes_that_make_a_field_of_whole_rows_are_no_field(reader: Reader) -> None:
    lines = [*ROWS]
    lines[7], lines[12] = '7,"v7,w\n', '12,v12",w\n'
    assert len(reader.read(HEADER + "".join(lines), bad_rows="count").rows) == 40
    with pytest.raises(Rejected, match="line 9"):
        reader.open(HEADER + "".join(lines))


def test_no_row_vanishes_at_the_borders_of_blocks(tmp_path: Path) -> None:
    """Quoted line breaks and a damaged row anywhere in several megabytes."""
    lines = [f'{number},"text\nof {number}",w\r\n' for number in range(150_000)]
    reader = Reader(tmp_path, large=True)
    exact = scanned(reader.open(HEADER.replace("\n", "\r\n") + "".join(lines)))
    assert exact.rows[-1] == ("149999", "text\nof 149999", "w")
    for place in (0, 47_123, 149_999):
        broken = [*lines]
        broken[place] = f"{place},x\r\n"
        read = scanned(reader.open(HEADER.replace("\n", "\r\n") + "".join(broken), bad_rows="count"))
        assert [number for number, _, _ in read.rows] == [str(number) for number in range(150_000)]
        assert [note.line for note in read.source.notes if note.code == "short-rows"] == [2 + 2 * place]
