"""Events of the catalog, handled in a Dagster project."""

from collections.abc import Collection
from datetime import timedelta

from data_management.application.services import Consumption, EventHandler, consume
from data_management.plugin.resource import container_of
from data_management.settings import load_settings


def consume_events(
    queue: str,
    handle: EventHandler,
    *,
    consumer: str,
    types: Collection[str] = (),
    hidden_seconds: float = 60.0,
    wait_seconds: float = 0.0,
    for_seconds: float | None = None,
) -> Consumption:
    """Handle the events of a queue of SQS, each once: until it is empty, or `for_seconds`.

    Args:
        queue: its name, ARN or URL.
        handle: is called with each event; what it raises leaves the message to the queue, which shows it again and in the end
            redrives it. It may return commands for the catalog, which are executed in the same transaction as the note that the
            event was handled. It is called again only where the process died in between.
        consumer: under which name the catalog remembers what was handled (for 15 days).
        types: such as ``DataQualityUpdated``; others are removed unhandled. None: all.
        hidden_seconds: how long a message is hidden from others while it is handled; longer than `handle` takes.
        wait_seconds: how long to wait for a message, up to 20.
        for_seconds: how long to go on; unset: until the queue is empty.

    Raises:
        Unavailable: the queue or the catalog cannot be used.
    """
    container = container_of(load_settings())
    app, messages = container.application(), container.event_queue()(queue, hidden_seconds=hidden_seconds)
    until = None if for_seconds is None else app.clock() + timedelta(seconds=for_seconds)
    try:
        return consume(app, messages, handle, consumer=consumer, types=types, wait_seconds=wait_seconds, until=until)
    finally:
        messages.close()
