"""From the URLs of a setting to publishers. Nothing is connected, and no library loaded, before the first event."""

import hashlib
from urllib.parse import urlsplit

from data_management.application.ports import EventPublisher
from data_management.errors import InvalidInput
from data_management.infrastructure.messaging.log import LogEventPublisher
from data_management.infrastructure.messaging.posting import is_loopback
from data_management.infrastructure.messaging.signing import keys_of
from data_management.infrastructure.messaging.sns import SnsEventPublisher
from data_management.infrastructure.messaging.sqs import SqsEventPublisher
from data_management.infrastructure.messaging.webhooks import WebhookEventPublisher, WebhookMessenger

_FORMS = "log:, sns://TOPIC-ARN, sqs://QUEUE (its name, ARN or URL), https://HOST/PATH"


def open_publishers(urls: str, secrets: str = "") -> tuple[EventPublisher, ...]:
    """Publishers of URLs that are separated by spaces; `InvalidInput` says which one is wrong, without what may be secret in it."""
    publishers = [_publisher(url, secrets, place) for place, url in enumerate(urls.split(), 1)]
    names = [publisher.destination for publisher in publishers]
    for name in names:
        if names.count(name) > 1:
            raise InvalidInput(f"events are sent to {name} twice; name each destination once")
    return tuple(publishers)


def _publisher(url: str, secrets: str, place: int) -> EventPublisher:
    scheme, _, rest = url.partition(":")
    match scheme.lower():
        case "log":
            if rest:
                raise InvalidInput(f"destination {place} of events is log: with something behind it; write log: alone")
            return LogEventPublisher()
        case "sns":
            return SnsEventPublisher(rest.removeprefix("//"))
        case "sqs":
            return SqsEventPublisher(rest.removeprefix("//"))
        case "https" | "http":
            return _webhook(url, secrets, place)
        case _:
            raise InvalidInput(f"destination {place} of events is of no kind that is known; there are {_FORMS}")


def open_messenger(url: str, secrets: str = "") -> WebhookMessenger:
    """A messenger of a webhook's URL; `InvalidInput` says what is wrong with it, without what may be secret in it."""
    if url.partition(":")[0].lower() not in ("https", "http"):
        raise InvalidInput("the webhook of alerts is no URL of one; write https://HOST/PATH")
    scheme, host = _checked(url, "the webhook of alerts")
    return WebhookMessenger(url, keys_of(secrets), destination=_name(url, scheme, host))


def _checked(url: str, what: str) -> tuple[str, str]:
    """The scheme and host of a webhook's URL."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise InvalidInput(f"{what} is no URL that can be read; write https://HOST/PATH") from error
    if not host:
        raise InvalidInput(f"{what} names no host; write https://HOST/PATH")
    if parts.scheme.lower() == "http" and not is_loopback(host):
        raise InvalidInput(f"{what}, at {host}, is not encrypted; use https (http is for this machine alone)")
    return parts.scheme.lower(), host


def _webhook(url: str, secrets: str, place: int) -> WebhookEventPublisher:
    scheme, host = _checked(url, f"destination {place} of events")
    if not secrets.strip():
        raise InvalidInput(
            f"destination {place} of events, at {host}, is a webhook, and there is no secret to sign with; "
            "set DATA_MANAGEMENT_EVENTS_SECRET"
        )
    return WebhookEventPublisher(url, keys_of(secrets), destination=_name(url, scheme, host))


def _name(url: str, scheme: str, host: str) -> str:
    """Recognizable, and without path, query and user, which are often secret."""
    return f"{scheme}://{host}#{hashlib.sha256(url.encode()).hexdigest()[:8]}"
