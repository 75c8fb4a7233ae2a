"""Writes that fail, one after the other: a clear error, nothing lost that was acknowledged, and all goes on when there is room.

``GUARANTEES=full`` lets the journal end at 400 places and the file at each page, else at some. A disk that is really full needs a mount,
and that root.
"""

import gzip
import os
import resource
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from data_management.errors import DataManagementError, Unavailable
from data_management.infrastructure.persistence.engine import create_catalog_engine
from data_management.infrastructure.persistence.schema import open_catalog
from data_management_tests.integration.faults.working import Working
from data_management_tests.integration.persistence.test_guarantees import FULL
from data_management_tests.integration.pipeline.project import Project

PAGE = 512
"""Bytes; the smallest that SQLite knows, so that little work needs many pages."""
FILES = 12
PLACES = 200 if FULL else 6
SPILLS = pytest.mark.parametrize("spills", [False, True], ids=["at the commit", "before the commit"])
"""Whether a transaction outgrows its cache, so that pages are written by any of its statements."""


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """The system refuses to write behind this byte of any file (EFBIG): no disk is full, and no root is needed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class Disk:
    """A catalog's file that cannot grow beyond some pages, as on a full disk (SQLITE_FULL)."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine = engine
        self._pages = path.stat().st_size // PAGE
        self._room: int | None = None
        event.listen(engine, "connect", self._limit)

    @contextmanager
    def with_room_for(self, pages: int) -> Iterator[None]:
        self._engine.dispose()
        self._room = pages
        try:
            yield
        finally:
            self._room = None
            self._engine.dispose()

    def _limit(self, connection: Any, _record: object) -> None:
        if self._room is not None:
            connection.execute(f"PRAGMA max_page_count = {self._pages + self._room}")


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A catalog without entries."""
    path = tmp_path / "template.db"
    open_catalog(path, embedded=True).dispose()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in ("PRAGMA journal_mode = DELETE", f"PRAGMA page_size = {PAGE}", "VACUUM"):
            connection.execute(statement)
    return path


@contextmanager
def copied(template: Path, *, spills: bool) -> Iterator[tuple[Engine, Path]]:
    path = template.with_name("catalog.db")
    shutil.copy(template, path)
    engine = create_catalog_engine(path)
    if spills:
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA cache_size = 1"))
    try:
        yield engine, path
    finally:
        engine.dispose()
        for each in path.parent.glob(f"{path.name}*"):
            each.unlink()


def tried(engine: Engine, failing: Callable[[], Any]) -> DataManagementError | None:
    """Work while writes fail, and go on when they do not."""
    working = Working(engine, FILES)
    with failing():
        error = working.try_to_go("run")
    working.assert_acknowledged_is_stored()
    working.clock.advance(seconds=61)
    working.go("after")
    working.assert_whole()
    return error


@SPILLS
@pytest.mark.timeout(120 + 5 * PLACES)
def test_a_catalog_whose_nth_write_fails(template: Path, *, spills: bool) -> None:
    """Of pages, journal and index of the journal, or a part of it, in turn."""
    with copied(template, spills=spills) as (engine, path):
        Working(engine, FILES).go("run")
        size = path.with_name(f"{path.name}-wal").stat().st_size
    errors = []
    for place in range(PLACES):
        limit = 1 + place * size // PLACES
        with copied(template, spills=spills) as (engine, _):
            errors.append(tried(engine, lambda: no_file_beyond(limit)))  # noqa: B023  called at once
    said = [str(error) for error in errors if error is not None]
    print(f"{size} bytes of journal: {len(said)} errors at {PLACES} places")  # noqa: T201
    assert len(said) > 0.8 * PLACES
    assert all(isinstance(error, Unavailable) for error in errors if error is not None)
    assert {text.partition(".db ")[2].partition(" (")[0] for text in said} <= {
        "cannot be read or written, the disk reports an error; check the disk and its mount",
        "cannot be opened; check that its folder exists and that you may write to it",
    }


@SPILLS
@pytest.mark.timeout(120 + 5 * PLACES)
def test_a_catalog_that_fills_its_disk_at_the_nth_page(template: Path, *, spills: bool) -> None:
    with copied(template, spills=spills) as (engine, path):
        Working(engine, FILES).go("run")
        engine.dispose()
        pages = (path.stat().st_size - template.stat().st_size) // PAGE
    rooms = range(0, pages, 1 if FULL else pages // PLACES)
    errors = []
    for room in rooms:
        with copied(template, spills=spills) as (engine, path):
            disk = Disk(engine, path)
            errors.append(tried(engine, lambda: disk.with_room_for(room)))  # noqa: B023  called at once
    said = [str(error) for error in errors if error is not None]
    print(f"{pages} pages: {len(said)} errors at {len(rooms)} of them")  # noqa: T201
    assert len(said) > 0.8 * len(rooms)
    assert all("cannot grow, the disk is full; free some space, then retry: nothing of this" in text for text in said)


def test_the_command_line_says_what_cannot_be_written_and_goes_on_when_it_can(tmp_path: Path) -> None:
    project = Project(tmp_path)
    for number in range(30):
        project.drop(f"{number:02}.csv")
    with no_file_beyond(200_000):
        code, out, err = project.call("run")
    assert code == 4, out + err
    assert "catalog.db cannot be read or written, the disk reports an error; check the disk" in err
    assert "Traceback" not in err
    code, out, err = project.call("run")
    assert code == 0, out + err
    assert project.statuses() == {f"{number:02}.csv": ["accepted"] for number in range(30)}


@pytest.fixture
def small_disk(temporary: Path) -> Iterator[Path]:
    """128 MiB."""
    folder = temporary / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=128m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("a small disk is mounted by root alone (mount -t tmpfs)")
    mounted = subprocess.run(command, check=False, capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"root may not mount a small disk here (mount -t tmpfs): {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path, leave: int) -> Path:
    filler = disk / "filler"
    free = shutil.disk_usage(disk).free
    filler.write_bytes(bytes(max(0, free - leave)))
    return filler


def test_a_disk_that_is_full_under_the_catalog(small_disk: Path) -> None:
    project = Project(small_disk)
    open_catalog(small_disk / ".data_management" / "catalog.db", embedded=True).dispose()
    for number in range(30):
        project.drop(f"{number:02}.csv")
    filler = fill(small_disk, leave=100_000)
    code, out, err = project.call("run", "--format", "json")
    assert code == 4, out + err
    assert "catalog.db cannot grow, the disk is full; free some space, then retry" in out + err
    assert "Traceback" not in err
    filler.unlink()
    code, out, err = project.call("run")
    assert code == 0, out + err
    assert project.statuses() == {f"{number:02}.csv": ["accepted"] for number in range(30)}


def test_a_temporary_folder_that_is_full_rejects_no_file(
    small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A compressed file is unpacked before it is scanned."""
    monkeypatch.setenv("TMPDIR", str(small_disk))
    (tmp_path / "project").mkdir()
    project = Project(tmp_path / "project")
    path = project.home / "landing" / "orders" / "a.csv.gz"
    rows = "".join(f'{row},1.5,"{"x" * 100}"\n' for row in range(400_000))
    path.write_bytes(gzip.compress(f"id,amount,note\n{rows}".encode()))
    contract = project.home / "contracts" / "orders.yaml"
    contract.write_text(contract.read_text().replace("*.csv", "*.csv.gz"))
    filler = fill(small_disk, leave=200_000)
    code, out, err = project.call("run")
    assert code == 4, out + err
    assert f"the temporary folder {small_disk} is full, so that nothing can be examined; make room there" in err
    assert "Traceback" not in err
    assert project.statuses() == {"a.csv.gz": ["arrived"]}
    filler.unlink()
    code, out, err = project.call("run")
    assert code == 0, out + err
    assert project.statuses() == {"a.csv.gz": ["accepted"]}
