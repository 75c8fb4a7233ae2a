"""Keys, patterns, tokens and notifications of buckets, without a bucket."""

import json
from datetime import UTC, datetime

import pytest

from data_management.domain.models import DataLocation, Landing, NewObjects, VersionToken
from data_management.errors import InvalidInput
from data_management.infrastructure.data_sources.s3.names import (
    date_prefixes,
    folder_of,
    is_flat,
    literal_head,
    relative,
    root_prefix,
)
from data_management.infrastructure.data_sources.s3.notifications import Notice, NotUnderstood, newest, notices_of
from data_management.infrastructure.data_sources.s3.objects import ObjectVersion, Wanted, object_request

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "key",
    [
        "a.csv", "a b+c%20d.csv", "../../etc/passwd", "/leading//double.csv", "new\nline\t.csv", "数据/é.csv", "a?b#c.csv",
        "trailing./.", "\x00\x7f", "e\u0301", "s3://other/bucket", "é" * 512,
    ],
)  # fmt: skip
def test_a_key_survives_the_way_to_a_location_and_back(key: str) -> None:
    location = DataLocation.of_object("bucket", key)
    assert (location.scheme, location.bucket, location.object_key) == ("s3", "bucket", key)
    assert location.uri.isascii()
    assert location.uri.isprintable()


def test_a_local_file_has_no_bucket() -> None:
    with pytest.raises(InvalidInput, match="in no bucket"):
        _ = DataLocation("file:///a").bucket


@pytest.mark.parametrize(
    ("pattern", "head", "flat"),
    [
        ("*.csv", "", True),
        ("flights_2*.csv", "flights_2", True),
        ("2026/**/*.csv", "2026/", False),
        ("2026-??/x.csv", "2026-", False),
        ("[ab]*.csv", "", True),
        ("x.csv", "x.csv", True),
        ("**", "", False),
    ],
)
def test_a_listing_begins_with_what_a_pattern_says_for_sure(pattern: str, head: str, *, flat: bool) -> None:
    assert (literal_head(pattern), is_flat(pattern)) == (head, flat)


def test_the_root_of_a_whole_bucket_is_empty() -> None:
    assert root_prefix(Landing(DataLocation.of_object("bucket", ""), "*")) == ""
    assert root_prefix(Landing(DataLocation.of_object("bucket", "a/b"), "*")) == "a/b/"


def test_a_key_of_a_folder_is_no_file() -> None:
    assert relative("in/a.csv", "in/", "**") == "a.csv"
    assert [relative(key, "in/", "**") for key in ("in/", "in/sub/", "in/_SUCCESS", "in/.x/a.csv")] == [None] * 4


def test_the_outermost_folder_that_matches_is_the_data_asset() -> None:
    assert folder_of("in/d1/part-0.csv", "in/", "*/") == "in/d1/"
    assert folder_of("in/d1/deep/part-0.csv", "in/", "*/") == "in/d1/"
    assert folder_of("in/y/d1/part-0.csv", "in/", "*/*/") == "in/y/d1/"
    assert folder_of("in/a.csv", "in/", "*/") is None
    assert folder_of("in/_temporary/a.csv", "in/", "*/") is None


def test_date_prefixes_reach_from_before_the_last_arrival_to_tomorrow() -> None:
    by_day = NewObjects(date_prefix="%Y/%m/%d/", overlap_days=2)
    assert date_prefixes(by_day, NOON, NOON) == [
        "2026/02/27/", "2026/02/28/", "2026/03/01/", "2026/03/02/",
    ]  # fmt: skip
    assert date_prefixes(NewObjects(date_prefix="%Y-%m", overlap_days=1), NOON, NOON) == ["2026-02", "2026-03"]
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    assert len(date_prefixes(by_day, long_ago, NOON)) == 62 + 2 + 2
    assert len(date_prefixes(NewObjects(date_prefix="%Y%m%d%H", overlap_days=0), NOON, NOON)) == 25


def test_the_token_of_an_object_says_what_is_to_be_read() -> None:
    multipart = ObjectVersion(size=7, modified=1_700_000_000, etag="0123-12")
    assert multipart.token.value == "7-1700000000-0123-12"
    wanted = Wanted.of(multipart.token)
    assert wanted == Wanted(7, 1_700_000_000, etag="0123-12")
    versioned = ObjectVersion(size=7, modified=1, etag="0123", version_id="a@b-c.d+/")
    assert Wanted.of(versioned.token) == Wanted(7, version_id="a@b-c.d+/")


@pytest.mark.parametrize("version", [None, "null"])
def test_the_null_version_is_no_version_as_it_is_overwritten_in_place(version: str | None) -> None:
    headers = {"ContentLength": 1, "LastModified": NOON, "ETag": 'W/"abc"', "VersionId": version}
    seen = ObjectVersion.of_headers(headers, versioned=True)
    assert (seen.version_id, seen.etag) == (None, "abc")


def record(key: str, **more: str) -> dict[str, object]:
    return {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "b"}, "object": {"key": key, **more}}}


PLAIN = json.dumps({"Records": [record("in/a+b%2Bc%C3%A9.csv", sequencer="0A"), record("in/x.csv")]})


def test_keys_of_notifications_are_encoded_as_in_forms() -> None:
    expected = (Notice("b", "in/a b+cé.csv", "0A"), Notice("b", "in/x.csv"))
    assert notices_of(PLAIN) == expected
    assert notices_of(json.dumps({"Type": "Notification", "Message": PLAIN, "TopicArn": "x"})) == expected


def test_keys_of_event_bridge_are_as_they_are() -> None:
    detail = {"bucket": {"name": "b"}, "object": {"key": "in/a+b%20c.csv", "sequencer": "1"}}
    body = json.dumps({"source": "aws.s3", "detail-type": "Object Created", "detail": detail})
    assert notices_of(body) == (Notice("b", "in/a+b%20c.csv", "1"),)


def test_a_test_message_tells_nothing() -> None:
    assert notices_of(json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"})) == ()


@pytest.mark.parametrize(
    "body",
    ["", "no json", "[]", "{}", "null", '{"Records": {}}', '{"Records": [{"s3": {}}]}', '{"Records": [1]}',
     '{"Type": "Notification"}', '{"source": "aws.s3", "detail": {}}', "[" * 100_000,
     json.dumps({"Records": [record("%FF.csv")]})],
)  # fmt: skip
def test_what_makes_no_sense_is_not_understood(body: str) -> None:
    with pytest.raises(NotUnderstood):
        notices_of(body)


def test_of_several_notices_of_a_key_the_last_counts_however_long_its_number() -> None:
    notices = [Notice("b", "k", "00FF"), Notice("b", "k", "0000100"), Notice("b", "k", "9"), Notice("b", "other", "1")]
    assert newest(iter(notices)) == [Notice("b", "k", "0000100"), Notice("b", "other", "1")]


@pytest.mark.parametrize(
    ("uri", "token", "request_"),
    [
        ("s3://b/a%20b.csv", "12@v.1_x", {"Bucket": "b", "Key": "a b.csv", "VersionId": "v.1_x"}),
        ("s3://b/k.csv", "12-1700000000-abc-2", {"Bucket": "b", "Key": "k.csv", "IfMatch": '"abc-2"'}),
        ("s3://b/k.csv", "12-1700000000-", {"Bucket": "b", "Key": "k.csv"}),
        ("s3://b/folder/", "2-12-1700000000-0123456789abcdef!", None),
        ("file:///a.csv", "12-1700000000", None),
    ],
)
def test_an_object_says_how_this_version_of_it_is_read(uri: str, token: str, request_: dict[str, str] | None) -> None:
    assert object_request(DataLocation(uri), VersionToken(token)) == request_
