"""Messages to people when a dataset's verdict changes, and when it is good again."""

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pydantic.dataclasses import dataclass

from data_management.application.commands import MoveConsumerCommand
from data_management.application.messaging import Messenger, RecordedEvent
from data_management.application.queries import (
    GetConsumerPositionQuery,
    ListDataAssetsQuery,
    ListEventsQuery,
    ListLastEventsQuery,
)
from data_management.application.services.facade import Application
from data_management.application.views import AssetView
from data_management.domain.models import AssetStatus, DataLocation, Verdict, gain_in_words, score_in_words

logger = logging.getLogger(__name__)

_PAGE = 100
_SHOWN_RULES = 5
_SHOWN_REASONS = 3
_SHOWN_ASSETS = 3
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
        text = None if text is None else "\n".join([text, *_beside(app, event)])
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


def _beside(app: Application, event: RecordedEvent) -> list[str]:
    """The data assets that are not accepted now, each with its score, where it lost, and why."""
    if event.data["verdict"] == Verdict.PASS:
        return []
    bad = (AssetStatus.QUARANTINED, AssetStatus.REJECTED)
    page = app.ask(ListDataAssetsQuery(event.aggregate_id, bad, limit=_SHOWN_ASSETS))
    return [
        f"• {_plain(DataLocation(asset.location).name)} ({asset.status.value}){_told(asset)}" for asset in page.assets
    ]


def _told(asset: AssetView) -> str:
    score = asset.score
    figures = ""
    if score is not None and score.value is not None:
        figures = f": score {score_in_words(score.value)}"
        lost = _ranked({rule: -points for rule, points in score.losses().items()})
        figures += f" ({lost})" if lost else ""
    return f"{figures}: {_plain(asset.reason)}" if asset.reason else figures


def _ranked(points: Mapping[str, float]) -> str:
    """Rules by the size of their points; those that are not shown as one."""
    ranked = sorted(points, key=lambda rule: (-abs(points[rule]), rule))
    parts = [f"{_plain(rule)} {gain_in_words(points[rule])}" for rule in ranked[:_SHOWN_RULES]]
    if len(ranked) > _SHOWN_RULES:
        parts.append(
            f"{len(ranked) - _SHOWN_RULES} more {gain_in_words(sum(points[rule] for rule in ranked[_SHOWN_RULES:]))}"
        )
    return ", ".join(parts)


def _score(data: Mapping[str, Any]) -> str:
    """The score, the one before, and which rules made the difference."""
    value, previous = data.get("value"), data.get("previous")
    if value is None:
        return "No score." if previous is None else f"No score, was {score_in_words(previous)}."
    if previous is None:
        return f"Score {score_in_words(value)}."
    if data.get("plan_changed"):
        return f"Score {score_in_words(value)}, was {score_in_words(previous)} by other rules: the contract changed."
    said = f"Score {score_in_words(value)}, was {score_in_words(previous)} ({gain_in_words(value - previous)})"
    parts = _ranked(data.get("gained") or {})
    return f"{said}: {parts}." if parts else f"{said}."


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
