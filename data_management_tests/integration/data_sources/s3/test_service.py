"""What is looked at in a bucket, and in which portions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from data_management.application.ports import ListedPage
from data_management.application.views import LastArrival
from data_management.domain.models import Landing, NewObjects
from data_management.infrastructure.aws import AwsClients
from data_management.infrastructure.data_sources.s3 import S3DataLocationService
from data_management_tests.integration.data_sources.s3.conftest import Bucket

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def service(clients: AwsClients) -> S3DataLocationService:
    return S3DataLocationService(clients, clock=lambda: NOW, page_keys=3)


def keys(pages: list[ListedPage]) -> list[str]:
    return [file.location.object_key for page in pages for file in page.files]


def test_a_listing_goes_on_behind_the_last_key_of_a_page(bucket: Bucket, service: S3DataLocationService) -> None:
    names = [f"in/{number:02}.csv" for number in range(8)]
    for name in names:
        bucket.put(name)
    seen: list[str] = []
    after, looks = None, 0
    while looks == 0 or after is not None:
        page = next(service.pages(bucket.landing(), after=after))
        seen += [file.location.object_key for file in page.files]
        after, looks = page.position, looks + 1
    assert (seen, looks) == (names, 3)


def test_a_page_ends_though_none_of_its_keys_is_taken(bucket: Bucket, service: S3DataLocationService) -> None:
    for number in range(7):
        bucket.put(f"in/{number}.json")
    pages = list(service.pages(bucket.landing()))
    assert [len(page.files) for page in pages] == [0, 0, 0]
    assert [page.position is None for page in pages] == [False, False, True]


def test_folders_below_are_not_listed_where_no_file_can_be_in_them(
    bucket: Bucket, service: S3DataLocationService
) -> None:
    bucket.put("in/a.csv")
    for number in range(20):
        bucket.put(f"in/archive/{number}.csv")
    bucket.put("in/z.csv")
    pages = list(service.pages(bucket.landing()))
    assert keys(pages) == ["in/a.csv", "in/z.csv"]
    assert len(pages) == 1


def test_keys_that_are_monotonic_are_listed_from_the_last_on(bucket: Bucket, service: S3DataLocationService) -> None:
    for name in ("in/1.csv", "in/2.csv", "in/3.csv"):
        bucket.put(name)
    landing = bucket.landing(new_objects=NewObjects(monotonic=True))
    last = LastArrival(bucket.at("in/2.csv"), NOW)
    assert keys(list(service.pages(landing, last=last))) == ["in/3.csv"]
    assert keys(list(service.pages(landing))) == ["in/1.csv", "in/2.csv", "in/3.csv"]


def test_date_folders_are_listed_from_before_the_last_arrival_to_tomorrow(
    bucket: Bucket, service: S3DataLocationService
) -> None:
    days = ("02/26", "02/27", "02/28", "03/01", "03/02", "03/03")
    for day in days:
        for number in range(4):
            bucket.put(f"in/2026/{day}/{number}.csv")
    landing = bucket.landing("**/*.csv", new_objects=NewObjects(date_prefix="%Y/%m/%d/", overlap_days=1))
    last = LastArrival(bucket.at("in/2026/02/28/0.csv"), NOW - timedelta(days=1))
    expected = [f"in/2026/{day}/{number}.csv" for day in days[1:-1] for number in range(4)]
    assert keys(list(service.pages(landing, last=last))) == expected
    seen: list[str] = []
    after = None
    while page := next(service.pages(landing, last=last, after=after), None):
        seen += keys([page])
        after = page.position
        if after is None:
            break
    assert seen == expected


def test_folders_are_data_assets_once_their_marker_is_there(bucket: Bucket, service: S3DataLocationService) -> None:
    for day in ("d1", "d2", "d3"):
        bucket.put(f"in/{day}/part-0.csv", "one")
        bucket.put(f"in/{day}/part-1.csv", "three")
    bucket.put("in/d1/_SUCCESS", "")
    bucket.put("in/d3/_SUCCESS", "")
    landing = replace(bucket.landing("*/"), marker="_SUCCESS")
    found = list(service.list(landing))
    assert [file.location for file in found] == [bucket.at("in/d1/"), bucket.at("in/d3/")]
    assert {file.size_bytes for file in found} == {8}
    assert service.find(bucket.at("in/d1/"), landing.store) == found[0]
    assert keys(list(service.pages(landing, after=found[0].location.uri))) == ["in/d3/"]
    bucket.put("in/d3/part-1.csv", "other")
    again = service.find(bucket.at("in/d3/"), landing.store)
    assert again is not None
    assert again.version_token != found[1].version_token


def test_a_bucket_that_keeps_versions_tells_those_that_are_current(
    bucket: Bucket, service: S3DataLocationService
) -> None:
    bucket.put("in/old.csv", "before versions")
    bucket.keep_versions()
    for key in ("in/a.csv", "in/a.csv", "in/gone.csv", "in/z.csv"):
        bucket.put(key)
    bucket.remove("in/gone.csv")
    landing = bucket.landing(versioned=True)
    found = list(service.list(landing))
    assert [file.location.object_key for file in found] == ["in/a.csv", "in/old.csv", "in/z.csv"]
    assert [("@" in file.version_token.value) for file in found] == [True, False, True]
    assert [service.find(file.location, landing.store) for file in found] == found
    assert service.find(bucket.at("in/gone.csv"), landing.store) is None


def test_multipart_and_empty_objects_are_found_and_keys_of_folders_are_not(
    bucket: Bucket, service: S3DataLocationService
) -> None:
    s3, body = bucket.server.s3, b"x" * (5 << 20)
    upload = s3.create_multipart_upload(Bucket=bucket.name, Key="in/big.csv")["UploadId"]
    parts = [
        {"PartNumber": number, "ETag": s3.upload_part(
            Bucket=bucket.name, Key="in/big.csv", UploadId=upload, PartNumber=number, Body=body)["ETag"]}
        for number in (1, 2)
    ]  # fmt: skip
    assert list(service.list(bucket.landing())) == []
    s3.complete_multipart_upload(
        Bucket=bucket.name, Key="in/big.csv", UploadId=upload, MultipartUpload={"Parts": parts}  # type: ignore[typeddict-item]
    )
    bucket.put("in/", "")
    bucket.put("in/sub/", "")
    bucket.put("in/empty.csv", "")
    found = list(service.list(bucket.landing("**")))
    assert [(file.location.object_key, file.size_bytes) for file in found] == [
        ("in/big.csv", 10 << 20),
        ("in/empty.csv", 0),
    ]
    assert found[0].version_token.value.endswith("-2")


def test_a_bucket_is_reachable_or_not(bucket: Bucket, service: S3DataLocationService) -> None:
    assert service.is_reachable(bucket.landing())
    nowhere: Landing = replace(bucket.landing(), root=Bucket(bucket.server, "nobody-has-this").at("in"))
    assert not service.is_reachable(nowhere)


def test_a_whole_bucket_can_be_a_landing(bucket: Bucket, service: S3DataLocationService) -> None:
    for key in ("a.csv", "/leading.csv", "in/../b.csv"):
        bucket.put(key)
    assert keys(list(service.pages(bucket.landing("**", root="")))) == ["/leading.csv", "a.csv"]
