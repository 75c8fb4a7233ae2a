"""The version that was listed is what is read, or nothing."""

from pathlib import Path

import pytest

from data_management.domain.models import VersionToken
from data_management.errors import Rejected, Unavailable
from data_management.infrastructure.aws import AwsClients
from data_management.infrastructure.data_sources.s3 import S3DataLocationService, S3Fetcher
from data_management.infrastructure.data_sources.staging import AnotherVersion
from data_management_tests.integration.data_sources.s3.conftest import Bucket
from data_management_tests.servers.buckets import S3Server


@pytest.fixture(params=["moto", "rclone"])
def any_bucket(request: pytest.FixtureRequest) -> Bucket:
    server: S3Server = request.getfixturevalue(request.param)
    return Bucket(server, server.new_bucket())


@pytest.fixture
def fetcher(clients: AwsClients) -> S3Fetcher:
    return S3Fetcher(clients)


def token_of(bucket: Bucket, clients: AwsClients, key: str, *, versioned: bool = False) -> VersionToken:
    found = S3DataLocationService(clients).find(bucket.at(key), bucket.landing(versioned=versioned).store)
    assert found is not None
    return found.version_token


def test_an_object_is_fetched_whole(
    any_bucket: Bucket, fetcher: S3Fetcher, clients: AwsClients, tmp_path: Path
) -> None:
    content = bytes(range(256)) * 10_000
    any_bucket.put("in/a.csv", content)
    token = token_of(any_bucket, clients, "in/a.csv")
    assert fetcher.size_of(any_bucket.at("in/a.csv"), token) == len(content)
    fetcher.fetch(any_bucket.at("in/a.csv"), token, any_bucket.landing().store, tmp_path / "0")
    assert (tmp_path / "0").read_bytes() == content


@pytest.mark.parametrize("change", ["overwritten", "same size", "removed"])
def test_an_object_that_is_another_by_now_is_not_fetched(
    any_bucket: Bucket, fetcher: S3Fetcher, clients: AwsClients, tmp_path: Path, change: str
) -> None:
    any_bucket.put("in/a.csv", "one")
    token = token_of(any_bucket, clients, "in/a.csv")
    if change == "removed":
        any_bucket.remove("in/a.csv")
    else:
        any_bucket.put("in/a.csv", "two" if change == "same size" else "another")
    with pytest.raises(AnotherVersion):
        fetcher.fetch(any_bucket.at("in/a.csv"), token, any_bucket.landing().store, tmp_path / "0")


def test_a_version_is_fetched_though_a_newer_one_stands_there(
    bucket: Bucket, fetcher: S3Fetcher, clients: AwsClients, tmp_path: Path
) -> None:
    bucket.keep_versions()
    bucket.put("in/a.csv", "one")
    token = token_of(bucket, clients, "in/a.csv", versioned=True)
    bucket.put("in/a.csv", "another")
    fetcher.fetch(bucket.at("in/a.csv"), token, bucket.landing(versioned=True).store, tmp_path / "0")
    assert (tmp_path / "0").read_text() == "one"


def test_a_folder_is_fetched_with_its_parts_or_not_at_all(
    bucket: Bucket, fetcher: S3Fetcher, clients: AwsClients, tmp_path: Path
) -> None:
    for key in ("in/d/p-0.csv", "in/d/p-1.csv", "in/d/_SUCCESS", "in/d/below/x.csv"):
        bucket.put(key, key)
    token = token_of(bucket, clients, "in/d/")
    fetcher.fetch(bucket.at("in/d/"), token, bucket.landing().store, tmp_path / "0")
    assert sorted(path.name for path in (tmp_path / "0").iterdir()) == ["below", "p-0.csv", "p-1.csv"]
    assert (tmp_path / "0" / "p-1.csv").read_text() == "in/d/p-1.csv"
    bucket.put("in/d/p-2.csv", "late")
    with pytest.raises(AnotherVersion):
        fetcher.fetch(bucket.at("in/d/"), token, bucket.landing().store, tmp_path / "1")


def test_an_object_that_is_archived_is_rejected(
    bucket: Bucket, fetcher: S3Fetcher, clients: AwsClients, tmp_path: Path
) -> None:
    bucket.server.s3.put_object(Bucket=bucket.name, Key="in/cold.csv", Body=b"x", StorageClass="GLACIER")
    token = token_of(bucket, clients, "in/cold.csv")
    with pytest.raises(Rejected, match=r"'cold\.csv' is archived; restore it"):
        fetcher.fetch(bucket.at("in/cold.csv"), token, bucket.landing().store, tmp_path / "0")


def test_a_bucket_that_is_gone_is_no_fault_of_its_objects(
    bucket: Bucket, fetcher: S3Fetcher, clients: AwsClients, tmp_path: Path
) -> None:
    bucket.put("in/a.csv")
    token = token_of(bucket, clients, "in/a.csv")
    gone = Bucket(bucket.server, "nobody-has-this")
    with pytest.raises(Unavailable, match="does not exist"):
        fetcher.fetch(gone.at("in/a.csv"), token, gone.landing().store, tmp_path / "0")


def test_a_token_of_another_storage_is_another_version(bucket: Bucket, fetcher: S3Fetcher) -> None:
    assert fetcher.size_of(bucket.at("in/a.csv"), VersionToken("v1")) is None
