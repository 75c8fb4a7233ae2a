"""Where events are sent: are the destinations well written, and does something answer there?"""

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from data_management.application.diagnosis import Condition, Finding
from data_management.application.ports import EventPublisher

_PATIENCE_SECONDS: Final = 3.0


class DestinationsProbe:
    """Nothing is sent. A webhook's host is connected to; of AWS the credentials are looked for."""

    subject = "events"

    def __init__(self, urls: str, publishers: Callable[[], Sequence[EventPublisher]]) -> None:
        self._urls = urls.split()
        self._publishers = publishers

    def findings(self) -> Iterator[Finding]:
        publishers = self._publishers()
        if not publishers:
            yield Finding(self.subject, Condition.OK, "they are kept in the catalog, and sent nowhere")
        for url, publisher in zip(self._urls, publishers, strict=True):
            with suppress(Exception):
                publisher.close()
            yield self._of(url, publisher.destination)

    def _of(self, url: str, destination: str) -> Finding:
        scheme = url.partition(":")[0].lower()
        if scheme in ("https", "http"):
            return self._webhook(url, destination)
        if scheme in ("sns", "sqs"):
            return self._aws(destination)
        return Finding(self.subject, Condition.OK, f"{destination} needs nothing")

    def _webhook(self, url: str, destination: str) -> Finding:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            socket.create_connection((str(parts.hostname), port), timeout=_PATIENCE_SECONDS).close()
        except OSError as error:
            message = f"{destination} does not answer: {error}"
            fix = "check host, network and proxy; events wait, and are tried again"
            return Finding(self.subject, Condition.FAILURE, message, fix)
        return Finding(self.subject, Condition.OK, f"{destination} answers")

    def _aws(self, destination: str) -> Finding:
        import boto3

        if boto3.Session().get_credentials() is None:
            fix = "set AWS_PROFILE or AWS_ACCESS_KEY_ID, or give the machine a role"
            return Finding(self.subject, Condition.FAILURE, f"{destination}: there are no AWS credentials", fix)
        message = f"{destination}: there are credentials; whether they may send shows at the first event"
        return Finding(self.subject, Condition.OK, message)
