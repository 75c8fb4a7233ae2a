"""A bucket's notifications from an SQS queue."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from data_management.application.ports import NEVER, Announced, DataLocationService, Deadline
from data_management.domain.models import DataLocation, Landing
from data_management.infrastructure.aws import AwsClients, aws_errors
from data_management.infrastructure.data_sources.s3.names import relative, root_prefix
from data_management.infrastructure.data_sources.s3.notifications import Notice, NotUnderstood, newest, notices_of

if TYPE_CHECKING:
    from types_boto3_sqs.type_defs import MessageTypeDef

logger = logging.getLogger(__name__)

_AT_ONCE: Final = 10
"""Messages of one request: SQS gives and takes no more."""
_TOGETHER: Final = 100
"""Messages whose objects are looked at in parallel and recorded together."""
_WAIT_SECONDS: Final = 1
"""How long an empty queue is waited for; without waiting SQS may say that it is empty when it is not."""
_LOOKERS: Final = 8


class SqsLandingAnnouncements:
    """A notification says where to look; what stands there then is what counts. So it does not matter in which order they
    come, how often, or how late.
    """

    def __init__(
        self,
        locations: DataLocationService,
        clients: AwsClients | None = None,
        wait_seconds: int = _WAIT_SECONDS,
    ) -> None:
        self._wait_seconds = wait_seconds
        self._locations = locations
        self._clients = clients or AwsClients()

    def receive(self, landing: Landing, deadline: Deadline = NEVER) -> Iterator[Announced]:
        """Waits `wait_seconds` for a queue that is empty. A message of this landing alone is taken, others are acknowledged unseen."""
        emptied = False
        with ThreadPoolExecutor(_LOOKERS) as lookers:
            while not emptied and not deadline.is_over:
                messages: list[MessageTypeDef] = []
                while not emptied and len(messages) < _TOGETHER and not deadline.is_over:
                    received = self._received(landing)
                    messages += received
                    emptied = not received
                if messages:
                    yield self._announced(landing, messages, lookers)

    def acknowledge(self, landing: Landing, announced: Announced) -> None:
        """A message that the queue does not forget comes again, and finds everything known."""
        url = _queue(landing)
        for start in range(0, len(announced.receipts), _AT_ONCE):
            receipts = announced.receipts[start : start + _AT_ONCE]
            with aws_errors(_shown(url), landing.store, "sqs:DeleteMessage"):
                answer = self._clients.sqs(url, landing.store).delete_message_batch(
                    QueueUrl=url,
                    Entries=[{"Id": str(place), "ReceiptHandle": receipt} for place, receipt in enumerate(receipts)],
                )
            if kept := answer.get("Failed"):
                logger.warning("messages not deleted; they come again", extra={"queue": url, "messages": len(kept)})

    def _received(self, landing: Landing) -> "list[MessageTypeDef]":
        url = _queue(landing)
        with aws_errors(_shown(url), landing.store, "sqs:ReceiveMessage"):
            answer = self._clients.sqs(url, landing.store).receive_message(
                QueueUrl=url, MaxNumberOfMessages=_AT_ONCE, WaitTimeSeconds=self._wait_seconds
            )
        return answer.get("Messages", [])

    def _announced(self, landing: Landing, messages: "list[MessageTypeDef]", lookers: ThreadPoolExecutor) -> Announced:
        notices: list[Notice] = []
        receipts: list[str] = []
        for message in messages:
            try:
                notices += notices_of(message["Body"])
            except NotUnderstood:
                logger.warning(
                    "message not understood; it is left to the queue's redrive policy",
                    extra={"queue": _queue(landing), "message_id": message["MessageId"]},
                )
            else:
                receipts.append(message["ReceiptHandle"])
        prefix, bucket = root_prefix(landing), landing.root.bucket
        places = [
            DataLocation.of_object(notice.bucket, notice.key)
            for notice in newest(iter(notices))
            if notice.bucket == bucket
            and notice.key.startswith(prefix)
            and relative(notice.key, prefix, landing.pattern) is not None
        ]
        found = list(lookers.map(lambda place: self._locations.find(place, landing.store), places))
        return Announced(
            found=tuple(file for file in found if file is not None),
            gone=tuple(place for place, file in zip(places, found, strict=True) if file is None),
            receipts=tuple(receipts),
        )


def _queue(landing: Landing) -> str:
    assert landing.new_objects is not None
    assert landing.new_objects.event_queue is not None
    return landing.new_objects.event_queue


def _shown(url: str) -> str:
    return f"queue {url!r}"
