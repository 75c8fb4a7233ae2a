import gzip
import hashlib
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from data_management.domain.models import DataLocation, ReadOptions
from data_management.errors import Rejected
from data_management.infrastructure.quality.sources import Bounds, OtherVersion, emptied
from data_management.infrastructure.quality.sources import files as sources_files
from data_management.infrastructure.quality.sources import open_source, private_spool
from data_management.infrastructure.quality.sources.files import open_file
from data_management.infrastructure.quality.sources.plain import Spool
from data_management.infrastructure.quality.sources.unpacking import _Source, unpacked
from data_management_tests.integration.quality.examples import token_of, written
from data_management_tests.integration.quality.sources.examples import BOTH, LARGE, codes, opened, refusal, scanned

ROWS = [(1, "x"), (2, None)]
PACKED = pytest.mark.parametrize(
    "pack", [gzip.compress, lambda data: pa.compress(data, codec="zstd", asbytes=True)], ids=["gzip", "zstd"]
)


def _good(folder: Path, name: str = "a.parquet") -> Path:
    parquet.write_table(pa.table({"a": [1, 2], "b": ["x", None]}), folder / name)
    return folder / name


def _replaced(file: Path) -> None:
    other = written(file.parent, "other", b"PAR1")
    other.replace(file)


def _rewritten(file: Path) -> None:
    """The same size and inode; only the time tells."""
    status = file.stat()
    file.write_bytes(file.read_bytes()[::-1])
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns + 1))


def _appended(file: Path) -> None:
    with file.open("a") as end:
        end.write("5,6\n")


def _truncated(file: Path) -> None:
    os.truncate(file, 4)


CHANGES = pytest.mark.parametrize("change", [_replaced, _rewritten, _appended, _truncated, Path.unlink])


@CHANGES
@BOTH
@pytest.mark.parametrize("with_token", [True, False])
@pytest.mark.parametrize("packed", [True, False])
def test_a_file_that_changes_while_it_is_read_is_another_version(
    folder: Path,
    spool: Spool,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Path], None],
    bounds: Bounds,
    with_token: bool,
    packed: bool,
) -> None:
    file = _good(folder)
    if packed:
        file.write_bytes(gzip.compress(file.read_bytes()))
    token = token_of(file) if with_token else None
    really_read, changed = os.read, []

    def read_and_change(descriptor: int, size: int) -> bytes:
        block = really_read(descriptor, size)
        if not changed:
            changed.append(True)
            change(file)
        return block

    monkeypatch.setattr(sources_files.os, "read", read_and_change)
    with pytest.raises(OtherVersion):
        opened(file, spool, bounds, token)


@CHANGES
def test_a_large_file_that_changes_after_it_was_opened_is_another_version(
    folder: Path, spool: Spool, change: Callable[[Path], None]
) -> None:
    source = opened(_good(folder), spool, LARGE)
    source.verify()
    change(folder / "a.parquet")
    with pytest.raises(OtherVersion):
        source.verify()


def test_another_version_than_the_one_asked_for_is_not_read(folder: Path, spool: Spool) -> None:
    file = _good(folder)
    token = token_of(file)
    assert scanned(opened(file, spool, token=token)) == ROWS
    _rewritten(file)
    with pytest.raises(OtherVersion):
        opened(file, spool, token=token)
    file.unlink()
    with pytest.raises(OtherVersion):
        opened(file, spool, token=token)


def test_what_is_no_regular_file_is_refused_at_once(
    folder: Path, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)  # the path of a socket has some hundred bytes at most
    os.mkfifo(folder / "pipe.parquet")
    (folder / "null.parquet").symlink_to("/dev/null")
    (folder / "loop.parquet").symlink_to(folder / "loop.parquet")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s.parquet")
        assert "a FIFO" in refusal(folder / "pipe.parquet", spool)
        assert "a device" in refusal(folder / "null.parquet", spool)
        assert "cannot be opened" in refusal(folder / "loop.parquet", spool)
        assert "cannot be opened" in refusal(folder / "s.parquet", spool)
    assert "does not exist" in refusal(folder / "none.parquet", spool)
    with pytest.raises(Rejected, match=r"'a\.csv' is not a local file"):
        open_source(DataLocation("s3://bucket/a.csv"), None, ReadOptions(), spool)


@BOTH
@PACKED
def test_packed_files_are_told_by_their_content(
    folder: Path, spool: Spool, bounds: Bounds, pack: Callable[[bytes], bytes]
) -> None:
    data = _good(folder).read_bytes()
    halves = pack(data[:50]) + pack(b"") + pack(data[50:])
    ending = ".gz" if pack is gzip.compress else ".zst"
    right = opened(written(folder, "b.parquet" + ending, halves), spool, bounds)
    assert (scanned(right), codes(right)) == (ROWS, [])
    assert right.decisions["compression"] == ("gzip" if ending == ".gz" else "zstd")
    assert right.sha256 == hashlib.sha256(halves).hexdigest()
    wrong = opened(written(folder, "c.parquet", halves), spool, bounds)
    assert (scanned(wrong), codes(wrong)) == (ROWS, ["compression"])
    named = opened(written(folder, "d.parquet" + ending, data), spool, bounds)
    assert (scanned(named), codes(named)) == (ROWS, ["compression"])
    for bad in (halves[:-1], halves[:60], halves + b"x", halves + b"garbage" * 9, halves + halves[:6]):
        text = refusal(written(folder, "e.parquet" + ending, bad), spool, bounds)
        assert "truncated" in text or "damaged" in text


@BOTH
def test_a_bomb_is_unpacked_no_further_than_the_spool_allows(folder: Path, spool: Spool, bounds: Bounds) -> None:
    narrow = Spool(spool.folder, 8 << 20)
    zeros = bytes(64 << 20)
    for name, data in (
        ("a.csv.gz", gzip.compress(zeros, mtime=0)),
        ("a.csv.zst", pa.compress(zeros, codec="zstd", asbytes=True)),
    ):
        assert "more than 8 MB" in refusal(written(folder, name, data), narrow, bounds)
    assert list(spool.folder.iterdir()) == []


@BOTH
@PACKED
def test_a_bomb_without_an_end_is_read_no_further_than_the_spool_allows(
    spool: Spool, bounds: Bounds, pack: Callable[[bytes], bytes]
) -> None:
    megabyte, taken = pack(bytes(1 << 20)), 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield megabyte

    kind = "gzip" if pack is gzip.compress else "zstd"
    with pytest.raises(Rejected, match="more than 8 MB"):
        unpacked(endless(), kind, "a.csv", Spool(spool.folder, 8 << 20), bounds, None)
    assert taken <= 10
    assert list(spool.folder.iterdir()) == []


@PACKED
def test_of_many_small_members_each_byte_is_read_once(
    spool: Spool, pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = _Source.read
    sizes: list[int] = []

    def counting(source: _Source, size: int = -1) -> bytes:
        data = read(source, size)
        sizes.append(len(data))
        return data

    monkeypatch.setattr(_Source, "read", counting)
    calls = []
    for members in (50_000, 100_000):
        packed = pack(b"") * members
        sizes.clear()
        kind = "gzip" if pack is gzip.compress else "zstd"
        blocks = (packed[at : at + (1 << 20)] for at in range(0, len(packed), 1 << 20))
        assert unpacked(blocks, kind, "a.csv", spool, Bounds(), None).size == 0
        assert sum(sizes) == len(packed)
        calls.append(len(sizes))
    assert calls[1] <= 2 * calls[0] + 2


def test_a_file_beyond_the_limit_is_refused_unread(folder: Path, spool: Spool) -> None:
    file = written(folder, "a.csv", b"a\n" * (1 << 20))
    assert "more than 1 MB" in refusal(file, Spool(spool.folder, 1 << 20))


@pytest.mark.parametrize("head", [b"BZh91AY", b"\xfd7zXZ\0", b"\x04\x22\x4d\x18", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a"])
def test_other_compressions_are_named(folder: Path, spool: Spool, head: bytes) -> None:
    assert "is compressed with" in refusal(written(folder, "a.csv", head + bytes(20)), spool)


def test_the_digest_is_of_the_bytes_as_they_arrived(folder: Path, spool: Spool) -> None:
    file = _good(folder)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert opened(file, spool).sha256 == digest
    assert opened(file, spool, LARGE).sha256 == digest
    assert opened(file, spool, Bounds(small_bytes=0)).sha256 is None


@BOTH
def test_content_is_believed_before_a_name(folder: Path, spool: Spool, bounds: Bounds) -> None:
    data = _good(folder).read_bytes()
    for name in ("lies.csv", "nothing.dat", "none"):
        source = opened(written(folder, name, data), spool, bounds)
        assert (scanned(source), codes(source), source.decisions["format"]) == (ROWS, ["format"], "parquet")
    assert scanned(opened(folder / "none", spool, bounds, format="parquet")) == ROWS
    assert "the contract says csv" in refusal(folder / "none", spool, bounds, format="csv")
    assert "named as csv" in refusal(folder / "lies.csv", spool, bounds, format="parquet")
    assert "says no format" in refusal(written(folder, "text.dat", "a,b\n1,2\n"), spool, bounds)
    assert "no Parquet file" in refusal(written(folder, "text.parquet", "a,b\n1,2\n"), spool, bounds)
    assert "0 bytes" in refusal(written(folder, "empty.parquet", ""), spool, bounds)


@BOTH
@pytest.mark.parametrize(
    "name", [b"\xff\xfe.parquet", b"a*[b]?.parquet", b"x=1,'y'.parquet", b'"; DROP.parquet', b"-.parquet"]
)
def test_names_are_data(folder: Path, spool: Spool, bounds: Bounds, name: bytes) -> None:
    file = Path(os.fsdecode(os.fsencode(folder) + b"/" + name))
    _good(folder).rename(file)
    assert scanned(opened(file, spool, bounds)) == ROWS


def test_names_are_shown_without_control_characters(folder: Path, spool: Spool) -> None:
    with pytest.raises(Rejected) as refused:
        open_file(DataLocation.from_path(folder / "evil\n\x1b[31m.csv"), None, spool)
    assert "\n" not in refused.value.message
    assert "\x1b" not in refused.value.message


def test_a_spool_is_private_and_goes_with_its_owner(tmp_path: Path) -> None:
    with private_spool(1, tmp_path) as spool:
        (own,) = tmp_path.iterdir()
        assert stat.S_IMODE(own.stat().st_mode) == 0o700
        with emptied(spool):
            (spool.folder / "a").write_bytes(b"x")
            (spool.folder / "b").mkdir()
            (spool.folder / "b" / "c").write_bytes(b"x")
            (spool.folder / "link").symlink_to(tmp_path)
        assert list(spool.folder.iterdir()) == []
    assert list(tmp_path.iterdir()) == []


def test_what_killed_processes_left_is_removed_and_what_the_living_use_is_not(tmp_path: Path) -> None:
    code = (
        "import os, sys, pathlib; from data_management.infrastructure.quality.sources.spool import private_spool\n"
        "with private_spool(1, pathlib.Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], check=False, env={**os.environ, "PYTHONPATH": str(Path.cwd())}
    )
    (left,) = tmp_path.iterdir()
    with private_spool(1, tmp_path) as living:
        assert left.exists(), "it may be one that is being made just now"
        for folder in (left, living.folder.parent):
            os.utime(folder, (1, 1))
        (tmp_path / "data-management-spool-link").symlink_to(tmp_path)
        with private_spool(1, tmp_path):
            assert not left.exists()
            assert living.folder.exists()


def test_importing_the_sources_loads_neither_duckdb_nor_pandas() -> None:
    code = (
        "import sys, data_management.infrastructure.quality.sources; "
        "print({'duckdb', 'pandas', 'polars', 'python_calamine', 'great_expectations'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"set()\n"
