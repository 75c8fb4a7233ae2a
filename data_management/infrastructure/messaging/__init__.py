"""Where events go, and where they come from."""

from data_management.infrastructure.messaging.destinations import open_messenger, open_publishers
from data_management.infrastructure.messaging.log import LogEventPublisher
from data_management.infrastructure.messaging.sns import SnsEventPublisher
from data_management.infrastructure.messaging.sqs import SqsEventPublisher, SqsEventQueue
from data_management.infrastructure.messaging.webhooks import WebhookEventPublisher, WebhookMessenger

__all__ = [
    "LogEventPublisher",
    "SnsEventPublisher",
    "SqsEventPublisher",
    "SqsEventQueue",
    "WebhookEventPublisher",
    "WebhookMessenger",
    "open_messenger",
    "open_publishers",
]
