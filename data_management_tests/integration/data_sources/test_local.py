import os
import shutil
import socket
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest

from data_management.domain.models import DataLocation, Landing, VersionToken, version_at
from data_management.errors import InvalidInput, Unavailable
from data_management.infrastructure.data_sources import landing as listing
from data_management.infrastructure.data_sources import local
from data_management.infrastructure.data_sources.local import LocalDataLocationService

SERVICE = LocalDataLocationService()


def names(root: Path, pattern: str = "**") -> list[str]:
    found = SERVICE.list(Landing(DataLocation.from_path(root), pattern))
    return [str(each.location.path.relative_to(root)) for each in found]


def test_a_link_is_followed_only_within_the_root(tmp_path: Path) -> None:
    root, outside = tmp_path / "landing", tmp_path / "outside"
    (root / "real").mkdir(parents=True)
    outside.mkdir()
    (outside / "secret.csv").write_text("x")
    (root / "real" / "a.csv").write_text("x")
    (root / "to_secret.csv").symlink_to(outside / "secret.csv")
    (root / "to_outside").symlink_to(outside)
    (root / "to_a.csv").symlink_to(root / "real" / "a.csv")
    (root / "to_real").symlink_to("real")
    (root / "dangling.csv").symlink_to(root / "nothing")
    assert names(root) == ["real/a.csv", "to_a.csv", "to_real/a.csv"]


def test_links_in_circles_end(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "x.csv").write_text("x")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "self").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "b").symlink_to(tmp_path / "b")
    (tmp_path / "b" / "a").symlink_to(tmp_path / "a")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert names(tmp_path) == ["a/x.csv", "b/a/x.csv"]


def test_the_root_may_be_a_link_itself(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / "a.csv").write_text("x")
    (tmp_path / "landing").symlink_to(tmp_path / "disk")
    assert names(tmp_path / "landing") == ["a.csv"]


def test_only_regular_files_count(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket.csv"))
        (tmp_path / "a.csv").write_text("")
        assert names(tmp_path) == ["a.csv"]
        assert SERVICE.find(DataLocation.from_path(tmp_path / "pipe.csv")) is None
        assert SERVICE.find(DataLocation.from_path(tmp_path)) is None


def test_what_vanishes_while_it_is_listed_is_left_out(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv", "c.csv", "d/e.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    listing = SERVICE.list(Landing(DataLocation.from_path(tmp_path), "**"))
    assert next(listing).location.name == "a.csv"
    (tmp_path / "b.csv").unlink()
    (tmp_path / "d" / "e.csv").unlink()
    (tmp_path / "d").rmdir()
    assert [each.location.name for each in listing] == ["c.csv"]


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed").mkdir()
    scandir = os.scandir

    def refuse(path: bytes) -> object:
        if path.endswith(b"closed"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)  # permissions do not bind root, so they cannot be tested as root
    with pytest.raises(Unavailable, match=r"closed' cannot be listed .Permission denied."):
        names(tmp_path)
    assert names(tmp_path, "*.csv") == []  # a pattern that does not reach it does not read it


def test_a_missing_root_is_empty_but_not_reachable(tmp_path: Path) -> None:
    landing = Landing(DataLocation.from_path(tmp_path / "later"), "*.csv")
    assert list(SERVICE.list(landing)) == []
    assert not SERVICE.is_reachable(landing)
    (tmp_path / "later").mkdir()
    assert SERVICE.is_reachable(landing)


def test_a_root_that_is_a_file_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Unavailable, match="file' cannot be listed"):
        names(tmp_path / "file")
    assert not SERVICE.is_reachable(Landing(DataLocation.from_path(tmp_path / "file"), "*"))


def test_a_landing_elsewhere_is_not_local() -> None:
    with pytest.raises(InvalidInput, match="not a local file"):
        list(SERVICE.list(Landing(DataLocation("s3://bucket/orders"), "*.csv")))


def test_a_file_tells_its_version_and_its_last_change(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("abc")
    os.utime(path, ns=(0, 1_000_000_000))
    found = SERVICE.find(DataLocation.from_path(path))
    assert found is not None
    assert found.version_token == VersionToken.of_file(3, 1_000_000_000)
    assert abs(found.changed_at - datetime.now(UTC)) < timedelta(
        minutes=1
    )  # its ctime: the mtime is copied, moved or set


def test_a_time_beyond_the_calendar_is_its_end(tmp_path: Path) -> None:
    assert local._moment(10**21) == datetime.max.replace(tzinfo=UTC)


def test_names_that_no_system_takes_are_not_found(tmp_path: Path) -> None:
    assert SERVICE.find(DataLocation("file:///a%00b")) is None
    assert SERVICE.find(DataLocation.from_path(tmp_path / ("x" * 300))) is None


def test_any_bytes_make_a_name(tmp_path: Path) -> None:
    everything = bytes(value for value in range(1, 256) if value != ord("/"))
    parts = [b"x" + everything[at : at + 32] for at in range(0, len(everything), 32)]
    for part in parts:
        with open(os.path.join(os.fsencode(tmp_path), part), "wb"):  # noqa: PTH118, PTH123
            pass
    listed = [found.location for found in SERVICE.list(Landing(DataLocation.from_path(tmp_path), "x*"))]
    kept = {part for part in parts if not part.endswith((b"~", b".tmp"))}
    assert {os.path.basename(os.fsencode(location.path)) for location in listed} == kept  # noqa: PTH119
    assert all(location.uri.isascii() and SERVICE.find(location) for location in listed)


def test_folders_that_the_pattern_cannot_reach_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("2024/01", "2025/01/deep", "other/x"):
        (tmp_path / folder).mkdir(parents=True)
    read: list[str] = []
    scandir = os.scandir

    def noted(path: bytes) -> object:
        read.append(os.path.relpath(os.fsdecode(path), tmp_path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", noted)
    names(tmp_path, "202?/*/*.csv")
    assert read == [".", "2024", "2024/01", "2025", "2025/01"]


def test_what_stands_as_it_is_known_is_counted_and_left_out(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv", "ü \n.csv", "z/c.csv", "z.csv", "note.txt", ".hidden.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    landing = Landing(DataLocation.from_path(tmp_path), "**/*.csv")
    every = {each.location.uri: each.version_token.value for each in SERVICE.list(landing)}
    asked: list[tuple[str, str]] = []

    def known(first: str, last: str) -> str:
        asked.append((first, last))
        lines = [version_at(uri, token) for uri, token in every.items() if not uri.endswith("/b.csv")]
        return "\n".join(reversed(lines))

    (tmp_path / "z.csv").write_text("newer")
    (page,) = SERVICE.pages(landing, known=known)
    assert [each.location.path.name for each in page.files] == ["b.csv", "z.csv"]
    assert (page.known, page.position) == (3, None)
    root = f"{landing.root.uri}/"
    assert asked == [(root, root + "\x7f")]


@pytest.mark.parametrize("most", [1, 2, 100])
@pytest.mark.parametrize("is_of_folders", [False, True])
def test_what_is_known_and_not_there_is_missing_wherever_it_stood(
    tmp_path: Path, most: int, *, is_of_folders: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "_COMPARED", most)
    monkeypatch.setattr(listing, "_PAGE", most)
    names = ["0", "a", "a b", "a-", "b/0", "b/z", "c", "~"]
    for name in names:
        folder = tmp_path / name
        (folder if is_of_folders else folder.parent).mkdir(parents=True, exist_ok=True)
        (folder / "part-0" if is_of_folders else folder).write_text("x")
    landing = Landing(DataLocation.from_path(tmp_path), "**/*/" if is_of_folders else "**")
    every = {each.location.uri: each.version_token.value for each in SERVICE.list(landing)}

    def known(first: str, last: str) -> str:
        return "\n".join(version_at(uri, token) for uri, token in every.items() if first <= uri <= last)

    assert [page.missing for page in SERVICE.pages(landing, known=known) if page.missing] == []
    for gone in (*every, *combinations(every, 2), tuple(every)):
        deleted = (gone,) if isinstance(gone, str) else gone
        told = tmp_path.with_name("told")
        shutil.copytree(tmp_path, told, dirs_exist_ok=True, copy_function=shutil.copy2)
        for uri in deleted:
            path = DataLocation(uri).path
            shutil.rmtree(path, ignore_errors=True) if is_of_folders else path.unlink()
        pages = list(SERVICE.pages(landing, known=known))
        assert {uri for page in pages for uri in page.missing} >= {*deleted}
        assert all(SERVICE.find(DataLocation(uri)) is None for page in pages for uri in page.missing)
        shutil.rmtree(tmp_path)
        shutil.copytree(told, tmp_path, copy_function=shutil.copy2)
        shutil.rmtree(told)


def test_a_landing_of_which_all_is_known_tells_nothing(tmp_path: Path) -> None:
    for name in ("a.csv", "a/b.csv", "a/c.csv", "a-b.csv", "a%20.csv", "b/b.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    landing = Landing(DataLocation.from_path(tmp_path), "**")
    lines = [version_at(each.location.uri, each.version_token.value) for each in SERVICE.list(landing)]
    (page,) = SERVICE.pages(landing, known=lambda _first, _last: "\n".join(lines))
    assert (page.files, page.known) == ((), 6)
    assert lines == sorted(lines)  # as the catalog tells them, so that all are compared at once


def test_what_is_no_file_any_more_when_it_is_compared_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "_COMPARED", 1)
    for name in "abcd":
        (tmp_path / name).write_text("x")
    pages = SERVICE.pages(Landing(DataLocation.from_path(tmp_path), "*"), known=lambda _first, _last: "")
    found = [next(pages)]
    for name in "cd":
        (tmp_path / name).unlink()
    os.mkfifo(tmp_path / "d")
    found += pages
    assert [[file.location.name for file in page.files] for page in found] == [["a"], ["b"], [], []]


@pytest.mark.parametrize("most", [1, 2, 3, 7])
def test_a_bulk_comparison_goes_on_behind_any_page(tmp_path: Path, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "_COMPARED", most)
    for number in range(6):
        (tmp_path / f"{number}.csv").write_text("x")
    landing = Landing(DataLocation.from_path(tmp_path), "*.csv")
    pages = list(SERVICE.pages(landing, known=lambda _first, _last: ""))
    assert [each.location.path.name for page in pages for each in page.files] == [f"{n}.csv" for n in range(6)]
    for page in pages[:-1]:
        rest = SERVICE.pages(landing, after=page.position, known=lambda _first, _last: "")
        behind = [each.location.uri for each in page.files][-1]
        assert min(each.location.uri for page in rest for each in page.files) > behind
