"""What SNS and SQS share. Region, endpoint, profile and role come from the usual AWS settings."""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from data_management.application.messaging import CloudEvent, NotPublished
from data_management.infrastructure.aws import AwsClients, code_of
from data_management.infrastructure.messaging.encoding import encoded

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError, ClientError

CLIENTS = AwsClients()
AT_ONCE = 10
"""Entries that one request of SNS and of SQS takes."""
_MOST_BYTES = 256 * 1024
"""Of a request; some regions take more by now, all take this."""
_GROUP = re.compile(r"[A-Za-z0-9!-/:-@\[-`{-~]{1,128}")


class Arn(NamedTuple):
    service: str
    region: str
    account: str
    name: str

    @classmethod
    def of(cls, text: str) -> "Arn | None":
        """None where it is no ARN of something with a name."""
        match text.split(":"):
            case ["arn", _, service, region, account, name] if service and region and account and name:
                return cls(service, region, account, name)
            case _:
                return None


def entries_of(events: Sequence[CloudEvent], body: str, *, fifo: bool) -> list[dict[str, Any]]:
    """Entries of a batch request, their text under `body`; a FIFO's group is the subject, and it drops what it had already by id."""
    entries = []
    for number, event in enumerate(events):
        entry: dict[str, Any] = {
            "Id": str(number),
            body: encoded(event),
            "MessageAttributes": {"type": {"DataType": "String", "StringValue": event.type}},
        }
        if fifo:
            entry |= {"MessageGroupId": _group(event.subject), "MessageDeduplicationId": event.id}
        entries.append(entry)
    return entries


def send(
    destination: str, entries: Sequence[dict[str, Any]], body: str, request: Callable[[list[dict[str, Any]]], Any]
) -> list[NotPublished | None]:
    """Send entries in as few requests as their sizes allow; what became of each."""
    from botocore.exceptions import BotoCoreError, ClientError

    outcomes: dict[str, NotPublished | None] = {}
    for batch in _batches(entries, body):
        if _size(batch[0], body) > _MOST_BYTES:
            outcomes[batch[0]["Id"]] = NotPublished(
                f"the event is larger than the {_MOST_BYTES:,} bytes that {destination} takes", forever=True
            )
            continue
        try:
            answer = request(batch)
        except (ClientError, BotoCoreError) as error:
            why = NotPublished(f"{destination} refused the request: {reason_of(error)}")
            outcomes |= {entry["Id"]: why for entry in batch}
            continue
        outcomes |= {done["Id"]: None for done in answer.get("Successful", ())}
        for failed in answer.get("Failed", ()):
            why = NotPublished(f"{destination} did not take the event: {failed.get('Code')}")
            outcomes[failed["Id"]] = why
    unanswered = NotPublished(f"{destination} did not say what became of the event")
    return [outcomes.get(entry["Id"], unanswered) for entry in entries]


def reason_of(error: "ClientError | BotoCoreError") -> str:
    """What is wrong, by code: AWS's texts may quote the request."""
    return code_of(error) or type(error).__name__


def _batches(entries: Sequence[dict[str, Any]], body: str) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    size = 0
    for entry in entries:
        more = _size(entry, body)
        if batch and (len(batch) == AT_ONCE or size + more > _MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += more
    if batch:
        yield batch


def _size(entry: dict[str, Any], body: str) -> int:
    """Text and attribute: names, types and values count."""
    return len(entry[body]) + len(entry["MessageAttributes"]["type"]["StringValue"]) + len("typeString")


def _group(subject: str) -> str:
    """A subject as a message group; one with characters that AWS does not take, by its hash."""
    return (
        subject if _GROUP.fullmatch(subject) else hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest()
    )
