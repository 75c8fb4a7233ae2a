"""A queue of a bucket's notifications: what it tells is recorded, and only then forgotten."""

import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote_plus
from uuid import uuid4

import pytest

from data_management.application.queries import ListDataAssetsQuery
from data_management.application.services import Application, reconcile, record_landing
from data_management.domain.models import Dataset, Landing, NewObjects
from data_management.domain.services import DataValidationService
from data_management.errors import Unavailable
from data_management.infrastructure.aws import AwsClients
from data_management.infrastructure.data_sources.s3 import S3DataLocationService, SqsLandingAnnouncements
from data_management_tests.fakes import FakeCatalog, FakeQualityEngine
from data_management_tests.integration.data_sources.s3.conftest import Bucket
from data_management_tests.servers.moto import Moto


@dataclass
class Queue:
    moto: Moto
    url: str
    bucket: Bucket

    @cached_property
    def sqs(self) -> Any:
        return self.moto.client("sqs")

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body)

    def tell(self, *keys: str, event: str = "ObjectCreated:Put", sequencer: str = "01") -> None:
        for key in keys:
            self.send(json.dumps(self.told(key, event, sequencer)))

    def told(self, key: str, event: str = "ObjectCreated:Put", sequencer: str = "01") -> dict[str, Any]:
        about = {"key": quote_plus(key), "sequencer": sequencer}
        return {"Records": [{"eventName": event, "s3": {"bucket": {"name": self.bucket.name}, "object": about}}]}

    @property
    def left(self) -> int:
        """Messages that are not deleted, hidden ones too."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)
        return sum(int(found["Attributes"][name]) for name in names)


@pytest.fixture
def queue(moto: Moto, bucket: Bucket) -> Queue:
    name = f"queue-{uuid4().hex[:8]}"
    url = moto.client("sqs").create_queue(QueueName=name, Attributes={"VisibilityTimeout": "0"})["QueueUrl"]
    return Queue(moto, url, bucket)


class World:
    """A catalog in memory over a real bucket and a real queue."""

    def __init__(self, clients: AwsClients, landing: Landing) -> None:
        files = S3DataLocationService(clients)
        self.catalog = FakeCatalog()
        self.dataset = Dataset(name="orders", contract_id="orders", contract_version="1", landing=landing)
        self.app = Application(
            unit_of_work=self.catalog.unit_of_work,
            reader=self.catalog.reader(),
            engine=FakeQualityEngine(),
            locations=files,
            announcements=SqsLandingAnnouncements(files, clients, wait_seconds=0),
            clock=lambda: datetime.now(UTC),
            validation=DataValidationService(),
        )

    def look(self, seconds: float | None = None) -> Any:
        return record_landing(self.app, self.dataset, 0.0, self.app.deadline(seconds))

    def statuses(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for asset in self.app.ask(ListDataAssetsQuery(limit=1000, current_only=False)).assets:
            found.setdefault(asset.location.rpartition("/")[2], []).append(asset.status.value)
        return found


@pytest.fixture
def world(clients: AwsClients, bucket: Bucket, queue: Queue) -> World:
    """A landing that was looked at once, when it held one file."""
    bucket.put("in/first.csv")
    world = World(clients, bucket.landing(new_objects=NewObjects(event_queue=queue.url)))
    assert world.look().new == 1
    return world


def test_what_lay_there_before_the_queue_is_found_by_the_first_look(world: World) -> None:
    assert world.statuses() == {"first.csv": ["arrived"]}


def test_the_queue_says_what_came_what_changed_and_what_went(world: World, bucket: Bucket, queue: Queue) -> None:
    bucket.put("in/new file+1.csv")
    bucket.put("in/unsaid.csv")
    queue.tell("in/new file+1.csv", "in/first.csv")
    report = world.look()
    assert (report.new, report.known, report.gone, queue.left) == (1, 1, 0, 0)
    bucket.put("in/first.csv", "another")
    bucket.remove("in/new file+1.csv")
    queue.tell("in/first.csv")
    queue.tell("in/new file+1.csv", event="ObjectRemoved:Delete")
    report = world.look()
    assert (report.new, report.newer, report.gone, queue.left) == (1, 1, 1, 0)
    assert world.statuses() == {"first.csv": ["superseded", "arrived"], "new%20file%2B1.csv": ["removed"]}
    assert reconcile(world.app, world.dataset, 0.0).arrived == 1  # what no message told
    assert world.statuses()["unsaid.csv"] == ["arrived"]


def test_order_and_repetition_of_messages_do_not_matter(world: World, bucket: Bucket, queue: Queue) -> None:
    bucket.put("in/a.csv", "last")
    queue.tell("in/a.csv", event="ObjectRemoved:Delete", sequencer="0F")
    queue.tell("in/a.csv", sequencer="10")
    queue.tell("in/a.csv", event="ObjectRemoved:Delete", sequencer="0F")
    queue.tell("in/a.csv", sequencer="10")
    world.look()
    assert world.statuses()["a.csv"] == ["arrived"]
    bucket.remove("in/a.csv")
    queue.tell("in/a.csv", sequencer="10")  # late, while the message of its removal is under way
    world.look()
    assert world.statuses()["a.csv"] == ["removed"]


def test_messages_may_be_wrapped_and_test_messages_tell_nothing(world: World, bucket: Bucket, queue: Queue) -> None:
    for key in ("in/sns.csv", "in/bridge+1.csv"):
        bucket.put(key)
    detail = {"bucket": {"name": bucket.name}, "object": {"key": "in/bridge+1.csv"}}
    queue.send(
        json.dumps({"Event": "s3:TestEvent", "Bucket": bucket.name}),
        json.dumps({"Type": "Notification", "Message": json.dumps(queue.told("in/sns.csv"))}),
        json.dumps({"source": "aws.s3", "detail-type": "Object Created", "detail": detail}),
    )
    assert world.look().new == 2
    assert queue.left == 0


def test_a_message_that_makes_no_sense_is_left_to_the_queue_and_named_in_the_log(
    world: World, bucket: Bucket, queue: Queue, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("data_management"), "propagate", True)
    caplog.set_level(logging.INFO, logger="data_management")
    queue.sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={"VisibilityTimeout": "60"})
    bucket.put("in/a.csv")
    queue.send("no message of a bucket, with a secret")
    queue.tell("in/a.csv")
    assert world.look().new == 1
    assert queue.left == 1
    (left,) = {record.message_id for record in caplog.records if "not understood" in record.message}  # type: ignore[attr-defined]
    assert left
    assert "secret" not in caplog.text


def test_other_buckets_other_folders_and_ignored_names_are_taken_and_forgotten(
    world: World, bucket: Bucket, queue: Queue
) -> None:
    for key in ("elsewhere/a.csv", "in/a.json", "in/_SUCCESS", "in/below/a.csv"):
        bucket.put(key)
        queue.tell(key)
    stranger = json.dumps(queue.told("in/a.csv")).replace(bucket.name, "another-bucket")
    queue.send(stranger)
    assert world.look().new == 0
    assert queue.left == 0


def test_a_message_is_forgotten_after_the_commit_and_not_before(world: World, bucket: Bucket, queue: Queue) -> None:
    bucket.put("in/a.csv")
    queue.tell("in/a.csv")
    world.catalog.broken = Unavailable("the catalog is away")
    with pytest.raises(Unavailable):
        world.look()
    assert queue.left == 1
    world.catalog.broken = None
    assert world.look().new == 1
    assert queue.left == 0


def test_a_look_ends_with_its_time_and_the_next_goes_on(world: World, bucket: Bucket, queue: Queue) -> None:
    bucket.put("in/a.csv")
    queue.tell("in/a.csv")
    assert world.look(seconds=-1).new == 0
    assert queue.left == 1
    assert world.look(seconds=20).new == 1


def test_a_bucket_that_announces_by_itself(world: World, bucket: Bucket, queue: Queue) -> None:
    arn = queue.sqs.get_queue_attributes(QueueUrl=queue.url, AttributeNames=["QueueArn"])
    bucket.server.s3.put_bucket_notification_configuration(
        Bucket=bucket.name,
        NotificationConfiguration={
            "QueueConfigurations": [
                {"QueueArn": arn["Attributes"]["QueueArn"], "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]}
            ]
        },
    )
    bucket.put("in/a b.csv")
    bucket.remove("in/first.csv")
    report = world.look()
    assert (report.new, report.gone) == (1, 1)


def test_a_queue_that_does_not_exist_is_said(clients: AwsClients, bucket: Bucket, queue: Queue) -> None:
    bucket.put("in/first.csv")
    url = queue.url + "-nobody"
    world = World(clients, bucket.landing(new_objects=NewObjects(event_queue=url)))
    world.look()
    with pytest.raises(Unavailable, match=f"queue '{url}'.* does not exist; create it"):
        world.look()
