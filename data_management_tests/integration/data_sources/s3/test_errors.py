"""What goes wrong with a storage is said once, with what to do, and without a secret."""

from pathlib import Path

import pytest

from data_management.domain.models import DataLocation, Landing, ObjectStore
from data_management.errors import Unavailable
from data_management.infrastructure.aws import AwsClients, translated
from data_management.infrastructure.data_sources.s3 import S3DataLocationService
from data_management_tests.integration.data_sources.s3.conftest import Bucket
from data_management_tests.servers.buckets import ACCESS_KEY, SECRET_KEY, S3Server


def problem(clients: AwsClients, landing: Landing) -> str:
    with pytest.raises(Unavailable) as caught:
        list(S3DataLocationService(clients).list(landing))
    shown = caught.value.message
    assert ACCESS_KEY not in shown
    assert SECRET_KEY not in shown
    return shown


def test_a_bucket_that_does_not_exist(clients: AwsClients, bucket: Bucket) -> None:
    landing = Bucket(bucket.server, "nobody-has-this").landing()
    assert problem(clients, landing) == (
        f"bucket 'nobody-has-this' at {bucket.server.url} does not exist; create it, or mend the server in the contract"
    )


def test_a_secret_that_is_wrong(clients: AwsClients, rclone: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = Bucket(rclone, rclone.new_bucket())
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    assert "refuses the credentials (SignatureDoesNotMatch); mend the AWS settings" in problem(
        clients, bucket.landing()
    )


def test_no_credentials(clients: AwsClients, bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert "there are no credentials; set AWS_ACCESS_KEY_ID" in problem(clients, bucket.landing())


def test_a_profile_that_nobody_wrote(clients: AwsClients) -> None:
    landing = Landing(DataLocation.of_object("bucket", "in"), "*", store=ObjectStore(profile="prod"))
    assert "the profile 'prod' is in no AWS configuration file; add it, or name another" in problem(clients, landing)


def test_a_profile_brings_its_credentials_and_region(
    clients: AwsClients, bucket: Bucket, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.write_text(
        f"[profile prod]\nregion = eu-west-1\naws_access_key_id = {ACCESS_KEY}\naws_secret_access_key = {SECRET_KEY}\n"
        f"endpoint_url = {bucket.server.url}\n"
    )
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    bucket.put("in/a.csv")
    landing = Landing(bucket.at("in"), "*.csv", store=ObjectStore(profile="prod"))
    assert [file.location for file in S3DataLocationService(clients).list(landing)] == [bucket.at("in/a.csv")]


def test_an_endpoint_where_nobody_listens(clients: AwsClients, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)  # between botocore's tries
    store = ObjectStore(endpoint_url="http://127.0.0.1:9")
    landing = Landing(DataLocation.of_object("bucket", "in"), "*", store=store)
    assert problem(clients, landing) == (
        "bucket 'bucket' at http://127.0.0.1:9 cannot be reached (EndpointConnectionError); check the network and the "
        "endpoint's URL, it is tried again later"
    )


def test_versions_of_a_store_that_has_none(clients: AwsClients, rclone: S3Server) -> None:
    bucket = Bucket(rclone, rclone.new_bucket())
    assert "remove 'versioned' from the server" in problem(clients, bucket.landing(versioned=True))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("AccessDenied", "may not be used with these credentials (AccessDenied); grant s3:ListBucket"),
        ("ExpiredToken", "refuses credentials that have expired (ExpiredToken); log in again"),
        ("InvalidAccessKeyId", "refuses the credentials (InvalidAccessKeyId)"),
        ("SlowDown", "is overloaded or out of order (SlowDown); nothing was lost, it is tried again later"),
        ("503", "is overloaded or out of order (503)"),
        ("PermanentRedirect", "is in another region (PermanentRedirect); set AWS_REGION"),
        ("AuthorizationHeaderMalformed", "is in another region"),
        ("RequestTimeTooSkewed", "refuses this machine's time (RequestTimeTooSkewed); set its clock"),
        ("NeverHeardOf", "answers NeverHeardOf; look it up"),
        ("", "answers an error without a code"),
    ],
)
def test_what_a_storage_answers_says_what_to_do(code: str, expected: str) -> None:
    from botocore.exceptions import ClientError

    error = ClientError({"Error": {"Code": code, "Message": "arn:aws:iam::canary"}}, "ListObjectsV2")
    shown = translated(error, "bucket 'orders'", None, "s3:ListBucket").message
    assert shown.startswith(f"bucket 'orders' {expected}")
    assert "canary" not in shown
