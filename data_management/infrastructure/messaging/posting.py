"""A POST that is signed as Standard Webhooks 1.0.0 has it, takes a bounded time, and follows no redirect."""

import ipaddress
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from data_management.application.messaging import NotPublished
from data_management.infrastructure.messaging.signing import signature

if TYPE_CHECKING:
    import httpx

TIMEOUT_SECONDS = 10.0
_NEVER = (400, 413, 422)
"""Answers that say: this message is wrong, whenever it comes."""


class SignedPost:
    """Any 2xx is an acknowledgement; a redirect is none, lest a signed message goes where nobody meant it to.

    Without `keys` it is not signed. `shown` stands for the URL, which is often secret, in what is said of it.
    """

    def __init__(
        self,
        url: str,
        keys: Sequence[bytes],
        *,
        shown: str,
        content_type: str,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._url = url
        self._keys = keys
        self._shown = shown
        self._content_type = content_type
        self._timeout = timeout_seconds
        self._client: httpx.Client | None = None

    def send(self, message_id: str, body: bytes) -> NotPublished | None:
        """In a thread of its own: a receiver that answers byte by byte is within httpx's time-outs for hours."""
        answer: list[NotPublished | None] = []
        client = self._open()
        sending = threading.Thread(target=lambda: answer.append(self._send(client, message_id, body)), daemon=True)
        sending.start()
        sending.join(self._timeout + 1)
        if answer:
            return answer[0]
        self._client = None  # it is still in use; the receiver or its time-outs end that
        return NotPublished(f"{self._shown} did not answer within {self._timeout:g} s")

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _send(self, client: "httpx.Client", message_id: str, body: bytes) -> NotPublished | None:
        import httpx

        now = int(time.time())
        headers = {"content-type": self._content_type, "webhook-id": message_id, "webhook-timestamp": str(now)}
        if self._keys:
            headers["webhook-signature"] = signature(self._keys, message_id, now, body)
        try:
            with client.stream("POST", self._url, content=body, headers=headers) as response:
                return self._judged(response.status_code)
        except httpx.TimeoutException:
            return NotPublished(f"{self._shown} did not answer within {self._timeout:g} s")
        except (httpx.HTTPError, httpx.InvalidURL, RuntimeError) as error:  # closed meanwhile
            return NotPublished(f"{self._shown} cannot be reached ({type(error).__name__})")

    def _judged(self, status: int) -> NotPublished | None:
        if 200 <= status < 300:  # noqa: PLR2004  HTTP's success
            return None
        if 300 <= status < 400:  # noqa: PLR2004  HTTP's redirection
            return NotPublished(
                f"{self._shown} answered {status}, and redirects are not followed; set the URL it redirects to"
            )
        return NotPublished(f"{self._shown} answered {status}", forever=status in _NEVER)

    def _open(self) -> "httpx.Client":
        if self._client is None:
            import httpx

            host = httpx.URL(self._url).host
            self._client = httpx.Client(
                timeout=self._timeout,
                follow_redirects=False,
                trust_env=not is_loopback(host),
                headers={"user-agent": "data-management"},
            )
        return self._client


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
