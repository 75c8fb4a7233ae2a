"""One suite for the fake landing, a real folder, and buckets of two S3 servers."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from data_management.application.ports import DataLocationService, FoundFile
from data_management.domain.models import DataLocation, Landing, ObjectStore
from data_management.infrastructure.aws import AwsClients
from data_management.infrastructure.data_sources.local import LocalDataLocationService
from data_management.infrastructure.data_sources.s3 import S3DataLocationService
from data_management_tests.fakes import FakeDataLocationService
from data_management_tests.servers.buckets import S3Server, as_aws_settings

CLIENTS = AwsClients()


@dataclass
class Place:
    kind: str
    service: DataLocationService
    root: DataLocation
    put: Callable[[str, str], None]
    """Relative name, content."""
    store: ObjectStore | None = None

    def landing(self, pattern: str) -> Landing:
        return Landing(self.root, pattern, store=self.store)

    def at(self, name: str) -> DataLocation:
        if self.root.scheme == "s3":
            return DataLocation.of_object(self.root.bucket, f"{self.root.object_key}/{name}")
        return DataLocation.from_path(self.root.path / name)

    def find(self, name: str) -> FoundFile | None:
        return self.service.find(self.at(name), self.store)

    def version_of(self, file: FoundFile) -> tuple[str, ...]:
        """Location and token. rclone's listings and headers tell times some milliseconds apart: its seconds are left out."""
        token = file.version_token.value
        return (file.location.uri, *(token.split("-")[::2] if self.kind == "rclone" else [token]))

    def takes(self, name: str) -> bool:
        """Keys are UTF-8, and these two servers take no line breaks in them."""
        return self.root.scheme == "file" or ("\n" not in name and name.isprintable())

    def names(self, pattern: str) -> list[str]:
        """Sorted by code points: each storage has an order of its own."""
        found = [self.name_of(file) for file in self.service.list(self.landing(pattern))]
        assert len(found) == len(set(found))
        return sorted(found)

    def name_of(self, file: FoundFile) -> str:
        if self.root.scheme == "s3":
            return file.location.object_key.removeprefix(f"{self.root.object_key}/")
        return str(file.location.path.relative_to(self.root.path))


@pytest.fixture(params=["fake", "local", "moto", "rclone"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    root = tmp_path / "landing"
    if request.param == "fake":
        fake = FakeDataLocationService()

        def put(name: str, content: str) -> None:
            fake.put(DataLocation.from_path(root / name).uri, token=content, size_bytes=len(content))

        return Place("fake", fake, DataLocation.from_path(root), put)
    if request.param == "local":

        def write(name: str, content: str) -> None:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(content)

        return Place("local", LocalDataLocationService(), DataLocation.from_path(root), write)
    as_aws_settings(monkeypatch)
    server: S3Server = request.getfixturevalue(request.param)
    bucket = server.new_bucket()

    def upload(name: str, content: str) -> None:
        key = name.removeprefix("../") if name.startswith("../") else f"landing/{name}"
        server.put(bucket, key, content)

    service, store = S3DataLocationService(CLIENTS), ObjectStore(endpoint_url=server.url)
    return Place(request.param, service, DataLocation.of_object(bucket, "landing"), upload, store)


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


def test_files_come_in_an_order_that_pages_go_on_in(place: Place) -> None:
    for name in ("a/x", "a.csv", "a-b", "a0", "ab/c", "Z", "é", "a b", "%", "a/-", "a/~x", "a}b", "ab0"):
        place.put(name, "x")
    found = [file.location.uri for file in place.service.list(place.landing("**"))]
    assert len(found) == 13
    if place.root.scheme == "file":
        assert found == sorted(found)
    for number, uri in enumerate(found):
        pages = place.service.pages(place.landing("**"), after=uri)
        assert [file.location.uri for page in pages for file in page.files] == found[number + 1 :]


def test_the_last_page_has_no_position(place: Place) -> None:
    place.put("a.csv", "x")
    assert [page.position for page in place.service.pages(place.landing("*"))] == [None]


NAMES = (
    "it's.csv", 'a"b.csv', "new\nline.csv", "caf\udce9.csv", "50%.csv", "a#b?c.csv", "数据.csv", "a\\b", "a+b c.csv", "%2e%2e",
    "a&b=c;d.csv", "*.csv", "[a].csv", "--x.csv", "é" * 120, "x" * 250,
)  # fmt: skip


def test_names_are_data(place: Place) -> None:
    names = [name for name in NAMES if place.takes(name)]
    for name in names:
        place.put(name, "x")
    assert place.names("*") == sorted(names)
    listed = {place.name_of(file): file for file in place.service.list(place.landing("*"))}
    for name in names:
        found = place.find(name)
        assert found is not None
        assert place.version_of(found) == place.version_of(listed[name])
        assert place.name_of(found) == name


def test_another_content_is_another_version(place: Place) -> None:
    place.put("a.csv", "one")
    first = place.find("a.csv")
    place.put("a.csv", "three")
    second = place.find("a.csv")
    assert first is not None
    assert second is not None
    assert (first.size_bytes, second.size_bytes) == (3, 5)
    assert first.version_token != second.version_token
    assert [place.version_of(file) for file in place.service.list(place.landing("*"))] == [place.version_of(second)]


def test_another_content_of_the_same_second_and_size_is_another_version(place: Place) -> None:
    place.put("a.csv", "one")
    first = place.find("a.csv")
    place.put("a.csv", "two")
    second = place.find("a.csv")
    assert first is not None
    assert second is not None
    assert first.version_token != second.version_token


def test_where_nothing_stands_nothing_is_found(place: Place) -> None:
    assert place.find("a.csv") is None
    assert place.names("**") == []


def test_a_sibling_of_the_root_is_not_in_it(place: Place) -> None:
    place.put("a.csv", "x")
    place.put("../landing2/b.csv", "x")
    assert place.names("**") == ["a.csv"]


def test_only_what_a_listing_would_show_is_in_the_landing(place: Place) -> None:
    landing = place.landing("*/[a-z].csv")
    within = ["x/a.csv", "x y/b.csv", "ü/c.csv"]
    outside = ["a.csv", "x/A.csv", "x/y/a.csv", ".x/a.csv", "_x/a.csv", "x/a.csv.tmp"]
    assert [name for name in [*within, *outside] if place.service.has(landing, place.at(name))] == within
    root = place.root.uri.rstrip("/")
    ways_out = [
        "x/../../a.csv",
        "../a.csv",
        "%2e%2e/a.csv",
        "x/%2e%2e%2fa.csv",
        "./a.csv",
        "/a.csv",
        "x%00/a.csv",
        "x/a.csv/",
    ]
    assert [name for name in ways_out if place.service.has(landing, DataLocation(f"{root}/{name}"))] == []
    assert not place.service.has(landing, DataLocation(f"{root}x/x/a.csv"))
    assert not place.service.has(landing, DataLocation("postgresql://h/d#x.a"))
