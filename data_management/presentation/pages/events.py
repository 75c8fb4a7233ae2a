"""What happened in the catalog, the newest first."""

from pydantic import BaseModel, Field
from starlette.responses import Response

from data_management.application.messaging import RecordedEvent
from data_management.application.queries import ListEventsQuery, ListLastEventsQuery
from data_management.presentation.pages import links
from data_management.presentation.pages.rendering import figure, points
from data_management.presentation.pages.site import Asked

_A_PAGE = 50
_ELSEWHERE = frozenset({"dataset", "location", "aggregate_id"})
"""What of an event's data has a column of its own."""
_SCORES = frozenset({"value", "lower", "upper", "previous"})


class EventsWanted(BaseModel):
    before: int | None = Field(None, ge=1, le=2**63 - 1)


class EventRow(BaseModel):
    position: int
    at: object
    type: str
    dataset: str
    location: str | None
    link: str | None
    told: list[tuple[str, str]]


def show_events(asked: Asked) -> Response:
    """Positions have no gaps, so the page before a position is one behind another."""
    before = asked.wanted(EventsWanted).before
    if before is None:
        found = asked.ask(ListLastEventsQuery(_A_PAGE))
    else:
        found = asked.ask(ListEventsQuery(max(before - 1 - _A_PAGE, 0), min(_A_PAGE, before - 1) or 1))
        found = [each for each in found if each.position < before]
    first = min((each.position for each in found), default=0)
    rows = [_row(each) for each in reversed(found) if asked.caller.principal.sees(each.dataset)]
    return asked.answer("events.html", here="events", events=rows, before=before, older=first if first > 1 else None)


def _row(event: RecordedEvent) -> EventRow:
    location = event.data.get("location")
    return EventRow(
        position=event.position,
        at=event.occurred_at,
        type=event.type,
        dataset=event.dataset,
        location=None if location is None else str(location),
        link=links.subject(event.subject),
        told=[
            (name.replace("_", " "), points(value) if name in _SCORES and isinstance(value, float) else _text(value))
            for name, value in event.data.items()
            if name not in _ELSEWHERE and value is not False and value not in (None, "", [], ())
        ],
    )


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    return "yes" if value is True else figure(value)
