"""Messages to people when a dataset's verdict changes, and when it is good again."""

import logging
from collections.abc import Iterator
from dataclasses import replace

from pydantic.dataclasses import dataclass

from data_management.application.alerts import Alert, AlertedAsset
from data_management.application.commands import MoveConsumerCommand
from data_management.application.messaging import RecordedEvent
from data_management.application.ports import NEVER, Deadline, Messenger
from data_management.application.queries import (
    GetConsumerPositionQuery,
    ListDataAssetsQuery,
    ListEventsQuery,
    ListLastEventsQuery,
)
from data_management.application.services.facade import Application
from data_management.application.views import AssetView
from data_management.domain.models import AssetStatus, DataLocation, Verdict

logger = logging.getLogger(__name__)

_PAGE = 100
_SHOWN_ASSETS = 3


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
    app.relay.tick(app.deadline(0))
    position = app.ask(GetConsumerPositionQuery(consumer))
    last = app.ask(ListLastEventsQuery(1))
    if position or not last:
        return position
    app.run(MoveConsumerCommand(consumer, 0, last[-1].position))
    return last[-1].position


def send_alerts(
    app: Application, messenger: Messenger, consumer: str, least: Verdict = Verdict.WARN, deadline: Deadline = NEVER
) -> AlertReport:
    """Send a message for each change of a verdict that touches `least` or worse, in the order of events.

    The consumer's cursor moves after each message, so that a change is told once; a process that dies in between tells it again,
    with the same id (the event's). `Conflict` where another process serves the same consumer.
    """
    app.relay.tick(app.deadline(0))  # gives events their positions, where nobody else does
    sent = refused = 0
    position = stored = app.ask(GetConsumerPositionQuery(consumer))
    for event in _events(app, position, deadline):
        alert = alert_of(event, least)
        if alert is not None:
            outcome = messenger.send(replace(alert, assets=_bad_assets(app, alert)))
            if outcome is not None and not outcome.forever:
                _move(app, consumer, stored, position)
                return AlertReport(sent, refused, failed=outcome.reason, position=position)
            if outcome is not None:
                logger.error("alert refused", extra={"event_id": event.id, "why": outcome.reason})
            sent, refused = sent + (outcome is None), refused + (outcome is not None)
        position = event.position
        if alert is not None:
            _move(app, consumer, stored, position)
            stored = position
    _move(app, consumer, stored, position)
    return AlertReport(sent, refused, position=position)


def alert_of(event: RecordedEvent, least: Verdict = Verdict.WARN) -> Alert | None:
    """What to tell of an event; None where it changes nothing that anybody asked to hear of."""
    if event.aggregate != "dataset" or event.type != "DatasetQualityUpdated":
        return None
    data = event.data
    previous = Verdict(data["previous_verdict"]) if data.get("previous_verdict") else None
    now, before = Verdict(data["verdict"]), previous or Verdict.PASS
    if now is before or max(now.rank, before.rank) < least.rank:
        return None
    return Alert(
        id=event.id,
        dataset=event.aggregate_id,
        verdict=now,
        previous_verdict=previous,
        is_resolved=now.rank < least.rank,
        score=data.get("value"),
        previous_score=data.get("previous"),
        plan_changed=bool(data.get("plan_changed")),
        gained=data.get("gained") or {},
        reasons=tuple(data.get("reasons", ())),
    )


def _bad_assets(app: Application, alert: Alert) -> tuple[AlertedAsset, ...]:
    """The data assets that are not accepted now, each with its score, where it lost, and why."""
    if alert.verdict is Verdict.PASS:
        return ()
    bad = (AssetStatus.QUARANTINED, AssetStatus.REJECTED)
    page = app.ask(ListDataAssetsQuery(alert.dataset, bad, limit=_SHOWN_ASSETS))
    return tuple(_alerted(asset) for asset in page.assets)


def _alerted(asset: AssetView) -> AlertedAsset:
    score = asset.score
    return AlertedAsset(
        name=DataLocation(asset.location).name,
        status=asset.status,
        score=score.value if score else None,
        lost={rule: -points for rule, points in score.losses().items()} if score else {},
        reason=asset.reason,
    )


def _events(app: Application, position: int, deadline: Deadline) -> Iterator[RecordedEvent]:
    while page := app.ask(ListEventsQuery(position, _PAGE)):
        for event in page:
            if deadline.is_over:
                return
            yield event
        position = page[-1].position


def _move(app: Application, consumer: str, before: int, to: int) -> None:
    if to != before:
        app.run(MoveConsumerCommand(consumer, before, to))
