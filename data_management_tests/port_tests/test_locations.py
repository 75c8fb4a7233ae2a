"""One suite for the fake landing and for a real folder."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from data_management.application.ports import DataLocationService
from data_management.domain.models import DataLocation, Landing
from data_management.infrastructure.data_sources.local import LocalDataLocationService
from data_management_tests.fakes import FakeDataLocationService


@dataclass
class Place:
    service: DataLocationService
    root: Path
    put: Callable[[str, str], None]
    """Relative name, content."""

    def names(self, pattern: str) -> list[str]:
        landing = Landing(DataLocation.from_path(self.root), pattern)
        return [str(found.location.path.relative_to(self.root)) for found in self.service.list(landing)]


@pytest.fixture(params=["fake", "local"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    root = tmp_path / "landing"
    if request.param == "fake":
        fake = FakeDataLocationService()

        def put(name: str, content: str) -> None:
            fake.put(DataLocation.from_path(root / name).uri, token=content, size_bytes=len(content))

        return Place(fake, root, put)

    def write(name: str, content: str) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)

    return Place(LocalDataLocationService(), root, write)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.csv", ["a.csv", "b.csv"]),
        ("**/*.csv", ["2025/12/c.csv", "2026/01/a.csv", "2026/x.csv", "a.csv", "b.csv"]),
        ("2026/**/*.csv", ["2026/01/a.csv", "2026/x.csv"]),
        ("2026/*.csv", ["2026/x.csv"]),
        ("*/*/*.csv", ["2025/12/c.csv", "2026/01/a.csv"]),
        ("202[56]/*/?.csv", ["2025/12/c.csv", "2026/01/a.csv"]),
        ("202[!5]/**", ["2026/01/a.csv", "2026/x.csv"]),
        ("[a-b].csv", ["a.csv", "b.csv"]),
        ("?.csv", ["a.csv", "b.csv"]),
        ("**.csv", ["2025/12/c.csv", "2026/01/a.csv", "2026/x.csv", "a.csv", "b.csv"]),
        ("a.csv", ["a.csv"]),
        ("A.csv", []),
        ("[.csv", []),
    ],
)
def test_a_pattern_stays_within_folders_unless_it_says_otherwise(
    place: Place, pattern: str, expected: list[str]
) -> None:
    for name in ("b.csv", "a.csv", "2026/01/a.csv", "2026/x.csv", "2025/12/c.csv", "readme.md"):
        place.put(name, "x")
    assert place.names(pattern) == expected


def test_hidden_and_half_written_names_are_skipped(place: Place) -> None:
    kept = ["a.csv", "tmp.csv", "x_y/part.csv"]
    skipped = [
        ".a.csv", "_SUCCESS", "_temporary/0/a.csv", ".git/a.csv", "a.csv.tmp", "a.temp", "a.csv.part", "a.partial",
        "a.crdownload", "a.csv.filepart", ".a.csv.swp", "a.csv~", "A.TMP", "up.tmp/a.csv",
    ]  # fmt: skip
    for name in [*kept, *skipped]:
        place.put(name, "x")
    assert place.names("**") == kept


def test_files_come_in_the_order_of_their_uris(place: Place) -> None:
    for name in ("a/x", "a.csv", "a-b", "a0", "ab/c", "Z", "é", "a b", "%", "a/-", "a/~x"):
        place.put(name, "x")
    landing = Landing(DataLocation.from_path(place.root), "**")
    uris = [found.location.uri for found in place.service.list(landing)]
    assert len(uris) == 11
    assert uris == sorted(uris)


@pytest.mark.parametrize(
    "name", ["it's.csv", 'a"b.csv', "new\nline.csv", "caf\udce9.csv", "50%.csv", "a#b?c.csv", "数据.csv", "a\\b"]
)
def test_names_are_data(place: Place, name: str) -> None:
    place.put(name, "x")
    assert place.names("*") == [name]
    found = place.service.find(DataLocation.from_path(place.root / name))
    assert found is not None
    assert found.location.path == place.root / name


def test_another_content_is_another_version(place: Place) -> None:
    place.put("a.csv", "one")
    location = DataLocation.from_path(place.root / "a.csv")
    first = place.service.find(location)
    place.put("a.csv", "three")
    second = place.service.find(location)
    assert first is not None
    assert second is not None
    assert (first.size_bytes, second.size_bytes) == (3, 5)
    assert first.version_token != second.version_token
    assert list(place.service.list(Landing(DataLocation.from_path(place.root), "*"))) == [second]


def test_where_nothing_stands_nothing_is_found(place: Place) -> None:
    assert place.service.find(DataLocation.from_path(place.root / "a.csv")) is None
    assert place.names("**") == []


def test_a_sibling_of_the_root_is_not_in_it(place: Place) -> None:
    place.put("a.csv", "x")
    place.put("../landing2/b.csv", "x")
    assert place.names("**") == ["a.csv"]
