"""Messages to people when a dataset's verdict changes, and when it is good again."""

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pydantic.dataclasses import dataclass

from data_management.application.commands import MoveConsumerCommand
from data_management.application.messaging import Messenger, RecordedEvent
from data_management.application.queries import GetConsumerPositionQuery, ListEventsQuery, ListLastEventsQuery
from data_management.application.services.facade import Application
from data_management.domain.models import Verdict

logger = logging.getLogger(__name__)

_PAGE = 100
_SHOWN_RULES = 5
_SHOWN_REASONS = 3
_LONGEST = 300
_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
"""What Slack reads as its own: names come from contracts, and must call nobody."""


@dataclass(frozen=True)
class AlertReport:
    """What a tick did. `failed` says why it stopped; what was not sent comes with the next tick."""

    sent: int = 0
    refused: int = 0
    """Messages that the receiver will never take; they are left out."""
    failed: str | None = None
    position: int = 0


def begin_alerts(app: Application, consumer: str) -> int:
    """Alerts are of what happens from now on: the consumer's cursor moves to the last event, unless it stands somewhere already."""
    app.relay.tick(app.clock())
    position = app.ask(GetConsumerPositionQuery(consumer))
    last = app.ask(ListLastEventsQuery(1))
    if position or not last:
        return position
    app.run(MoveConsumerCommand(consumer, 0, last[-1].position))
    return last[-1].position


def send_alerts(
    app: Application, messenger: Messenger, consumer: str, least: Verdict = Verdict.WARN, until: datetime | None = None
) -> AlertReport:
    """Send a message for each change of a verdict that touches `least` or worse, in the order of events.

    The consumer's cursor moves after each message, so that a change is told once; a process that dies in between tells it again,
    with the same id (the event's). `Conflict` where another process serves the same consumer.
    """
    app.relay.tick(app.clock())  # gives events their positions, where nobody else does
    sent = refused = 0
    position = stored = app.ask(GetConsumerPositionQuery(consumer))
    for event in _events(app, position, until):
        text = alert_text(event, least)
        if text is not None:
            outcome = messenger.send(event.id, text)
            if outcome is not None and not outcome.forever:
                _move(app, consumer, stored, position)
                return AlertReport(sent, refused, failed=outcome.reason, position=position)
            if outcome is not None:
                logger.error("alert refused", extra={"event_id": event.id, "why": outcome.reason})
            sent, refused = sent + (outcome is None), refused + (outcome is not None)
        position = event.position
        if text is not None:
            _move(app, consumer, stored, position)
            stored = position
    _move(app, consumer, stored, position)
    return AlertReport(sent, refused, position=position)


def alert_text(event: RecordedEvent, least: Verdict = Verdict.WARN) -> str | None:
    """What to tell of an event; None where it changes nothing that anybody asked to hear of."""
    if event.aggregate != "dataset" or event.type != "DatasetQualityUpdated":
        return None
    data = event.data
    now, before = Verdict(data["verdict"]), Verdict(data.get("previous_verdict") or Verdict.PASS)
    if now is before or max(now.rank, before.rank) < least.rank:
        return None
    resolved = now.rank < least.rank
    name = _plain(event.aggregate_id)
    was = f"was {before.value}" if data.get("previous_verdict") else "first verdict"
    head = f"{'Resolved: d' if resolved else 'D'}ata quality of {name}: {now.value} ({was})."
    lines = [" ".join(part for part in (head, _score(data)) if part)]
    lines += [f"• {_plain(reason)}" for reason in data.get("reasons", ())[:_SHOWN_REASONS]]
    return "\n".join(lines)


def _score(data: Mapping[str, Any]) -> str:
    """The score, the one before, and which rules made the difference."""
    value, previous = data.get("value"), data.get("previous")
    if value is None:
        return "No score." if previous is None else f"No score, was {previous:.1f}."
    if previous is None:
        return f"Score {value:.1f}."
    if data.get("plan_changed"):
        return f"Score {value:.1f}, was {previous:.1f} by other rules: the contract changed."
    said = f"Score {value:.1f}, was {previous:.1f} ({value - previous:+.1f})"
    gained: dict[str, float] = data.get("gained") or {}
    ranked = sorted(gained, key=lambda rule: (-abs(gained[rule]), rule))
    parts = [f"{_plain(rule)} {gained[rule]:+.1f}" for rule in ranked[:_SHOWN_RULES]]
    rest = sum(gained[rule] for rule in ranked[_SHOWN_RULES:])
    if len(ranked) > _SHOWN_RULES:
        parts.append(f"{len(ranked) - _SHOWN_RULES} more {rest:+.1f}")
    return f"{said}: {', '.join(parts)}." if parts else f"{said}."


def _events(app: Application, position: int, until: datetime | None) -> Iterator[RecordedEvent]:
    while page := app.ask(ListEventsQuery(position, _PAGE)):
        for event in page:
            if until is not None and app.clock() >= until:
                return
            yield event
        position = page[-1].position


def _move(app: Application, consumer: str, before: int, to: int) -> None:
    if to != before:
        app.run(MoveConsumerCommand(consumer, before, to))


def _plain(text: str) -> str:
    """One line that stands for itself in Slack's markup."""
    shown = "".join(_MARKUP.get(c, c) if c.isprintable() else " " for c in text)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
