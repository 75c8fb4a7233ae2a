from pathlib import Path

import pytest

from data_management.domain.models import FileFormat, Landing, NewObjects, ObjectStore
from data_management_tests.unit.infrastructure.contracts.examples import (
    HEAD,
    dataset_of,
    only_problem,
    with_schema,
)

FLIGHTS = "- name: flights"


def landing_of(folder: Path, server: str) -> Landing:
    landing = dataset_of(folder, with_schema(FLIGHTS, f"servers: [{{type: s3, {server}}}]\n")).landing
    assert landing is not None
    return landing


def custom(**properties: object) -> str:
    listed = ", ".join(f"{{property: {name}, value: {value}}}" for name, value in properties.items())
    return f"customProperties: [{listed}]"


@pytest.mark.parametrize(
    ("location", "root", "pattern"),
    [
        ("s3://bucket/in/*.csv", "s3://bucket/in", "*.csv"),
        ("s3://bucket/in/**/*.csv", "s3://bucket/in", "**/*.csv"),
        ("s3://bucket/in/2024-??/x.csv", "s3://bucket/in", "2024-??/x.csv"),
        ("s3://bucket/in", "s3://bucket/in", "*"),
        ("s3://bucket/in/", "s3://bucket/in", "*"),
        ("s3://bucket/in/x.csv.gz", "s3://bucket/in", "x.csv.gz"),
        ("s3://bucket", "s3://bucket/", "*"),
        ("s3://bucket/", "s3://bucket/", "*"),
        ("s3://bucket/*.csv", "s3://bucket/", "*.csv"),
        ("s3://bucket/in/*/", "s3://bucket/in", "*/"),
        ("s3://bucket/a b+c%/../é/*.csv", "s3://bucket/a%20b%2Bc%25/../%C3%A9", "*.csv"),
    ],
)
def test_a_location_is_split_at_its_first_wildcard_and_taken_as_it_is_written(
    tmp_path: Path, location: str, root: str, pattern: str
) -> None:
    landing = landing_of(tmp_path, f"location: '{location}'")
    assert (landing.root.uri, landing.pattern) == (root, pattern)
    assert landing.is_of_folders == (pattern == "*/")
    assert landing.store == ObjectStore()


def test_an_s3_server_says_how_its_bucket_is_reached_and_its_files_are_read(tmp_path: Path) -> None:
    server = "location: 's3://b/in/*.csv', endpointUrl: 'https://minio.example.org:9000', format: csv, delimiter: ';', "
    landing = landing_of(tmp_path, server + custom(profile="prod", versioned="true", header="false"))
    assert landing.store == ObjectStore("https://minio.example.org:9000", "prod", versioned=True)
    assert (landing.options.format, landing.options.delimiter, landing.options.header) == (FileFormat.CSV, ";", False)
    assert landing.new_objects is None


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"monotonicKeys": "true"}, NewObjects(monotonic=True)),
        ({"datePrefix": "'%Y/%m/%d/'"}, NewObjects(date_prefix="%Y/%m/%d/", overlap_days=1)),
        ({"datePrefix": "'day=%Y%j'", "overlapDays": 3}, NewObjects(date_prefix="day=%Y%j", overlap_days=3)),
        ({"eventQueue": "'https://sqs.eu-central-1.amazonaws.com/1/q'"}, NewObjects(
            event_queue="https://sqs.eu-central-1.amazonaws.com/1/q")),
        ({"monotonicKeys": "false"}, None),
    ],
)  # fmt: skip
def test_a_server_may_say_where_new_objects_are_found(
    tmp_path: Path, properties: dict[str, object], expected: NewObjects | None
) -> None:
    assert landing_of(tmp_path, f"location: 's3://b/in/*.csv', {custom(**properties)}").new_objects == expected


@pytest.mark.parametrize(
    ("server", "problem"),
    [
        ("type: s3", ".location: the s3 server has no location; add 'location: s3://bucket/orders/*.csv'"),
        ("location: /data/in", ".location: the location '/data/in' is not in a bucket; write it as 's3://bucket"),
        ("location: 's3a://b/in'", ".location: the location 's3a://b/in' is not in a bucket"),
        ("location: 's3:///in'", ".location: the location 's3:///in' is not in a bucket"),
        ("location: 's3://bucket/x', endpointUrl: minio", ".endpointUrl: the endpoint 'minio' is no URL of a server"),
        ("location: 's3://bucket/x', endpointUrl: 'https://me:secret@host'",
         ".endpointUrl: the endpoint's URL holds credentials; remove them, and set AWS_ACCESS_KEY_ID or a profile"),
        ("location: 's3://bucket/x', format: orc", ".format: the format 'orc' is not supported"),
        ("location: 's3://bucket/x', " + custom(versioned="'yes'"), ".customProperties[0].value: 'yes' is neither true nor false"),
        ("location: 's3://bucket/x', " + custom(profile=7), ".customProperties[0].value: 7 is no text"),
        ("location: 's3://bucket/x', " + custom(datePrefix="daily"),
         ".customProperties[0].value: the date prefix 'daily' is not made of dates; write strftime's %Y, %m, %d"),
        ("location: 's3://bucket/x', " + custom(datePrefix="'%Y-%B'"), ".customProperties[0].value: the date prefix"),
        ("location: 's3://bucket/x', " + custom(overlapDays=2), ".customProperties[0].value: overlapDays is for date prefixes"),
        ("location: 's3://bucket/x', " + custom(monotonicKeys="true", datePrefix="'%Y'"),
         ": monotonicKeys and datePrefix are two ways to find new objects; keep one of them"),
        ("location: 's3://bucket/x', " + custom(eventQueue="orders"),
         ".customProperties[0].value: the endpoint 'orders' is no URL of a server"),
        ("location: 's3://bucket/*/', " + custom(eventQueue="'https://sqs.x.amazonaws.com/1/q'"),
         ".customProperties[0].value: a bucket announces objects, and no folders"),
        ("location: 's3://bucket/x', " + custom(monotonicKey="true"),
         ".customProperties[0]: the custom property 'monotonicKey' is not known; did you mean 'monotonicKeys'?"),
    ],
)  # fmt: skip
def test_an_s3_server_that_cannot_be_meant_is_a_problem(tmp_path: Path, server: str, problem: str) -> None:
    server = server if server == "type: s3" else f"type: s3, {server}"
    text = with_schema(FLIGHTS, f"servers: [{{{server}}}]\n")
    shown = only_problem(tmp_path, text)
    assert shown.startswith(f"5 servers[0]{problem}")
    assert "secret" not in shown


def test_what_is_for_buckets_is_a_problem_of_a_local_server(tmp_path: Path) -> None:
    text = with_schema(FLIGHTS, f"servers: [{{type: local, path: x, {custom(eventQueue='x')}}}]\n")
    assert "eventQueue is for buckets, and this server is a local folder" in only_problem(tmp_path, text)


def test_a_bucket_and_a_folder_cannot_both_be_the_landing(tmp_path: Path) -> None:
    servers = "servers: [{server: dev, type: local, path: x}, {server: prod, type: s3, location: 's3://bucket/x'}]\n"
    shown = only_problem(tmp_path, with_schema(FLIGHTS, servers))
    assert "two local and s3 servers could be the landing of 'flights'" in shown


def test_a_queue_is_of_one_dataset(tmp_path: Path) -> None:
    queue = custom(eventQueue="'https://sqs.x.amazonaws.com/1/q'")
    text = f"""{HEAD}
servers:
- {{server: flights, type: s3, location: 's3://bucket/flights', {queue}}}
- {{server: planes, type: s3, location: 's3://bucket/planes', {queue}}}
schema: [{{name: flights}}, {{name: planes}}]
"""
    assert "its eventQueue is that of dataset 'flights' too; give each dataset a queue" in only_problem(tmp_path, text)
