"""``sns://TOPIC-ARN``."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from data_management.application.messaging import CloudEvent, NotPublished
from data_management.errors import InvalidInput
from data_management.infrastructure.messaging.aws import AT_ONCE, CLIENTS, Arn, entries_of, reason_of, send

_FORM = "write sns://arn:aws:sns:REGION:ACCOUNT:TOPIC"


class SnsEventPublisher:
    most = AT_ONCE

    def __init__(self, topic_arn: str) -> None:
        arn = Arn.of(topic_arn)
        if arn is None or arn.service != "sns":
            raise InvalidInput(f"{topic_arn!r} is not the ARN of an SNS topic; {_FORM}")
        self.destination = f"sns://{topic_arn}"
        self._topic = topic_arn
        self._region = arn.region
        self._is_fifo = arn.name.endswith(".fifo")

    def publish(self, events: Sequence[CloudEvent]) -> list[NotPublished | None]:
        from botocore.exceptions import BotoCoreError

        entries = entries_of(events, "Message", fifo=self._is_fifo)
        try:
            client = self._client
        except BotoCoreError as error:
            return [NotPublished(f"{self.destination} cannot be used: {reason_of(error)}")] * len(events)
        return send(
            self.destination,
            entries,
            "Message",
            lambda batch: client.publish_batch(TopicArn=self._topic, PublishBatchRequestEntries=batch),
        )

    def close(self) -> None:
        if "_client" in self.__dict__:
            self._client.close()
            del self._client

    @cached_property
    def _client(self) -> Any:
        return CLIENTS.hurried("sns", self._region)
