"""Files made to hurt: refused, or read within time linear in their size."""

import time
from contextlib import suppress
from pathlib import Path

import pytest

from data_management.domain.models import BadRows
from data_management.errors import Rejected
from data_management.infrastructure.quality.sources.csv import CsvLimits
from data_management_tests.integration.quality.sources.csv_examples import Reader

SIZE = 30_000_000


@pytest.mark.parametrize("sign", [b'"', b",", b"\n", b"\r", b"x"])
@pytest.mark.parametrize("start", [b"", b"a,b,c\n"])
@pytest.mark.parametrize("bad_rows", BadRows)
def test_thirty_megabytes_of_one_character_end_soon(
    tmp_path: Path, sign: bytes, start: bytes, bad_rows: BadRows
) -> None:
    before = time.process_time()
    try:
        source = Reader(tmp_path, large=True).open(start + sign * SIZE, bad_rows=bad_rows)
    except Rejected:
        pass
    else:
        assert source.rows == 0
        assert source.notes
    assert time.process_time() - before < 20


@pytest.mark.parametrize(
    "line",
    [b'1,"v,w\n', b'a","c\n', b'1,"a""\n', b'"\n', b'1,"",",\n', b'1,"v,w\n1,x,y\n', b'1,"x\\"y",3\n', b"#\n", b"1\n"],
)
def test_quotes_that_never_match_take_linear_time(tmp_path: Path, line: bytes) -> None:
    spent = []
    for size in (250_000, 1_000_000):
        before = time.process_time()
        with suppress(Rejected):
            Reader(tmp_path, large=True).open(
                b"a,b,c\n" + b"1,2,3\n" * 1000 + line * (size // len(line)), bad_rows="count"
            )
        spent.append(time.process_time() - before)
    assert spent[1] < 10 * spent[0] + 2, spent


def test_a_wide_table_of_quotes_that_open_again_is_refused(tmp_path: Path) -> None:
    header = ",".join(f"c{number}" for number in range(9_999)) + "\n"
    with pytest.raises(Rejected, match=r"quotes|do not fit|most rows have"):
        Reader(tmp_path, large=True, limits=CsvLimits()).open(header + 'a","c\n' * 60_000, bad_rows="count")


def test_limits_name_themselves(tmp_path: Path) -> None:
    limits = CsvLimits(columns=5, cell_bytes=1 << 20, line_bytes=4 << 20)
    for large in (False, True):
        reader = Reader(tmp_path, large=large, limits=limits)
        with pytest.raises(Rejected, match="6 columns, more than 5"):
            reader.open("a,b,c,d,e,f\n1,2,3,4,5,6\n")
        for text in ("a,b\n1," + "x" * (2 << 20) + "\n", 'a,b\n1,"' + "x" * (2 << 20) + '"\n'):
            with pytest.raises(Rejected, match="more than 1 MB"):
                reader.open(text)
        with pytest.raises(Rejected, match="line of more than 4 MB"):
            reader.open("a,b\n1," + "x" * (6 << 20) + "\n")
        with pytest.raises(Rejected, match="longer than 1 MB, or its quote never closes"):
            reader.open('a,b\n1,"' + "x\n" * (1 << 20) + '"\n')


def test_what_is_written_anew_is_bounded_by_the_spool(tmp_path: Path) -> None:
    rows = b"1,\xfc\n" * 400_000
    with pytest.raises(Rejected, match="more than 1 MB"):
        Reader(tmp_path, large=True, most_bytes=1 << 20).open(b"a,b\n" + rows)
    with pytest.raises(Rejected, match="more than 1 MB"):
        Reader(tmp_path, large=True, most_bytes=1 << 20).open(b"a,b\n1,2\n\n" + b"1,2\n" * 400_000)


def test_a_field_of_five_megabytes_is_read(reader: Reader) -> None:
    text = 'a,b\n1,"' + "x\n" * 2_500_000 + '"\n'
    assert [len(value or "") for _, value in reader.read(text).rows] == [5_000_000]
