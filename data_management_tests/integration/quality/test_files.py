import errno
import gzip
import hashlib
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import feather

from data_management.application.ports import Changed, Examined
from data_management.domain.models import DataLocation
from data_management.errors import Unavailable
from data_management.infrastructure.quality.limits import Limits
from data_management.infrastructure.quality.sources import arrow, files
from data_management.infrastructure.quality.sources.csv import output
from data_management.infrastructure.quality.worker import examine_here
from data_management_tests.integration.quality.examples import examined, reason, refused, request, token_of, written


def _replaced(file: Path) -> None:
    other = written(file.parent, "other", "a,b\n9,9\n")
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


@pytest.mark.parametrize("change", [_replaced, _rewritten, _appended, _truncated, Path.unlink])
@pytest.mark.parametrize("with_token", [True, False])
def test_a_file_that_changes_while_it_is_read_is_another_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None], with_token: bool
) -> None:
    file = written(tmp_path, "a.csv", "a,b\n1,2\n")
    asked = request(file, version_tokens=(token_of(file),) if with_token else ())
    assert isinstance(examine_here(asked), Examined)
    really_read, changed = os.read, []

    def read_and_change(descriptor: int, size: int) -> bytes:
        block = really_read(descriptor, size)
        if not changed:
            changed.append(True)
            change(file)
        return block

    monkeypatch.setattr(files.os, "read", read_and_change)
    assert examine_here(asked) == Changed("a.csv")


def test_an_older_version_than_the_one_asked_for_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path, "a.csv", "a,b\n1,2\n")
    token = token_of(file)
    _rewritten(file)
    monkeypatch.setattr(files.os, "read", lambda *_: pytest.fail("it was read"))
    assert examine_here(request(file, version_tokens=(token,))) == Changed("a.csv")


def test_every_version_of_several_files_is_compared(tmp_path: Path) -> None:
    one, two = written(tmp_path, "1.csv", "a\n1\n"), written(tmp_path, "2.csv", "a\n2\n")
    tokens = (token_of(one), token_of(two))
    assert isinstance(examine_here(request(one, two, version_tokens=tokens)), Examined)
    _appended(two)
    assert examine_here(request(one, two, version_tokens=tokens)) == Changed("1.csv")


def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "null.csv").symlink_to("/dev/null")
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket.csv"))
        assert "a FIFO" in refused(tmp_path / "pipe.csv")
        assert "a directory" in refused(tmp_path / "folder.csv")
        assert "a device" in refused(tmp_path / "null.csv")
        assert "cannot be opened" in refused(tmp_path / "loop.csv")
        assert "cannot be opened" in refused(tmp_path / "socket.csv")
    assert "does not exist" in refused(tmp_path / "none.csv")
    assert "does not exist" in refused(written(tmp_path, "x.csv", "a\n1\n") / "below.csv")


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(written(tmp_path, "a.csv", "a\n1\n"))
    assert isinstance(examine_here(request(tmp_path / "link.csv")), Examined)


def test_other_schemes_are_refused() -> None:
    asked = request()
    text = reason(examine_here(type(asked)("k", (DataLocation("s3://bucket/a.csv"),))))
    assert "'a.csv' is not a local file" in text
    assert "names no file" in reason(examine_here(asked))


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path: Path) -> None:
    file = written(tmp_path, "a.csv", "a\n" + "1\n" * 1_000_000)
    limits = Limits(timeout_seconds=60, memory_bytes=1 << 30, expanded_bytes=1 << 20)
    assert "more than 1 MB" in reason(examine_here(request(file), limits))


@pytest.mark.parametrize(
    ("name", "content", "setting"),
    [
        ("a.csv", "a,b,c,d\n1,2,3,4\n", "COLUMNS"),
        ("a.csv", "a,b\n1,2\n1,2,3,4,5\n", "COLUMNS"),
        ("a.jsonl", '{"a":1,"b":1,"c":1,"d":1}\n', "COLUMNS"),
        ("a.csv", "a,b\n1," + "x" * 3000 + "\n", "CELL_MB"),
        ("a.csv", 'a,b\n1,"' + "x\n" * 3000 + '"\n', "CELL_MB"),
        ("a.jsonl", '{"a":"' + "x" * 3000 + '"}\n', "CELL_MB"),
        ("a.csv", "a\n" + "1\n" * 600_000, "EXPANDED_MB"),
        ("a.csv.gz", gzip.compress(b"a\n" + b"1\n" * 600_000, mtime=0), "EXPANDED_MB"),
    ],
)
def test_a_limit_is_refused_with_the_setting_that_raises_it(
    tmp_path: Path, name: str, content: str | bytes, setting: str
) -> None:
    limits = Limits(60, 1 << 30, expanded_bytes=1 << 20, columns=3, cell_bytes=2000)
    text = reason(examine_here(request(written(tmp_path, name, content)), limits))
    assert repr(name) in text
    assert f"raise DATA_MANAGEMENT_FILE_{setting}" in text


@pytest.mark.parametrize("name", ["a.csv", "a.arrow"])
def test_a_full_disk_is_not_blamed_on_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(output.Output, "begin", full)
    monkeypatch.setattr(arrow, "plain_table", full)
    file = tmp_path / name
    if name == "a.csv":
        file.write_text("a,b\n1,2\n\n")
    else:
        feather.write_feather(pa.table({"a": [1]}), file)
    assert "more room than the temporary folder has" in reason(examine_here(request(file)))
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(Unavailable, match="is full, so that nothing can be examined; make room there, or set TMPDIR"):
        examine_here(request(file))


def test_the_digest_is_of_the_bytes_on_disk(tmp_path: Path) -> None:
    file = written(tmp_path, "a.csv", "a\n1\n")
    assert examined(examine_here(request(file))).content_sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_names_are_shown_without_control_characters(tmp_path: Path) -> None:
    text = refused(written(tmp_path, "evil\n\x1b[31m.csv", ""))
    assert "\n" not in text
    assert "\x1b" not in text
