"""The independent count, whether the quotes of a block are few (it counts row by row) or many (sign by sign)."""

import csv
import io
from random import Random

import pytest

from data_management.infrastructure.quality.sources.csv.headers import Headers
from data_management.infrastructure.quality.sources.csv.values import Dialect, Frame
from data_management.infrastructure.quality.sources.csv.verification import Verified, Verifier

HEADER = "place,name,amount\n"
WORDS = ("anna", "bert", "", '"a,b"', '"he said ""no"", twice"', "x" * 300)
NEIGHBOURS = pytest.mark.parametrize("rows", ['5,"b",7\n' * 50, "5,carl,7\n" * 50], ids=["many quotes", "few quotes"])


def verified(rows: str) -> Verified:
    names = tuple(HEADER.strip().split(","))
    frame = Frame(names, names, 1, len(HEADER), 0, 2, None, (True, False, True), hashes=False)
    headers = Headers(frame, HEADER.encode(), Dialect(","))
    return Verifier(frame, headers, ",").verify(rows.encode())


def parsed(rows: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(rows, newline=""), strict=True))


@pytest.mark.parametrize("seed", range(20))
def test_exact_rows_are_counted_as_a_parser_counts_them(seed: int) -> None:
    random = Random(seed)
    quoted = random.choice((0, 0.1, 1))
    rows = "".join(
        f"{place},{random.choice(WORDS) if random.random() < quoted else 'carl'},{random.randint(0, 999)}\n"
        for place in range(200)
    )
    found = verified(rows)
    assert (found.size, found.rows) == (len(rows), len(parsed(rows)))
    assert found.longest_cell >= max(len(cell) for row in parsed(rows) for cell in row)


@NEIGHBOURS
@pytest.mark.parametrize(
    "damaged",
    [
        '1,"a,b"\n',
        '1,"a",2,3\n',
        '1,"a,b"\n1,"a",2,3\n',
        '1,"a"b,2\n',
        '1,a"b",2\n',
        "1,2\n" + "1" + ",2" * 258 + "\n",
        '1,"a",2\r\n',
        "#1,a,2\n",
        'PLACE,"NAME",AMOUNT\n',
    ],
)
def test_rows_that_are_not_exact_are_in_doubt(damaged: str, rows: str) -> None:
    assert verified(rows + rows).rows == 100
    assert verified(rows + damaged + rows).rows is None


@NEIGHBOURS
def test_a_line_break_within_quotes_ends_no_row(rows: str) -> None:
    found = verified(rows + '1,"a\nb",2\n' + rows)
    assert (found.rows, found.lines) == (101, 102)


@NEIGHBOURS
def test_a_row_that_the_block_does_not_end_is_left_for_the_next(rows: str) -> None:
    assert verified(rows + '1,"a\n').size == len(rows)
