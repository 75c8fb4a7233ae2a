"""Queues and topics of moto, as tests see them."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import uuid4

import pytest

from data_management_tests.servers.buckets import aws_environment
from data_management_tests.servers.moto import Moto


@cache
def _client(moto: Moto, service: str) -> Any:
    """Making one takes a second."""
    return moto.client(service)


@dataclass(frozen=True)
class Message:
    body: dict[str, Any]
    attributes: dict[str, str]

    @property
    def envelope(self) -> dict[str, Any]:
        """The event, without what SNS put around it."""
        inner: dict[str, Any] = json.loads(self.body["Message"]) if "TopicArn" in self.body else self.body
        return inner


@dataclass(frozen=True)
class Queue:
    sqs: Any
    name: str
    url: str

    @property
    def arn(self) -> str:
        return self._attribute("QueueArn")

    @property
    def messages(self) -> int:
        """How many there are, hidden ones too."""
        return int(self._attribute("ApproximateNumberOfMessages")) + int(
            self._attribute("ApproximateNumberOfMessagesNotVisible")
        )

    def put(self, body: str) -> None:
        self.sqs.send_message(QueueUrl=self.url, MessageBody=body)

    def take(self) -> list[Message]:
        """All that can be received; they are removed."""
        found: list[Message] = []
        while messages := self.sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        ).get("Messages"):
            for message in messages:
                found.append(Message(json.loads(message["Body"]), message["Attributes"]))
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def redrive_to(self, other: "Queue", most_receives: int) -> None:
        policy = json.dumps({"deadLetterTargetArn": other.arn, "maxReceiveCount": most_receives})
        self.sqs.set_queue_attributes(QueueUrl=self.url, Attributes={"RedrivePolicy": policy})

    def _attribute(self, name: str) -> str:
        answer = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=[name])
        return str(answer["Attributes"][name])


@dataclass(frozen=True)
class Aws:
    sqs: Any
    sns: Any

    @classmethod
    def at(cls, moto: Moto, monkeypatch: pytest.MonkeyPatch) -> "Aws":
        """This process's AWS settings become those of moto."""
        for name, value in aws_environment(AWS_ENDPOINT_URL=moto.url).items():
            monkeypatch.setenv(name, value)
        return cls(_client(moto, "sqs"), _client(moto, "sns"))

    def new_queue(self, *, fifo: bool = False) -> Queue:
        name = f"q-{uuid4().hex[:8]}{'.fifo' if fifo else ''}"
        made = self.sqs.create_queue(QueueName=name, Attributes={"FifoQueue": "true"} if fifo else {})
        return Queue(self.sqs, name, made["QueueUrl"])

    def new_topic(self, queue: Queue, *, fifo: bool = False) -> str:
        """The ARN of a topic that `queue` gets everything of."""
        name = f"t-{uuid4().hex[:8]}{'.fifo' if fifo else ''}"
        topic = str(self.sns.create_topic(Name=name, Attributes={"FifoTopic": "true"} if fifo else {})["TopicArn"])
        self.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn)
        return topic
