"""``sqs://QUEUE``: a queue's name, ARN or URL, to send to and to receive from."""

import json
import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from data_management.application.messaging import CloudEvent, Malformed, NotPublished, ReceivedEvent
from data_management.errors import InvalidInput, Unavailable
from data_management.infrastructure.messaging.aws import AT_ONCE, CLIENTS, Arn, entries_of, reason_of, send
from data_management.infrastructure.messaging.encoding import event_of

_LONGEST_WAIT = 20  # seconds that SQS waits for a message
_GONE = ("InvalidParameterValue", "MessageNotInflight", "ReceiptHandleIsInvalid")
_FORM = "write sqs://NAME, sqs://arn:aws:sqs:REGION:ACCOUNT:NAME or sqs://https://HOST/ACCOUNT/NAME"


class _Queue:
    """A queue, found when it is first used."""

    def __init__(self, queue: str) -> None:
        arn = Arn.of(queue)
        if not queue or (queue.startswith("arn:") and (arn is None or arn.service != "sqs")):
            raise InvalidInput(f"{queue!r} is not a queue of SQS; {_FORM}")
        self.is_fifo = queue.endswith(".fifo")
        self._queue = queue
        self._arn = arn

    @cached_property
    def client(self) -> Any:
        return CLIENTS.hurried("sqs", self._arn.region if self._arn else None)

    @cached_property
    def url(self) -> str:
        if self._queue.startswith(("https://", "http://")):
            return self._queue
        if self._arn:
            found = self.client.get_queue_url(QueueName=self._arn.name, QueueOwnerAWSAccountId=self._arn.account)
        else:
            found = self.client.get_queue_url(QueueName=self._queue)
        return str(found["QueueUrl"])

    def close(self) -> None:
        if "client" in self.__dict__:
            self.client.close()
            del self.client


class SqsEventPublisher:
    most = AT_ONCE

    def __init__(self, queue: str) -> None:
        self.destination = f"sqs://{queue}"
        self._queue = _Queue(queue)

    def publish(self, events: Sequence[CloudEvent]) -> list[NotPublished | None]:
        from botocore.exceptions import BotoCoreError, ClientError

        entries = entries_of(events, "MessageBody", fifo=self._queue.is_fifo)
        try:
            client, url = self._queue.client, self._queue.url
        except (BotoCoreError, ClientError) as error:
            return [NotPublished(f"{self.destination} cannot be used: {reason_of(error)}")] * len(events)
        return send(
            self.destination,
            entries,
            "MessageBody",
            lambda batch: client.send_message_batch(QueueUrl=url, Entries=batch),
        )

    def close(self) -> None:
        self._queue.close()


class SqsEventQueue:
    """Events that come by a queue, sent there by SQS, or by SNS with its own envelope or raw.

    A message is hidden for `hidden_seconds` when it is received. One that is no event is left alone, so that the queue's redrive
    policy takes it where somebody looks.
    """

    def __init__(self, queue: str, *, hidden_seconds: float = 60.0) -> None:
        self._name = f"sqs://{queue.removeprefix('sqs://')}"
        self._queue = _Queue(queue.removeprefix("sqs://"))
        self._hidden = max(1, math.ceil(hidden_seconds))

    def receive(self, wait_seconds: float) -> Sequence[ReceivedEvent | Malformed]:
        answer = self._ask(
            "receive_message",
            MaxNumberOfMessages=AT_ONCE,
            WaitTimeSeconds=min(_LONGEST_WAIT, math.ceil(wait_seconds)),
            VisibilityTimeout=self._hidden,
        )
        return [_parsed(message) for message in answer.get("Messages", ())]

    def hide(self, received: ReceivedEvent) -> bool:
        from botocore.exceptions import ClientError

        try:
            self._ask("change_message_visibility", ReceiptHandle=received.receipt, VisibilityTimeout=self._hidden)
        except Unavailable as error:
            cause = error.__cause__
            if isinstance(cause, ClientError) and reason_of(cause).endswith(_GONE):
                return False
            raise
        return True

    def remove(self, received: ReceivedEvent) -> None:
        self._ask("delete_message", ReceiptHandle=received.receipt)

    def close(self) -> None:
        self._queue.close()

    def _ask(self, operation: str, **parameters: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return getattr(self._queue.client, operation)(QueueUrl=self._queue.url, **parameters)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(
                f"queue {self._name} cannot be used: {reason_of(error)}; check its name, the AWS settings and its policy"
            ) from error


def _parsed(message: dict[str, Any]) -> ReceivedEvent | Malformed:
    try:
        content = json.loads(message["Body"])
        if isinstance(content, dict) and content.get("Type") == "Notification" and "TopicArn" in content:
            content = json.loads(content.get("Message", ""))
        return ReceivedEvent(message["ReceiptHandle"], event_of(content))
    except (ValueError, TypeError, RecursionError):
        return Malformed(message["MessageId"], "it is no JSON")
    except InvalidInput as error:
        return Malformed(message["MessageId"], error.message)
