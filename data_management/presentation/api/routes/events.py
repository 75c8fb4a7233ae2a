"""What happened, and who did it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from data_management.application.commands import Caller
from data_management.application.ports import AuditFilter
from data_management.application.queries import ListAuditQuery, ListEventsQuery, ListLastEventsQuery
from data_management.domain.models import Permission
from data_management.presentation.api.access import Allowed
from data_management.presentation.api.context import Context
from data_management.presentation.api.replies import reply
from data_management.presentation.api.schemas import AuditAsked, AuditPageDto, EventPageDto, EventsAsked
from data_management.presentation.api.times import utc
from data_management.presentation.dtos.events import CloudEventDto
from data_management.presentation.dtos.keys import AuditRecordDto

router = APIRouter(prefix="/v1", tags=["events"])


@router.get(
    "/events",
    operation_id="listEvents",
    summary="Show events behind a position, in their order",
    response_model=EventPageDto,
)
def list_events(
    request: Request,
    context: Context,
    caller: Annotated[Caller, Depends(Allowed(Permission.READ))],
    asked: Annotated[EventsAsked, Query()],
) -> Response:
    found = context.app.ask(
        ListEventsQuery(asked.after, asked.limit) if asked.last is None else ListLastEventsQuery(asked.last)
    )
    shown = [
        CloudEventDto.of(each, context.options.events_source) for each in found if caller.principal.sees(each.dataset)
    ]
    return reply(request, EventPageDto(items=shown, position=found[-1].position if found else asked.after))


@router.get(
    "/audit", operation_id="listAudit", summary="Show who did, or was denied, what", response_model=AuditPageDto
)
def list_audit(
    request: Request,
    context: Context,
    caller: Annotated[Caller, Depends(Allowed(Permission.AUDIT, everywhere=True))],
    asked: Annotated[AuditAsked, Query()],
) -> Response:
    wanted = AuditFilter(asked.who, asked.action, asked.subject, utc(asked.since) if asked.since else None)
    page = context.app.ask(ListAuditQuery(wanted, asked.cursor, asked.limit))
    return reply(request, AuditPageDto(items=[AuditRecordDto.of(each) for each in page.records], next=page.next))
